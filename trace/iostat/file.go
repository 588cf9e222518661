package iostat

import (
	"cmp"
	"slices"
	"time"
)

// Bounds of what is kept, whatever a run does. Where they are exceeded the
// least busy are merged, and the reports say so.
const (
	maxFiles     = 2048 // some 5 KB each
	maxUses      = 8    // descriptors of one file
	maxProcesses = 512
	maxThreads   = 64 // each with a timeline of 8 KB
	maxFindings  = 64
)

// who names a process.
type who struct {
	pid     int
	program string
}

// A file is the sums of what a name refers to: all that was done by any
// descriptor that was opened by it.
type file struct {
	Stats
	facts
	name    string
	kind    Kind
	id      fileID
	size    int64 // as far as is known
	into    *file // what it was merged into
	uses    []*use
	unnamed uint64 // calls by descriptors beyond maxUses
	series  *fileTimeline
}

// A use is what one process did by one descriptor number.
type use struct {
	who   who
	fd    int32
	calls [2]uint64
	bytes [2]uint64
	time  time.Duration
}

// now returns f, or what it was merged into.
func (f *file) now() *file {
	for f.into != nil {
		f = f.into
	}
	return f
}

// use returns the sums for a descriptor of a process, or nil if there are
// too many.
func (f *file) use(p who, fd int32) *use {
	for _, u := range f.uses {
		if u.fd == fd && u.who.pid == p.pid && u.who.program == p.program {
			return u
		}
	}
	if len(f.uses) == maxUses {
		return nil
	}
	u := &use{who: p, fd: fd}
	f.uses = append(f.uses, u)
	return u
}

func (f *file) merge(other *file) {
	f.Stats.merge(&other.Stats)
	other.into = f
	other.uses, other.series = nil, nil
}

// A process is the sums of one process.
type process struct {
	Stats
	who
	threads int      // that live
	into    *process // what it was merged into
}

// sums returns where calls of p are counted.
func (p *process) sums() *Stats {
	if p.into != nil {
		return &p.into.Stats
	}
	return &p.Stats
}

func (p *process) merge(other *process) {
	p.Stats.merge(&other.Stats)
	other.Stats, other.into = Stats{}, p
}

// cull divides all into those of the most time, as many as keep, and the rest.
func cull[T interface{ TotalTime() time.Duration }](all []T, keep int) (kept, culled []T) {
	order := slices.Clone(all)
	slices.SortStableFunc(order, func(a, b T) int { return cmp.Compare(b.TotalTime(), a.TotalTime()) })
	keep = min(keep, len(order))
	return order[:keep], order[keep:]
}

// file returns the file of that name, which is made if it is new.
func (c *Collector) file(name string, kind Kind) *file {
	if f := c.files[name]; f != nil {
		if f.kind == Missing || f.kind == Unknown {
			f.kind = kind
		}
		return f
	}
	if len(c.files) >= maxFiles {
		c.mergeFiles()
	}
	f := &file{name: name, kind: kind}
	c.files[name] = f
	return f
}

// mergeFiles merges the least busy quarter of the files.
func (c *Collector) mergeFiles() {
	all := make([]*file, 0, len(c.files))
	for _, f := range c.files {
		all = append(all, f)
	}
	// Sorted by name first, so that the same run gives the same report.
	slices.SortFunc(all, func(a, b *file) int { return cmp.Compare(a.name, b.name) })
	_, culled := cull(all, maxFiles*3/4)
	for _, f := range culled {
		delete(c.files, f.name)
		if c.inodes[f.id] == f {
			delete(c.inodes, f.id)
		}
		c.others.merge(f)
	}
	c.merged += len(culled)
}

// newProcess begins to count for a process.
func (c *Collector) newProcess(w who) *process {
	if len(c.processes) >= maxProcesses {
		kept, culled := cull(c.processes, maxProcesses*3/4)
		for _, p := range culled {
			c.otherProcesses.merge(p)
		}
		c.processes, c.mergedProcesses = kept, c.mergedProcesses+len(culled)
	}
	p := &process{who: w}
	c.processes = append(c.processes, p)
	return p
}
