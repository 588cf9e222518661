package vft

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// LockKind tells locks apart that have nothing to do with each other.
type LockKind uint8

// The kinds of locks.
const (
	ByRange   LockKind = iota // those of fcntl(2), of processes and of open files
	ByFile                    // those of flock(2)
	lockKinds = 2
)

// A Lock is on the bytes from From up to, but not including, To; the greatest number
// stands for the end, wherever that is. One of kind ByFile is on all.
type Lock struct {
	Kind      LockKind
	Exclusive bool
	From, To  int64
}

// WholeFile returns a lock of kind ByFile.
func WholeFile(exclusive bool) Lock { return Lock{ByFile, exclusive, 0, maxOffset} }

// Range returns a lock of kind ByRange on n bytes from off, or all if n is 0.
func Range(exclusive bool, off, n int64) Lock {
	if n == 0 {
		n = maxOffset
	}
	return Lock{ByRange, exclusive, off, endOf(off, n)}
}

// Length returns the number of bytes, or 0 for all, as fcntl(2) has it.
func (l Lock) Length() int64 {
	if l.To == maxOffset {
		return 0
	}
	return l.To - l.From
}

func (l Lock) kernel() unix.Flock_t {
	k := unix.Flock_t{Type: unix.F_RDLCK, Whence: unix.SEEK_SET, Start: l.From, Len: l.Length()}
	if l.Exclusive {
		k.Type = unix.F_WRLCK
	}
	return k
}

func fromKernel(k *unix.Flock_t) Lock { return Range(k.Type == unix.F_WRLCK, k.Start, k.Len) }

// lockSet are locks of one kind and owner. They do not overlap, and are in order.
type lockSet []Lock

// lockSets are those of all kinds.
type lockSets [lockKinds]lockSet

func (s *lockSets) any() bool { return len(s[ByRange])+len(s[ByFile]) > 0 }

// without returns s and no lock in the range of l, or shared ones in the place of
// exclusive ones if l is exclusive.
func (s lockSet) without(l Lock) (rest lockSet) {
	for _, h := range s {
		if h.To <= l.From || h.From >= l.To {
			rest = append(rest, h)
			continue
		}
		if h.From < l.From {
			rest = append(rest, Lock{h.Kind, h.Exclusive, h.From, l.From})
		}
		if l.Exclusive {
			rest = append(rest, Lock{h.Kind, false, max(h.From, l.From), min(h.To, l.To)})
		}
		if h.To > l.To {
			rest = append(rest, Lock{h.Kind, h.Exclusive, l.To, h.To})
		}
	}
	return rest
}

// with returns s and l; where both are, the stronger counts.
func (s lockSet) with(l Lock) lockSet {
	out := slices.Clone(s)
	for _, piece := range s.lacks(l) {
		out = append(out.without(Lock{piece.Kind, false, piece.From, piece.To}), piece)
	}
	slices.SortFunc(out, func(a, b Lock) int { return int(min(max(a.From-b.From, -1), 1)) })
	return out
}

// within returns what of s lies in the range of l.
func (s lockSet) within(l Lock) (parts lockSet) {
	for _, h := range s {
		if part := (Lock{h.Kind, h.Exclusive, max(h.From, l.From), min(h.To, l.To)}); part.From < part.To {
			parts = append(parts, part)
		}
	}
	return parts
}

// lacks returns the pieces of l that s does not have, or not as strong.
func (s lockSet) lacks(l Lock) (pieces lockSet) {
	at := l.From
	add := func(to int64) {
		if at < to {
			pieces = append(pieces, Lock{l.Kind, l.Exclusive, at, to})
		}
	}
	for _, h := range s.within(l) {
		if h.Exclusive || !l.Exclusive {
			add(h.From)
			at = h.To
		}
	}
	add(l.To)
	return pieces
}

// beyond returns what of s needed does not have: one that is exclusive where needed
// has a shared one.
func (s lockSet) beyond(needed lockSet) (spare lockSet) {
	for _, h := range s {
		for _, piece := range needed.lacks(h) {
			for _, weaker := range needed.within(piece) {
				spare = append(spare, Lock{h.Kind, true, weaker.From, weaker.To})
			}
			for _, none := range needed.lacks(Lock{h.Kind, false, piece.From, piece.To}) {
				spare = append(spare, none)
			}
		}
	}
	return spare
}

// running is what callOf says of a thread of which the kernel does not.
const running = "running\n"

// callOf returns which call a thread is in, with its arguments; proc_pid_syscall(5).
func callOf(who int) string {
	b, err := sys.ReadProc(who, "syscall")
	if err != nil {
		return "" // it has died
	}
	return string(b)
}

// hasEnded reports whether a thread is dead or about to be (linux/sched.h,
// proc_pid_stat(5)).
func hasEnded(who int) bool {
	const flagsAt, exiting = 6, 0x4 // behind the name
	b, err := sys.ReadProc(who, "stat")
	if err != nil {
		return true
	}
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(fields) <= flagsAt {
		return false
	}
	flags, err := strconv.ParseUint(string(fields[flagsAt]), 10, 64)
	return err == nil && flags&exiting != 0
}

// waitingIn is callOf for a thread that waits for a verdict, or is about to.
func waitingIn(who int) string {
	const pause = 20 * time.Microsecond
	for {
		if call := callOf(who); call != running {
			return call
		}
		time.Sleep(pause)
	}
}
