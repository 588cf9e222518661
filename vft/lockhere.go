package vft

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// Conflict returns a lock on the placeholder by another than process own that is
// in the way of l, as far as that can be told: one of own may hide it.
func (f *File) Conflict(own int, l Lock) (bool, error) {
	host, _, err := f.acquire()
	if err != nil {
		return false, err
	}
	defer f.release()
	return conflicts(host, int32(own), l)
}

// ConflictOf is Conflict for a lock of the open file description that fd leads to.
func (f *File) ConflictOf(fd int, l Lock) (bool, error) {
	k := l.kernel()
	err := unix.FcntlFlock(uintptr(fd), unix.F_OFD_GETLK, &k)
	return err == nil && k.Type != unix.F_UNLCK, err
}

func conflicts(host *os.File, own int32, l Lock) (bool, error) {
	if l.From >= l.To {
		return false, nil
	}
	other, pid, found, err := lockOn(host, l)
	if err != nil || !found || pid != own {
		return found && err == nil, err
	}
	for _, part := range []Lock{{l.Kind, l.Exclusive, l.From, other.From}, {l.Kind, l.Exclusive, other.To, l.To}} {
		if found, err := conflicts(host, own, part); found || err != nil {
			return found, err
		}
	}
	return false, nil
}

// lockOn returns one of the locks by range that are in the way of l, and whose it
// is.
func lockOn(host *os.File, l Lock) (other Lock, pid int32, found bool, err error) {
	k := l.kernel()
	if err := unix.FcntlFlock(host.Fd(), unix.F_OFD_GETLK, &k); err != nil {
		return Lock{}, 0, false, fmt.Errorf("vft: look for locks on a placeholder: %w", err)
	}
	if k.Type == unix.F_UNLCK {
		return Lock{}, 0, false, nil
	}
	return fromKernel(&k), k.Pid, true, nil
}

// locksOn returns all locks on a placeholder. Whoever takes one by flock(2) does so
// while File.locking is held, and so is not disturbed by the trials.
func locksOn(host *os.File) (all lockSets, err error) {
	for rest := []Lock{{ByRange, true, 0, maxOffset}}; len(rest) > 0 && err == nil; {
		l := rest[len(rest)-1]
		rest = rest[:len(rest)-1]
		other, _, found, e := lockOn(host, l)
		if err = e; !found {
			continue
		}
		all[ByRange] = all[ByRange].with(other)
		if other.From > l.From {
			rest = append(rest, Lock{ByRange, true, l.From, other.From})
		}
		if other.To < l.To {
			rest = append(rest, Lock{ByRange, true, other.To, l.To})
		}
	}
	fd := int(host.Fd())
	switch {
	case err != nil:
	case unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) == nil:
		err = unix.Flock(fd, unix.LOCK_UN)
	case unix.Flock(fd, unix.LOCK_SH|unix.LOCK_NB) == nil:
		all[ByFile] = lockSet{WholeFile(false)}
		err = unix.Flock(fd, unix.LOCK_UN)
	default:
		all[ByFile] = lockSet{WholeFile(true)}
	}
	return all, err
}

// Flock takes a lock by flock(2) with the descriptor fd, which is of the open file
// description of a thread who, here and at the source. EAGAIN and EINTR are as for
// Lock.
func (f *File) Flock(ctx context.Context, who, fd int, exclusive, wait bool) error {
	how := unix.LOCK_SH
	if exclusive {
		how = unix.LOCK_EX
	}
	here := func(how int) error {
		f.locking.Lock()
		defer f.locking.Unlock()
		return unix.Flock(fd, how|unix.LOCK_NB)
	}
	if err := f.begin(ctx, who); err != nil {
		return err
	}
	defer f.end(who)
	for pause := time.Millisecond; ; pause = min(2*pause, 10*time.Millisecond) {
		err := here(how)
		if err == nil {
			break
		}
		if e, _ := errors.AsType[unix.Errno](err); e != unix.EWOULDBLOCK || !wait {
			return abi.Errno(e)
		}
		select {
		case <-ctx.Done():
			return abi.EINTR
		case <-time.After(pause):
		}
	}
	err := f.have(ctx, who, WholeFile(exclusive), wait)
	if err != nil {
		_ = here(unix.LOCK_UN)
	}
	return err
}
