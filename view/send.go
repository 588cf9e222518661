package view

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/internal/sys"
)

// sendByName makes a sendto, sendmsg or sendmmsg if the name of a Unix socket in
// it leads into a mount.
func (v *View) sendByName(c *intercept.Call, call string, args abi.Args) intercept.Verdict {
	letters, flags := lettersOf(c, call, args)
	apart := false
	for _, l := range letters {
		r, _, _ := v.addressee(c, &l)
		apart = apart || r.Apart
	}
	if !apart {
		return intercept.Run
	}
	return v.sendFirst(c, call, args, &letters[0], flags, func() (unix.Sockaddr, abi.Errno) { return v.addressOf(c, &letters[0]) })
}

// Send makes a sendto, sendmsg or sendmmsg with such arguments, for the thread that
// makes c, of which the first message goes to the socket that this process knows as
// to, or, if that is nil, to its peer.
func (v *View) Send(c *intercept.Call, call string, args abi.Args, to unix.Sockaddr) intercept.Verdict {
	letters, flags := lettersOf(c, call, args)
	if len(letters) == 0 {
		return intercept.Run // the kernel says why
	}
	return v.sendFirst(c, call, args, &letters[0], flags, func() (unix.Sockaddr, abi.Errno) { return to, 0 })
}

// lettersOf reads what a sendto, sendmsg or sendmmsg sends, as far as it can be read.
func lettersOf(c *intercept.Call, call string, args abi.Args) (letters []letter, flags int) {
	const maxLetters = 1024 // UIO_MAXIOV of linux/uio.h
	switch call {
	case "sendto":
		return []letter{{name: args.Addr(4), nameSize: args.Int32(5), data: span{args.Addr(1), args[2]}}}, int(args.Int32(3))
	case "sendmsg":
		return readLetters(c, args.Addr(1), 1, 0), int(args.Int32(2))
	}
	return readLetters(c, args.Addr(1), int(min(uint32(args[2]), maxLetters)), c.Arch.PointerSize()), int(args.Int32(3))
}

// sendFirst sends the first letter of a call: that no more were sent is one of
// sendmmsg's results.
func (v *View) sendFirst(c *intercept.Call, call string, args abi.Args, l *letter, flags int, to func() (unix.Sockaddr, abi.Errno)) intercept.Verdict {
	n, e := v.send(c, args.Int32(0), l, flags, to)
	switch {
	case e != 0:
		return intercept.Fail(e)
	case call != "sendmmsg":
		return intercept.Skip(int64(n))
	}
	length := binary.LittleEndian.AppendUint32(nil, uint32(n))
	if _, err := c.Memory().WriteAt(length, args.Addr(1)+abi.Addr(headerSize(c))); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	return intercept.Skip(1)
}

// addressee finds whom a letter is for. It is named if that is a path.
func (v *View) addressee(c *intercept.Call, l *letter) (r ref, named bool, e abi.Errno) {
	name, named := unixName(c, l.name, l.nameSize)
	if named {
		r, e = v.socketOf(c, name)
	}
	return r, named, e
}

// send sends a letter from a descriptor of the guest's, to what address says. The
// error says that it is not sent.
func (v *View) send(c *intercept.Call, fd int32, l *letter, flags int, address func() (unix.Sockaddr, abi.Errno)) (int, abi.Errno) {
	own, e := copyFD(c.Thread, fd)
	if e != 0 {
		return 0, e
	}
	defer unix.Close(own)
	room, err := unix.GetsockoptInt(own, unix.SOL_SOCKET, unix.SO_SNDBUF)
	if err != nil {
		return 0, errnoOf(err) // it is no socket
	}
	text, e := l.readText(c, room)
	if e != 0 {
		return 0, e
	}
	with, e := l.readControl(c)
	defer func() {
		for _, fd := range with.fds {
			unix.Close(fd)
		}
	}()
	if e != 0 {
		return 0, e
	}
	control, e := v.controlOf(c.Thread, &with)
	if e != 0 {
		return 0, e
	}
	restore, _, e := v.become(c.Thread, false, false)
	if e != 0 {
		return 0, e
	}
	defer restore()
	to, e := address()
	if e != 0 {
		return 0, e
	}
	return post(c, own, text, control, to, flags)
}

// addressOf returns the address that a letter has for this process, or nil.
func (v *View) addressOf(c *intercept.Call, l *letter) (unix.Sockaddr, abi.Errno) {
	r, named, e := v.addressee(c, l)
	switch {
	case e != 0:
		return nil, e
	case named && !r.unknown:
		path, err := v.socketPath(r)
		if err != nil {
			return nil, errnoOf(err)
		}
		return &unix.SockaddrUnix{Name: path}, 0
	case l.name == 0 || l.nameSize <= familySize:
		return nil, 0
	}
	// Beside a letter to a path there can only be one to an abstract name.
	b := make([]byte, min(l.nameSize, addressSize))
	if _, err := c.Memory().ReadAt(b, l.name); err != nil {
		return nil, abi.EFAULT
	}
	return &unix.SockaddrUnix{Name: "@" + string(b[familySize+1:])}, 0
}

// controlOf returns the control messages that t's letter needs here. Privileged,
// this process can say who the sender is.
func (v *View) controlOf(t *guest.Thread, with *enclosed) ([]byte, abi.Errno) {
	var control []byte
	if len(with.fds) > 0 {
		control = unix.UnixRights(with.fds...)
	}
	who, err := v.identityOf(t)
	if err != nil {
		return nil, abi.ESRCH
	}
	pid, claimed := int32(t.Process().ID), with.credentials
	if claimed == nil {
		claimed = &unix.Ucred{Pid: pid, Uid: who.real, Gid: who.realGid}
	}
	its := claimed.Pid == pid && (claimed.Uid == who.real || claimed.Uid == who.uid) && (claimed.Gid == who.realGid || claimed.Gid == who.gid)
	if !its && who.uid != 0 {
		return nil, abi.EPERM
	}
	if v.privileged && sys.HasCapability(unix.CAP_SYS_ADMIN) {
		control = append(control, unix.UnixCredentials(claimed)...)
	}
	return control, 0
}

// post sends a message, and waits for room with the receiver as the socket and
// the flags say, until a signal comes for the guest.
func post(c *intercept.Call, own int, text, control []byte, to unix.Sockaddr, flags int) (int, abi.Errno) {
	const interval = 2 * time.Millisecond
	status, err := unix.FcntlInt(uintptr(own), unix.F_GETFL, 0)
	waits := err == nil && status&unix.O_NONBLOCK == 0 && flags&unix.MSG_DONTWAIT == 0
	limit, err := unix.GetsockoptTimeval(own, unix.SOL_SOCKET, unix.SO_SNDTIMEO)
	if err != nil {
		return 0, errnoOf(err)
	}
	for began := time.Now(); ; time.Sleep(interval) {
		if !c.Alive() {
			return 0, abi.ESRCH // nobody is there any more
		}
		n, err := unix.SendmsgN(own, text, control, to, flags|unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		late := limit.Nano() > 0 && time.Since(began) >= time.Duration(limit.Nano())
		switch {
		case err == nil:
			return n, 0
		case err != unix.EAGAIN || !waits || late:
			return 0, errnoOf(err)
		case c.Thread.Signalled():
			return 0, abi.ERESTARTSYS
		}
		c.Leave()
	}
}
