package special_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/special"
)

func open(t *testing.T, name string, flag int) access.File {
	t.Helper()
	f, err := special.Opener{}.Open(t.Context(), name, flag, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func is(t *testing.T, what string, err error, want abi.Errno) {
	t.Helper()
	if access.Errno(err) != want {
		t.Errorf("%s: %v, want %v", what, err, want.Name())
	}
}

func pipe(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestPipe(t *testing.T) {
	name := pipe(t)
	reading := make(chan access.File)
	go func() {
		f, err := special.Opener{}.Open(t.Context(), name, os.O_RDONLY, 0)
		if err != nil {
			t.Error(err)
		}
		reading <- f
	}()
	w := open(t, name, os.O_WRONLY) // waits for the other
	r := <-reading
	flags, err := unix.FcntlInt(r.(access.Stream).Stream().Fd(), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_NONBLOCK != 0 {
		t.Errorf("flags %#x, %v", flags, err)
	}
	if _, err := w.(access.Stream).Stream().WriteString("through"); err != nil {
		t.Fatal(err)
	}
	is(t, "close", w.Close(), 0)
	if got, err := io.ReadAll(r.(access.Stream).Stream()); err != nil || string(got) != "through" {
		t.Errorf("%q, %v", got, err)
	}
	_, err = r.ReadAt(make([]byte, 1), 0)
	is(t, "read at an offset", err, abi.ESPIPE)
	_, err = r.WriteAt(make([]byte, 1), 0)
	is(t, "write for reading only", err, abi.EBADF)
	is(t, "sync", r.Sync(), abi.EINVAL)
	is(t, "truncate", r.Truncate(0), abi.EINVAL)
	is(t, "close", r.Close(), 0)
	is(t, "close again", r.Close(), abi.EBADF)
}

func TestPipeGivesUp(t *testing.T) {
	name := pipe(t)
	for _, flag := range []int{os.O_RDONLY, os.O_WRONLY} {
		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan error)
		go func() {
			_, err := special.Opener{}.Open(ctx, name, flag, 0)
			failed <- err
		}()
		cancel()
		err := <-failed
		is(t, "open", err, abi.EINTR)
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	_, err := special.Opener{}.Open(t.Context(), name, os.O_WRONLY|unix.O_NONBLOCK, 0)
	is(t, "open without waiting", err, abi.ENXIO)
}

func TestDevice(t *testing.T) {
	f := open(t, "/dev/zero", os.O_RDWR)
	b := []byte("xxx")
	if _, err := io.ReadFull(f.(access.Stream).Stream(), b); err != nil || string(b) != "\x00\x00\x00" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestTerminal(t *testing.T) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("needs /dev/ptmx: ", err)
	}
	defer master.Close()
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Skip("needs pseudo-terminals: ", err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, filepath.Join("/dev/pts", strconv.Itoa(n)), os.O_RDWR)
	if _, err := unix.IoctlGetTermios(int(f.(access.Stream).Stream().Fd()), unix.TCGETS); err != nil {
		t.Errorf("it is no terminal: %v", err)
	}
}

func TestSocket(t *testing.T) {
	for _, network := range []string{"unix", "unixpacket"} {
		name := filepath.Join(t.TempDir(), "s")
		l, err := net.Listen(network, name)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			conn, err := l.Accept()
			if err == nil {
				_, _ = conn.Write([]byte("hello"))
				conn.Close()
			}
		}()
		f := open(t, name, os.O_RDWR)
		b := make([]byte, 5)
		if _, err := io.ReadFull(f.(access.Stream).Stream(), b); err != nil || string(b) != "hello" {
			t.Errorf("%s: %q, %v", network, b, err)
		}
	}
	name := filepath.Join(t.TempDir(), "d")
	if _, err := net.ListenPacket("unixgram", name); err != nil {
		t.Fatal(err)
	}
	open(t, name, os.O_RDWR)
}

func TestNotSpecial(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "f")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]abi.Errno{name: abi.EINVAL, dir: abi.EINVAL, filepath.Join(dir, "none"): abi.ENOENT} {
		_, err := special.Opener{}.Open(t.Context(), name, os.O_RDONLY, 0)
		is(t, name, err, want)
	}
}
