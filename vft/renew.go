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

// Renew says that somebody else has changed the source, which has size bytes now,
// and changed last at mtime. What has come of it is forgotten, and comes anew as it
// is asked for; at once where a program may look without asking. What this side has
// written meanwhile stays.
func (f *File) Renew(size int64, mtime time.Time) error {
	f.flushing.Lock()
	defer f.flushing.Unlock()
	f.gate.Lock()
	defer f.gate.Unlock()
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
	ours := f.writeClaims()
	for _, s := range f.dirty {
		ours = ours.with(s)
	}
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
	f.present, f.dirty = blockSet{}, ours
	clear(f.hashes)
	f.stale, f.renewed = true, true
	if seen := f.pinned.below(size); len(seen) > 0 {
		go func() {
			for _, s := range seen {
				_ = f.Fill(s.from, s.to-s.from) // who reads there will be told
			}
		}()
	}
	return nil
}
