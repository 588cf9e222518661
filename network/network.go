// Package network gives a guest the network of its shadow: it connects, listens and
// sends from that machine.
//
// What the guest has is one end of a Unix socket pair of the same type; the
// supervisor holds the other, and relays between it and a socket at the shadow. So
// reading and writing, poll(2), epoll(7), blocking and signals are the kernel's,
// and so are dup, fork, exec and the passing of descriptors; the last close is seen
// at our end. Only calls that concern addresses, options, and the making of
// connections come here.
//
//   - A listening socket can be read from when a connection waits: there is a byte
//     in it for each.
//   - One that is connecting has its way to us filled, so that it cannot be written
//     to before it is connected.
//   - A datagram carries a descriptor beside its content, of a file that holds the
//     address where it is from; who reads without asking for that never sees it.
//   - A Unix socket stays the guest's own, and what two of them do with each other is
//     the kernel's. One that has a name at the shadow has another here; those who
//     find it there reach it by way of us.
//
// # Locks
//
// Network.mu guards the table, locals.mu names; socket.mu what is below it there. None
// is held while another is taken, nor during a call of the shadow's.
package network

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// Config says whose network it is.
type Config struct {
	Client *client.Client
	// User is whose the shadow is, and so the guest.
	User wire.Credentials
	// Place says where the path of a Unix socket leads for the thread that makes c:
	// to the shadow, by which absolute path there, or else to this machine. The last
	// name of one that is to be made need not be there.
	Place func(c *intercept.Call, path string, make bool) (place string, shadow bool)
	// Connect connects a descriptor, as the thread that makes c, to a Unix socket that
	// this process knows by that name.
	Connect func(c *intercept.Call, own int, to unix.Sockaddr) abi.Errno
	// Send makes a sendto, sendmsg or sendmmsg of a thread, of which the first message
	// goes to such a socket, or, if that is nil, to the peer.
	Send func(c *intercept.Call, call string, args abi.Args, to unix.Sockaddr) intercept.Verdict
	// Made, if not nil, is told that a socket was made at such a place.
	Made func(place string)
}

// Network answers calls about sockets.
type Network struct {
	cfg    Config
	ctx    context.Context
	end    context.CancelFunc
	ending chan struct{} // closed when there is no guest any more

	mu      sync.Mutex
	sockets map[uint64]*socket // by inode of the guest's end
	named   map[*socket]bool   // those that others may be kept from a name by
	over    []*socket          // those of which nobody will tell when the guest closes them
	closing sync.Once
	relays  sync.WaitGroup // what the guest has left has yet to be sent
	local   locals
}

// New returns the network of a shadow.
func New(cfg Config) *Network {
	n := &Network{cfg: cfg, sockets: map[uint64]*socket{}, named: map[*socket]bool{}, ending: make(chan struct{})}
	n.ctx, n.end = context.WithCancel(context.Background())
	return n
}

// parting is how long the end waits for peers to take what was sent to them.
const parting = 10 * time.Second

// Close waits until what the guest has sent is on its way, and ends. There must be
// no guest any more.
func (n *Network) Close() {
	n.closing.Do(func() { close(n.ending) })
	done := make(chan struct{})
	go func() {
		n.relays.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-n.cfg.Client.Done():
	case <-time.After(parting):
	}
	n.end()
	if n.local.dir != nil {
		n.local.dir.Close()
	}
}

// A request is a call about a socket, also one that came as socketcall(2).
type request struct {
	*intercept.Call
	name  string
	args  abi.Args
	makes bool // it may make a socket the shadow's
}

// flags returns the flags of a call that sends or receives.
func (r *request) flags() int {
	if r.name == "sendmsg" || r.name == "recvmsg" {
		return int(r.args.Int32(2))
	}
	return int(r.args.Int32(3))
}

// A handler answers a call; it is false if that is somebody else's.
type handler func(*Network, *request) (intercept.Verdict, bool)

// handlers returns who answers which calls.
var handlers = sync.OnceValue(func() map[string]handler {
	return map[string]handler{
		"socket":            (*Network).create,
		"bind":              (*Network).bind,
		"connect":           (*Network).connect,
		"listen":            onSocket((*socket).listen),
		"accept":            onSocket((*socket).accept),
		"accept4":           onSocket((*socket).accept),
		"shutdown":          onSocket((*socket).shutdown),
		"getsockname":       (*Network).getName,
		"getpeername":       (*Network).getPeer,
		"getsockopt":        (*Network).getOption,
		"setsockopt":        onSocket((*socket).setOption),
		"sendto":            (*Network).sendTo,
		"sendmsg":           (*Network).sendTo,
		"sendmmsg":          (*Network).sendTo,
		"recvfrom":          onSocket((*socket).receiveFrom),
		"recvmsg":           onSocket((*socket).receiveMessage),
		"recvmmsg":          onSocket((*socket).receiveMessages),
		"recvmmsg_time64":   onSocket((*socket).receiveMessages),
		"io_uring_setup":    refuse(abi.ENOSYS), // it would do all this past us
		"io_uring_enter":    refuse(abi.ENOSYS),
		"io_uring_register": refuse(abi.ENOSYS),
	}
})

func refuse(e abi.Errno) handler {
	return func(*Network, *request) (intercept.Verdict, bool) { return intercept.Fail(e), true }
}

