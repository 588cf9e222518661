package decode

import (
	"penumbra/abi"
	"penumbra/guest"
)

// fd writes a descriptor.
func (d *Decoder) fd(fd int32) {
	var file *guest.File
	switch {
	case fd < 0 || d.Files == 0:
	case d.Files == 1:
		file = d.call.Thread.File(int(fd))
	default:
		file = d.files.Describe(d.call.Thread, int(fd))
	}
	d.Out.FD(int64(fd), file)
}

// dirFD writes a descriptor that a path may start from.
func (d *Decoder) dirFD(fd int32) {
	const cwd = -100 // AT_FDCWD
	switch {
	case fd != cwd:
		d.fd(fd)
	case d.Files > 0:
		d.Out.CWD(d.call.Thread.WorkingDirectory())
	default:
		d.Out.CWD(nil)
	}
}

// settled forgets what is known of a socket that the call may have given an
// address or a peer.
func (d *Decoder) settled() {
	if d.call.Syscall == nil || len(d.args) == 0 || d.call.Syscall.Class != abi.ClassNetwork || d.args[0].Kind != abi.KindFD {
		return
	}
	switch d.call.Syscall.Name {
	case "bind", "connect", "listen", "sendto", "sendmsg", "sendmmsg":
		d.files.Changed(d.call.Thread, int(d.call.Args.Int32(0)))
	}
}
