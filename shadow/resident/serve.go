package resident

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// A Service is what a resident does.
type Service struct {
	// Link serves a link until that breaks, and closes it.
	Link func(io.ReadWriteCloser)
	// Busy reports whether there is more to do than the links that are there.
	Busy func() bool
	// Idle is how long a resident stays without work.
	Idle time.Duration
}

// Serve is the resident at p, with the socket that Join has made. It returns when
// ctx is done, when there was nothing to do for long, or when somebody has removed
// the socket, so that nobody can find it any more: then its successor needs what it
// holds. Its links may still be there.
func (p Place) Serve(ctx context.Context, listener *os.File, s Service) error {
	l, err := net.FileListener(listener)
	listener.Close()
	if err != nil {
		return fmt.Errorf("the socket of the shadow in the background: %w", err)
	}
	defer l.Close()
	r := &resident{place: p, service: s}
	if r.own, err = identify(p.socket()); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	go r.retire(ctx, l)
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			if ctx.Err() != nil && r.found() {
				return os.Remove(p.socket())
			}
			return nil
		}
		if err != nil {
			time.Sleep(100 * time.Millisecond) // no descriptor is free: somebody will close one
			continue
		}
		r.links.Add(1)
		go func() {
			defer r.links.Add(-1)
			r.take(conn.(*net.UnixConn))
		}()
	}
}

type resident struct {
	place   Place
	service Service
	own     inode // of the socket
	links   atomic.Int64
}

// An inode tells files apart. Its number may be given away again, with another time.
type inode struct {
	dev, ino uint64
	changed  unix.Timespec
}

func identify(name string) (inode, error) {
	var st unix.Stat_t
	if err := unix.Lstat(name, &st); err != nil {
		return inode{}, fmt.Errorf("stat %s: %w", name, err)
	}
	return inode{st.Dev, st.Ino, st.Ctim}, nil
}

// found reports whether those who look for this resident find it.
func (r *resident) found() bool {
	now, err := identify(r.place.socket())
	return err == nil && now == r.own
}

// retire closes l when there is no work any more.
func (r *resident) retire(ctx context.Context, l net.Listener) {
	tick := time.NewTicker(max(time.Second/10, min(r.service.Idle/4, 5*time.Second)))
	defer tick.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		switch {
		case !r.found():
			l.Close()
			return
		case r.busy():
			last = time.Now()
		case time.Since(last) >= r.service.Idle && r.leave(l):
			return
		}
	}
}

func (r *resident) busy() bool { return r.links.Load() > 0 || r.service.Busy() }

// leave closes l unless somebody is just coming.
func (r *resident) leave(l net.Listener) bool {
	lock, err := r.place.tryLock()
	if err != nil {
		return false
	}
	defer lock.Close()
	if r.busy() {
		return false
	}
	if r.found() {
		_ = os.Remove(r.place.socket())
	}
	l.Close()
	return true
}

// take takes a link from who has brought it, and serves it. The connection to that
// process lasts as long.
func (r *resident) take(conn *net.UnixConn) {
	defer conn.Close()
	uid, err := sys.PeerUser(conn)
	if err != nil || uid != uint32(os.Geteuid()) {
		return
	}
	rw, err := receive(conn)
	if err != nil {
		return
	}
	if _, err := conn.Write([]byte{1}); err != nil {
		rw.Close()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = conn.Read(make([]byte, 1)) // it was killed, or this link is over
		rw.Close()
	}()
	r.service.Link(rw)
	conn.Close()
	<-done
}

// receive receives what offer sends.
func receive(conn *net.UnixConn) (io.ReadWriteCloser, error) {
	const patience = 10 * time.Second
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	defer func() { _ = conn.SetReadDeadline(time.Time{}) }()
	b, oob := make([]byte, 1), make([]byte, unix.CmsgSpace(2*4))
	_, n, _, _, err := conn.ReadMsgUnix(b, oob)
	if err != nil {
		return nil, err
	}
	messages, err := unix.ParseSocketControlMessage(oob[:n])
	if err != nil {
		return nil, err
	}
	var fds []int
	for i := range messages {
		some, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			return nil, err
		}
		fds = append(fds, some...)
	}
	if len(fds) != 2 {
		for _, fd := range fds {
			unix.Close(fd)
		}
		return nil, fmt.Errorf("%d descriptors came instead of 2", len(fds))
	}
	return Streams(fds[0], fds[1]), nil
}
