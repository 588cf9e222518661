package decode

import (
	"penumbra/abi"
)

// Levels of socket options (linux/socket.h) whose options have names here.
var optionSets = map[int32]string{0: "ip", 1: "so", 6: "tcp", 17: "udp", 41: "ipv6", 263: "packet", 270: "netlink_option"}

// optionName writes a socket option as its level names it.
func (d *Decoder) optionName(i int) {
	d.Out.Arg(d.args[i].Name)
	set := abi.FlagSetOf(optionSets[d.call.Args.Int32(1)])
	if set == nil {
		d.Out.Int(int64(d.call.Args.Int32(i)))
		return
	}
	d.Out.Flags(set, uint64(uint32(d.call.Args[i])), d.call.Arch)
}

// setOptionArg writes the option of setsockopt(2) and its value.
func setOptionArg(d *Decoder, _ *Saved, i int) bool {
	switch i {
	case 2:
		d.optionName(i)
	case 3:
		d.Out.Arg(d.args[i].Name)
		d.optionValue(d.call.Args.Addr(i), d.call.Args.Int32(4), true)
	default:
		return false
	}
	return true
}

// getOptionArg writes the option of getsockopt(2), the value that the call has
// filled in, and its length before and after.
func getOptionArg(d *Decoder, s *Saved, i int) bool {
	switch i {
	case 2:
		d.optionName(i)
	case 3:
		d.Out.Arg(d.args[i].Name)
		at := d.call.Args.Addr(i)
		n, ok := d.word(d.call.Args.Addr(4), 4)
		if !ok || d.failed() {
			d.address(uint64(at))
			return true
		}
		d.optionValue(at, int32(n), false)
	case 4:
		d.Out.Arg(d.args[i].Name)
		d.lengthAt(d.call.Args.Addr(i), s.was)
	default:
		return false
	}
	return true
}

// Options of SOL_SOCKET whose values are structures or text.
const (
	soLinger, soPeercred, soBindToDevice, soAttachFilter = 13, 17, 25, 26
)

func optionOf(d *Decoder) option { return option{d.call.Args.Int32(1), d.call.Args.Int32(2)} }

// optionValue writes the value of a socket option, n bytes long.
func (d *Decoder) optionValue(at abi.Addr, n int32, set bool) {
	const intSize = 4
	socket, option := d.call.Args.Int32(1) == 1, d.call.Args.Int32(2)
	switch {
	case at == 0:
		d.Out.Word("NULL")
	case d.membership(optionOf(d), at, n):
	case socket && option == soLinger && n >= 8:
		d.structAt(at, abi.LayoutOf("linger"))
	case socket && option == soPeercred && n >= 12:
		d.structAt(at, abi.LayoutOf("ucred"))
	case socket && option == soAttachFilter:
		d.structAt(at, abi.LayoutOf("sock_fprog"))
	case socket && option == soBindToDevice && n > 0:
		d.buffer(at, uint64(n))
	case n == intSize:
		v, ok := d.word(at, intSize)
		if !ok {
			d.Out.Hex(uint64(at))
			return
		}
		d.Out.List()
		d.Out.Item()
		d.Out.Int(int64(int32(v)))
		d.Out.EndList()
	case n < 0 || n < intSize && set:
		d.Out.Hex(uint64(at))
	default:
		d.buffer(at, uint64(n))
	}
}
