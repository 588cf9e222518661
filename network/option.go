package network

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/wire"
)

// own are the options of the guest's end: they say how calls with it behave.
var ownOptions = map[int]bool{
	unix.SO_RCVTIMEO: true, unix.SO_SNDTIMEO: true, unix.SO_RCVTIMEO_NEW: true, unix.SO_SNDTIMEO_NEW: true,
	unix.SO_RCVLOWAT: true, unix.SO_SNDLOWAT: true, unix.SO_PEEK_OFF: true,
	unix.SO_TIMESTAMP: true, unix.SO_TIMESTAMPNS: true, unix.SO_TIMESTAMP_NEW: true, unix.SO_TIMESTAMPNS_NEW: true,
}

// idleOptions are taken and have no effect: errors are told without them, at the
// next call.
var idleOptions = map[[2]int]bool{
	{unix.IPPROTO_IP, unix.IP_RECVERR}:     true,
	{unix.IPPROTO_IPV6, unix.IPV6_RECVERR}: true,
}

// levels are those of the options that sockets have.
var levels = map[int]bool{unix.SOL_SOCKET: true, unix.IPPROTO_IP: true, unix.IPPROTO_IPV6: true, unix.IPPROTO_TCP: true}

// getOption answers getsockopt(2).
func (n *Network) getOption(r *request) (intercept.Verdict, bool) {
	s, own := n.find(r)
	if own < 0 {
		return intercept.Run, false
	}
	defer unix.Close(own)
	level, name := int(r.args.Int32(1)), int(r.args.Int32(2))
	var value []byte
	var e abi.Errno
	if s == nil || s.native {
		if level != unix.SOL_SOCKET || name != unix.SO_PEERCRED {
			return intercept.Run, false
		}
		var known bool
		if value, known = n.peerCredentials(r, own); !known {
			return intercept.Run, false
		}
	} else {
		var here bool
		if value, here, e = s.option(r, own, level, name); here {
			return intercept.Run, true
		}
	}
	if e != 0 {
		return intercept.Fail(e), true
	}
	return tellOption(r, value), true
}

// tellOption gives the guest an option's value: as much as there is room for.
func tellOption(r *request, value []byte) intercept.Verdict {
	var size [4]byte
	at, sizeAt := r.args.Addr(3), r.args.Addr(4)
	if _, err := r.Memory().ReadAt(size[:], sizeAt); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	room := int32(binary.NativeEndian.Uint32(size[:]))
	if room < 0 {
		return intercept.Fail(abi.EINVAL)
	}
	value = value[:min(len(value), int(room))]
	binary.NativeEndian.PutUint32(size[:], uint32(len(value)))
	_, err1 := r.Memory().WriteAt(value, at)
	_, err2 := r.Memory().WriteAt(size[:], sizeAt)
	if err1 != nil && len(value) > 0 || err2 != nil {
		return intercept.Fail(abi.EFAULT)
	}
	return intercept.Skip(0)
}

// option returns an option's value; here says that the guest's end has it.
func (s *socket) option(r *request, own, level, name int) (value []byte, here bool, e abi.Errno) {
	number := func(v uint32) ([]byte, bool, abi.Errno) { return binary.NativeEndian.AppendUint32(nil, v), false, 0 }
	s.mu.Lock()
	listens := s.state == listening
	s.mu.Unlock()
	if level == unix.SOL_SOCKET {
		switch name {
		case unix.SO_ERROR:
			return number(uint32(s.pendingError(own)))
		case unix.SO_DOMAIN:
			return number(uint32(s.family.Linux()))
		case unix.SO_PROTOCOL:
			return number(s.protocol)
		case unix.SO_TYPE:
			return number(uint32(types[s.kind]))
		case unix.SO_ACCEPTCONN:
			if listens {
				return number(1)
			}
			return number(0)
		}
		if ownOptions[name] {
			return nil, true, 0
		}
	}
	if idleOptions[[2]int{level, name}] {
		return number(0)
	}
	o, ok := wire.OptionOf(level, name)
	switch {
	case !ok && !levels[level]:
		return nil, false, abi.EOPNOTSUPP
	case !ok:
		return nil, false, abi.ENOPROTOOPT
	}
	r.Leave()
	value, err := s.remote.Option(s.network.ctx, o)
	return value, false, errnoOf(err)
}

// pendingError returns what SO_ERROR has to say: what the shadow's socket has, or
// else the kernel of the guest's end.
func (s *socket) pendingError(own int) abi.Errno {
	kernels, _ := unix.GetsockoptInt(own, unix.SOL_SOCKET, unix.SO_ERROR)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.takeError(); e != 0 {
		s.reported = true
		return e
	}
	if s.reported {
		return 0 // the kernel's is about the same
	}
	return abi.Errno(kernels)
}

// setOption answers setsockopt(2).
func (s *socket) setOption(r *request, _ int) intercept.Verdict {
	if s.native {
		return intercept.Run
	}
	level, name := int(r.args.Int32(1)), int(r.args.Int32(2))
	if level == unix.SOL_SOCKET && ownOptions[name] {
		return intercept.Run
	}
	if idleOptions[[2]int{level, name}] {
		return intercept.Skip(0)
	}
	o, ok := wire.OptionOf(level, name)
	size := r.args.Int32(4)
	switch {
	case !ok:
		return intercept.Fail(abi.ENOPROTOOPT)
	case size < 0:
		return intercept.Fail(abi.EINVAL)
	}
	value := make([]byte, min(int(size), o.Info().Size))
	if _, err := r.Memory().ReadAt(value, r.args.Addr(3)); err != nil && len(value) > 0 {
		return intercept.Fail(abi.EFAULT)
	}
	r.Leave()
	if err := s.remote.SetOption(s.network.ctx, o, value); err != nil {
		return intercept.Fail(errnoOf(err))
	}
	return intercept.Skip(0)
}
