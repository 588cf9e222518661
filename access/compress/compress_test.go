package compress_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/accesstest"
	"penumbra/access/compress"
	"penumbra/access/local"
)

func TestSuite(t *testing.T) {
	for _, name := range []string{"f.gz", "f"} {
		t.Run(name, func(t *testing.T) {
			accesstest.Run(t, func(t *testing.T) accesstest.Subject {
				fault := &accesstest.Fault{Opener: local.Opener{}}
				name := filepath.Join(t.TempDir(), name)
				return accesstest.Subject{Opener: compress.New(fault), Fault: fault, Name: name,
					Content: func() []byte { return unpack(t, name) }}
			})
		})
	}
}

func pack(t *testing.T, format string, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if format == "zstd" {
		var err error
		if w, err = zstd.NewWriter(&b); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// format returns how a file is compressed, by its first bytes.
func format(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte{0x1f, 0x8b}):
		return "gzip"
	case bytes.HasPrefix(b, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zstd"
	}
	return "plain"
}

func unpack(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(b)
	switch format(b) {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "zstd":
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	if b, err = io.ReadAll(r); err != nil {
		t.Fatal(err)
	}
	return b
}

// What a file is stays, whatever its name; a new one is what its name says.
func TestFormats(t *testing.T) {
	tests := []struct {
		name, before, want string
	}{
		{"x.gz", "", "gzip"},
		{"x.zst", "", "zstd"},
		{"x", "", "zstd"},
		{"misnamed.gz", "zstd", "zstd"},
		{"misnamed.zst", "gzip", "gzip"},
		{"plain.gz", "plain", "plain"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), tt.name)
			var before []byte
			switch tt.before {
			case "plain":
				before = []byte("before")
			case "gzip", "zstd":
				before = pack(t, tt.before, "before")
			}
			if before != nil {
				if err := os.WriteFile(name, before, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			f, err := compress.New(local.Opener{}).Open(t.Context(), name, os.O_RDWR|os.O_CREATE, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteAt([]byte("BE"), 0); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			want := "BE"
			if tt.before != "" {
				want = "BEfore"
			}
			if got := unpack(t, name); string(got) != want {
				t.Errorf("it holds %q", got)
			}
			if b, _ := os.ReadFile(name); format(b) != tt.want {
				t.Errorf("it is %s, want %s", format(b), tt.want)
			}
		})
	}
}

// Members and frames may follow one another, as when files are concatenated.
func TestConcatenated(t *testing.T) {
	for _, format := range []string{"gzip", "zstd"} {
		name := filepath.Join(t.TempDir(), format)
		if err := os.WriteFile(name, append(pack(t, format, "one, "), pack(t, format, "two")...), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := compress.New(local.Opener{}).Open(t.Context(), name, os.O_RDONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 8)
		if _, err := f.ReadAt(b, 0); err != nil || string(b) != "one, two" {
			t.Errorf("%s: %q, %v", format, b, err)
		}
		f.Close()
	}
}

func TestDamaged(t *testing.T) {
	for _, format := range []string{"gzip", "zstd"} {
		b := pack(t, format, "content that is long enough to be damaged")
		for what, damaged := range map[string][]byte{"cut": b[:len(b)-3], "changed": append(append([]byte{}, b[:len(b)-6]...), 1, 2, 3, 4, 5, 6)} {
			name := filepath.Join(t.TempDir(), what)
			if err := os.WriteFile(name, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := compress.New(local.Opener{}).Open(t.Context(), name, os.O_RDWR, 0)
			if access.Errno(err) != abi.EIO {
				t.Errorf("%s, %s: %v", format, what, err)
			}
		}
	}
}

// The old content stays where the new one cannot be stored.
func TestStoringFails(t *testing.T) {
	fault := &accesstest.Fault{Opener: local.Opener{}}
	name := filepath.Join(t.TempDir(), "f.gz")
	old := pack(t, "gzip", "old")
	if err := os.WriteFile(name, old, 0o640); err != nil {
		t.Fatal(err)
	}
	f, err := compress.New(fault).Open(t.Context(), name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("new"), 0); err != nil {
		t.Fatal(err)
	}
	fault.Fail("sync", abi.ENOSPC)
	if err := f.Close(); access.Errno(err) != abi.ENOSPC {
		t.Error(err)
	}
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, old) {
		t.Errorf("the old content is gone: %v", err)
	}
}

// Who opens the same file sees what was not stored yet; who opens another that
// has got the name sees that.
func TestShared(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f.gz")
	o := compress.New(local.Opener{})
	open := func(flag int) access.File {
		t.Helper()
		f, err := o.Open(t.Context(), name, flag, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	read := func(f access.File, want string) {
		t.Helper()
		b := make([]byte, len(want))
		if _, err := f.ReadAt(b, 0); err != nil || string(b) != want {
			t.Errorf("%q, %v", b, err)
		}
	}
	a := open(os.O_RDWR | os.O_CREATE)
	if _, err := a.WriteAt([]byte("one"), 0); err != nil {
		t.Fatal(err)
	}
	b := open(os.O_RDONLY)
	read(b, "one")
	if err := a.Sync(); err != nil {
		t.Fatal(err)
	}
	c := open(os.O_RDWR) // the file that was stored is another to the kernel
	if _, err := c.WriteAt([]byte("two"), 0); err != nil {
		t.Fatal(err)
	}
	read(b, "two")
	if err := os.Rename(name, name+".old"); err != nil {
		t.Fatal(err)
	}
	d := open(os.O_RDWR | os.O_CREATE)
	if _, err := d.WriteAt([]byte("three"), 0); err != nil {
		t.Fatal(err)
	}
	read(b, "two")
	read(open(os.O_RDONLY), "three")
}
