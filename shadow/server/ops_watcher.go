package server

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// mostWatchers is how many instances of inotify(7) a session has at most: those of a
// user are few.
const mostWatchers = 16

func (t *task) opWatcher(o *wire.Op, _ *wire.Result) error {
	t.mu.Lock()
	many := t.watchers >= mostWatchers
	t.mu.Unlock()
	if many {
		return abi.EMFILE
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return err
	}
	if err := t.hold(fd, wire.OpenRead, nil, o.FD2); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.procs[t.proc]; p != nil && p.files[o.FD2] != nil {
		p.files[o.FD2].watcher = true
		t.watchers++
	}
	return nil
}

// opWatch watches what a path leads to.
func (t *task) opWatch(o *wire.Op, r *wire.Result) error {
	f, err := t.streamAt(o.FD2)
	if err != nil {
		return err
	}
	defer t.done(f)
	t.mu.Lock()
	many := t.watches >= t.server.cfg.Watches
	t.mu.Unlock()
	if many {
		return abi.ENOSPC
	}
	at := &wire.Op{FD: wire.CWD, Path: o.Path}
	if o.Path == "" {
		return abi.ENOENT
	}
	h, err := t.target(at, o.Events&unix.IN_DONT_FOLLOW == 0)
	if err != nil {
		return err
	}
	defer h.close()
	wd, err := unix.InotifyAddWatch(f.fd, procPath(h.fd), o.Events&^unix.IN_DONT_FOLLOW)
	if err != nil {
		return err
	}
	t.mu.Lock()
	f.watches++
	t.watches++
	t.mu.Unlock()
	r.Watch = int32(wd)
	return nil
}

func (t *task) opIgnore(o *wire.Op, _ *wire.Result) error {
	f, err := t.streamAt(o.FD2)
	if err != nil {
		return err
	}
	defer t.done(f)
	if _, err := unix.InotifyRmWatch(f.fd, uint32(o.Watch)); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if f.watches > 0 {
		f.watches--
		t.watches--
	}
	return nil
}
