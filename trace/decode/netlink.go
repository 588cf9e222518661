package decode

import (
	"encoding/binary"
	"strings"

	"penumbra/abi"
)

var (
	nlmsghdrLayout = abi.LayoutOf("nlmsghdr")
	netlinkTypes   = abi.FlagSetOf("nlmsg_type")
	routeTypes     = abi.FlagSetOf("rtm_type")
)

const (
	nlmsgHead     = 16 // bytes of a header
	nlmsgError    = 2
	nlmsgDone     = 3
	nlmsgFirst    = 16    // of the types that a subsystem defines
	nlmsgCapped   = 0x100 // NLM_F_CAPPED: an error shows the header alone
	nlmsgMost     = 1 << 16
	genericCtrlID = 16 // GENL_ID_CTRL
)

// packet writes what is sent or received by descriptor 0's socket: n bytes, as
// messages of netlink(7) if that is what the socket speaks.
func (d *Decoder) packet(at abi.Addr, n uint64) {
	if subsystem, ok := d.speaksNetlink(at, n); ok {
		if b := d.read(at, int(min(n, nlmsgMost))); b != nil {
			d.netlinkMessages(b, subsystem)
			return
		}
	}
	d.buffer(at, n)
}

// speaksNetlink returns the subsystem of netlink that the call's socket speaks
// to: "" if it is not bound yet, and nobody knows. What cannot be a message is
// told from one by its length, before the socket is looked at.
func (d *Decoder) speaksNetlink(at abi.Addr, n uint64) (subsystem string, ok bool) {
	length, readable := d.word(at, 4)
	if n < nlmsgHead || !readable || length >= nlmsgMost {
		return "", false
	}
	file := d.files.Describe(d.call.Thread, int(d.call.Args.Int32(0)))
	if file == nil || file.Socket == nil || file.Socket.Protocol != "NETLINK" {
		return "", false
	}
	subsystem, _, bound := strings.Cut(file.Socket.Ends, ":")
	if !bound {
		subsystem = ""
	}
	return subsystem, true
}

// netlinkMessages writes one message, or a list of several.
func (d *Decoder) netlinkMessages(b []byte, subsystem string) {
	n := int(binary.NativeEndian.Uint32(b))
	if aligned := (n + 3) &^ 3; n < nlmsgHead || aligned+nlmsgHead > len(b) {
		d.netlinkMessage(b, subsystem)
		return
	}
	d.Out.List()
	for k := 0; len(b) >= nlmsgHead; k++ {
		d.Out.Item()
		if k >= d.Limit {
			d.Out.More()
			break
		}
		n := int(binary.NativeEndian.Uint32(b))
		d.netlinkMessage(b[:min(max(n, nlmsgHead), len(b))], subsystem)
		if n < nlmsgHead {
			break
		}
		b = b[min((n+3)&^3, len(b)):]
	}
	d.Out.EndList()
}

// netlinkMessage writes the message in b: its header, and if there is more than
// that a list of it and what follows.
func (d *Decoder) netlinkMessage(b []byte, subsystem string) {
	a := d.call.Arch
	get := func(name string) uint64 { return nlmsghdrLayout.Field(name).Get(a, b) }
	length, kind, flags := get("nlmsg_len"), get("nlmsg_type"), get("nlmsg_flags")
	payload := b[nlmsgHead:max(nlmsgHead, min(int(length), len(b)))]
	if len(payload) > 0 {
		d.Out.List()
		d.Out.Item()
	}
	d.Out.Record()
	d.field(nlmsghdrLayout.Field("nlmsg_len"), b)
	d.Out.Field("nlmsg_type")
	d.netlinkType(kind, subsystem)
	d.Out.Field("nlmsg_flags")
	d.Out.Flags(netlinkFlags(kind, subsystem), flags, a)
	d.field(nlmsghdrLayout.Field("nlmsg_seq"), b)
	d.field(nlmsghdrLayout.Field("nlmsg_pid"), b)
	d.Out.EndRecord()
	if len(payload) == 0 {
		return
	}
	d.Out.Item()
	switch {
	case kind == nlmsgError && len(payload) >= 4:
		d.netlinkError(payload, flags, subsystem)
	case kind == nlmsgDone && len(payload) >= 4:
		d.Out.Int(int64(int32(binary.NativeEndian.Uint32(payload))))
	case kind >= nlmsgFirst && subsystem == "ROUTE":
		d.routeMessage(kind, payload)
	default:
		d.bytes(payload)
	}
	d.Out.EndList()
}

