package decode

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"

	"penumbra/abi"
)

// An option is named by its level and number (linux/in.h, in6.h, if_packet.h).
type option struct{ level, number int32 }

// memberships are the options whose values say which group to join or leave,
// with the bytes that they have at least.
var memberships = map[option]struct {
	size  int32
	write func(d *Decoder, b []byte)
}{
	{0, 35}: {8, (*Decoder).ipGroup}, {0, 36}: {8, (*Decoder).ipGroup}, // IP_ADD_, IP_DROP_MEMBERSHIP
	{41, 20}: {20, (*Decoder).ipv6Group}, {41, 21}: {20, (*Decoder).ipv6Group}, // IPV6_JOIN_, IPV6_LEAVE_GROUP
	{263, 1}: {16, (*Decoder).packetGroup}, {263, 2}: {16, (*Decoder).packetGroup}, // PACKET_ADD_, PACKET_DROP_MEMBERSHIP
}

// membership writes the value of an option that joins or leaves a group, if it
// is one.
func (d *Decoder) membership(o option, at abi.Addr, n int32) bool {
	group, ok := memberships[o]
	if !ok || n < group.size {
		return false
	}
	b := d.read(at, int(group.size))
	if b == nil {
		return false
	}
	d.Out.Record()
	group.write(d, b)
	d.Out.EndRecord()
	return true
}

// inetAddress writes an address of IPv4.
func (d *Decoder) inetAddress(b []byte) {
	addr, _ := netip.AddrFromSlice(b)
	d.Out.Text("inet_addr(\""+addr.String()+"\")", addr.String())
}

// ipGroup writes the addresses that struct ip_mreq and ip_mreqn begin with.
func (d *Decoder) ipGroup(b []byte) {
	d.Out.Field("imr_multiaddr")
	d.inetAddress(b[:4])
	d.Out.Field("imr_interface")
	d.inetAddress(b[4:8])
}

// ipv6Group writes a struct ipv6_mreq.
func (d *Decoder) ipv6Group(b []byte) {
	addr, _ := netip.AddrFromSlice(b[:16])
	d.Out.Pointed("ipv6mr_multiaddr", "inet_pton(AF_INET6, "+strconv.Quote(addr.String())+", &", ")", addr.String())
	d.Out.Field("ipv6mr_interface")
	d.interfaceIndex(binary.LittleEndian.Uint32(b[16:]))
}

var packetGroups = abi.FlagSetOf("packet_mr")

// packetGroup writes a struct packet_mreq.
func (d *Decoder) packetGroup(b []byte) {
	const most = 8 // bytes of an address
	n := binary.LittleEndian.Uint16(b[6:])
	d.Out.Field("mr_ifindex")
	d.interfaceIndex(binary.LittleEndian.Uint32(b))
	d.Out.Field("mr_type")
	d.Out.Flags(packetGroups, uint64(binary.LittleEndian.Uint16(b[4:])), d.call.Arch)
	d.Out.Field("mr_alen")
	d.Out.Uint(uint64(n))
	d.Out.Field("mr_address")
	d.Out.Word(fmt.Sprintf("%x", b[8:8+min(n, most)]))
}
