package iostat

import (
	"encoding/binary"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/trace"
)

// exitOpen enters a call that made a descriptor for a file or a connection.
func (c *Collector) exitOpen(t *thread, call *trace.Call, r *role) {
	if call.Failed() {
		c.count(t, c.notOpened(t, call, r), Open, call)
		return
	}
	flags, known := 0, false
	if r.action == open && r.flags >= 0 {
		flags, known = int(call.Args[r.flags]), true
	}
	d := c.opened(t, int32(call.Value), r.action == accept, flags, known)
	if d == nil {
		c.fileless(t, call, Open)
		return
	}
	f, _ := d.target(t.process, int32(call.Value))
	c.count(t, f, Open, call)
	if f.kind != Regular {
		return
	}
	if f.opener == t.process.pid && flags&(unix.O_EXCL|unix.O_TRUNC) == 0 {
		f.reopens++
	}
	f.opener = t.process.pid
}

// notOpened returns the file that stands for a name that could not be opened,
// or nil. An interrupted call is going to be made again.
func (c *Collector) notOpened(t *thread, call *trace.Call, r *role) *file {
	if r.action != open || call.Restarts() {
		return nil
	}
	name, ok := c.absolute(t, call, r.path, r.at)
	if !ok {
		return nil
	}
	return c.file(name, Missing)
}

// absolute returns the name that argument arg of a call gives, from the root
// on. at is the argument that says where it starts from, or -1.
func (c *Collector) absolute(t *thread, call *trace.Call, arg, at int8) (string, bool) {
	if arg < 0 {
		return "", false
	}
	name, ok := c.host.text(call.Thread, call.Args.Addr(int(arg)))
	if !ok || name == "" {
		return "", false
	}
	if strings.HasPrefix(name, "/") {
		return path.Clean(name), true
	}
	start, ok := c.host.directory(t.guest, startOf(call, at))
	if !ok {
		return name, true
	}
	return path.Join(start, name), true
}

// startOf returns the descriptor from which a name starts.
func startOf(call *trace.Call, at int8) int32 {
	if at < 0 {
		return unix.AT_FDCWD
	}
	return call.Args.Int32(int(at))
}

func (c *Collector) exitClose(t *thread, call *trace.Call) {
	d := t.closing
	t.closing = nil
	if d == nil {
		c.fileless(t, call, Close)
		return
	}
	c.count(t, d.file.now(), Close, call)
}

// exitDup enters dup, dup2, dup3, and fcntl, which can be like them.
func (c *Collector) exitDup(t *thread, call *trace.Call, r *role) {
	f := c.fileOf(t, call, r)
	c.count(t, f, Manage, call)
	if call.Failed() || f == nil {
		return
	}
	from := call.Args.Int32(int(r.fd))
	if r.action != fcntl {
		c.duplicated(t, from, int32(call.Value), r.flags >= 0 && call.Args[r.flags]&unix.O_CLOEXEC != 0)
		return
	}
	switch command := call.Args.Int32(1); command {
	case unix.F_DUPFD, unix.F_DUPFD_CLOEXEC:
		c.duplicated(t, from, int32(call.Value), command == unix.F_DUPFD_CLOEXEC)
	case unix.F_SETFD:
		c.table.SetCloseOnExec(t.guest.ID(), uint32(from), uint32(from), call.Args[2]&unix.FD_CLOEXEC != 0)
	case unix.F_SETFL:
		if d := c.known(t, from); d != nil {
			d.held.SetStatus(int(call.Args[2]))
		}
	}
}

// exitSeek moves a descriptor's offset.
func (c *Collector) exitSeek(t *thread, call *trace.Call, r *role) {
	f := c.fileOf(t, call, r)
	c.count(t, f, Seek, call)
	if call.Failed() || f == nil || f.kind != Regular {
		return
	}
	to := call.Value
	if r.action == seekResult {
		var b [8]byte
		if !c.host.read(call.Thread, b[:], call.Args.Addr(int(r.pos2))) {
			return
		}
		to = int64(binary.LittleEndian.Uint64(b[:]))
	}
	d := c.known(t, call.Args.Int32(int(r.fd)))
	if d.held.Offset() == to {
		f.idleSeeks++
	}
	c.moves(t, d, f, to)
	d.held.CountSeek(to)
}

