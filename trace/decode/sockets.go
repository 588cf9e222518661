package decode

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"net"
	"net/netip"
	"strconv"

	"penumbra/abi"
)

// Families of linux/socket.h that have a form of their own here.
const (
	afUnix, afInet, afInet6, afNetlink, afPacket, afAlg, afVsock = 1, 2, 10, 16, 17, 38, 40
)

func socketCalls() map[string]special {
	answersAddress := special{enter: keepLength(2), arg: addressWithLength(1, 2)}
	return map[string]special{
		"socket":          {arg: protocolArg},
		"bind":            {arg: addressArg},
		"connect":         {arg: addressArg},
		"accept":          answersAddress,
		"accept4":         answersAddress,
		"getsockname":     answersAddress,
		"getpeername":     answersAddress,
		"sendto":          {arg: addressArg, values: map[int]valueWriter{1: packetValue}},
		"recvfrom":        {enter: keepLength(5), arg: addressWithLength(4, 5), values: map[int]valueWriter{1: packetValue}},
		"sendmsg":         {arg: messageArg},
		"recvmsg":         {enter: keepNameLength, arg: messageArg},
		"sendmmsg":        {arg: messagesArg, late: 1},
		"recvmmsg":        {arg: messagesArg},
		"recvmmsg_time64": {arg: messagesArg},
		"setsockopt":      {arg: setOptionArg},
		"getsockopt":      {enter: keepLength(4), arg: getOptionArg},
	}
}

var (
	algLayout = abi.LayoutOf("sockaddr_alg")
	vsockCIDs = abi.FlagSetOf("vmaddr_cid")
)

// packetValue writes the data of sendto(2) and recvfrom(2).
func packetValue(d *Decoder, i int) {
	n, ok := d.length(i)
	if at := d.call.Args.Addr(i); ok && at != 0 && !(d.failed() && d.args[i].Dir == abi.Out) {
		d.packet(at, n)
		return
	}
	d.value(i)
}

