package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/accesstest"
	"penumbra/access/ioserver/web"
)

// Servers of which each is as unhelpful as one may be.
var servers = map[string]func(dir string) http.Handler{
	"ranges": func(dir string) http.Handler { return http.FileServer(http.Dir(dir)) },
	"tags": func(dir string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, err := os.ReadFile(filepath.Join(dir, r.URL.Path))
			if err != nil {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("ETag", fmt.Sprintf(`"%x"`, bytes.Count(b, []byte{1})*1000+len(b)))
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
		})
	},
	"no ranges": func(dir string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, err := os.ReadFile(filepath.Join(dir, r.URL.Path))
			if err != nil {
				http.NotFound(w, r)
				return
			}
			_, _ = w.Write(b)
		})
	},
	"busy": func(dir string) http.Handler {
		var n atomic.Int64
		files := http.FileServer(http.Dir(dir))
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1)%7 == 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			files.ServeHTTP(w, r)
		})
	},
}

func TestSuite(t *testing.T) {
	for name, handler := range servers {
		t.Run(name, func(t *testing.T) {
			accesstest.Run(t, func(t *testing.T) accesstest.Subject {
				dir := t.TempDir()
				server := httptest.NewServer(handler(dir))
				t.Cleanup(server.Close)
				s := accesstest.InDir(t, dir, "f")
				s.Opener, s.Name, s.ReadOnly = &web.Opener{Client: server.Client()}, server.URL+"/f", true
				return s
			})
		})
	}
}

func TestTLS(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	server.Config.ErrorLog = nil
	f, err := (&web.Opener{Client: server.Client()}).Open(t.Context(), server.URL+"/f", os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 6)
	if _, err := f.ReadAt(b, 0); err != nil || string(b) != "secret" {
		t.Errorf("%q, %v", b, err)
	}
	_, err = (&web.Opener{}).Open(t.Context(), server.URL+"/f", os.O_RDONLY, 0)
	if access.Errno(err) != abi.EIO || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate that nobody knows: %v", err)
	}
}

func TestStatuses(t *testing.T) {
	for status, want := range map[int]abi.Errno{401: abi.EACCES, 403: abi.EACCES, 404: abi.ENOENT, 410: abi.ENOENT, 500: abi.EIO, 416: abi.EIO} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) }))
		name := strings.Replace(server.URL, "://", "://me:secret@", 1) + "/f"
		_, err := (&web.Opener{}).Open(t.Context(), name, os.O_RDONLY, 0)
		if access.Errno(err) != want {
			t.Errorf("%d: %v", status, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the password is shown: %v", err)
		}
		server.Close()
	}
}

// A file that is another one in the middle of reading it is ESTALE, never a mixture.
func TestChanges(t *testing.T) {
	for _, kind := range []string{"ranges", "tags"} {
		dir := t.TempDir()
		name := filepath.Join(dir, "f")
		put := func(c byte, at time.Time) {
			t.Helper()
			if err := os.WriteFile(name, bytes.Repeat([]byte{c}, 1<<20), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(name, at, at); err != nil {
				t.Fatal(err)
			}
		}
		put('a', time.Unix(1e9, 0))
		server := httptest.NewServer(servers[kind](dir))
		o := &web.Opener{Client: server.Client()}
		f, err := o.Open(t.Context(), server.URL+"/f", os.O_RDONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		before, err := o.Stamp(t.Context(), server.URL+"/f")
		if err != nil || before == "" {
			t.Errorf("%s: no stamp: %v", kind, err)
		}
		put(1, time.Unix(1e9+1, 0))
		if _, err := f.ReadAt(make([]byte, 100), 1<<19); access.Errno(err) != abi.ESTALE {
			t.Errorf("%s: %v", kind, err)
		}
		if after, err := o.Stamp(t.Context(), server.URL+"/f"); err != nil || after == before {
			t.Errorf("%s: the stamp is the same, %v", kind, err)
		}
		server.Close()
	}
}