// exitSync notes what lasts now. sync_file_range makes data last without what
// is needed to find it.
func (c *Collector) exitSync(t *thread, call *trace.Call, r *role) {
	f := c.fileOf(t, call, r)
	c.count(t, f, Sync, call)
	switch {
	case call.Failed():
	case r.action == syncAll:
		for _, f := range c.files {
			f.synced()
		}
	case f != nil && r.pos < 0:
		f.sync()
	}
}

// exitResize notes the size that ftruncate has set. What fallocate does to it
// depends on flags, and is not needed: sizes are looked at again before
// anything rests on them.
func (c *Collector) exitResize(t *thread, call *trace.Call, r *role) {
	f := c.fileOf(t, call, r)
	c.count(t, f, Manage, call)
	if f != nil && !call.Failed() && r.flags < 0 {
		f.size = offset(call.Args, r.pos, r.posHi)
		f.extent = min(f.extent, f.size)
	}
}

// exitMap enters a mapping of a file. Those of memory alone are no I/O.
func (c *Collector) exitMap(t *thread, call *trace.Call, r *role) {
	if call.Args[r.flags]&unix.MAP_ANONYMOUS != 0 {
		c.calls--
		return
	}
	f := c.fileOf(t, call, r)
	c.count(t, f, Map, call)
	if f != nil && !call.Failed() {
		f.Mapped += call.Args[r.size]
		t.process.sums().Mapped += call.Args[r.size]
	}
}

// exitName enters a call on a name. With an empty one it is about the
// descriptor that names start from, which is how C libraries do fstat.
func (c *Collector) exitName(t *thread, call *trace.Call, r *role) {
	if r.fd >= 0 && r.flags >= 0 && call.Args[r.flags]&unix.AT_EMPTY_PATH != 0 && statCalls().Has(call.Syscall) {
		c.managed(t, call, r)
		return
	}
	c.fileless(t, call, Name)
}

// A move is a change of names that has begun.
type move struct {
	file *file  // that had the name, if it was met
	over string // the name of another file that it replaces
}

// enterMove looks at a name that is about to be removed or changed. Names of
// files that were never met are of no interest.
func (c *Collector) enterMove(t *thread, call *trace.Call, r *role) {
	t.move = move{}
	id, ok := c.identified(call, r.path, r.at)
	if !ok {
		return
	}
	f := c.inodes[id]
	if f == nil {
		return
	}
	t.move.file = f
	if r.action == unlink || r.flags >= 0 && call.Args[r.flags]&unix.RENAME_EXCHANGE != 0 {
		return
	}
	if other, ok := c.identified(call, r.path2, r.at2); ok && other != id {
		t.move.over, _ = c.absolute(t, call, r.path2, r.at2)
	}
}

// identified returns which file the name in argument arg means.
func (c *Collector) identified(call *trace.Call, arg, at int8) (fileID, bool) {
	if len(c.inodes) == 0 {
		return fileID{}, false
	}
	name, ok := c.host.text(call.Thread, call.Args.Addr(int(arg)))
	if !ok || name == "" {
		return fileID{}, false
	}
	if id, ok := c.host.named(call.Thread, startOf(call, at), name); ok {
		return id, true
	}
	// It may be a name that only the guest knows.
	if name, ok = c.absolute(c.thread(call.Thread), call, arg, at); ok {
		if f := c.files[name]; f != nil && c.inodes[f.id] == f {
			return f.id, true
		}
	}
	return fileID{}, false
}

// exitMove notes that a name is gone, or that it replaced another.
func (c *Collector) exitMove(t *thread, call *trace.Call, r *role) {
	m := t.move
	t.move = move{}
	c.count(t, m.file, Name, call)
	if call.Failed() || m.file == nil {
		return
	}
	f := m.file.now()
	if r.action == unlink {
		f.removed = true
		f.opener = 0 // the next of that name is another file
		return
	}
	if m.over != "" && f.unsynced > 0 {
		c.find(finding{rule: renamed, file: m.over, from: f.name, who: t.process.who,
			asked: f.unsyncedSize, writes: f.unsynced})
	}
}
