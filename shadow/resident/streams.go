package resident

import (
	"errors"
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// Streams makes a link of two descriptors, and owns them from then on: one to read
// from, one to write to. They may be the same socket. Their open files are set to
// O_NONBLOCK, so that Close ends a read that waits.
func Streams(in, out int) io.ReadWriteCloser {
	if conn := socketOf(in, out); conn != nil {
		return conn
	}
	const pipeSize = 1 << 20 // that of the largest payload; an error means that it is no pipe
	s := &streams{}
	for _, end := range []struct {
		fd   int
		file **os.File
	}{{in, &s.in}, {out, &s.out}} {
		_ = unix.SetNonblock(end.fd, true)
		_, _ = unix.FcntlInt(uintptr(end.fd), unix.F_SETPIPE_SZ, pipeSize)
		*end.file = os.NewFile(uintptr(end.fd), "link")
	}
	return s
}

// socketOf returns the connected socket that both descriptors are, or nil. Several
// slices then are one writev(2).
func socketOf(in, out int) net.Conn {
	var a, b unix.Stat_t
	if unix.Fstat(in, &a) != nil || unix.Fstat(out, &b) != nil || a.Mode&unix.S_IFMT != unix.S_IFSOCK || a.Ino != b.Ino || a.Dev != b.Dev {
		return nil
	}
	dup, err := unix.FcntlInt(uintptr(in), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	f := os.NewFile(uintptr(dup), "link")
	defer f.Close()
	conn, err := net.FileConn(f)
	if err != nil {
		return nil // a kind of socket that package net does not know
	}
	unix.Close(in)
	if in != out {
		unix.Close(out)
	}
	return conn
}

// streams is a link of two files.
type streams struct{ in, out *os.File }

func (s *streams) Read(b []byte) (int, error)  { return s.in.Read(b) }
func (s *streams) Write(b []byte) (int, error) { return s.out.Write(b) }

func (s *streams) Close() error { return errors.Join(s.in.Close(), s.out.Close()) }
