package vft

import (
	"context"
	"errors"
	"time"

	"penumbra/abi"
)

// A Locker holds locks on what a file stands for, against those who use it
// elsewhere: all locks of this side are one owner's. A lock replaces what its owner
// has in the same range, wholly or, if it fails, not at all; but one of kind ByFile
// that fails leaves the owner none.
//
// Errors that are an abi.Errno go to the guest. ESTALE is that of a Locker that has
// lost all that it held: another one can be had.
type Locker interface {
	// Lock takes l. It fails with EAGAIN if another owner has a lock that is in the
	// way, unless wait is true: then it waits until ctx is done, and fails with EINTR.
	// The state is that of the file when the lock was had.
	Lock(ctx context.Context, l Lock, wait bool) (State, error)
	// Unlock gives up what there is in a range. The state is that of the file just
	// before.
	Unlock(l Lock) (State, error)
	// Query returns a lock of somebody else that is in the way of l, if there is one.
	Query(ctx context.Context, l Lock) (other Lock, found bool, err error)
	// Lost reports, without waiting, whether the Locker has lost what it held.
	Lost() bool
	// Close gives up all.
	Close() error
}

// State is what tells whether a file has changed.
type State struct {
	Size         int64
	Mtime, Ctime time.Time
	Now          time.Time // by the same clock
}

// unchanged reports whether a file is as it was when it was in state then. Two
// changes within a tick of a clock leave the same time.
func (s State) unchanged(then State) bool {
	tick := 20 * time.Millisecond
	if then.Ctime.Nanosecond() == 0 {
		tick = 2 * time.Second // the file system keeps whole seconds, or two
	}
	return s.Size == then.Size && s.Mtime.Equal(then.Mtime) && s.Ctime.Equal(then.Ctime) && then.Now.Sub(then.Ctime) > tick
}

// locks are those that a file's source has for this side. They are read with
// File.locking or File.mu held, and changed with both.
type locks struct {
	locker Locker // or nil
	held   lockSets
	state  State // when the source was asked last
	timing chan struct{}
}

// asking is a lock that the source is asked for, for which it may have to wait.
type asking struct {
	Lock
	cancel func()
}

// A pledge is a lock that was granted to a thread's call, which may not have taken
// it yet. It ends with the call.
type pledge struct {
	Lock
	call string // as /proc/<tid>/syscall has it
}

// Locks reports whether f's source can be locked.
func (f *File) Locks() bool { return f.options.Locker != nil }

// begin waits until thread who has no other call under way that asks the source for
// a lock: one that was interrupted may be yet.
func (f *File) begin(ctx context.Context, who int) error {
	const pause = time.Millisecond
	for {
		f.mu.Lock()
		_, busy := f.coming[who]
		if !busy {
			f.coming[who] = nil
		}
		f.mu.Unlock()
		if !busy {
			return nil
		}
		select {
		case <-ctx.Done():
			return abi.EINTR
		case <-time.After(pause):
		}
	}
}

// end says that it has ended. The source is about to be told what is needed no more.
func (f *File) end(who int) {
	f.mu.Lock()
	delete(f.coming, who)
	f.mu.Unlock()
	f.tendLocks()
}

// LockBeside is Lock for who first has to wait for others here, of whom conflict
// tells. For one that has the source locked as much as l it need not: the kernel
// makes the call wait.
func (f *File) LockBeside(ctx context.Context, who int, l Lock, wait bool, conflict func() (bool, error)) error {
	for pause := time.Millisecond; ; pause = min(2*pause, 10*time.Millisecond) {
		found, err := conflict()
		switch {
		case err != nil:
			return err
		case found && !wait:
			return abi.EAGAIN
		case !found || f.hasLocked(l):
			return f.Lock(ctx, who, l, wait)
		}
		select {
		case <-ctx.Done():
			return abi.EINTR
		case <-time.After(pause):
		}
	}
}

func (f *File) hasLocked(l Lock) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.locks.held[l.Kind].lacks(l)) == 0
}

// Lock is to be called before a call of thread who takes l in the placeholder: it
// has the source locked, too. It may wait for others if wait is true, until ctx is
// done. Then what others have changed is seen, and what was written is written back.
//
// EAGAIN: the source is locked by somebody else.
func (f *File) Lock(ctx context.Context, who int, l Lock, wait bool) error {
	if err := f.begin(ctx, who); err != nil {
		return err
	}
	defer f.end(who)
	return f.have(ctx, who, l, wait)
}

