package view

import (
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
)

// waits reports whether opening would wait for another process: it is a pipe.
func waits(at spot, flags int) bool {
	if flags&(unix.O_NONBLOCK|unix.O_PATH) != 0 || flags&unix.O_ACCMODE == unix.O_RDWR {
		return false
	}
	var st unix.Stat_t
	return unix.Fstatat(at.dir, at.name, &st, unix.AT_SYMLINK_NOFOLLOW) == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO
}

// openPipe opens a pipe by name as fifo(7) says: it waits for the other side,
// until a signal comes for the guest.
func (v *View) openPipe(c *intercept.Call, o *opening, at spot) intercept.Verdict {
	const interval = 5 * time.Millisecond
	c.Leave()
	flags := o.flags&^(unix.O_CREAT|unix.O_EXCL|unix.O_TRUNC) | unix.O_CLOEXEC | unix.O_NOFOLLOW
	var scratch [2]int
	if err := unix.Pipe2(scratch[:], unix.O_CLOEXEC); err != nil {
		return intercept.Fail(errnoOf(err))
	}
	defer func() { unix.Close(scratch[0]); unix.Close(scratch[1]) }()
	fd := -1
	for {
		var err error
		if fd < 0 {
			fd, err = unix.Openat(at.dir, at.name, flags|unix.O_NONBLOCK, 0)
		}
		switch {
		case err == nil && (flags&unix.O_ACCMODE == unix.O_WRONLY || hasWriter(fd, scratch[1], interval)):
			if err := unix.SetNonblock(fd, false); err != nil {
				unix.Close(fd)
				return intercept.Fail(errnoOf(err))
			}
			return intercept.Give(fd, o.flags&unix.O_CLOEXEC != 0)
		case err != nil && err != unix.ENXIO:
			return intercept.Fail(errnoOf(err))
		case err != nil:
			time.Sleep(interval)
		}
		if !c.Alive() || c.Thread.Signalled() {
			if fd >= 0 {
				unix.Close(fd)
			}
			return intercept.Fail(abi.ERESTARTSYS)
		}
	}
}

// hasWriter waits a while for a writer of the pipe that fd reads. Of one that
// came and went without a word the poll reports the end. One that says nothing
// yet shows when a byte is to be copied: it is not there yet, rather than never.
func hasWriter(fd, scratch int, wait time.Duration) bool {
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(poll, int(wait/time.Millisecond)); err == nil && n > 0 {
		return true
	}
	n, err := unix.Tee(fd, scratch, 1, unix.SPLICE_F_NONBLOCK)
	return n > 0 || err == unix.EAGAIN
}
