package client_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

// An impatient link says nothing before it was sent a request.
type impatient struct {
	io.ReadWriteCloser
	asked chan struct{} // closed then
}

func (l *impatient) Write(b []byte) (int, error) {
	if h, ok := header(b); ok && h.Kind == wire.KindRequest {
		select {
		case <-l.asked:
		default:
			close(l.asked)
		}
	}
	return l.ReadWriteCloser.Write(b)
}

func (l *impatient) Read(b []byte) (int, error) {
	select {
	case <-l.asked:
		return l.ReadWriteCloser.Read(b)
	case <-time.After(20 * time.Second):
		return 0, errors.New("nothing was asked with the greeting")
	}
}

// TestBegin begins a session by a link on which a second round trip would be the end.
func TestBegin(t *testing.T) {
	dir := t.TempDir()
	dial := pipeTo(shadowOf(t, server.Config{}, dir))
	c, m, err := client.Begin(t.Context(), client.Config{Lease: time.Minute, Dial: func(ctx context.Context) (io.ReadWriteCloser, error) {
		rw, err := dial(ctx)
		return &impatient{rw, make(chan struct{})}, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if len(m.Exports.List) != 1 || m.Exports.List[0].Path != dir || m.Names.System != "Linux" {
		t.Errorf("the shadow told %+v", m)
	}
	// The slot of the first call is free, and its numbers go on.
	for range 3 {
		if _, err := c.Spawn(t.Context(), dir, 0o022); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBeginAgain loses the first link, and the first reply with it.
func TestBeginAgain(t *testing.T) {
	dir := t.TempDir()
	dial := pipeTo(shadowOf(t, server.Config{}, dir))
	links := 0
	c, m, err := client.Begin(t.Context(), client.Config{Lease: time.Minute, Dial: func(ctx context.Context) (io.ReadWriteCloser, error) {
		rw, err := dial(ctx)
		if links++; links > 1 {
			return rw, err
		}
		return &brief{rw.(net.Conn), wire.HeaderSize + welcomeSize}, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if len(m.Exports.List) != 1 || links != 2 {
		t.Errorf("by %d links the shadow told %+v", links, m)
	}
	if _, err := c.Spawn(t.Context(), dir, 0o022); err != nil {
		t.Fatal(err)
	}
}

// welcomeSize is that of a welcome's head.
const welcomeSize = 2 + 16 + 16 + 2 + 4 + 4

// A brief link breaks when so many bytes have come.
type brief struct {
	net.Conn
	left int
}

func (l *brief) Read(b []byte) (int, error) {
	if l.left == 0 {
		l.Close()
		return 0, io.ErrUnexpectedEOF
	}
	n, err := l.Conn.Read(b[:min(len(b), l.left)])
	l.left -= n
	return n, err
}
