package server

import (
	"errors"
	"maps"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/shadow/wire"
)

// pace is how often the client is told of a file that is just being written,
// unless it asks for something.
const pace = 50 * time.Millisecond

// noticeSize is how many bytes of changes are sent at a time.
const noticeSize = 32 << 10

// silent are the operations whose results say nothing that a notice could be
// about. A reply to any other comes behind the notices of all that happened
// before it.
var silent = map[wire.Code]bool{wire.Write: true, wire.Append: true, wire.Allocate: true, wire.Sync: true, wire.Close: true}

// before has the client told of what has changed, before it is sent the reply to
// a request: what it sees by that, it has not seen before in another state.
func (l *leases) before(ops []wire.Op) {
	for i := range ops {
		if !silent[ops[i].Code] {
			l.tell(true)
			return
		}
	}
}

// tell sends notices of what has changed; also, if everything is true, of what
// could wait. When it returns, those are sent, too, that another took before.
func (l *leases) tell(everything bool) {
	l.telling.Lock()
	defer l.telling.Unlock()
	n, changed := l.collect(everything)
	for le, names := range changed {
		if !l.describeAll(n, le, names) {
			l.mu.Lock()
			l.end(le)
			l.mu.Unlock()
		}
	}
	l.mu.Lock()
	ended := l.ended
	l.ended = nil
	l.mu.Unlock()
	for _, number := range ended {
		n.add(wire.Change{Lease: number, Gone: true})
	}
	n.flush()
	l.mu.Lock()
	defer l.mu.Unlock()
	if n.err != nil && l.link == n.link {
		l.part() // nobody listens until there is another
	}
}

// collect begins a notice, and returns the names that it has to be about.
func (l *leases) collect(everything bool) (*notice, map[*lease][]string) {
	l.mu.Lock()
	if len(l.held) > 0 {
		l.drain()
	}
	n, all := &notice{send: l.notice, link: l.link}, l.all
	l.all = false
	changed := l.take(everything)
	l.mu.Unlock()
	if all {
		n.err = n.send(nil)
	}
	return n, changed
}

// take takes the names that are to be told of now, with mu held. For the rest it
// sets a timer.
func (l *leases) take(everything bool) map[*lease][]string {
	now := time.Now()
	slow := everything || !now.Before(l.next)
	taken, rest := map[*lease][]string{}, false
	for le := range l.dirty {
		if !le.told {
			continue
		}
		for name, atOnce := range le.changed {
			if atOnce || slow {
				taken[le] = append(taken[le], name)
			}
			if slow && !atOnce {
				l.next = now.Add(pace)
			}
		}
		maps.DeleteFunc(le.changed, func(_ string, atOnce bool) bool { return atOnce || slow })
		if rest = rest || len(le.changed) > 0; len(le.changed) == 0 {
			delete(l.dirty, le)
		}
	}
	if rest && l.timer == nil {
		l.timer = time.AfterFunc(l.next.Sub(now), func() {
			l.mu.Lock()
			l.timer = nil
			l.mu.Unlock()
			l.tell(false)
		})
	}
	return taken
}

// describeAll adds what became of some names to a notice. It is false if the
// directory is not where it was any more.
func (l *leases) describeAll(n *notice, le *lease, names []string) bool {
	dir, err := openBeneath(le.at.root, le.rel, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0, unix.RESOLVE_NO_SYMLINKS)
	if err != nil {
		return false
	}
	defer unix.Close(dir)
	attr, err := attrOf(dir)
	if err != nil || attr.ID != le.id {
		return false
	}
	for _, name := range names {
		if name == "" {
			n.add(wire.Change{Lease: le.number, Held: true, Attr: attr})
			continue
		}
		d := wire.Dirent{Name: name}
		err := l.describe(le, dir, &d)
		if err != nil && !errors.Is(err, unix.ENOENT) {
			return false // nobody may look any more
		}
		n.add(wire.Change{Lease: le.number, Name: name, Gone: !d.HasAttr, Held: d.Held, Attr: d.Attr, Link: d.Link})
	}
	return true
}

// describe adds the attributes of what d names in a directory, and has a lease,
// if there is one, tell of their changes.
func (l *leases) describe(le *lease, dir int, d *wire.Dirent) error {
	attr, err := lstat(dir, d.Name)
	if le != nil {
		if err == nil && (attr.Type == wire.TypeDirectory || attr.Nlink > 1) {
			if d.Held = l.watch(le, d.Name, procPath(dir)+"/"+d.Name, memberEvents); d.Held {
				attr, err = lstat(dir, d.Name) // there was no watch before
			}
		} else {
			l.mu.Lock()
			l.unwatch(le, d.Name)
			d.Held = err == nil && !le.over
			l.mu.Unlock()
		}
	}
	if err != nil {
		d.Held = false
		return err
	}
	d.HasAttr, d.Attr = true, attr
	if attr.Type == wire.TypeSymlink {
		d.Link, _ = readlink(dir, d.Name)
	}
	return nil
}

func lstat(dir int, name string) (wire.Attr, error) {
	return statx(dir, name, unix.AT_SYMLINK_NOFOLLOW|unix.AT_NO_AUTOMOUNT)
}

// A notice is one that is being made.
type notice struct {
	head []byte
	send func([]byte) error
	link int
	err  error // the first
}

func (n *notice) add(c wire.Change) {
	// A name that the protocol has no room for is not shown by readdir, either.
	if head, err := wire.AppendChange(n.head, &c); err == nil {
		n.head = head
	}
	if len(n.head) >= noticeSize {
		n.flush()
	}
}

func (n *notice) flush() {
	if len(n.head) > 0 && n.err == nil {
		n.err = n.send(n.head)
	}
	n.head = nil
}
