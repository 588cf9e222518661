package vft

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// QuietSince reports whether f is the same as its source as far as this side is
// concerned: nothing is to be written back, and nothing was since then.
func (f *File) QuietSince(then time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.unlinked && len(f.dirty) == 0 && len(f.sending) == 0 && len(f.mapped) == 0 && f.cut == maxOffset &&
		len(f.writeClaims()) == 0 && f.flushed.Before(then)
}

// Refresh says that somebody else has changed the source, which had size bytes at a
// time after since, and had been changed last at mtime. What has come of it is
// forgotten, and comes anew as it is asked for; soon where a program may look without
// asking. It reports false, and does nothing, if that may be older than what is known
// here.
func (f *File) Refresh(since time.Time, size int64, mtime time.Time) bool {
	f.flushing.Lock()
	defer f.flushing.Unlock()
	f.gate.Lock()
	defer f.gate.Unlock()
	f.mu.Lock()
	locked := f.locks.held.any() || len(f.coming) > 0
	f.refused = f.refused || locked
	newer := locked || f.renewing.After(since)
	f.mu.Unlock()
	if newer || !f.QuietSince(since) || f.renew(size, mtime) != nil {
		return false
	}
	f.mu.Lock()
	seen := f.pinned.below(size)
	f.mu.Unlock()
	go func() {
		for _, s := range seen {
			_ = f.Fill(s.from, s.to-s.from) // who reads there will be told
		}
	}()
	return true
}

// renew forgets what has come of the source, but for what this side has written
// meanwhile. The gate is held for writing, and f.flushing.
func (f *File) renew(size int64, mtime time.Time) error {
	host, _, err := f.acquire()
	if err != nil {
		return err
	}
	defer f.release()
	var st unix.Stat_t
	if err := unix.Fstat(int(host.Fd()), &st); err != nil {
		return fmt.Errorf("vft: stat a placeholder: %w", err)
	}
	f.mu.Lock()
	f.renewing = time.Now()
	ours := f.changing()
	f.mu.Unlock()
	visible := size
	if len(ours) > 0 {
		visible = max(size, min(ours[len(ours)-1].to, st.Size))
	}
	if st.Size != visible {
		to, err := reopen(host, st.Mode)
		if err == nil {
			err = to.Truncate(visible)
			to.Close()
		}
		if err != nil {
			return fmt.Errorf("vft: set the length of a placeholder: %w", err)
		}
	}
	// Before anything comes, whose writing leaves the time as it finds it.
	times := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, unix.NsecToTimespec(max(mtime.UnixNano(), 0))}
	if err := unix.UtimesNanoAt(unix.AT_FDCWD, link(host), times, 0); err != nil {
		return fmt.Errorf("vft: set the time of a placeholder: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.origin, f.length, f.cut = size, size, maxOffset
	f.present, f.dirty = blockSet{}, f.changing()
	clear(f.hashes)
	f.stale, f.renewed = true, true
	return nil
}

// changing returns what was written here and is not written back, or may be under
// way. f.mu is held.
func (f *File) changing() spans {
	all := f.writeClaims()
	for _, s := range f.dirty {
		all = all.with(s)
	}
	return all
}

// revalidate has the content come anew, at once where a program looks without asking.
// It reports false, and does nothing, if something was written back since the state was
// asked for.
func (f *File) revalidate(state State, asked time.Time) (bool, error) {
	if current, err := f.renewUnderLock(state, asked); err != nil || !current {
		return current, err
	}
	f.mu.Lock()
	pinned, mapped := f.pinned.below(state.Size), f.mapped.below(state.Size)
	f.mu.Unlock()
	for _, s := range pinned {
		if err := f.Fill(s.from, s.to-s.from); err != nil {
			return false, err
		}
	}
	for _, s := range mapped {
		if err := f.remember(s); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (f *File) renewUnderLock(state State, asked time.Time) (bool, error) {
	f.flushing.Lock()
	defer f.flushing.Unlock()
	f.gate.Lock()
	defer f.gate.Unlock()
	f.mu.Lock()
	newer := f.flushed.After(asked)
	f.mu.Unlock()
	if newer {
		return false, nil
	}
	return true, f.renew(state.Size, state.Mtime)
}
