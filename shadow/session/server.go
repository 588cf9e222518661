package session

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"penumbra/shadow/wire"
)

// An Executor performs the requests of one session. Execute is called by many
// goroutines at the same time; Close, once all of its calls have returned, frees
// what the session holds.
type Executor interface {
	// Linked says that the client has another link, and that notices that were
	// sent so far may not have arrived, nor records of flows. notice and push send
	// one by this link. It is called before any request of the link is performed, and
	// must not wait.
	Linked(notice func(head []byte) error, push Push)
	// Execute performs r. When ctx is done, what waits should end with EINTR.
	Execute(ctx context.Context, r *Request) Reply
	Close()
}

// A Push sends a record of a socket's flow: its head, and its data.
type Push func(head []byte, data []byte) error

// A Reply is what becomes of a Request.
type Reply struct {
	Head    []byte
	Payload [][]byte
	// Part, if not nil, is the payload, in place of Payload. Keep has to be false.
	Part *Part
	// Keep says that the request must not be performed again: if the reply is
	// lost, it is sent again. Otherwise the request is performed again. The
	// payload of a reply that is kept has at most wire.MaxKept bytes.
	Keep bool
	// Deliver, if not nil, is called to have the reply sent, by send, unless it was
	// kept and is sent again.
	Deliver func(send func() error)
}

// A Part is what a file has from Offset on, at most wire.MaxPayload bytes. Where the
// link can take it from there nobody copies it.
type Part struct {
	FD     int
	Offset int64
	Length int
	Done   func() // is called when it was sent
}

// ServerConfig says whom a server serves and how.
type ServerConfig struct {
	// Begin begins a session for a client of that name, as the transport
	// authenticated it. Its error is told to the client.
	Begin func(name string) (Executor, error)
	// Journal is a directory, of the server alone, for what has to survive it;
	// without one, a successor cannot tell what this server has done.
	Journal string
	// Lease is how long a session may be without a link, at most.
	Lease time.Duration
	// Slots and Memory bound what a session may have in flight: requests, and
	// bytes of payload. Sessions bounds how many there are.
	Slots    int
	Memory   int64
	Sessions int
	// Compress agrees to compress payloads.
	Compress bool
	// Silence is how long a link may be silent before it counts as broken.
	Silence time.Duration
	// Log is told of sessions, links and refusals.
	Log *slog.Logger
}

// Server is the shadow's side of sessions.
type Server struct {
	cfg   ServerConfig
	epoch wire.ID
	boot  wire.ID

	mu     sync.Mutex
	states map[stateKey]*state
	links  map[*link]bool
	closed bool
}

// A stateKey names a session. The client's name is part of it: nobody can take
// over another's.
type stateKey struct {
	name string
	id   wire.ID
}

// unclaimed is how old a journal has to be at least before it is removed. Those of
// another server, with a longer lease, may lie in the same directory.
const unclaimed = 7 * 24 * time.Hour

// NewServer returns a server with an epoch of its own.
func NewServer(cfg ServerConfig) (*Server, error) {
	if cfg.Lease <= 0 {
		cfg.Lease = DefaultLease
	}
	if cfg.Slots <= 1 {
		cfg.Slots = DefaultSlots
	}
	if cfg.Memory <= 0 {
		cfg.Memory = DefaultMemory
	}
	cfg.Memory = max(cfg.Memory, 2*wire.MaxPayload) // or a request could wait for itself
	if cfg.Sessions <= 0 {
		cfg.Sessions = 256
	}
	if cfg.Silence <= 0 {
		cfg.Silence = 30 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Journal != "" {
		if err := sweepJournals(cfg.Journal, max(2*cfg.Lease, unclaimed)); err != nil {
			return nil, err
		}
	}
	return &Server{cfg: cfg, epoch: newID(), boot: bootID(), states: map[stateKey]*state{}, links: map[*link]bool{}}, nil
}

// bootID returns what names this start of the machine; random(4).
func bootID() (id wire.ID) {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return newID() // then every start of the shadow counts as one of the machine
	}
	b, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(string(text)), "-", ""))
	if err != nil || len(b) != len(id) {
		return newID()
	}
	copy(id[:], b)
	return id
}

// Close breaks all links and ends all sessions. Their clients find them in the
// journal of the next server.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	states := s.states
	s.states = map[stateKey]*state{}
	for l := range s.links {
		l.close()
	}
	s.mu.Unlock()
	for _, st := range states {
		st.end(false)
	}
}

// Sessions returns how many sessions there are, with a link or without.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.states)
}

// ServeLink serves a link until it breaks, of a client that the transport
// authenticated as name. It closes rw. The error says why the link ended; nil if
// the client ended the session or just hung up.
func (s *Server) ServeLink(rw io.ReadWriteCloser, name string) error {
	l := newLink(rw)
	defer l.close()
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return errors.New("serve: the server is closed")
	}
	s.links[l] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.links, l)
		s.mu.Unlock()
	}()
	go l.watch(s.cfg.Silence, func() { l.sign(wire.Header{Kind: wire.KindPong}) })
	st, err := s.greet(l, name)
	if err == nil {
		err = st.serve(l)
		if errors.Is(err, errBye) {
			s.forget(st)
			return nil
		}
		s.parted(st, l)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	s.cfg.Log.Warn("link", "client", name, "error", err)
	return err
}

