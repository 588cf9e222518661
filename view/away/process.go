package away

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/sys"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// A process is a process of the guest at the shadow.
type process struct {
	mu    sync.Mutex
	files map[int32]descriptor
	cwd   string // where it went, "" if it is where it began
	image image

	// ready is closed when what the shadow has to do first has been done: it makes
	// the representative, forks it, or closes what an exec does.
	ready chan struct{}
	rep   *client.Process // by then
	err   error
}

// A descriptor is one of a representative.
type descriptor struct {
	*openFile
	closeOnExec bool
	// backed: the kernel has something for the number that has to be closed with it.
	backed bool
}

// An openFile is what several descriptors share that one was made from.
type openFile struct {
	here     bool          // it is the guest's own, of this machine
	flags    atomic.Uint32 // wire.Open*
	kind     wire.FileType
	stream   bool        // it has no position
	nonblock atomic.Bool // calls do not wait
	socket   *socket     // or nil
	clock    int32       // of a timer
	name     string      // the path by which it was opened

	mu     sync.Mutex
	offset int64 // of a directory, the number of entries
	listing
}

// A listing is how far a directory was read. What the guest gets as the place behind
// an entry is its number, for the shadow's own may be too wide for a program.
type listing struct {
	cookies []int64 // the shadow's place behind so many entries
	listed  []wire.Dirent
	ended   bool // there is nothing behind listed
}

// process returns the process that t is of, with its representative, which is made
// if there is none.
func (t *task) process() (*process, error) {
	id := t.Thread.Process().ID
	t.mu.Lock()
	left := t.left
	p := t.processes[id]
	if p == nil {
		p = &process{files: newFiles(t.Thread), ready: make(chan struct{})}
		t.processes[id] = p
		go p.begin(p.ready, nil, t.spawn)
	}
	t.mu.Unlock()
	for {
		p.mu.Lock()
		ready := p.ready
		p.mu.Unlock()
		select {
		case <-ready:
		case <-t.ctx.Done():
			return nil, abi.EINTR
		}
		p.mu.Lock()
		again := p.ready != ready
		p.mu.Unlock()
		if !again {
			break
		}
	}
	// Who has seen that another has ended may count on what that had open being closed.
	if left != nil {
		select {
		case <-left:
		case <-t.ctx.Done():
			return nil, abi.EINTR
		}
	}
	return p, p.err
}

// begin has something done before the next call, after what had to be before.
func (p *process) begin(ready chan struct{}, before <-chan struct{}, do func() (*client.Process, error)) {
	if before != nil {
		<-before
	}
	p.rep, p.err = do()
	close(ready)
}

// spawn makes a representative in the directory and with the mask that the process
// has here.
func (t *task) spawn() (*client.Process, error) {
	ctx := t.Guest.ctx // it may serve other threads, if this one dies
	umask := uint32(0o022)
	if b, err := sys.ReadProc(t.Thread.ID(), "status"); err == nil {
		for line := range strings.Lines(string(b)) {
			if text, ok := strings.CutPrefix(line, "Umask:"); ok {
				n, _ := strconv.ParseUint(strings.TrimSpace(text), 8, 32)
				umask = uint32(n)
			}
		}
	}
	return t.Client.Spawn(ctx, t.Start(t.Thread), umask)
}

// Forked has a new process have a copy of its parent's representative.
func (g *Guest) Forked(parent, child *guest.Thread) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if parent == nil || len(g.processes) == 0 || parent.Process() == child.Process() {
		return
	}
	from := g.processes[parent.Process().ID]
	if from == nil || g.processes[child.ID()] != nil {
		return
	}
	to := &process{files: map[int32]descriptor{}, ready: make(chan struct{})}
	g.processes[child.ID()] = to
	from.mu.Lock()
	defer from.mu.Unlock()
	to.cwd = from.cwd
	for fd, d := range from.files {
		to.files[fd] = d
	}
	// Both go on only when the copy has been made.
	before := from.ready
	from.ready = to.ready
	go to.begin(to.ready, before, func() (*client.Process, error) {
		if from.err != nil {
			return nil, from.err
		}
		return from.rep.Fork(g.ctx)
	})
}

// Execed closes what an exec closes.
func (g *Guest) Execed(t *guest.Thread, _ int) {
	g.mu.Lock()
	p := g.processes[t.ID()]
	g.mu.Unlock()
	if p == nil {
		return
	}
	go p.image.drop() // who maps may be waiting for the shadow
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stillHere(t)
	var closed []int32
	for fd, d := range p.files {
		if d.closeOnExec {
			closed = append(closed, fd)
			delete(p.files, fd)
		}
	}
	if len(closed) == 0 {
		return
	}
	before, ready := p.ready, make(chan struct{})
	p.ready = ready
	go func() {
		defer close(ready)
		<-before
		for _, fd := range closed {
			if p.err == nil {
				_ = p.rep.File(fd, 0).Close(g.ctx) // nobody is told, as with the kernel's
			}
		}
	}()
}

// Exited frees the representative of a process that has ended.
func (g *Guest) Exited(t *guest.Thread) {
	g.mu.Lock()
	p := g.processes[t.ID()]
	delete(g.processes, t.ID())
	before, left := g.left, make(chan struct{})
	if p != nil {
		g.left = left
	}
	g.mu.Unlock()
	if p == nil {
		return
	}
	go p.image.drop() // who maps may be waiting for the shadow
	p.mu.Lock()
	ready := p.ready
	p.mu.Unlock()
	go func() {
		defer close(left)
		<-ready
		if p.err == nil {
			_ = p.rep.Exit(context.WithoutCancel(g.ctx))
		}
		if before != nil {
			<-before
		}
	}()
}

// entry returns what a number stands for.
func (p *process) entry(fd int32) (descriptor, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d, ok := p.files[fd]
	if !ok {
		return descriptor{}, abi.EBADF
	}
	return d, nil
}

// find returns a descriptor of the representative.
func (p *process) find(fd int32) (descriptor, *client.File, error) {
	d, err := p.entry(fd)
	if err != nil || d.here {
		return descriptor{}, nil, abi.EBADF
	}
	return d, p.rep.File(fd, d.flags.Load()), nil
}

// reserve returns the lowest number from least on that p has no descriptor for, nor the
// kernel, and keeps it from others.
func (t *task) reserve(p *process, least int32) int32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	for fd := least; ; fd++ {
		if _, used := p.files[fd]; !used && !isUsed(t.Thread, fd) {
			p.files[fd] = descriptor{openFile: &openFile{}}
			return fd
		}
	}
}

// set has a descriptor be d, or nothing.
func (p *process) set(fd int32, d descriptor) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d.openFile == nil {
		delete(p.files, fd)
	} else {
		p.files[fd] = d
	}
}

// numbers returns the descriptors from one to another, in order.
func (p *process) numbers(first, last uint32) (all []int32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for fd := range p.files {
		if uint32(fd) >= first && uint32(fd) <= last {
			all = append(all, fd)
		}
	}
	slices.Sort(all)
	return all
}

// Directory returns the directory that the representative of t's process went to, or ""
// if it is in the one in which it began.
func (g *Guest) Directory(t *guest.Thread) string {
	g.mu.Lock()
	p := g.processes[t.Process().ID]
	g.mu.Unlock()
	if p == nil {
		return ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cwd
}
