// Package sockets is the shadow's side of sockets: those that it has for a session,
// and what goes through them.
//
// What comes from a socket goes to the client as the records of a flow, each with
// the offset where it begins, and is kept until the client says that it has it:
// when a link breaks the client asks for the records once more. How much may be
// under way each side says to the other. docs/protocol.md has the rules.
//
// # Locks
//
// Table.mu guards the table, socket.mu what is below it there. socket.order is held
// while a record is sent, so that records leave in order, and is taken before
// socket.mu. Nothing waits for the client while socket.mu is held.
package sockets

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// Policy says what a client may do by sockets.
type Policy uint8

const (
	// None: nothing; there are no sockets.
	None Policy = iota
	// Client: reach others, but not be reached: no name of its own choice, no
	// listening, no groups.
	Client
	// All: whatever the shadow's user may do.
	All
)

var policyNames = [...]string{None: "none", Client: "client", All: "all"}

// Policies are the names of all policies.
func Policies() []string { return policyNames[:] }

func (p Policy) String() string { return policyNames[p] }

// ParsePolicy returns the policy of that name.
func ParsePolicy(name string) (Policy, error) {
	for p, n := range policyNames {
		if n == name {
			return Policy(p), nil
		}
	}
	return None, fmt.Errorf("%q: it is none, client or all", name)
}

// Config says what a session may do by sockets.
type Config struct {
	Policy Policy
	// Limit bounds how many there are.
	Limit int
	// Place finds the directory of a path by which a Unix socket is to be named: a
	// descriptor of O_PATH, for the caller to close, and the name in it.
	Place func(path string) (dir int, name string, err error)
	// Find opens the Unix socket of that path with O_PATH, for the caller to close.
	Find func(path string) (fd int, err error)
	// Whole: every path means the same here as to the client, so that a socket may
	// be named by it.
	Whole bool
}

// A Table holds the sockets of a session.
type Table struct {
	cfg  Config
	push atomic.Pointer[func(head, data []byte) error]

	mu      sync.Mutex
	sockets map[uint32]*socket
	last    uint32 // of those that were accepted
	count   int    // those in sockets, and those that still send
	closed  bool
	leaving sync.WaitGroup // those that still send

	budget    budget
	abandoned chan struct{} // closed when nobody waits for those any more
}

// New returns an empty table.
func New(cfg Config) *Table {
	return &Table{cfg: cfg, sockets: map[uint32]*socket{}, last: wire.ShadowSocket - 1, abandoned: make(chan struct{})}
}

// Link has records sent by push from now on.
func (t *Table) Link(push func(head, data []byte) error) { t.push.Store(&push) }

// parting is how long the end of a session waits for peers to take what was sent to
// them.
const parting = 10 * time.Second

// Close closes all sockets. What was sent by those that the client has given up
// their peers get, if they take it soon.
func (t *Table) Close() {
	t.mu.Lock()
	t.closed = true
	all := t.sockets
	t.sockets = map[uint32]*socket{}
	t.mu.Unlock()
	for _, s := range all {
		s.hangup()
	}
	left := make(chan struct{})
	go func() {
		t.leaving.Wait()
		close(left)
	}()
	select {
	case <-left:
	case <-time.After(parting):
		close(t.abandoned)
	}
}

// Perform performs an operation on a socket, and fills in r.
func (t *Table) Perform(o *wire.Op, r *wire.Result) error {
	if o.Code == wire.Socket {
		return t.create(o)
	}
	t.mu.Lock()
	s := t.sockets[o.Sock]
	if s != nil && o.Code == wire.Hangup {
		delete(t.sockets, o.Sock)
	}
	t.mu.Unlock()
	if s == nil {
		return abi.EBADF
	}
	switch o.Code {
	case wire.Bind:
		return s.bind(o, r)
	case wire.Connect:
		return s.connect(o, r)
	case wire.Listen:
		return s.listen(o)
	case wire.Send:
		return s.send(o, r)
	case wire.Credit:
		return s.credit(o)
	case wire.Shutdown:
		return s.shutdown(o)
	case wire.SocketNames:
		return s.names(r)
	case wire.GetOption:
		return s.getOption(o, r)
	case wire.SetOption:
		return s.setOption(o)
	case wire.Hangup:
		s.hangup()
		return nil
	}
	return abi.EOPNOTSUPP
}

var families = map[wire.Family]int{wire.FamilyInet: unix.AF_INET, wire.FamilyInet6: unix.AF_INET6, wire.FamilyUnix: unix.AF_UNIX}

var types = map[wire.SocketType]int{wire.SocketStream: unix.SOCK_STREAM, wire.SocketDatagram: unix.SOCK_DGRAM, wire.SocketSequence: unix.SOCK_SEQPACKET}

// create makes the socket that the client has numbered.
func (t *Table) create(o *wire.Op) error {
	family, ok := families[o.Family]
	switch {
	case !ok:
		return abi.EAFNOSUPPORT
	case t.cfg.Policy == None:
		return abi.EACCES
	case o.Sock >= wire.ShadowSocket:
		return abi.EINVAL
	}
	fd, err := unix.Socket(family, types[o.Type]|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	s := newSocket(t, fd, o.Family, o.Type)
	if err := t.add(s, o.Sock); err != nil {
		s.file.Close()
		return err
	}
	if o.Type == wire.SocketDatagram {
		go s.readDatagrams()
	}
	return nil
}

// add numbers a socket: id, or the next of the shadow's if that is 0.
func (t *Table) add(s *socket, id uint32) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if id == 0 {
		if t.last++; t.last < wire.ShadowSocket {
			t.last = wire.ShadowSocket
		}
		id = t.last
	}
	switch {
	case t.closed:
		return abi.EBADF
	case t.sockets[id] != nil:
		return abi.EEXIST
	case t.count >= t.cfg.Limit:
		return abi.EMFILE
	}
	s.id = id
	t.sockets[id] = s
	t.count++
	return nil
}

// gone says that a socket is closed.
func (t *Table) gone() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count--
}
