// Package special opens what is no file: pipes, terminals, sockets and devices of
// this machine. They are streams: a guest reads and writes them by the descriptor
// itself.
package special

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/internal/handle"
)

// Opener opens streams by their path here.
type Opener struct{}

// Open implements access.Opener. Its files are access.Stream. Like open(2) it
// waits for the other end of a pipe, unless flag has syscall.O_NONBLOCK; a terminal
// does not become the controlling one. A socket, which open(2) refuses, is
// connected to. A regular file or a directory is EINVAL.
func (Opener) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	var st unix.Stat_t
	if err := unix.Stat(name, &st); err != nil {
		return nil, access.Failed("open", name, err)
	}
	var fd int
	var err error
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG, unix.S_IFDIR:
		err = errors.Join(errors.New("special: is for pipes, terminals, sockets and devices"), abi.EINVAL)
	case unix.S_IFSOCK:
		fd, err = connect(name)
	case unix.S_IFIFO:
		fd, err = openPipe(ctx, name, flag)
	default:
		fd, err = open(name, flag)
	}
	if err != nil {
		return nil, access.Failed("open", name, err)
	}
	return &stream{handle.Handle{Name: name, Flag: flag}, os.NewFile(uintptr(fd), name)}, nil
}

// passed are the flags that concern a stream.
const passed = unix.O_ACCMODE | unix.O_APPEND | unix.O_NONBLOCK | unix.O_SYNC | unix.O_DSYNC

func open(name string, flag int) (fd int, err error) {
	for {
		fd, err = unix.Open(name, flag&passed|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// openPipe opens a named pipe, and gives up when ctx ends before somebody opens the
// other end: fifo(7).
func openPipe(ctx context.Context, name string, flag int) (int, error) {
	type result struct {
		fd  int
		err error
	}
	done := make(chan result, 1)
	go func() {
		fd, err := open(name, flag)
		done <- result{fd, err}
	}()
	select {
	case r := <-done:
		return r.fd, r.err
	case <-ctx.Done():
	}
	// Both ends at once never wait, and let the one who does go.
	both, err := unix.Open(name, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, errors.Join(abi.EINTR, err)
	}
	defer unix.Close(both)
	if r := <-done; r.err == nil {
		unix.Close(r.fd)
	}
	return -1, errors.Join(abi.EINTR, ctx.Err())
}

// connect connects to a socket of whatever type; unix(7).
func connect(name string) (int, error) {
	err := error(unix.EPROTOTYPE)
	for _, kind := range []int{unix.SOCK_STREAM, unix.SOCK_SEQPACKET, unix.SOCK_DGRAM} {
		var fd int
		if fd, err = unix.Socket(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0); err != nil {
			return -1, err
		}
		if err = unix.Connect(fd, &unix.SockaddrUnix{Name: name}); err == nil {
			return fd, nil
		}
		unix.Close(fd)
		if err != unix.EPROTOTYPE {
			break
		}
	}
	return -1, err
}

// stream is an open stream.
type stream struct {
	handle.Handle
	host *os.File
}

// Stream implements access.Stream.
func (s *stream) Stream() *os.File { return s.host }

func (s *stream) ReadAt(_ []byte, off int64) (int, error) {
	if err := s.MayRead(off); err != nil {
		return 0, err
	}
	return 0, s.Failed("read", abi.ESPIPE)
}

func (s *stream) WriteAt(_ []byte, off int64) (int, error) {
	if err := s.MayWrite(off); err != nil {
		return 0, err
	}
	return 0, s.Failed("write", abi.ESPIPE)
}

// Size implements File: that of a block device is not told either; stat(2).
func (s *stream) Size() (int64, error) { return 0, s.Handle.Open("stat") }

func (s *stream) Truncate(size int64) error {
	if err := s.MayTruncate(size); err != nil {
		return err
	}
	return s.Failed("truncate", abi.EINVAL)
}

// Sync implements File as fsync(2): EINVAL for what has no disk.
func (s *stream) Sync() error {
	if err := s.Handle.Open("sync"); err != nil {
		return err
	}
	return s.Failed("sync", syscall.Fsync(int(s.host.Fd())))
}

func (s *stream) Close() error {
	if err := s.Shut(); err != nil {
		return err
	}
	return s.Failed("close", s.host.Close())
}
