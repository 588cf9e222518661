package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"maps"

	"penumbra/module/mirror"
	"penumbra/module/moduletest"
)

// ordered yields the names of content, directories before what is in them.
func ordered(content fstest.MapFS) []string { return slices.Sorted(maps.Keys(content)) }

func zipOf(t testing.TB, content fstest.MapFS) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range ordered(content) {
		f := content[name]
		if name == "." {
			continue
		}
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: f.ModTime}
		if f.Mode.IsDir() {
			h.Name += "/"
		}
		h.SetMode(f.Mode)
		to, err := w.CreateHeader(h)
		if err == nil {
			_, err = to.Write(f.Data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, content fstest.MapFS) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range ordered(content) {
		f := content[name]
		h := &tar.Header{Name: "./" + name, Mode: int64(f.Mode.Perm()), ModTime: f.ModTime, Uid: os.Getuid(), Gid: os.Getgid()}
		switch {
		case f.Mode.IsDir():
			h.Typeflag, h.Name = tar.TypeDir, h.Name+"/"
		case f.Mode&fs.ModeSymlink != 0:
			h.Typeflag, h.Linkname = tar.TypeSymlink, string(f.Data)
		default:
			h.Typeflag, h.Size = tar.TypeReg, int64(len(f.Data))
		}
		err := w.WriteHeader(h)
		if err == nil && h.Typeflag == tar.TypeReg {
			_, err = w.Write(f.Data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipOf(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t testing.TB, data []byte) string {
	name := filepath.Join(t.TempDir(), "archive")
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, moduletest.When, moduletest.When); err != nil {
		t.Fatal(err)
	}
	return name
}

func openTar(name string) (*FS, error) { return OpenTar(name, 1<<30) }

func TestArchives(t *testing.T) {
	content := moduletest.Content()
	for _, tt := range []struct {
		name string
		data []byte
		open func(string) (*FS, error)
	}{
		{"zip", zipOf(t, content), OpenZip},
		{"tar", tarOf(t, content), openTar},
		{"tar.gz", gzipOf(t, tarOf(t, content)), openTar},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := tt.open(write(t, tt.data))
			if err != nil {
				t.Fatal(err)
			}
			tree, err := mirror.New(a, mirror.Options{Kind: tt.name, Source: "archive", Close: a.Close})
			if err != nil {
				t.Fatal(err)
			}
			moduletest.Test(t, tree)
		})
	}
}

func TestImplied(t *testing.T) {
	a, err := OpenZip(write(t, zipOf(t, fstest.MapFS{"a/b/c": {Data: []byte("text"), Mode: 0o644}})))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := fstest.TestFS(a, "a/b/c"); err != nil {
		t.Error(err)
	}
}

func TestHardLinks(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range []*tar.Header{
		{Name: "one", Typeflag: tar.TypeReg, Size: 4, Mode: 0o644},
		{Name: "dir/other", Typeflag: tar.TypeLink, Linkname: "one"},
	} {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			_, _ = io.WriteString(w, "text")
		}
	}
	w.Close()
	a, err := openTar(write(t, b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := mirror.New(a, mirror.Options{Kind: "tar", Close: a.Close})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	fill := tree.Fill
	for _, name := range []string{"one", "dir/other"} {
		if err := fill(name, true); err != nil {
			t.Error(err)
		}
	}
	one, err1 := os.Stat(filepath.Join(tree.Root(), "one"))
	other, err2 := os.Stat(filepath.Join(tree.Root(), "dir/other"))
	if err1 != nil || err2 != nil || !os.SameFile(one, other) {
		t.Errorf("two files: %v %v", err1, err2)
	}
}

func TestDamaged(t *testing.T) {
	good := fstest.MapFS{"file": {Data: []byte(strings.Repeat("text", 1000)), Mode: 0o644}}
	named := func(name string) fstest.MapFS { return fstest.MapFS{name: {Data: []byte("x"), Mode: 0o644}} }
	flip := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 0xff
		return b
	}
	whole, packed := tarOf(t, good), gzipOf(t, tarOf(t, good))
	zipped := zipOf(t, good)
	for _, tt := range []struct {
		name, says string
		data       []byte
		open       func(string) (*FS, error)
	}{
		{"zip cut", "zip", zipped[:len(zipped)/2], OpenZip},
		{"zip of nothing", "zip", nil, OpenZip},
		{"zip absolute", "absolute", zipOf(t, named("/etc/x")), OpenZip},
		{"zip leading out", "leads out", zipOf(t, named("a/../../x")), OpenZip},
		{"zip of a file in a file", "no directory", zipOf(t, fstest.MapFS{"a": {Mode: 0o644}, "a/b": {Mode: 0o644}}), OpenZip},
		{"tar cut", "EOF", whole[:1024], openTar},
		{"tar flipped", "header", flip(whole, 3), openTar},
		{"tar of nothing", "empty", nil, openTar},
		{"tar of text", "header", []byte(strings.Repeat("no archive ", 100)), openTar},
		{"gzip cut", "EOF", packed[:len(packed)/2], openTar},
		{"gzip flipped", "gzip", flip(packed, len(packed)-6), openTar},
		{"gzip bomb", "more than", packed, func(n string) (*FS, error) { return OpenTar(n, 100) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := tt.open(write(t, tt.data))
			if err == nil {
				a.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v, want it to speak of %q", err, tt.says)
			}
		})
	}
	t.Run("content", func(t *testing.T) {
		a, err := OpenZip(write(t, flip(zipped, 45)))
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		if _, err := fs.ReadFile(a, "file"); err == nil {
			t.Error("damaged content was read without an error")
		}
	})
}

func FuzzZip(f *testing.F) {
	f.Add(zipOf(f, fstest.MapFS{"a/b": {Data: []byte("text"), Mode: 0o644}, "l": {Data: []byte("a"), Mode: fs.ModeSymlink}}))
	fuzz(f, OpenZip)
}

func FuzzTar(f *testing.F) {
	f.Add(tarOf(f, fstest.MapFS{"a/b": {Data: []byte("text"), Mode: 0o644}, "l": {Data: []byte("a"), Mode: fs.ModeSymlink}}))
	fuzz(f, func(name string) (*FS, error) { return OpenTar(name, 1<<20) })
}

// fuzz sees that whatever opens is a file system that can be walked.
func fuzz(f *testing.F, open func(string) (*FS, error)) {
	name := filepath.Join(f.TempDir(), "archive")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		a, err := open(name)
		if err != nil {
			return
		}
		defer a.Close()
		err = fs.WalkDir(a, ".", func(at string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if !fs.ValidPath(at) {
				t.Errorf("name %q", at)
			}
			if file, err := a.Open(at); err == nil && d.Type().IsRegular() {
				_, _ = io.Copy(io.Discard, io.LimitReader(file, 1<<16))
				file.Close()
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
