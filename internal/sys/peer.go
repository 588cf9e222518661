package sys

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// PeerUser returns the user who made the other end of a connected Unix socket, by
// effective id.
func PeerUser(conn syscall.Conn) (uid uint32, err error) {
	peer, err := Peer(conn)
	return peer.Uid, err
}

// Peer returns who made the other end of a connected Unix socket, user and group by
// effective ids; SO_PEERCRED of unix(7).
func Peer(conn syscall.Conn) (unix.Ucred, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return unix.Ucred{}, fmt.Errorf("peer of a socket: %w", err)
	}
	var peer *unix.Ucred
	var failed error
	err = raw.Control(func(fd uintptr) {
		peer, failed = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err = errors.Join(err, failed); err != nil {
		return unix.Ucred{}, fmt.Errorf("peer of a socket: %w", err)
	}
	return *peer, nil
}
