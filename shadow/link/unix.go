package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// dialUnix connects to a Unix socket of the same user. A shadow serves no others,
// and who else listens there is not to be trusted with what the guest runs.
func (t *Target) dialUnix(ctx context.Context) (io.ReadWriteCloser, error) {
	conn, err := DialUser(ctx, t.rest)
	switch {
	case errors.Is(err, unix.ECONNREFUSED):
		return nil, fmt.Errorf("%w: no shadow listens there any more", err)
	case err != nil:
		return nil, err
	}
	return conn, nil
}

// DialUser connects to a Unix socket, which has to be one of a process of the user
// that this one runs as.
func DialUser(ctx context.Context, path string) (*net.UnixConn, error) {
	if err := checkLength(path); err != nil {
		return nil, err
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	uid, err := sys.PeerUser(conn.(*net.UnixConn))
	if err == nil && uid != uint32(os.Geteuid()) {
		err = fmt.Errorf("connect to %s: user %d listens there, and this is user %d", path, uid, os.Geteuid())
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn.(*net.UnixConn), nil
}

// checkLength returns an error if a socket cannot have that path; unix(7).
func checkLength(path string) error {
	if most := len(unix.RawSockaddrUnix{}.Path) - 1; len(path) > most {
		return fmt.Errorf("the path %s is longer than a socket's may be, %d bytes", path, most)
	}
	return nil
}

// listenUnix makes a socket that its user alone may connect to.
func listenUnix(path string) (net.Listener, error) {
	if err := checkLength(path); err != nil {
		return nil, err
	}
	if err := removeDead(path); err != nil {
		return nil, err
	}
	old := unix.Umask(0o177)
	defer unix.Umask(old)
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// removeDead removes a socket that nobody listens at, as a shadow leaves one that
// was killed.
func removeDead(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != os.ModeSocket {
		return errors.New("there is a file already, which is no socket")
	}
	conn, err := net.Dial("unix", path)
	if err == nil {
		conn.Close()
		return errors.New("another process listens there")
	}
	if !errors.Is(err, unix.ECONNREFUSED) {
		return err
	}
	return os.Remove(path)
}
