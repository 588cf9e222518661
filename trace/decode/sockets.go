package decode

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"penumbra/abi"
)

// sockaddrArg writes the address that argument i points to.
func (d *Decoder) sockaddrArg(i int, at abi.Addr) {
	n, ok := d.length(i)
	const most = 128 // struct sockaddr_storage
	b := d.read(at, int(min(n, most)))
	if !ok || len(b) < 2 {
		d.Out.Hex(uint64(at))
		return
	}
	d.sockaddr(b)
}

// Families of linux/socket.h that have a form of their own here.
const (
	afUnix, afInet, afInet6, afNetlink = 1, 2, 10, 16
)

// sockaddr writes a socket's address.
func (d *Decoder) sockaddr(b []byte) {
	family := binary.LittleEndian.Uint16(b)
	d.Out.Record()
	d.Out.Field("sa_family")
	d.Out.Flags(abi.FlagSetOf("family"), uint64(family), d.call.Arch)
	switch {
	case family == afUnix && len(b) > 2:
		d.Out.Field("sun_path")
		d.unixPath(b[2:])
	case family == afInet && len(b) >= 8:
		d.port("sin_port", b[2:4])
		d.Out.Field("sin_addr")
		addr, _ := netip.AddrFromSlice(b[4:8])
		d.Out.Word("inet_addr(\"" + addr.String() + "\")")
	case family == afInet6 && len(b) >= 28:
		d.port("sin6_port", b[2:4])
		d.Out.Field("sin6_flowinfo")
		d.Out.Word("htonl(" + decimal(uint64(binary.BigEndian.Uint32(b[4:8]))) + ")")
		addr, _ := netip.AddrFromSlice(b[8:24])
		d.Out.Field("sin6_addr")
		d.Out.Word("inet_pton(AF_INET6, \"" + addr.String() + "\")")
		d.Out.Field("sin6_scope_id")
		d.Out.Uint(uint64(binary.LittleEndian.Uint32(b[24:28])))
	case family == afNetlink && len(b) >= 12:
		d.Out.Field("nl_pid")
		d.Out.Int(int64(int32(binary.LittleEndian.Uint32(b[4:8]))))
		d.Out.Field("nl_groups")
		d.Out.Word(fixedHex(uint64(binary.LittleEndian.Uint32(b[8:12])), 8))
	case len(b) > 2:
		d.Out.Field("sa_data")
		d.Out.String(b[2:], false)
	}
	d.Out.EndRecord()
}

func (d *Decoder) port(name string, b []byte) {
	d.Out.Field(name)
	d.Out.Word("htons(" + decimal(uint64(binary.BigEndian.Uint16(b))) + ")")
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
