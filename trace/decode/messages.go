package decode

import (
	"encoding/binary"

	"penumbra/abi"
)

var (
	msghdrLayout  = abi.LayoutOf("msghdr")
	mmsghdrLayout = abi.LayoutOf("mmsghdr")
	cmsghdrLayout = abi.LayoutOf("cmsghdr")
	cmsgFlags     = abi.FlagSetOf("scm")
)

// keepNameLength remembers how much room a message has for its sender's
// address.
func keepNameLength(d *Decoder, s *Saved) {
	f := msghdrLayout.Field("msg_namelen")
	if v, ok := d.word(d.call.Args.Addr(1)+abi.Addr(f.Offset(d.call.Arch)), 4); ok {
		s.was = v
	}
}

// messageArg writes the message of sendmsg(2) and recvmsg(2).
func messageArg(d *Decoder, s *Saved, i int) bool {
	if i != 1 {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	at := d.call.Args.Addr(i)
	b := d.read(at, msghdrLayout.Size(d.call.Arch))
	if b == nil {
		d.address(uint64(at))
		return true
	}
	if d.args[i].Dir == abi.In {
		d.message(b, ^uint64(0), ^uint64(0))
		return true
	}
	if d.failed() {
		d.Out.Record()
		d.int("msg_namelen", s.was)
		d.Out.EndRecord()
		return true
	}
	d.message(b, uint64(d.call.Value), s.was)
	return true
}

// message writes a msghdr, of whose buffers so many bytes are filled. room is
// what there was for a name, if the kernel has changed that.
func (d *Decoder) message(b []byte, filled, room uint64) {
	a := d.call.Arch
	get := func(name string) uint64 { return msghdrLayout.Field(name).Get(a, b) }
	length := get("msg_namelen")
	d.Out.Record()
	d.Out.Field("msg_name")
	d.sockaddrAt(abi.Addr(get("msg_name")), int64(int32(length)))
	d.Out.Field("msg_namelen")
	if uint32(room) != ^uint32(0) && uint32(room) != uint32(length) {
		d.Out.Int(int64(int32(room)))
		d.Out.Becomes()
	}
	d.Out.Int(int64(int32(length)))
	d.Out.Field("msg_iov")
	if at := get("msg_iov"); at == 0 {
		d.Out.Word("NULL")
	} else {
		d.vectorsOf(abi.Addr(at), get("msg_iovlen"), filled, d.packet)
	}
	d.Out.Field("msg_iovlen")
	d.Out.Uint(get("msg_iovlen"))
	size := get("msg_controllen")
	if size != 0 {
		d.Out.Field("msg_control")
		d.control(abi.Addr(get("msg_control")), size)
	}
	d.Out.Field("msg_controllen")
	d.Out.Uint(size)
	d.field(msghdrLayout.Field("msg_flags"), b)
	d.Out.EndRecord()
}

// control writes the control messages in size bytes of memory (cmsg(3)).
func (d *Decoder) control(at abi.Addr, size uint64) {
	const most = 4096
	a := d.call.Arch
	head, align := cmsghdrLayout.Size(a), a.PointerSize()
	b := d.read(at, int(min(size, most)))
	if len(b) < head {
		d.address(uint64(at))
		return
	}
	d.Out.List()
	for len(b) >= head {
		n := cmsghdrLayout.Field("cmsg_len").Get(a, b)
		if n < uint64(head) {
			break
		}
		d.Out.Item()
		d.controlMessage(b[:min(n, uint64(len(b)))], n)
		b = b[min((n+uint64(align)-1)&^uint64(align-1), uint64(len(b))):]
	}
	d.Out.EndList()
}

func (d *Decoder) controlMessage(b []byte, n uint64) {
	const socket = 1 // SOL_SOCKET
	a := d.call.Arch
	level, kind := cmsghdrLayout.Field("cmsg_level").Get(a, b), cmsghdrLayout.Field("cmsg_type").Get(a, b)
	d.Out.Record()
	d.Out.Field("cmsg_len")
	d.Out.Uint(n)
	d.field(cmsghdrLayout.Field("cmsg_level"), b)
	d.Out.Field("cmsg_type")
	if uint32(level) == socket {
		d.Out.Flags(cmsgFlags, kind, a)
	} else {
		d.Out.Hex(kind)
	}
	if data := b[cmsghdrLayout.Size(a):]; len(data) > 0 {
		d.Out.Field("cmsg_data")
		d.controlData(uint32(level) == socket, uint32(kind), data)
	}
	d.Out.EndRecord()
}

func (d *Decoder) controlData(socket bool, kind uint32, data []byte) {
	const rights, credentials = 1, 2 // SCM_RIGHTS, SCM_CREDENTIALS
	switch {
	case socket && kind == rights && len(data) >= 4:
		d.Out.List()
		for ; len(data) >= 4; data = data[4:] {
			d.Out.Item()
			d.fd(int32(binary.LittleEndian.Uint32(data)))
		}
		d.Out.EndList()
	case socket && kind == credentials && len(data) >= 12:
		d.element(abi.LayoutOf("ucred"), data[:12])
	default:
		d.Out.String(data[:min(len(data), d.Limit)], len(data) > d.Limit)
	}
}

// messagesArg writes the messages of sendmmsg(2) and recvmmsg(2). How long
// each was the kernel says.
func messagesArg(d *Decoder, _ *Saved, i int) bool {
	if i != 1 {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	a, at := d.call.Arch, d.call.Args.Addr(1)
	receives := d.call.Syscall.Name[0] == 'r'
	there := int64(uint32(d.call.Args[2]))
	if receives {
		there = min(there, max(d.call.Value, 0))
	}
	n := int(d.shown(uint64(there)))
	size := mmsghdrLayout.Size(a)
	b := d.read(at, n*size)
	if at == 0 || b == nil || receives && d.failed() {
		d.address(uint64(at))
		return true
	}
	length := mmsghdrLayout.Field("msg_len")
	d.Out.List()
	for k := range n {
		m := b[k*size : (k+1)*size]
		filled := ^uint64(0)
		if receives {
			filled = length.Get(a, m)
		}
		d.Out.Item()
		d.Out.Record()
		d.Out.Field("msg_hdr")
		d.message(m, filled, ^uint64(0))
		if int64(k) < d.call.Value {
			d.field(length, m)
		}
		d.Out.EndRecord()
	}
	if int64(n) < there {
		d.Out.Item()
		d.Out.More()
	}
	d.Out.EndList()
	return true
}
