package iostat

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/guest"
)

// What /proc says is tried on the test's own descriptors.
func TestProcfs(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "f")
	if err := os.WriteFile(name, []byte("0123456789"), 0o666); err != nil {
		t.Fatal(err)
	}
	self := guest.NewTable().Add(os.Getpid())
	open := func(name string, flags int) int32 {
		t.Helper()
		f, err := os.OpenFile(name, flags, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return int32(f.Fd())
	}
	look := func(fd int32) found {
		t.Helper()
		f, ok := procfs{}.descriptor(self, fd, false)
		if !ok {
			t.Fatalf("descriptor %d was not found", fd)
		}
		return f
	}

	fd := open(name, os.O_RDWR|os.O_APPEND)
	if _, err := unix.Seek(int(fd), 4, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	f := look(fd)
	if real, _ := filepath.EvalSymlinks(name); f.name() != real || f.kind() != Regular || f.size != 10 || f.offset != 4 || f.flags&unix.O_APPEND == 0 {
		t.Errorf("found %+v", f)
	}
	if id, ok := (procfs{}).named(self, unix.AT_FDCWD, name); !ok || id != f.id {
		t.Errorf("the name means %v (%v), the descriptor %v", id, ok, f.id)
	}
	if id, ok := (procfs{}).named(self, open(dir, os.O_RDONLY), "f"); !ok || id != f.id {
		t.Errorf("from its directory the name means %v (%v), the descriptor %v", id, ok, f.id)
	}
	if size, ok := (procfs{}).size(self, fd); !ok || size != 10 {
		t.Errorf("size %d (%v)", size, ok)
	}
	if _, ok := (procfs{}).descriptor(self, 99999, false); ok {
		t.Error("a descriptor was found that is not open")
	}
	os.Remove(name)
	removed := look(fd)
	if got := removed.name(); strings.HasSuffix(got, "(deleted)") {
		t.Errorf("a removed file is %q", got)
	}

	p := make([]int, 2)
	if err := unix.Pipe(p); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	e, err := unix.Eventfd(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(e)
	m, err := unix.MemfdCreate("mine", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(m)
	for _, tt := range []struct {
		fd   int32
		kind Kind
		name string
	}{
		{int32(p[0]), Pipe, "pipe:["}, {int32(e), Anonymous, "eventfd"}, {int32(m), Regular, "memfd mine"},
		{open("/dev/null", 0), Device, "/dev/null"}, {open("/", 0), Directory, "/"},
	} {
		if f := look(tt.fd); f.kind() != tt.kind || !strings.HasPrefix(f.name(), tt.name) {
			t.Errorf("%q is a %v named %q", tt.name, f.kind(), f.name())
		}
	}
	if size, ok := (procfs{}).size(self, open("/proc/self/maps", 0)); ok {
		t.Errorf("/proc/self/maps is said to have %d bytes", size)
	}
}

func TestSocketNames(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	there, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	here, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	self := guest.NewTable().Add(os.Getpid())
	for _, tt := range []struct {
		conn     net.Conn
		accepted bool
		want     string
	}{
		{there, false, fmt.Sprintf("tcp socket to %v", l.Addr())},
		{here, true, fmt.Sprintf("tcp socket, accepted at %v", l.Addr())},
	} {
		raw, err := tt.conn.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		raw.Control(func(fd uintptr) {
			got, ok := procfs{}.socket(self, int32(fd), tt.accepted)
			if !ok {
				t.Skip("needs pidfd_getfd (Linux 5.6) of this process")
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