// have has the source lock what it lacks of l, and pledges that to thread who.
func (f *File) have(ctx context.Context, who int, l Lock, wait bool) error {
	const pause = 5 * time.Millisecond
	for gained := false; ; {
		asking, cancel := context.WithCancel(ctx)
		missing, locker, err := f.lacking(who, l, gained, cancel)
		if err == nil && len(missing) > 0 {
			if err = f.Flush(); err == nil {
				// To wait for one part while holding another could be for ever.
				err = f.take(asking, locker, missing[0], wait && len(missing) == 1)
			}
		}
		cancel()
		switch gained = err == nil; {
		case ctx.Err() != nil:
			return abi.EINTR
		case err == nil && len(missing) == 0:
			return nil
		case err == nil, errors.Is(err, abi.EINTR): // the latter: see trim
		case !wait || !errors.Is(err, abi.EAGAIN):
			return err
		default:
			select {
			case <-ctx.Done():
				return abi.EINTR
			case <-time.After(pause):
			}
		}
	}
}

// lacking returns what the source has to lock so that l is, having given up what
// nobody needs any more; unless keep is true that is also what was gained for l. If
// it lacks nothing, or nothing can be locked, that is pledged to thread who.
func (f *File) lacking(who int, l Lock, keep bool, cancel func()) (lockSet, Locker, error) {
	f.locking.Lock()
	defer f.locking.Unlock()
	missing := f.locks.held[l.Kind].lacks(l)
	if f.locks.locker == nil || f.locks.locker.Lost() || len(missing) > 0 && !keep {
		f.ask(who, nil)
		if err := f.trim(); err != nil {
			return nil, nil, err
		}
		if f.isBroken() {
			return nil, nil, abi.ESTALE
		}
		locker, err := f.lockerOf()
		if err != nil {
			return nil, nil, err
		}
		if missing = f.locks.held[l.Kind].lacks(l); locker == nil {
			missing = nil
		}
	}
	if len(missing) > 0 {
		f.ask(who, &asking{l, cancel})
		return missing, f.locks.locker, nil
	}
	call := waitingIn(who)
	f.mu.Lock()
	f.pledged[who] = pledge{l, call}
	f.mu.Unlock()
	f.table.pledge(who, f)
	return nil, nil, nil
}

// ask notes what the source is asked for. f.locking is held.
func (f *File) ask(who int, a *asking) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.coming[who] = a
}

// lockerOf returns the Locker, or nil if there can be none. f.locking is held.
func (f *File) lockerOf() (Locker, error) {
	if f.locks.locker == nil {
		locker, err := f.options.Locker()
		if err != nil || locker == nil {
			return nil, err
		}
		f.setLocker(locker)
	}
	return f.locks.locker, nil
}

// take has the source lock a piece, and what has changed of it come anew.
func (f *File) take(ctx context.Context, locker Locker, piece Lock, wait bool) error {
	for {
		asked := time.Now()
		state, err := locker.Lock(ctx, piece, wait)
		if done, err := f.taken(locker, piece, state, err, asked); done {
			return err
		}
	}
}

// taken notes the answer to what was asked at a time. It reports false if the state is
// older than what is known here, and has to be asked for again.
func (f *File) taken(locker Locker, piece Lock, state State, err error, asked time.Time) (bool, error) {
	f.locking.Lock()
	defer f.locking.Unlock()
	held := &f.locks.held[piece.Kind]
	switch {
	case f.locks.locker != locker:
		return true, abi.ESTALE // it was lost meanwhile
	case errors.Is(err, abi.ESTALE):
		f.lost()
		return true, err
	case err != nil && piece.Kind == ByFile:
		f.mu.Lock()
		*held = nil
		f.mu.Unlock()
		fallthrough
	case err != nil:
		return true, err
	case len(held.lacks(piece)) == 0:
		return true, nil // another thread has got it meanwhile, and may have written
	}
	if !state.unchanged(f.locks.state) && !f.isMemory() {
		current, err := f.revalidate(state, asked)
		if err != nil {
			_, _ = locker.Unlock(piece)
		}
		if err != nil || !current {
			return err != nil, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.locks.state, *held = state, held.with(piece)
	return true, nil
}

// isMemory reports whether processes here share f's content by way of memory. What they
// change there between two looks nobody can tell from what others have changed, and
// theirs counts.
func (f *File) isMemory() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.mapped) > 0
}

// Query returns a lock of somebody elsewhere that is in the way of l, if there is
// one.
func (f *File) Query(ctx context.Context, l Lock) (other Lock, found bool, err error) {
	if f.options.Locker == nil {
		return Lock{}, false, nil
	}
	defer f.tendLocks()
	f.locking.Lock()
	locker, err := f.lockerOf()
	f.locking.Unlock()
	if err != nil || locker == nil {
		return Lock{}, false, err
	}
	return locker.Query(ctx, l)
}

// Locked reports whether the source has locks of this side.
func (f *File) Locked() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tending
}
