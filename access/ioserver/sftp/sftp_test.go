package sftp

import (
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pkg/sftp"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/accesstest"
)

type dialer = func(context.Context, *url.URL) (io.ReadWriteCloser, error)

// inProcess is a server of the library's.
func inProcess(t *testing.T) dialer {
	return func(context.Context, *url.URL) (io.ReadWriteCloser, error) {
		a, b := net.Pipe()
		server, err := sftp.NewServer(b)
		if err != nil {
			return nil, err
		}
		go func() {
			_ = server.Serve()
			b.Close()
		}()
		return a, nil
	}
}

// openSSH is the server that most machines have.
func openSSH(t *testing.T) dialer {
	t.Helper()
	for _, name := range []string{"/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server", os.Getenv("SFTP_SERVER")} {
		if _, err := os.Stat(name); err == nil {
			return func(context.Context, *url.URL) (io.ReadWriteCloser, error) { return run(exec.Command(name)) }
		}
	}
	t.Skip("needs the sftp-server of OpenSSH, or its path in SFTP_SERVER")
	return nil
}

var servers = map[string]func(*testing.T) dialer{"library": inProcess, "OpenSSH": openSSH}

func opener(t *testing.T, dial dialer) *Opener {
	o := New(dial)
	t.Cleanup(func() { o.Close() })
	return o
}

func TestSuite(t *testing.T) {
	for name, server := range servers {
		t.Run(name, func(t *testing.T) {
			dial := server(t)
			accesstest.Run(t, func(t *testing.T) accesstest.Subject {
				s := accesstest.InDir(t, t.TempDir(), "f x%")
				s.Opener = opener(t, dial)
				s.Name = (&url.URL{Scheme: "sftp", Host: "host", Path: s.Name}).String()
				if name == "library" {
					s.CannotSync = abi.EINVAL
				}
				return s
			})
		})
	}
}

func TestReplace(t *testing.T) {
	for name, server := range servers {
		t.Run(name, func(t *testing.T) {
			o := opener(t, server(t))
			accesstest.Replace(t, prefixed{o}, t.TempDir())
		})
	}
}

// prefixed has paths for names.
type prefixed struct{ *Opener }

func (p prefixed) Replace(ctx context.Context, name string, perm os.FileMode, write func(access.File) error) error {
	return p.Opener.Replace(ctx, "sftp://host"+name, perm, write)
}

func TestErrors(t *testing.T) {
	for name, server := range servers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			o := opener(t, server(t))
			for name, want := range map[string]abi.Errno{
				"sftp://host" + dir:             abi.EISDIR,
				"sftp://host" + dir + "/none/f": abi.ENOENT,
				"sftp://-oProxyCommand=x/f":     abi.EINVAL,
				"sftp:///f":                     abi.EINVAL,
				"http://host/f":                 abi.EINVAL,
			} {
				for _, flag := range []int{os.O_RDONLY, os.O_RDWR | os.O_CREATE} {
					_, err := o.Open(t.Context(), name, flag, 0o600)
					if got := access.Errno(err); got != want && !(got == abi.EEXIST && flag != 0) {
						t.Errorf("%s: %v", name, err)
					}
				}
			}
		})
	}
}

// A connection that breaks fails what was open; what is opened then has another.
func TestBrokenConnection(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	var links []io.Closer
	dial := inProcess(t)
	o := opener(t, func(ctx context.Context, u *url.URL) (io.ReadWriteCloser, error) {
		link, err := dial(ctx, u)
		links = append(links, link)
		return link, err
	})
	f, err := o.Open(t.Context(), "sftp://host"+name, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := o.connect(t.Context(), "sftp://host/")
	if err != nil {
		t.Fatal(err)
	}
	links[0].Close()
	_ = c.Wait()
	if _, err := f.ReadAt(make([]byte, 1), 0); access.Errno(err) != abi.EIO {
		t.Errorf("%v", err)
	}
	o.forget("@host", c) // the one who waits for it may not have come to it yet
	f, err = o.Open(t.Context(), "sftp://host"+name, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 7)
	if _, err := f.ReadAt(b, 0); err != nil || string(b) != "content" || len(links) != 2 {
		t.Errorf("%q, %v, %d connections", b, err, len(links))
	}
}

// What ssh says on its standard error is part of the error.
func TestProgramFails(t *testing.T) {
	o := opener(t, func(context.Context, *url.URL) (io.ReadWriteCloser, error) {
		return run(exec.Command("sh", "-c", "echo no such host >&2; exit 255"))
	})
	_, err := o.Open(t.Context(), "sftp://host/f", os.O_RDONLY, 0)
	if access.Errno(err) != abi.EIO || !strings.Contains(err.Error(), "no such host") {
		t.Error(err)
	}
}