// Interest says what may become of the calls of s; see intercept.Policy.
func (n *Network) Interest(_ abi.Arch, s *abi.Syscall) intercept.Interest {
	if s != nil && !refined[s.Name] && (handlers()[s.Name] != nil || s.Name == manyInOne) {
		return intercept.Answer
	}
	return intercept.Ignore
}

// refined are the calls of which only some come here: those with an address, and some
// that the pair would answer as no socket of the internet does.
var refined = map[string]bool{"sendto": true, "recvfrom": true}

// Refine says so of them; see intercept.Refiner.
func (n *Network) Refine() []intercept.Refinement {
	return []intercept.Refinement{
		{Call: "sendto", Arg: 5, Bits: ^uint32(0), Interest: intercept.Answer},
		{Call: "sendto", Arg: 2, Bits: ^uint32(maxUDP), Interest: intercept.Answer}, // it may be too large
		{Call: "recvfrom", Arg: 4, Bits: ^uint32(0), Interest: intercept.Answer},
		{Call: "recvfrom", Arg: 3, Bits: unix.MSG_ERRQUEUE, Interest: intercept.Answer},
	}
}

// Enter answers a call. It is false if the call is not about a socket of the
// shadow's; unless makes is set none are made, and Unix sockets of the guest's stay
// what they are.
func (n *Network) Enter(c *intercept.Call, makes bool) (intercept.Verdict, bool) {
	if c.Syscall == nil {
		return intercept.Run, false
	}
	h := handlers()[c.Syscall.Name]
	if c.Syscall.Name == manyInOne {
		h = (*Network).socketCall
	}
	if h == nil {
		return intercept.Run, false
	}
	return h(n, &request{c, c.Syscall.Name, c.Args, makes})
}

// manyInOne is i386's call that stands for all others.
const manyInOne = "socketcall"

// socketCalls are the operations of i386's socketcall(2) by number: the calls that
// they stand for, and how many arguments these have.
var socketCalls = map[int32]struct {
	name  string
	words int
}{
	1: {"socket", 3}, 2: {"bind", 3}, 3: {"connect", 3}, 4: {"listen", 2}, 5: {"accept", 3}, 6: {"getsockname", 3},
	7: {"getpeername", 3}, 9: {"sendto", 4}, 10: {"recvfrom", 4}, 11: {"sendto", 6}, 12: {"recvfrom", 6}, 13: {"shutdown", 2}, 14: {"setsockopt", 5}, 15: {"getsockopt", 5},
	16: {"sendmsg", 3}, 17: {"recvmsg", 3}, 18: {"accept4", 4}, 19: {"recvmmsg", 5}, 20: {"sendmmsg", 4},
}

// socketCall answers a call where one serves all of sockets.
func (n *Network) socketCall(r *request) (intercept.Verdict, bool) {
	call, ok := socketCalls[r.args.Int32(0)]
	b := make([]byte, 4*call.words)
	if _, err := r.Memory().ReadAt(b, r.args.Addr(1)); !ok || err != nil {
		return intercept.Run, false
	}
	q := &request{Call: r.Call, name: call.name, makes: r.makes}
	for i := range call.words {
		q.args[i] = uint64(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return handlers()[call.name](n, q)
}

// onSocket returns what answers calls whose first argument is a socket of the
// shadow's, with a copy of that descriptor.
func onSocket(answer func(s *socket, r *request, own int) intercept.Verdict) handler {
	return func(n *Network, r *request) (intercept.Verdict, bool) {
		s, own := n.find(r)
		if own >= 0 {
			defer unix.Close(own)
		}
		if s == nil {
			return intercept.Run, false
		}
		return answer(s, r, own), true
	}
}

// find returns the socket that a call is about, or nil if it is none of the
// shadow's; and a copy of the descriptor, or -1.
func (n *Network) find(r *request) (*socket, int) {
	own, err := r.Thread.CopyFD(r.args.Int32(0))
	if err != nil {
		return nil, -1
	}
	n.mu.Lock()
	s := n.sockets[inodeOf(own)]
	n.mu.Unlock()
	if s != nil {
		s.holder.Store(int64(r.Thread.Process().ID))
	}
	return s, own
}

// name notes that a socket has a name of its own.
func (n *Network) name(s *socket) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.named[s] = true
}

// settle waits until the shadow has given up those names whose sockets the guest
// has closed: it may count on that when close(2) returns.
func (n *Network) settle() {
	n.mu.Lock()
	var all []*socket
	natives := false
	for s := range n.named {
		all = append(all, s)
	}
	for _, s := range n.sockets {
		natives = natives || s.native
	}
	n.mu.Unlock()
	if natives {
		n.reap()
	}
	for _, s := range all {
		closed := true
		_ = s.control(func(fd int) error { closed = hungUp(fd); return nil })
		if closed {
			<-s.gone
		}
	}
}

// inodeOf returns the inode of an open socket, or 0.
func inodeOf(fd int) uint64 {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return 0
	}
	return st.Ino
}

// errnoOf returns what the guest is told of an error of the kernel, or of the
// shadow.
func errnoOf(err error) abi.Errno {
	if err == nil {
		return 0
	}
	for e := err; e != nil; {
		switch known := e.(type) {
		case abi.Errno:
			return known
		case unix.Errno:
			return abi.Errno(known)
		}
		u, ok := e.(interface{ Unwrap() error })
		if !ok {
			break
		}
		e = u.Unwrap()
	}
	return client.Errno(err)
}
