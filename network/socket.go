package network

import (
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// A socket is one that the guest has, and the shadow's that it stands for.
type socket struct {
	network  *Network
	remote   *client.Socket
	family   wire.Family
	kind     wire.SocketType
	protocol uint32
	inode    uint64       // of the guest's end
	holder   atomic.Int64 // a process that has had it

	native bool   // the guest's end is its own, and no pair's: a Unix socket
	unseen bool   // whether the guest has closed that cannot be known
	here   *local // its name; guarded by locals.mu

	end atomic.Pointer[end] // ours, or nil

	mu       sync.Mutex
	news     chan struct{} // closed when what is below has changed
	state    state
	told     bool          // the guest knows that it is connected
	filled   int           // bytes that the guest has not written
	own      wire.Address  // its name, if that is known
	peer     wire.Address  // whom it is connected to
	err      abi.Errno     // what SO_ERROR has to say
	waiting  []*connection // to be accepted
	out      []client.Message
	outgoing int  // bytes of out
	ended    bool // the peer sends nothing more, and the guest knows
	broken   bool // the shadow says so
	reported bool // the guest has been told why it failed

	reader chan struct{} // closed when nobody reads from the guest any more
	gone   chan struct{} // closed when the shadow has given it up
	once   sync.Once     // for leave
}

type state uint8

const (
	idle state = iota
	connecting
	connected
	listening
	failed
)

// An end is our end of a pair.
type end struct {
	file *os.File
	raw  syscall.RawConn
}

func newEnd(fd int) *end {
	_ = unix.SetNonblock(fd, true) // it is open
	e := &end{file: os.NewFile(uintptr(fd), "socket")}
	e.raw, _ = e.file.SyscallConn()
	return e
}

// A connection waits to be accepted. fd is what the guest will get.
type connection struct {
	socket *socket
	fd     int
	record client.Record
}

var types = map[wire.SocketType]int{wire.SocketStream: unix.SOCK_STREAM, wire.SocketDatagram: unix.SOCK_DGRAM, wire.SocketSequence: unix.SOCK_SEQPACKET}

// pair makes a socket for remote, and returns the guest's end. Datagrams go over a
// sequence of messages: of that the kernel tells when the other end is closed.
func (n *Network) pair(remote *client.Socket, family wire.Family, kind wire.SocketType) (*socket, int, error) {
	like := kind
	if kind == wire.SocketDatagram {
		like = wire.SocketSequence
	}
	fds, err := unix.Socketpair(unix.AF_UNIX, types[like]|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, -1, err
	}
	s := n.attach(remote, family, kind, fds[0], inodeOf(fds[1]))
	return s, fds[1], nil
}

// attach makes a socket of two ends that are connected to each other. The inode of
// the guest's is 0 if it is not known.
func (n *Network) attach(remote *client.Socket, family wire.Family, kind wire.SocketType, ours int, guests uint64) *socket {
	s := n.newSocket(remote, family, kind, guests)
	s.end.Store(newEnd(ours))
	n.enter(s)
	return s
}

func (n *Network) newSocket(remote *client.Socket, family wire.Family, kind wire.SocketType, inode uint64) *socket {
	return &socket{network: n, remote: remote, family: family, kind: kind, inode: inode,
		news: make(chan struct{}), reader: make(chan struct{}), gone: make(chan struct{})}
}

// enter has calls with the guest's end be about s.
func (n *Network) enter(s *socket) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if s.inode != 0 {
		n.sockets[s.inode] = s
	}
	n.relays.Add(1)
}

// start begins to relay.
func (s *socket) start() {
	if s.kind == wire.SocketDatagram {
		go s.collect()
		go s.sendOut()
		go s.deliver()
		return
	}
	go s.fromGuest()
	go s.toGuest()
}

// control calls f with our end.
func (s *socket) control(f func(fd int) error) error {
	err := error(unix.EBADF)
	if e := s.end.Load(); e != nil {
		_ = e.raw.Control(func(fd uintptr) { err = f(int(fd)) })
	}
	return err
}

// change makes a change of what mu guards, and tells those who wait.
func (s *socket) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	s.tell()
}

// tell wakes those who wait, with mu held.
func (s *socket) tell() {
	close(s.news)
	s.news = make(chan struct{})
}

// forget takes the socket out of the table: the guest has closed it.
func (s *socket) forget() {
	s.network.mu.Lock()
	defer s.network.mu.Unlock()
	if s.network.sockets[s.inode] == s {
		delete(s.network.sockets, s.inode)
	}
}

// Pauses between looks at whether the guest was signalled, or has died.
const (
	shortPause = 2 * time.Millisecond
	longPause  = 16 * time.Millisecond
)

// A patience says how long a call may wait: until the deadline, if there is one.
type patience struct {
	call     *intercept.Call
	deadline time.Time
	pause    time.Duration
}

// patienceFor returns that of a call with a socket's limit, SO_RCVTIMEO or
// SO_SNDTIMEO.
func patienceFor(c *intercept.Call, own, option int) *patience {
	p := &patience{call: c, pause: shortPause}
	if limit, err := unix.GetsockoptTimeval(own, unix.SOL_SOCKET, option); err == nil && limit.Nano() > 0 {
		p.deadline = time.Now().Add(time.Duration(limit.Nano()))
	}
	return p
}

// next returns how long to wait before asking again, or why not: EAGAIN, the time
// is over; ERESTARTSYS or EINTR, a signal has come; ESRCH, nobody waits.
func (p *patience) next() (time.Duration, abi.Errno) {
	limited := !p.deadline.IsZero()
	switch {
	case !p.call.Alive():
		return 0, abi.ESRCH
	case p.call.Thread.Signalled() && limited:
		return 0, abi.EINTR // as signal(7) says of calls with a time limit
	case p.call.Thread.Signalled():
		return 0, abi.ERESTARTSYS
	case limited && !time.Now().Before(p.deadline):
		return 0, abi.EAGAIN
	}
	p.call.Leave()
	pause := p.pause
	p.pause = min(2*p.pause, longPause)
	if limited {
		pause = min(pause, time.Until(p.deadline)+time.Millisecond)
	}
	return pause, 0
}

// await waits until done, which is called with mu held, says so.
func (s *socket) await(p *patience, done func() bool) abi.Errno {
	for {
		s.mu.Lock()
		if done() {
			s.mu.Unlock()
			return 0
		}
		news := s.news
		s.mu.Unlock()
		pause, e := p.next()
		if e != 0 {
			return e
		}
		timer := time.NewTimer(pause)
		select {
		case <-news:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// awaitReadable waits until a copy of the guest's end can be read.
func awaitReadable(p *patience, own int) abi.Errno {
	for {
		fds := []unix.PollFd{{Fd: int32(own), Events: unix.POLLIN}}
		if n, _ := unix.Poll(fds, 0); n > 0 {
			return 0
		}
		pause, e := p.next()
		if e != 0 {
			return e
		}
		_, _ = unix.Poll(fds, int(max(pause, time.Millisecond)/time.Millisecond))
	}
}

// nonblocking reports whether calls with a descriptor are not to wait.
func nonblocking(own int) bool {
	flags, err := unix.FcntlInt(uintptr(own), unix.F_GETFL, 0)
	return err == nil && flags&unix.O_NONBLOCK != 0
}
