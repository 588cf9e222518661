package server

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/session"
	"penumbra/shadow/wire"
)

// A change is an operation that must not be done twice.
type change struct {
	// look returns what there is before.
	look func() (session.Fact, error)
	// done finds out whether a former shadow, which has seen was before, has done
	// it.
	done func(was session.Fact) verdict
	do   func() (session.Outcome, error)
	// outcome returns what became of it, after done said so. It may be nil.
	outcome func(was session.Fact) (session.Outcome, error)
	// durable: what do does is on the disk when it returns, and so has to be the
	// note of it.
	durable bool
}

type verdict int

const (
	notDone verdict = iota
	isDone
	cannotTell
)

// once does a change unless a former shadow has done it. What cannot be told is
// EIO.
func (t *task) once(c change) (session.Outcome, error) {
	e := t.request.Entry
	if e.Outcome != nil {
		if e.Outcome.Errno != 0 {
			return *e.Outcome, e.Outcome.Errno
		}
		return *e.Outcome, nil
	}
	if e.Again && e.Fact == nil && e.Doubt {
		return session.Outcome{}, abi.EIO
	}
	if e.Fact != nil {
		switch c.done(*e.Fact) {
		case cannotTell:
			return session.Outcome{}, abi.EIO
		case isDone:
			if c.outcome != nil {
				return c.outcome(*e.Fact)
			}
			return session.Outcome{}, nil
		}
	}
	was, err := c.look()
	if err != nil {
		return session.Outcome{}, err
	}
	if err := e.Intend(was, c.durable); err != nil {
		return session.Outcome{}, err
	}
	out, err := c.do()
	out.Errno = wire.ErrnoOf(err)
	if noted := e.Performed(out); err == nil && noted != nil {
		t.audit.Error("journal", "error", noted) // the change itself will be recognized
	}
	return out, err
}

// lookAt returns the attributes of what a name in a directory stands for.
func lookAt(dir int, name string) (wire.Attr, error) {
	return statx(dir, name, unix.AT_SYMLINK_NOFOLLOW)
}

// look is what most changes note: which file has the name.
func (p *place) look() (session.Fact, error) {
	was := session.Fact{At: now()}
	attr, err := lookAt(p.dir, p.name)
	switch wire.ErrnoOf(err) {
	case 0:
		was.Exists, was.ID = true, attr.ID
	case abi.ENOENT:
	default:
		return was, err
	}
	return was, nil
}

// now returns the time as files are stamped with it: that of the last tick.
func now() wire.Time {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_REALTIME_COARSE, &ts); err != nil {
		panic(err) // Linux has that clock
	}
	return wire.Time{Sec: ts.Sec, Nsec: uint32(ts.Nsec)}
}

// made is the verdict on a change that gives a new file a name. If the name was
// taken before, the change fails once more. If it has been given to a file as
// the change makes it, and not one that is older, the change is done.
func made(was session.Fact, now wire.Attr, alike bool) verdict {
	old := now.ID.Birth != (wire.Time{}) && now.ID.Birth.Go().Before(was.At.Go())
	if was.Exists || old || !alike {
		return notDone
	}
	return isDone
}

// removed is the verdict on a change that takes a name away.
func (p *place) removed(was session.Fact) verdict {
	if !was.Exists {
		return notDone
	}
	if is, err := p.look(); err == nil && is.Exists && is.ID == was.ID {
		return notDone
	}
	return isDone
}
