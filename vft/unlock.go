package vft

import (
	"context"
	"errors"
	"maps"
	"time"

	"penumbra/abi"
)

// trim gives up what the source has locked and nobody here needs. f.locking is
// held.
func (f *File) trim() error {
	k := &f.locks
	if k.locker != nil && k.locker.Lost() {
		f.lost()
	}
	if !k.held.any() && !f.isBroken() {
		return nil
	}
	needed, err := f.needed()
	if err != nil {
		return err
	}
	if !needed.any() {
		f.mend()
	}
	flushed := false
	for kind := range k.held {
		spare := k.held[kind].beyond(needed[kind])
		for _, l := range spare {
			if f.isAsked(l) {
				continue
			}
			if !flushed {
				f.settleEnded()
				_ = f.Flush() // what fails is tried again, and told by close
				flushed = true
			}
			var state State
			if l.Exclusive {
				state, err = k.locker.Lock(context.Background(), Lock{l.Kind, false, l.From, l.To}, false)
			} else {
				state, err = k.locker.Unlock(l)
			}
			switch {
			case errors.Is(err, abi.ESTALE):
				f.lost()
				return nil
			case err != nil:
				return err
			}
			f.mu.Lock()
			k.state, k.held[kind] = state, k.held[kind].without(l)
			f.mu.Unlock()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refused && !k.held.any() && f.options.Unlocked != nil {
		f.refused = false
		go f.options.Unlocked()
	}
	return nil
}

// settleEnded says of threads that end, and so have given up their locks, that their
// calls have ended: what those wrote must not be written back once more, when the
// lock is others'.
func (f *File) settleEnded() {
	for _, who := range f.Writers() {
		if hasEnded(who) {
			f.table.Settle(who)
		}
	}
}

// isAsked reports whether the source is being asked for more in the range of l. Which
// comes first there, nobody knows: what is asked is taken back, and asked anew when l
// has been given up.
func (f *File) isAsked(l Lock) (asked bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.coming {
		if a != nil && a.Kind == l.Kind && a.From < l.To && l.From < a.To {
			asked = true
			a.cancel()
		}
	}
	return asked
}

// setLocker changes which Locker f has. f.locking is held.
func (f *File) setLocker(l Locker) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.locks.locker, f.locks.held, f.locks.state = l, lockSets{}, State{}
}

// lost notes that the source has none of the locks any more. What was protected by
// them may be others' by now: what was not written back is given up, and until the
// locks here are, the file is of no use. f.locking is held.
func (f *File) lost() {
	go f.locks.locker.Close() // which may take a while
	f.setLocker(nil)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken, f.dropped = true, f.dropped || len(f.dirty) > 0 || f.cut != maxOffset
	f.dirty, f.cut = f.writeClaims(), maxOffset
	f.present, f.stale, f.renewed = blockSet{}, true, true
	clear(f.hashes)
}

func (f *File) isBroken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken
}

// mend notes that nobody has a lock any more who was told that it was lost.
func (f *File) mend() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = false
}

// usable returns ESTALE if locks were lost that are still in use here.
func (f *File) usable() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken || f.locks.locker != nil && f.locks.held.any() && f.locks.locker.Lost() {
		return abi.ESTALE
	}
	return nil
}

// needed returns which locks there are on the placeholder, or will be.
func (f *File) needed() (lockSets, error) {
	host, _, err := f.acquire()
	if err != nil {
		return lockSets{}, err
	}
	defer f.release()
	f.mu.Lock()
	f.endPledges()
	pledges := maps.Clone(f.pledged) // before the locks are looked at, which are pledged until they are there
	f.mu.Unlock()
	all, err := locksOn(host)
	for _, p := range pledges {
		all[p.Kind] = all[p.Kind].with(p.Lock)
	}
	return all, err
}

// tendLocks looks, as often as is worth while, which locks on the placeholder are
// no more: they go without a word when a process ends or closes the file.
func (f *File) tendLocks() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.options.Locker == nil {
		return
	}
	if f.tending {
		select {
		case f.locks.timing <- struct{}{}:
		default:
		}
		return
	}
	f.tending, f.locks.timing = true, make(chan struct{}, 1)
	go f.tend()
}

// tend does so until nothing has been locked for a while.
func (f *File) tend() {
	const soonest, latest, patience = 50 * time.Microsecond, 100 * time.Millisecond, 2 * time.Second
	pause, idle := soonest, time.Now()
	for {
		select {
		case <-f.locks.timing:
			pause = soonest
		case <-time.After(pause):
			pause = min(2*pause, latest)
		}
		f.locking.Lock()
		_ = f.trim() // it is tried again
		if f.locks.held.any() {
			idle = time.Now()
		}
		f.mu.Lock()
		f.endPledges()
		busy := len(f.coming)+len(f.pledged) > 0 || f.broken || f.locks.held.any() || len(f.locks.timing) > 0
		done := !busy && (time.Since(idle) > patience || f.closed)
		if done {
			f.tending = false
			if f.locks.locker != nil {
				go f.locks.locker.Close()
				f.locks.locker = nil
			}
		}
		f.mu.Unlock()
		f.locking.Unlock()
		if done {
			return
		}
	}
}

// Unlocking says that locks of f are about to be given up.
func (f *File) Unlocking() {
	if f.Locked() {
		f.tendLocks()
	}
}

// endPledges forgets those of threads that can be seen to be in other calls. f.mu is
// held.
func (f *File) endPledges() {
	for who, p := range f.pledged {
		if now := callOf(who); now != p.call && now != running {
			delete(f.pledged, who)
		}
	}
}

// unpledge says that the call of thread who has ended.
func (f *File) unpledge(who int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.pledged, who)
}
