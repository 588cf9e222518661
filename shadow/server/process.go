package server

import (
	"sync"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/sockets"
	"penumbra/shadow/wire"
)

// A handle is a descriptor of this process, in an export.
type handle struct {
	fd int
	at *export
}

// A file is an open file, to which descriptors of representatives lead.
type file struct {
	handle
	flags uint32 // wire.Open*
	id    wire.Identity
	uses  int // descriptors, and operations under way; with executor.mu

	stream   bool              // it has no positions
	endpoint *sockets.Endpoint // of a socket
	watches  int               // of inotify(7); with executor.mu
	watcher  bool

	mu sync.Mutex // the position of a directory
}

// A process is the representative of a process of the guest.
type process struct {
	cwd   *file // nil if it was lost: relative paths are ESTALE
	umask uint32
	files map[int32]*file
	// held are the descriptors that carry the process's own locks, by file.
	held map[wire.Identity]*file
}

// spawn makes a representative with a working directory.
func (x *executor) spawn(id uint32, cwd *file, umask uint32) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.procs[id] != nil {
		return abi.EEXIST
	}
	return x.add(id, &process{cwd: cwd, umask: umask, files: map[int32]*file{}, held: map[wire.Identity]*file{}})
}

// add adds a representative, with mu held.
func (x *executor) add(id uint32, p *process) error {
	if len(x.procs) >= x.server.cfg.Processes {
		return abi.EAGAIN
	}
	x.procs[id] = p
	return nil
}

// fork copies a representative: the copy has the same open files, and no locks.
func (x *executor) fork(from, to uint32) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.procs[from]
	switch {
	case p == nil:
		return abi.ESRCH
	case x.procs[to] != nil:
		return abi.EEXIST
	case x.descriptors+len(p.files) > x.server.cfg.Files:
		return abi.ENFILE
	}
	q := &process{cwd: p.cwd, umask: p.umask, files: map[int32]*file{}, held: map[wire.Identity]*file{}}
	if err := x.add(to, q); err != nil {
		return err
	}
	if q.cwd != nil {
		q.cwd.uses++
	}
	for fd, f := range p.files {
		q.files[fd] = f
		f.uses++
	}
	x.descriptors += len(p.files)
	return nil
}

// exit frees a representative and what only it held.
func (x *executor) exit(id uint32) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.procs[id]
	if p == nil {
		return abi.ESRCH
	}
	delete(x.procs, id)
	x.drop(p.cwd)
	for _, f := range p.files {
		x.drop(f)
	}
	x.descriptors -= len(p.files)
	for _, f := range p.held {
		x.drop(f)
	}
	return nil
}

// drop gives up one use of f, with mu held.
func (x *executor) drop(f *file) {
	if f == nil {
		return
	}
	if f.uses--; f.uses == 0 && f.fd >= 0 {
		unix.Close(f.fd)
		x.server.unlocked.tell() // its locks went with it
		x.watches -= f.watches
		if f.watcher {
			x.watchers--
		}
	}
}

// done gives up one use of f.
func (x *executor) done(f *file) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop(f)
}

// file returns the file behind a descriptor, which done has to be called for.
func (x *executor) file(id uint32, fd int32) (*file, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.procs[id]
	if p == nil {
		return nil, abi.ESRCH
	}
	f := p.files[fd]
	switch {
	case f == nil:
		return nil, abi.EBADF
	case f.fd < 0:
		return nil, abi.ESTALE
	}
	f.uses++
	return f, nil
}

// directory returns what a path is relative to, which done has to be called for.
func (x *executor) directory(id uint32, fd int32) (*file, error) {
	if fd != wire.CWD {
		return x.file(id, fd)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.procs[id]
	if p == nil {
		return nil, abi.ESRCH
	}
	if p.cwd == nil {
		return &file{handle: handle{fd: -1}, uses: 1}, nil // absolute paths need none
	}
	p.cwd.uses++
	return p.cwd, nil
}

// install gives f, with one use, to a representative as the descriptor want, or
// as the lowest that is free. A descriptor that is in use already is closed.
func (x *executor) install(id uint32, f *file, want int32) (int32, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.procs[id]
	if p == nil {
		return 0, abi.ESRCH
	}
	fd := want
	if want == wire.Any {
		for fd = 0; p.files[fd] != nil; fd++ {
		}
	} else if want < 0 {
		return 0, abi.EBADF
	}
	if old := p.files[fd]; old != nil {
		x.remove(p, fd, old)
	}
	if x.descriptors >= x.server.cfg.Files {
		return 0, abi.EMFILE
	}
	p.files[fd] = f
	x.descriptors++
	return fd, nil
}

// close takes a descriptor from a representative.
func (x *executor) close(id uint32, fd int32) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	p := x.procs[id]
	if p == nil {
		return abi.ESRCH
	}
	f := p.files[fd]
	if f == nil {
		return abi.EBADF
	}
	x.remove(p, fd, f)
	return nil
}

// remove closes a descriptor. With any descriptor of a file a process gives up
// all locks of its own on it; fcntl(2).
func (x *executor) remove(p *process, fd int32, f *file) {
	delete(p.files, fd)
	x.descriptors--
	if held, ok := p.held[f.id]; ok {
		delete(p.held, f.id)
		x.drop(held)
	}
	x.drop(f)
}
