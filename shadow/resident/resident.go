// Package resident keeps a shadow in the background for those who come by links
// that a program is started for, as sshd does. Such a program ends with its link;
// the sessions, and what they have open, must not.
//
// There is one resident for each user and configuration. Its Place in the file
// system has a socket and a lock. Who comes takes the lock, connects, or starts a
// resident if nobody answers, hands over the two ends of the link, and lets go of
// the lock once they have been taken. A resident without work takes the lock before
// it removes its socket: nobody can be on the way to it then.
package resident

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/shadow/link"
	"penumbra/shadow/wire"
)

// A Place is where a resident is found.
type Place struct{ base string }

// Find returns the place of the resident that is configured by these arguments. It
// lies in $XDG_RUNTIME_DIR, or else below /tmp, in a directory that nobody else can
// enter.
func Find(arguments []string) (Place, error) {
	dir, err := directory()
	if err != nil {
		return Place{}, err
	}
	// One of another version would refuse the clients of this one.
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %q", wire.Version, arguments))
	return Place{filepath.Join(dir, "shadow-"+hex.EncodeToString(sum[:8]))}, nil
}

func (p Place) socket() string { return p.base + ".socket" }

// directory returns the directory of places, and makes it if need be.
func directory() (string, error) {
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if filepath.IsAbs(dir) {
		dir = filepath.Join(dir, "penumbra")
	} else {
		dir = fmt.Sprintf("/tmp/penumbra-%d", os.Geteuid())
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("directory for the shadow's socket: %w: set XDG_RUNTIME_DIR to one that is yours", err)
	}
	var st unix.Stat_t
	if err := unix.Lstat(dir, &st); err != nil {
		return "", fmt.Errorf("directory for the shadow's socket: %s: %w", dir, err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR || st.Mode&0o077 != 0 || st.Uid != uint32(os.Geteuid()) {
		return "", fmt.Errorf("directory for the shadow's socket: %s is not a directory that only user %d may enter: remove it, or set XDG_RUNTIME_DIR", dir, os.Geteuid())
	}
	return dir, nil
}

// errLocked says that somebody else has the lock.
var errLocked = errors.New("locked")

// tryLock takes the lock of p, until the file is closed.
func (p Place) tryLock() (*os.File, error) {
	f, err := os.OpenFile(p.base+".lock", os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	return f, nil
}

// lock does so, and waits for it until ctx is done.
func (p Place) lock(ctx context.Context) (*os.File, error) {
	for {
		f, err := p.tryLock()
		if !errors.Is(err, errLocked) {
			return f, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("lock %s.lock: another process keeps it", p.base)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Join gives a link, which is read from in and written to out, to the resident at
// p, and returns when that has done with it. If there is none, start has to start
// one that serves at the given listener; the function that it returns waits for
// its end, if it ends soon, and says why.
func (p Place) Join(in, out int, start func(listener *os.File) (why func() error, err error)) error {
	const patience = 15 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	lock, err := p.lock(ctx)
	if err != nil {
		return err
	}
	conn, err := p.hand(ctx, in, out, start)
	lock.Close()
	if err != nil {
		return err
	}
	defer conn.Close()
	_, _ = conn.Read(make([]byte, 1)) // it says nothing more, and hangs up
	return nil
}

// hand hands a link over, with the lock held. The connection that it returns lasts
// as long as the link.
func (p Place) hand(ctx context.Context, in, out int, start func(*os.File) (func() error, error)) (*net.UnixConn, error) {
	conn, err := link.DialUser(ctx, p.socket())
	if err == nil {
		if err = offer(ctx, conn, in, out); err == nil {
			return conn, nil
		}
		conn.Close() // it was just about to end
		if !gone(err) {
			return nil, err
		}
	} else if !errors.Is(err, os.ErrNotExist) && !errors.Is(err, unix.ECONNREFUSED) {
		return nil, err
	}
	listener, err := p.listen()
	if err != nil {
		return nil, err
	}
	why, err := start(listener)
	listener.Close()
	if err != nil {
		return nil, err
	}
	if conn, err = link.DialUser(ctx, p.socket()); err != nil {
		return nil, cmp.Or(why(), err)
	}
	if err = offer(ctx, conn, in, out); err != nil {
		conn.Close()
		if gone(err) {
			return nil, cmp.Or(why(), fmt.Errorf("the shadow in the background ended as soon as it had begun: %w", err))
		}
		return nil, err
	}
	return conn, nil
}

// listen makes the socket in the place of one that is dead.
func (p Place) listen() (*os.File, error) {
	if err := os.Remove(p.socket()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", p.socket())
	if err != nil {
		return nil, err
	}
	defer l.Close()
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	return l.(*net.UnixListener).File()
}

// offer sends the descriptors of a link, and waits until they have been taken.
func offer(ctx context.Context, conn *net.UnixConn, in, out int) error {
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	defer func() { _ = conn.SetDeadline(time.Time{}) }()
	if _, _, err := conn.WriteMsgUnix([]byte{1}, unix.UnixRights(in, out), nil); err != nil {
		return fmt.Errorf("hand the link to the shadow in the background: %w", err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		return fmt.Errorf("hand the link to the shadow in the background: %w", err)
	}
	return nil
}

// gone reports whether err says that the other end is no more.
func gone(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, unix.EPIPE) || errors.Is(err, unix.ECONNRESET)
}
