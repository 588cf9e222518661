package vft

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"time"

	"golang.org/x/sys/unix"

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
	idle   time.Time // since when nothing has been held
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
	state, err := locker.Lock(ctx, piece, wait)
	f.locking.Lock()
	defer f.locking.Unlock()
	held := &f.locks.held[piece.Kind]
	switch {
	case f.locks.locker != locker:
		return abi.ESTALE // it was lost meanwhile
	case errors.Is(err, abi.ESTALE):
		f.lost()
		return err
	case err != nil && piece.Kind == ByFile:
		f.mu.Lock()
		*held = nil
		f.mu.Unlock()
		fallthrough
	case err != nil:
		return err
	}
	if !state.unchanged(f.locks.state) {
		if err := f.revalidate(state); err != nil {
			_, _ = locker.Unlock(piece)
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.locks.state, *held = state, held.with(piece)
	return nil
}

// revalidate has the content come anew, at once where a program looks without asking.
func (f *File) revalidate(state State) error {
	if err := f.renewUnderLock(state); err != nil {
		return err
	}
	f.mu.Lock()
	pinned, mapped := f.pinned.below(state.Size), f.mapped.below(state.Size)
	f.mu.Unlock()
	for _, s := range pinned {
		if err := f.Fill(s.from, s.to-s.from); err != nil {
			return err
		}
	}
	for _, s := range mapped {
		if err := f.remember(s); err != nil {
			return err
		}
	}
	return nil
}

func (f *File) renewUnderLock(state State) error {
	f.flushing.Lock()
	defer f.flushing.Unlock()
	f.gate.Lock()
	defer f.gate.Unlock()
	return f.renew(state.Size, state.Mtime)
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
	_ = f.locks.locker.Close()
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
		if !busy && (time.Since(idle) > patience || f.closed) {
			f.tending = false
			if f.locks.locker != nil {
				_ = f.locks.locker.Close()
				f.locks.locker = nil
			}
		}
		on := f.tending
		f.mu.Unlock()
		f.locking.Unlock()
		if !on {
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
