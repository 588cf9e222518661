package assemble_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/accesstest"
	"penumbra/access/assemble"
	"penumbra/access/fetch"
	"penumbra/access/remote"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

func chain(t *testing.T, text string) access.Chain {
	t.Helper()
	c, err := access.ParseChain(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func assembly(t *testing.T, dir string) *assemble.Assembly {
	a := assemble.New(assemble.Config{Remote: remote.Opener{Process: accesstest.Shadow(t, dir, server.Config{}), Dir: wire.CWD}, Shadow: "test",
		Cache: func() (*fetch.Cache, error) { return fetch.NewCache(t.TempDir(), 0) }})
	t.Cleanup(func() { a.Close() })
	return a
}

// Methods on top of one another are as good as each of them.
func TestSuite(t *testing.T) {
	chains := []string{
		"compress:buffer:remote:",
		"fetch:buffer:(64k,4k):compress:remote:",
		"buffer:fetch:local:",
	}
	for _, text := range chains {
		t.Run(text, func(t *testing.T) {
			accesstest.Run(t, func(t *testing.T) accesstest.Subject {
				dir := t.TempDir()
				o, err := assembly(t, dir).Opener(chain(t, text))
				if err != nil {
					t.Fatal(err)
				}
				s := accesstest.InDir(t, dir, "f")
				if strings.Contains(text, "compress") {
					s.Put, s.Content = nil, nil
				}
				s.Opener = o
				return s
			})
		})
	}
}

// Each method that can be written down can be had, and nothing else.
func TestComplete(t *testing.T) {
	a := assembly(t, t.TempDir())
	for _, m := range access.Methods() {
		if _, err := a.Opener(chain(t, m.Name+":")); err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
	for _, links := range [][]access.Link{{{Method: "buffer"}}, {{Method: "local"}, {Method: "local"}}, {{Method: "none"}}} {
		if _, err := a.Opener(access.Chain{Links: links}); err == nil {
			t.Errorf("%v: no error", links)
		}
	}
}

func TestStandalone(t *testing.T) {
	_, err := assemble.New(assemble.Config{}).Opener(chain(t, "buffer:remote:/x"))
	if err == nil || !strings.Contains(err.Error(), "no shadow") {
		t.Error(err)
	}
}

// What the answered method does not reach is tried at the shadow.
func TestReach(t *testing.T) {
	dir := t.TempDir()
	a := assembly(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte("there"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		chain, name string
		flag        int
		by          string
		errno       abi.Errno
	}{
		{"local:", filepath.Join(dir, "f"), os.O_RDONLY, "local:", 0},
		{"local:/nowhere/", "f", os.O_RDONLY, "buffer:remote:", 0},
		{"ioserver:http://127.0.0.1:1/", "f", os.O_RDONLY, "buffer:remote:", 0},
		{"compress:local:" + dir + "/", "f", os.O_RDWR | os.O_CREATE | os.O_EXCL, "compress:local:" + dir + "/", abi.EEXIST},
		{"fetch:remote:", "none", os.O_RDONLY, "buffer:remote:", abi.ENOENT},
		{"buffer:remote:", "none", os.O_RDONLY, "buffer:remote:", abi.ENOENT},
	}
	for _, tt := range tests {
		f, by, err := a.Reach(t.Context(), chain(t, tt.chain), tt.name, tt.flag, 0o600)
		if access.Errno(err) != tt.errno || by.String() != tt.by {
			t.Errorf("%s of %s: by %s, %v", tt.chain, tt.name, by, err)
		}
		if err == nil {
			f.Close()
		}
	}
}

// A file that may be written in a directory that may not is overwritten.
func TestReplaceInReadOnlyDirectory(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "f.gz")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	for _, text := range []string{"compress:local:", "compress:remote:"} {
		a := assembly(t, dir)
		for _, word := range []string{"one", "two"} {
			f, err := a.Open(t.Context(), chain(t, text), name, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteAt([]byte(word), 0); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}

// Chains that end alike share what they have open.
func TestShared(t *testing.T) {
	dir := t.TempDir()
	a := assembly(t, dir)
	name := filepath.Join(dir, "f")
	w, err := a.Open(t.Context(), chain(t, "buffer:remote:"+name), "", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.WriteAt([]byte("unsent"), 0); err != nil {
		t.Fatal(err)
	}
	r, err := a.Open(t.Context(), chain(t, "buffer:remote:"), name, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b := make([]byte, 6)
	if _, err := r.ReadAt(b, 0); err != nil || string(b) != "unsent" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestIOServer(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a b"), []byte("served"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer s.Close()
	a := assembly(t, dir)
	f, err := a.Open(t.Context(), chain(t, "fetch:ioserver:"+s.URL+"/"), "/a b", os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 6)
	if _, err := f.ReadAt(b, 0); err != nil || string(b) != "served" {
		t.Errorf("%q, %v", b, err)
	}
	o, err := a.Opener(chain(t, "ioserver:"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Open(t.Context(), "gopher://x/y", os.O_RDONLY, 0); access.Errno(err) != abi.EINVAL {
		t.Error(err)
	}
}