// greet answers a hello.
func (s *Server) greet(l *link, name string) (*state, error) {
	h, head, err := l.head()
	if err != nil {
		return nil, err
	}
	if h.Kind != wire.KindHello || h.Payload != 0 {
		return nil, fmt.Errorf("%w: the first frame is no hello", wire.ErrMalformed)
	}
	hello, err := wire.DecodeHello(head)
	if err != nil {
		return nil, err
	}
	st, refuse := s.admit(l, name, hello)
	if refuse != nil {
		err := fmt.Errorf("refused: %s", refuse.Why)
		return nil, errors.Join(err, l.send(wire.Header{Kind: wire.KindRefuse}, refuse.Encode()))
	}
	w := wire.Welcome{Version: wire.Version, Epoch: s.epoch, Boot: s.boot, Slots: uint16(len(st.slots)),
		Lease: uint32(st.lease / time.Second)}
	if s.cfg.Compress {
		w.Features = hello.Features & wire.FeatureZstd
	}
	b, err := w.Encode()
	if err == nil {
		err = l.send(wire.Header{Kind: wire.KindWelcome}, b)
	}
	if err != nil {
		s.parted(st, l)
		return nil, err
	}
	l.zstd = w.Features&wire.FeatureZstd != 0
	return st, nil
}

// admit finds or begins the session that a client asks for.
func (s *Server) admit(l *link, name string, hello *wire.Hello) (*state, *wire.Refuse) {
	if hello.Oldest > wire.Version || hello.Newest < wire.Version {
		return nil, &wire.Refuse{Why: fmt.Sprintf("the shadow speaks version %d of the protocol, the client %d to %d", wire.Version, hello.Oldest, hello.Newest)}
	}
	key := stateKey{name, hello.Session}
	s.mu.Lock()
	st := s.states[key]
	switch {
	case st != nil && hello.Epoch == s.epoch:
		s.mu.Unlock()
		if !st.attach(l) {
			return nil, &wire.Refuse{Why: "the session has ended"}
		}
		return st, nil
	case hello.Epoch == s.epoch:
		s.mu.Unlock()
		return nil, &wire.Refuse{Why: "the session has ended: its lease is over"}
	case st == nil && len(s.states) >= s.cfg.Sessions:
		s.mu.Unlock()
		return nil, &wire.Refuse{Again: true, Why: fmt.Sprintf("the shadow serves %d sessions already", s.cfg.Sessions)}
	}
	delete(s.states, key)
	s.mu.Unlock()
	if st != nil {
		st.end(false) // what it holds the client will have opened anew
	}
	return s.begin(l, key, hello)
}

// begin makes a session's state, for a new client or for one that another server
// served before.
func (s *Server) begin(l *link, key stateKey, hello *wire.Hello) (*state, *wire.Refuse) {
	j, err := openJournal(s.cfg.Journal, hello.Session, hello.Epoch != wire.ID{})
	if err != nil {
		return nil, &wire.Refuse{Again: errors.Is(err, errBusy), Why: err.Error()}
	}
	executor, err := s.cfg.Begin(key.name)
	if err != nil {
		j.close(hello.Epoch == wire.ID{})
		return nil, &wire.Refuse{Why: err.Error()}
	}
	lease := min(max(time.Second, time.Duration(hello.Lease)*time.Second), s.cfg.Lease)
	st := newState(key, executor, j, max(2, min(int(hello.Slots), s.cfg.Slots)), lease, s.cfg.Memory)
	st.attach(l)
	s.mu.Lock()
	taken := s.states[key] != nil || s.closed
	if !taken {
		s.states[key] = st
	}
	s.mu.Unlock()
	if taken {
		st.end(false)
		return nil, &wire.Refuse{Again: true, Why: "the session is being served by another link"}
	}
	s.cfg.Log.Info("session", "client", key.name, "id", fmt.Sprintf("%x", key.id[:4]), "recovered", hello.Epoch != wire.ID{})
	return st, nil
}

// parted says that a session has lost its link: it ends when its lease does.
func (s *Server) parted(st *state, l *link) {
	st.detach(l, func() {
		s.cfg.Log.Warn("session", "client", st.key.name, "id", fmt.Sprintf("%x", st.key.id[:4]), "end", "lease")
		s.forget(st)
	})
}

// forget ends a session for good.
func (s *Server) forget(st *state) {
	s.mu.Lock()
	if s.states[st.key] == st {
		delete(s.states, st.key)
	}
	s.mu.Unlock()
	st.end(true)
	s.cfg.Log.Info("session", "client", st.key.name, "id", fmt.Sprintf("%x", st.key.id[:4]), "end", "closed")
}