// protocolArg writes the protocol as the family names it.
func protocolArg(d *Decoder, _ *Saved, i int) bool {
	if i != 2 {
		return false
	}
	set := ""
	switch d.call.Args.Int32(0) {
	case afPacket:
		d.Out.Arg(d.args[i].Name)
		d.etherType(bits.ReverseBytes16(uint16(d.call.Args[i])))
		return true
	case afInet, afInet6:
		set = "ipproto"
	case afNetlink:
		set = "netlink"
	}
	if set == "" {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	d.Out.Flags(abi.FlagSetOf(set), uint64(uint32(d.call.Args[i])), d.call.Arch)
	return true
}

// addressArg writes an address that the guest gives with its length.
func addressArg(d *Decoder, _ *Saved, i int) bool {
	if d.args[i].Kind != abi.KindSockaddr {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	d.sockaddrAt(d.call.Args.Addr(i), int64(d.call.Args.Int32(d.args[i].Len)))
	return true
}

// sockaddrAt writes the address of n bytes that lies in memory.
func (d *Decoder) sockaddrAt(at abi.Addr, n int64) {
	const least, most = 2, 128 // a family; struct sockaddr_storage
	if at == 0 {
		d.Out.Word("NULL")
		return
	}
	if n < least {
		d.Out.Hex(uint64(at))
		return
	}
	var own [most]byte
	b := own[:min(n, most)]
	if k, err := d.memory.ReadAt(b, at); err != nil || k < len(b) {
		d.Out.Hex(uint64(at))
		return
	}
	d.sockaddr(b)
}

// keepLength remembers the length that argument i points to, which the call
// changes.
func keepLength(i int) func(*Decoder, *Saved) {
	return func(d *Decoder, s *Saved) {
		if v, ok := d.word(d.call.Args.Addr(i), 4); ok {
			s.was = v
		}
	}
}

// addressWithLength writes an address that the call has filled in and then its
// length, before and after.
func addressWithLength(address, length int) func(*Decoder, *Saved, int) bool {
	return func(d *Decoder, s *Saved, i int) bool {
		switch i {
		case address:
			d.Out.Arg(d.args[i].Name)
			at := d.call.Args.Addr(i)
			n, ok := d.word(d.call.Args.Addr(length), 4)
			if at != 0 && (d.failed() || !ok) {
				d.Out.Hex(uint64(at))
				return true
			}
			d.sockaddrAt(at, int64(min(uint32(n), uint32(s.was))))
		case length:
			d.Out.Arg(d.args[i].Name)
			d.lengthAt(d.call.Args.Addr(i), s.was)
		default:
			return false
		}
		return true
	}
}

// lengthAt writes a length in memory, with what it was if that differs.
func (d *Decoder) lengthAt(at abi.Addr, was uint64) {
	n, ok := d.word(at, 4)
	if !ok {
		d.address(uint64(at))
		return
	}
	d.Out.List()
	d.Out.Item()
	d.Out.Int(int64(int32(was)))
	if !d.failed() && uint32(n) != uint32(was) {
		d.Out.Becomes()
		d.Out.Int(int64(int32(n)))
	}
	d.Out.EndList()
}

// sockaddr writes a socket's address.
func (d *Decoder) sockaddr(b []byte) {
	family := binary.LittleEndian.Uint16(b)
	d.Out.Record()
	d.Out.Field("sa_family")
	d.Out.Flags(abi.FlagSetOf("family"), uint64(family), d.call.Arch)
	switch {
	case len(b) == 2:
	case family == afUnix:
		d.Out.Field("sun_path")
		d.unixPath(b[2:])
	case family == afInet && len(b) >= 8:
		d.port("sin_port", b[2:4])
		d.Out.Field("sin_addr")
		d.inetAddress(b[4:8])
	case family == afInet6 && len(b) >= 24:
		d.inet6(b)
	case family == afNetlink && len(b) >= 12:
		d.Out.Field("nl_pid")
		d.Out.Int(int64(int32(binary.LittleEndian.Uint32(b[4:8]))))
		d.Out.Field("nl_groups")
		d.Out.Word(fmt.Sprintf("%08x", binary.LittleEndian.Uint32(b[8:12])))
	case family == afPacket && len(b) >= 20:
		d.packetAddress(b)
	case family == afVsock && len(b) >= 16:
		d.Out.Field("svm_cid")
		d.Out.Flags(vsockCIDs, uint64(binary.LittleEndian.Uint32(b[8:12])), d.call.Arch)
		d.Out.Field("svm_port")
		d.Out.Hex(uint64(binary.LittleEndian.Uint32(b[4:8])))
		d.Out.Field("svm_flags")
		d.Out.Hex(uint64(b[12]))
	case family == afAlg && len(b) >= algLayout.Size(d.call.Arch):
		d.fields(algLayout, b, "salg_type", "salg_feat", "salg_mask", "salg_name")
	default:
		d.Out.Field("sa_data")
		d.Out.String(b[2:], false)
	}
	d.Out.EndRecord()
}

func (d *Decoder) inet6(b []byte) {
	d.port("sin6_port", b[2:4])
	d.Out.Field("sin6_flowinfo")
	d.converted("htonl", uint64(binary.BigEndian.Uint32(b[4:8])))
	addr, _ := netip.AddrFromSlice(b[8:24])
	d.Out.Pointed("sin6_addr", "inet_pton(AF_INET6, "+strconv.Quote(addr.String())+", &", ")", addr.String())
	if len(b) < 28 {
		return
	}
	scope := binary.LittleEndian.Uint32(b[24:28])
	d.Out.Field("sin6_scope_id")
	if addr.IsLinkLocalUnicast() || addr.IsLinkLocalMulticast() {
		d.interfaceIndex(scope)
		return
	}
	d.Out.Uint(uint64(scope))
}

// packetAddress writes an address of packet(7).
func (d *Decoder) packetAddress(b []byte) {
	d.Out.Field("sll_protocol")
	d.etherType(binary.BigEndian.Uint16(b[2:4]))
	d.Out.Field("sll_ifindex")
	d.interfaceIndex(binary.LittleEndian.Uint32(b[4:8]))
	d.Out.Field("sll_hatype")
	d.Out.Flags(abi.FlagSetOf("arphrd"), uint64(binary.LittleEndian.Uint16(b[8:10])), d.call.Arch)
	d.Out.Field("sll_pkttype")
	d.Out.Flags(abi.FlagSetOf("packet_type"), uint64(b[10]), d.call.Arch)
	d.Out.Field("sll_halen")
	d.Out.Uint(uint64(b[11]))
	if n := int(b[11]); n > 0 && len(b) >= 12+n {
		d.Out.Field("sll_addr")
		d.Out.List()
		for _, c := range b[12 : 12+n] {
			d.Out.Item()
			if c == 0 {
				d.Out.Number("00", 0)
			} else {
				d.Out.Hex(uint64(c))
			}
		}
		d.Out.EndList()
	}
}

// interfaceIndex writes a network interface by the name that it has here.
func (d *Decoder) interfaceIndex(index uint32) {
	if i, err := net.InterfaceByIndex(int(index)); index != 0 && err == nil {
		d.Out.Number("if_nametoindex("+strconv.Quote(i.Name)+")", uint64(index))
		return
	}
	d.Out.Uint(uint64(index))
}

func (d *Decoder) port(name string, b []byte) {
	d.Out.Field(name)
	d.converted("htons", uint64(binary.BigEndian.Uint16(b)))
}

// converted writes a number that the guest has in network byte order.
func (d *Decoder) converted(function string, v uint64) {
	d.Out.Number(function+"("+decimal(v)+")", v)
}

var etherTypes = abi.FlagSetOf("ethertype")

// etherType writes a protocol of Ethernet.
func (d *Decoder) etherType(v uint16) {
	d.Out.Text("htons("+etherTypes.Format(uint64(v), d.call.Arch)+")", etherTypes.Format(uint64(v), d.call.Arch))
}

// unixPath writes the name of a Unix socket; one that begins with NUL is
// abstract and has no end but the address's (unix(7)).
func (d *Decoder) unixPath(b []byte) {
	if b[0] == 0 {
		d.Out.Abstract(b[1:])
		return
	}
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	d.Out.String(b, false)
}
