package network

import (
	"encoding/binary"
	"os"

	"golang.org/x/sys/unix"

	"penumbra/guest"
	"penumbra/shadow/wire"
)

// credentialsOf returns what the kernel tells a peer of t.
func credentialsOf(t *guest.Thread) unix.Ucred {
	cred := unix.Ucred{Pid: int32(t.Process().ID), Uid: uint32(os.Geteuid()), Gid: uint32(os.Getegid())}
	if st, err := guest.ReadStatus(t.ID()); err == nil {
		cred.Uid, cred.Gid = uint32(st.Effective), uint32(st.EffectiveGroup)
	}
	return cred
}

// peerCredentials returns what SO_PEERCRED says of a Unix socket's peer, if that is not
// what the kernel says: it names this process, which has connected the two; and the
// users of this machine are not always those that the guest is told of.
func (n *Network) peerCredentials(r *request, own int) ([]byte, bool) {
	cred, err := unix.GetsockoptUcred(own, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return nil, false
	}
	if int(cred.Pid) == os.Getpid() {
		peer := peerOf(own)
		l := &n.local
		l.mu.Lock()
		caller, known := l.callers[peer]
		stranger := l.ends[peer]
		l.mu.Unlock()
		switch {
		case stranger != nil:
			r.Leave()
			option, _ := wire.OptionOf(unix.SOL_SOCKET, unix.SO_PEERCRED)
			value, err := stranger.Option(n.ctx, option)
			return value, err == nil
		case known:
			cred = &caller
		}
	}
	if r.makes {
		n.asTheShadow(cred)
	}
	b := binary.NativeEndian.AppendUint32(nil, uint32(cred.Pid))
	b = binary.NativeEndian.AppendUint32(b, cred.Uid)
	return binary.NativeEndian.AppendUint32(b, cred.Gid), true
}

// asTheShadow has cred name the user whose the shadow is, if it names this process's:
// that is who the guest is told that it is itself.
func (n *Network) asTheShadow(cred *unix.Ucred) {
	if cred.Uid == uint32(os.Geteuid()) {
		cred.Uid = n.cfg.User.EUID
	}
	if cred.Gid == uint32(os.Getegid()) {
		cred.Gid = n.cfg.User.EGID
	}
}

// peerOf returns the inode of a connected Unix socket's peer, 0 if it has none or the
// kernel does not tell; sock_diag(7).
func peerOf(fd int) uint64 {
	const (
		byFamily = 20 // SOCK_DIAG_BY_FAMILY of linux/sock_diag.h
		showPeer = 4  // UDIAG_SHOW_PEER, and the attribute UNIX_DIAG_PEER, of linux/unix_diag.h
		diagPeer = 2
		head     = 16 // of a struct unix_diag_msg
	)
	link, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return 0
	}
	defer unix.Close(link)
	order := binary.NativeEndian
	const size = unix.SizeofNlMsghdr + 24
	q := order.AppendUint32(nil, size)
	q = order.AppendUint16(q, byFamily)
	q = order.AppendUint16(q, unix.NLM_F_REQUEST)
	q = append(q, make([]byte, 8)...)     // sequence, port
	q = append(q, unix.AF_UNIX, 0, 0, 0)  // family, protocol
	q = order.AppendUint32(q, ^uint32(0)) // whatever state
	q = order.AppendUint32(q, uint32(inodeOf(fd)))
	q = order.AppendUint32(q, showPeer)
	q = order.AppendUint64(q, ^uint64(0)) // no cookie
	if err := unix.Sendto(link, q, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return 0
	}
	b := make([]byte, 4096)
	got, _, err := unix.Recvfrom(link, b, unix.MSG_DONTWAIT)
	if err != nil || got < unix.SizeofNlMsghdr+head || order.Uint16(b[4:]) != byFamily {
		return 0
	}
	for a := b[unix.SizeofNlMsghdr+head : got]; len(a) >= unix.SizeofRtAttr; {
		n := int(order.Uint16(a))
		if n < unix.SizeofRtAttr || n > len(a) {
			return 0
		}
		if order.Uint16(a[2:]) == diagPeer && n >= unix.SizeofRtAttr+4 {
			return uint64(order.Uint32(a[unix.SizeofRtAttr:]))
		}
		a = a[min(len(a), (n+3)&^3):]
	}
	return 0
}
