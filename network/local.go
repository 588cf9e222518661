package network

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/module/scratch"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// A local is a Unix socket of the guest's that it has named. At the shadow a socket
// has that name; here the guest's own has another, by which the kernel connects
// others of the guest to it.
type local struct {
	name string        // here, as Go spells it
	file *os.File      // what the name leads to, with O_PATH; nil of an abstract name
	id   wire.Identity // of the file at the shadow; zero of an abstract name
	key  string        // the abstract name, or ""
	// private: nobody at the shadow knows it, for the kernel here has chosen it.
	private bool
	// byNamed: somebody who has a name of ours has connected.
	byNamed atomic.Bool
}

// address returns by which name this process reaches l's socket: whatever the user
// whom it acts for may search.
func (l *local) address() unix.Sockaddr {
	if l.file == nil {
		return &unix.SockaddrUnix{Name: l.name}
	}
	return &unix.SockaddrUnix{Name: fmt.Sprint("/proc/self/fd/", l.file.Fd())}
}

// locals are the named Unix sockets of a guest.
type locals struct {
	once sync.Once
	dir  *scratch.Dir
	proc *client.Process // finds files at the shadow
	err  error

	mu       sync.Mutex
	last     int
	byID     map[wire.Identity]*socket
	abstract map[string]*socket
	// names are what the guest calls the kernel's names, those of sockets that are
	// no more included while another may have one as its peer.
	names map[string]wire.Address
	// callers are who connected a socket to another of the guest's, by inode.
	callers map[uint64]unix.Ucred
	// ends are our ends of connections that others made, by inode.
	ends map[uint64]*client.Socket
}

// private is the directory in scratch that nobody else may search.
const private = "sockets"

// open prepares for the first socket.
func (n *Network) open() error {
	l := &n.local
	l.once.Do(func() {
		l.byID, l.abstract = map[wire.Identity]*socket{}, map[string]*socket{}
		l.names, l.callers = map[string]wire.Address{}, map[uint64]unix.Ucred{}
		l.ends = map[uint64]*client.Socket{}
		if l.proc, l.err = n.cfg.Client.Spawn(n.ctx, "", 0); l.err != nil {
			return
		}
		if l.dir, l.err = scratch.New(); l.err != nil {
			return
		}
		if l.err = os.Mkdir(filepath.Join(l.dir.Path(), private), 0o700); l.err == nil {
			n.relays.Add(1)
			go n.tend()
		}
	})
	return l.err
}

// give has the kernel here name fd, and tells which name that is. called is what the
// guest shall be told of it.
func (l *locals) give(fd int, called wire.Address) (name string, err error) {
	l.mu.Lock()
	l.last++
	name = filepath.Join(l.dir.Path(), private, fmt.Sprint(l.last))
	l.names[name] = called
	l.mu.Unlock()
	return name, unix.Bind(fd, &unix.SockaddrUnix{Name: name})
}

// nameHere names the guest's own socket, of which own is a copy.
func (l *locals) nameHere(own int, called wire.Address) (*local, error) {
	if called.Name == "" {
		return nameAnyhow(own)
	}
	name, err := l.give(own, called)
	if err != nil {
		return nil, err
	}
	h := &local{name: name}
	if called.Name[0] == 0 {
		h.key = called.Name
	}
	if err := os.Chmod(name, 0o666); err != nil { // whoever may find it may use it
		return nil, err
	}
	h.file, err = os.OpenFile(name, unix.O_PATH, 0)
	return h, err
}

// nameAnyhow has the kernel choose an abstract name.
func nameAnyhow(own int) (*local, error) {
	if err := unix.Bind(own, anyName); err != nil {
		return nil, err
	}
	name, err := unix.Getsockname(own)
	if err != nil {
		return nil, err
	}
	h := &local{name: name.(*unix.SockaddrUnix).Name, private: true}
	h.key = "\x00" + h.name[1:]
	return h, nil
}

// note has others find s.
func (l *locals) note(s *socket, h *local) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.here = h
	if h.key != "" {
		l.abstract[h.key] = s
	} else {
		l.byID[h.id] = s
	}
}

// drop is the opposite.
func (l *locals) drop(s *socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := s.here
	if h == nil {
		return
	}
	if l.abstract[h.key] == s {
		delete(l.abstract, h.key)
	}
	if l.byID[h.id] == s {
		delete(l.byID, h.id)
	}
	if h.file != nil {
		h.file.Close()
		os.Remove(h.name)
	}
}

// called returns what the guest calls a socket that has a name here.
func (l *locals) called(a unix.Sockaddr) (wire.Address, bool) {
	u, ok := a.(*unix.SockaddrUnix)
	if !ok {
		return wire.Address{}, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	called, ok := l.names[u.Name]
	return called, ok
}

// findLocal returns the guest's own socket that has a name at the shadow, or nil if
// it is another's.
func (n *Network) findLocal(a wire.Address) (*local, abi.Errno) {
	l := &n.local
	l.mu.Lock()
	s, any := l.abstract[a.Name], len(l.byID) > 0
	l.mu.Unlock()
	switch {
	case s != nil:
		return s.here, 0
	case !isPath(&a) || !any:
		return nil, 0
	}
	attr, err := l.proc.Stat(n.ctx, wire.CWD, a.Name, 0)
	if err != nil {
		return nil, errnoOf(err)
	}
	l.mu.Lock()
	s = l.byID[attr.ID]
	l.mu.Unlock()
	if s == nil {
		return nil, 0
	}
	const writable = 0o222
	if attr.Perm&writable != writable {
		const write = 2
		if err := l.proc.Access(n.ctx, wire.CWD, a.Name, write, 0); err != nil {
			return nil, errnoOf(err)
		}
	}
	return s.here, 0
}

// tend looks now and then which of its Unix sockets the guest has closed: the kernel
// does not tell.
func (n *Network) tend() {
	defer n.relays.Done()
	const interval = time.Second
	for {
		select {
		case <-n.ending:
			for _, s := range n.natives() {
				s.abandon()
			}
			return
		case <-time.After(interval):
			n.reap()
		}
	}
}

// natives returns the sockets of which the guest's end is its own, and not of a pair.
func (n *Network) natives() (all []*socket) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.sockets {
		if s.native {
			all = append(all, s)
		}
	}
	return all
}

// reap gives up those of them that the guest has closed, and forgets what nobody will
// ask about any more.
func (n *Network) reap() {
	all := n.natives()
	alive, err := unixSockets()
	if err != nil {
		return
	}
	for _, s := range all {
		if !s.unseen && !alive.inodes[s.inode] {
			s.abandon()
			<-s.gone
		}
	}
	const many = 1024
	l := &n.local
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.callers) > many {
		maps.DeleteFunc(l.callers, func(inode uint64, _ unix.Ucred) bool { return !alive.inodes[inode] })
	}
	if len(l.names) > many {
		maps.DeleteFunc(l.names, func(name string, _ wire.Address) bool { return !alive.names[name] })
	}
}

// abandon gives up a Unix socket of the guest's own, which has closed it, when what
// it sent is on its way.
func (s *socket) abandon() {
	s.change(func() { s.ended = true })
	s.kick()
	if s.kind != wire.SocketDatagram {
		s.leave()
	}
}
