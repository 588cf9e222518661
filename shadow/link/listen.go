package link

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"penumbra/shadow/server"
)

// A Listener is where a shadow waits for clients, and how it knows who they are:
// the arguments of server.Server.Serve.
type Listener struct {
	net.Listener
	Authenticate func(net.Conn) (name string, err error)
}

// ErrUnauthenticated says that a shadow does not listen where it could not tell who
// its clients are.
var ErrUnauthenticated = errors.New("a listening shadow without authentication is refused: listen at unix:PATH or tls:[ADDRESS]:PORT")

// CheckListen returns what is wrong with an argument of Listen that can be known
// before it tries.
func CheckListen(where string) error {
	kind, rest, _ := strings.Cut(where, ":")
	switch kind {
	case "unix":
		return checkPath(rest)
	case "tls":
		_, port, err := net.SplitHostPort(rest)
		if err != nil {
			return errors.New("it is tls:[ADDRESS]:PORT")
		}
		if port != "0" {
			return checkPort(port)
		}
		return nil
	}
	return ErrUnauthenticated
}

// Listen makes a Listener. where is unix:PATH, a socket that only processes of the
// same user can use, or tls:[ADDRESS]:PORT, with TLS 1.3 and the certificates of a
// directory, DefaultServerCertificates if that is empty. Nothing else authenticates:
// ErrUnauthenticated.
func Listen(where, certificates string) (*Listener, error) {
	if err := CheckListen(where); err != nil {
		return nil, fmt.Errorf("listen at %s: %w", where, err)
	}
	kind, rest, _ := strings.Cut(where, ":")
	l, authenticate, err := net.Listener(nil), server.SameUser, error(nil)
	if kind == "unix" {
		l, err = listenUnix(rest)
	} else {
		authenticate = authenticateTLS
		l, err = listenTLS(rest, certificates)
	}
	if err != nil {
		return nil, fmt.Errorf("listen at %s: %w", where, err)
	}
	return &Listener{l, authenticate}, nil
}

// String returns where clients reach l.
func (l *Listener) String() string {
	if l.Addr().Network() == "unix" {
		return "unix:" + l.Addr().String()
	}
	return "tls:" + l.Addr().String()
}