// bytes writes what has no other form.
func (d *Decoder) bytes(b []byte) { d.Out.Bytes(b[:min(len(b), d.Limit)], len(b) > d.Limit) }

func (d *Decoder) netlinkType(kind uint64, subsystem string) {
	switch {
	case kind < nlmsgFirst || subsystem != "ROUTE" && subsystem != "GENERIC":
		d.Out.Flags(netlinkTypes, kind, d.call.Arch)
	case subsystem == "ROUTE":
		d.Out.Flags(routeTypes, kind, d.call.Arch)
	case kind == genericCtrlID:
		d.Out.Word("nlctrl")
	default:
		d.Out.Hex(kind)
	}
}

// Which flags a message has depends on what it asks for; the types of rtnetlink
// repeat in fours.
var netlinkFlagSets = struct{ plain, ack, add, remove, get *abi.FlagSet }{
	abi.FlagSetOf("nlm_flags"), abi.FlagSetOf("nlm_ack"), abi.FlagSetOf("nlm_new"), abi.FlagSetOf("nlm_delete"), abi.FlagSetOf("nlm_get"),
}

func netlinkFlags(kind uint64, subsystem string) *abi.FlagSet {
	sets := &netlinkFlagSets
	switch {
	case kind == nlmsgError:
		return sets.ack
	case kind < nlmsgFirst || subsystem != "ROUTE":
		return sets.plain
	}
	return []*abi.FlagSet{sets.add, sets.remove, sets.get, sets.plain}[kind%4]
}

// netlinkError writes a struct nlmsgerr.
func (d *Decoder) netlinkError(b []byte, flags uint64, subsystem string) {
	message := b[4:]
	rest := message
	if len(message) >= nlmsgHead {
		n := int(binary.NativeEndian.Uint32(message))
		if flags&nlmsgCapped != 0 {
			n = nlmsgHead
		}
		n = min(max(n, nlmsgHead), len(message))
		message, rest = message[:n], message[n:]
	} else {
		message = nil
	}
	if len(rest) > 0 {
		d.Out.List()
		d.Out.Item()
	}
	d.Out.Record()
	d.Out.Field("error")
	if e := int32(binary.NativeEndian.Uint32(b)); e < 0 {
		d.Out.Word("-" + abi.Errno(-e).Name())
	} else {
		d.Out.Int(int64(e))
	}
	if message != nil {
		d.Out.Field("msg")
		d.netlinkMessage(message, subsystem)
	}
	d.Out.EndRecord()
	if len(rest) > 0 {
		d.Out.Item()
		d.bytes(rest)
		d.Out.EndList()
	}
}

// routeBodies are the structures that follow the header of rtnetlink(7), by
// what the name of a type ends in.
var routeBodies = map[string]*abi.Layout{
	"LINK": abi.LayoutOf("ifinfomsg"), "ADDR": abi.LayoutOf("ifaddrmsg"), "ROUTE": abi.LayoutOf("rtmsg"),
}

// routeMessage writes the structure of a message of rtnetlink(7). Attributes
// follow it, which are left out.
func (d *Decoder) routeMessage(kind uint64, b []byte) {
	name := routeTypes.Format(kind, d.call.Arch)
	body := routeBodies[name[min(len("RTM_NEW"), len(name)):]]
	if body == nil {
		d.Out.Record()
		d.Out.Field("family")
		d.Out.Flags(familyFlags, uint64(b[0]), d.call.Arch)
		d.Out.EndRecord()
		d.leftOut(b[1:])
		return
	}
	size := body.Size(d.call.Arch)
	d.Out.Record()
	for f := range body.Fields(d.call.Arch) {
		switch {
		case strings.HasSuffix(f.Name, "_family"):
			d.field(f, b)
			if len(b) < size {
				d.Out.Rest()
				d.Out.EndRecord()
				return
			}
		case strings.HasSuffix(f.Name, "_index"):
			d.Out.Field(f.Name)
			d.interfaceIndex(uint32(f.Get(d.call.Arch, b)))
		default:
			d.field(f, b)
		}
	}
	d.Out.EndRecord()
	d.leftOut(b[size:])
}

func (d *Decoder) leftOut(b []byte) {
	if len(b) > 0 {
		d.Out.Item()
		d.Out.More()
	}
}

var familyFlags = abi.FlagSetOf("family")
