// Package server is the shadow: it performs for a guest on another machine what
// the guest would do to files here.
//
// A client's session has a representative for each process of its guest, with
// descriptors, a working directory and a mask. What a client can reach are the
// exports that its name is given, nothing else: every path is opened below an
// export's root with openat2(2), which refuses to leave it. What arrives over
// the wire is not trusted.
//
// Files are regular ones, directories and links. Pipes, sockets and devices are
// seen, but cannot be opened: EOPNOTSUPP; but pipes, and devices that do nothing to
// anybody, by who asks for it. Representatives also have what no path leads to: pipes,
// sockets, timers. Sockets with flows are apart; see package sockets.
//
// # Locks
//
// executor.mu guards the representatives and counts; file.mu the position of a
// directory; leases.mu the leases. A lock of the appenders may be held while a
// call is made, and file.mu while leases.mu is taken. leases.telling is held while
// notices are sent, and is taken before leases.mu.
package server

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
	"penumbra/shadow/session"
	"penumbra/shadow/sockets"
	"penumbra/shadow/wire"
)

// Config says what a shadow shows, and to whom.
type Config struct {
	// Exports returns what the client of that name may see. The transport has
	// authenticated the name. An error refuses the client, and tells it why.
	Exports func(name string) ([]Export, error)
	// Journal, Lease, Slots, Memory, Sessions, Compress and Silence are those of
	// session.ServerConfig.
	Journal  string
	Lease    time.Duration
	Slots    int
	Memory   int64
	Sessions int
	Compress bool
	Silence  time.Duration
	// Files and Processes bound what a session has: open files, 1024 if 0, and
	// representatives, 4096 if 0.
	Files, Processes int
	// Watches bounds what a session's leases watch, 32768 if 0: their directories, in
	// these all subdirectories, and files with several names. inotify(7) has limits
	// of its own.
	Watches int
	// Network says what clients may do by sockets: nothing if it is not set. Files
	// bounds how many a session has of these, too, apart from its files.
	Network sockets.Policy
	// AllowRoot lets the shadow run as root, with all that root may do.
	AllowRoot bool
	// Policy says to a client, by its name, by which access method (docs/methods.md)
	// it is to reach a file, and whether that will not change. path is absolute, as
	// the client has it; attr are those of what it leads to, all zero if the client
	// may not see that, or nothing is there. Nil: clients are told EOPNOTSUPP, and
	// have to know themselves.
	Policy func(client, path string, attr wire.Attr) (chain string, forever bool)
	// AllowKill lets clients send signals to whatever process of this machine the
	// shadow's user may.
	AllowKill bool
	// Audit, if not nil, is told of sessions, of each change and signal, and of each
	// attempt that an export did not permit.
	Audit *slog.Logger
}

// Server is a shadow.
type Server struct {
	cfg       Config
	sessions  *session.Server
	appenders [64]sync.Mutex // by file: who appends, and notes what it finds, is alone
	unlocked  occasion       // a client gave up a lock
}

// ErrRoot says that a shadow will not run as root unless it is told to.
var ErrRoot = errors.New("the shadow runs as root, so its clients could do whatever root may; start it as the user whose files they are for, or say --allow-root")

// New returns a shadow. It sets the umask of this process to 0: a guest has a
// mask of its own.
func New(cfg Config) (*Server, error) {
	if os.Geteuid() == 0 && !cfg.AllowRoot {
		return nil, ErrRoot
	}
	if cfg.Exports == nil {
		return nil, errors.New("shadow: no exports")
	}
	if cfg.Files <= 0 {
		cfg.Files = 1024
	}
	if cfg.Processes <= 0 {
		cfg.Processes = 4096
	}
	if cfg.Watches <= 0 {
		cfg.Watches = 32768
	}
	if cfg.Audit == nil {
		cfg.Audit = slog.New(slog.DiscardHandler)
	}
	s := &Server{cfg: cfg}
	var err error
	s.sessions, err = session.NewServer(session.ServerConfig{
		Begin: s.begin, Journal: cfg.Journal, Lease: cfg.Lease, Slots: cfg.Slots, Memory: cfg.Memory,
		Sessions: cfg.Sessions, Compress: cfg.Compress, Silence: cfg.Silence, Log: cfg.Audit,
	})
	if err != nil {
		return nil, fmt.Errorf("shadow: %w", err)
	}
	unix.Umask(0)
	return s, nil
}

// Only returns what shows the same exports to every client.
func Only(exports ...Export) func(string) ([]Export, error) {
	return func(string) ([]Export, error) { return exports, nil }
}

// begin makes the executor of a session.
func (s *Server) begin(name string) (session.Executor, error) {
	asked, err := s.cfg.Exports(name)
	if err != nil {
		return nil, err
	}
	tree, err := openExports(asked)
	if err != nil {
		return nil, err
	}
	x := &executor{server: s, client: name, exports: tree, procs: map[uint32]*process{}, leases: newLeases(s.cfg.Watches),
		audit: s.cfg.Audit.With("client", name)}
	x.sockets = x.newSockets()
	return x, nil
}

// ServeLink serves a link of a client that has been authenticated as name, until
// it breaks. It closes rw.
func (s *Server) ServeLink(rw io.ReadWriteCloser, name string) error {
	return s.sessions.ServeLink(rw, name)
}

// Serve accepts links from l until that is closed. authenticate says who is at
// the other end, or returns an error, and the link is closed. There is no shadow
// without it.
func (s *Server) Serve(l net.Listener, authenticate func(net.Conn) (name string, err error)) error {
	if authenticate == nil {
		return errors.New("shadow: a listening shadow has to authenticate its clients")
	}
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) {
			s.cfg.Audit.Warn("link", "error", err)
			time.Sleep(100 * time.Millisecond) // somebody will close a file, and must not be lost for this
			continue
		}
		if err != nil {
			return fmt.Errorf("shadow: %w", err)
		}
		go func() {
			name, err := authenticate(conn)
			if err != nil {
				s.cfg.Audit.Warn("link", "from", conn.RemoteAddr().String(), "error", err)
				conn.Close()
				return
			}
			_ = s.ServeLink(conn, name) // the session's log has its error
		}()
	}
}

// Sessions returns how many sessions there are, with a link or without.
func (s *Server) Sessions() int { return s.sessions.Sessions() }

// Close breaks all links and frees all that clients hold.
func (s *Server) Close() { s.sessions.Close() }

// UserName returns the name of a client that is known to be a process of that user.
func UserName(uid uint32) string { return fmt.Sprintf("uid:%d", uid) }

// SameUser authenticates the other end of a Unix socket: it has to be a process
// of the user that this one runs as.
func SameUser(conn net.Conn) (name string, err error) {
	u, ok := conn.(*net.UnixConn)
	if !ok {
		return "", fmt.Errorf("authenticate: %T is no Unix socket", conn)
	}
	uid, err := sys.PeerUser(u)
	if err != nil {
		return "", fmt.Errorf("authenticate: %w", err)
	}
	if uid != uint32(os.Geteuid()) {
		return "", fmt.Errorf("authenticate: the client is user %d, and this shadow serves user %d", uid, os.Geteuid())
	}
	return UserName(uid), nil
}

// appender returns the lock of those who append to the file with that inode.
func (s *Server) appender(ino uint64) *sync.Mutex {
	return &s.appenders[ino%uint64(len(s.appenders))]
}

// within reports whether path is dir or lies below it, and where.
func within(path, dir string) (rel string, ok bool) {
	if path == dir {
		return ".", true
	}
	if dir != "/" {
		dir += "/"
	}
	return strings.CutPrefix(path, dir)
}
