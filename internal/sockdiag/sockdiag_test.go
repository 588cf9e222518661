package sockdiag

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const here = "/proc/self/ns/net"

// inodeOf returns the inode of a socket.
func inodeOf(t *testing.T, c syscall.Conn) uint64 {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var st syscall.Stat_t
	if e := raw.Control(func(fd uintptr) { err = syscall.Fstat(int(fd), &st) }); e != nil || err != nil {
		t.Fatal(e, err)
	}
	return st.Ino
}

// lookup looks for a socket, and skips the test where the kernel has no
// diagnosis of its protocol.
func lookup(t *testing.T, protocol string, inode uint64) *Socket {
	t.Helper()
	s, err := Lookup(here, protocol, inode)
	if err != nil {
		t.Skipf("sock_diag of %s is missing: %v", protocol, err)
	}
	return s
}

func TestTCP(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	want := Socket{Local: c.LocalAddr().String(), Remote: c.RemoteAddr().String()}
	if s := lookup(t, "TCP", inodeOf(t, c.(syscall.Conn))); s == nil || s.Local != want.Local || s.Remote != want.Remote {
		t.Errorf("got %v, want %v", s, want)
	}
	if s := lookup(t, "TCP", inodeOf(t, l.(syscall.Conn))); s == nil || s.Local != l.Addr().String() || s.Remote != "" {
		t.Errorf("of the listener: got %v, want %v", s, l.Addr())
	}
}

func TestUDPv6(t *testing.T) {
	c, err := net.ListenPacket("udp6", "[::1]:0")
	if err != nil {
		t.Skipf("no IPv6: %v", err)
	}
	defer c.Close()
	if s := lookup(t, "UDPv6", inodeOf(t, c.(syscall.Conn))); s == nil || s.Local != c.LocalAddr().String() || s.Remote != "" {
		t.Errorf("got %v, want %v", s, c.LocalAddr())
	}
}

func TestUnix(t *testing.T) {
	for _, name := range []string{filepath.Join(t.TempDir(), "socket"), "@penumbra-sockdiag-" + fmt.Sprint(os.Getpid())} {
		l, err := net.Listen("unix", name)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		c, err := net.Dial("unix", name)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		peer, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer peer.Close()
		client, server := inodeOf(t, c.(syscall.Conn)), inodeOf(t, peer.(syscall.Conn))
		s := lookup(t, "UNIX-STREAM", server)
		want := strings.Replace(name, "@", "\x00", 1)
		if s == nil || s.Local != fmt.Sprint(server) || s.Remote != fmt.Sprint(client) || strings.TrimRight(string(s.Name[1:]), "\x00") != want[1:] || s.Name[0] != want[0] {
			t.Errorf("%s: got %+v, want %d->%d", name, s, server, client)
		}
	}
}

func TestNoSuchSocket(t *testing.T) {
	for protocol := range queries {
		if s := lookup(t, protocol, 1); s != nil {
			t.Errorf("%s: found %+v", protocol, s)
		}
	}
	if s, err := Lookup(here, "RAW", 1); s != nil || err != nil {
		t.Errorf("RAW: got %v, %v", s, err)
	}
	if _, err := Lookup("/proc/self/ns/none", "TCP", 1); err == nil {
		t.Error("no error for a namespace that is none")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(make([]byte, 72))
	f.Add(append(make([]byte, 16), 8, 0, 2, 0, 1, 2, 3, 4, 6, 0, 0, 0, 'a', 'b'))
	f.Fuzz(func(_ *testing.T, b []byte) {
		for _, q := range queries {
			q.read(b)
		}
	})
}
