package guest_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/guest"
)

func self() *guest.Thread { return guest.NewTable().Add(os.Getpid()) }

func TestFilePaths(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		remove bool
	}{
		{"plain", false},
		{"plain", true},
		{"named (deleted)", false},
		{"named (deleted)", true},
		{"odd \xff\n", false},
	} {
		path := filepath.Join(dir, test.name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if test.remove {
			os.Remove(path)
		}
		got := self().File(int(f.Fd()))
		if got == nil || got.Path != path || got.Deleted != test.remove {
			t.Errorf("%q, removed %v: got %+v", test.name, test.remove, got)
		}
		f.Close()
		os.Remove(path)
	}
	if got := self().File(12345); got != nil {
		t.Errorf("of a descriptor that is not open: %+v", got)
	}
	cwd, _ := os.Getwd()
	if got := self().WorkingDirectory(); got == nil || got.Path != cwd {
		t.Errorf("working directory: got %+v, want %s", got, cwd)
	}
}

func TestDescribe(t *testing.T) {
	var files guest.Files
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if got := files.Describe(self(), int(null.Fd())); got == nil || got.Device != "char 1:3" {
		t.Errorf("%s: got %+v", os.DevNull, got)
	}
	pidfd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pidfd)
	if got := files.Describe(self(), pidfd); got == nil || got.Pid != os.Getpid() {
		t.Errorf("pidfd: got %+v", got)
	}
}

// A socket's description follows what happens to it when that is said.
func TestDescribeSocket(t *testing.T) {
	var files guest.Files
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	ends := func() string {
		f := files.Describe(self(), fd)
		if f == nil || f.Socket == nil || f.Socket.Protocol != "UDP" {
			t.Fatalf("got %+v", f)
		}
		return f.Socket.Ends
	}
	if got := ends(); strings.Contains(got, ":") {
		t.Errorf("not bound: got %s", got)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	files.Changed(self(), fd)
	if got := ends(); !strings.HasPrefix(got, "127.0.0.1:") || strings.Contains(got, "->") {
		t.Errorf("bound: got %s", got)
	}
	if err := unix.Connect(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}, Port: 9}); err != nil {
		t.Fatal(err)
	}
	files.Changed(self(), fd)
	if got := ends(); !strings.HasSuffix(got, "->127.0.0.1:9") {
		t.Errorf("connected: got %s", got)
	}
}

// What is remembered of sockets does not grow without end.
func TestDescribeManySockets(t *testing.T) {
	var files guest.Files
	for range 5000 {
		c, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := c.(syscall.Conn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		if err := raw.Control(func(fd uintptr) { files.Describe(self(), int(fd)) }); err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	if n := files.Remembered(); n > guest.MostSockets {
		t.Errorf("%d sockets are remembered, %d at most", n, guest.MostSockets)
	}
}
