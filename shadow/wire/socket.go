package wire

import (
	"net/netip"
	"strings"

	"penumbra/abi"
)

// Family is a family of socket addresses, as the protocol numbers it.
type Family uint8

const (
	FamilyNone Family = iota // of an address: there is none
	FamilyInet
	FamilyInet6
	FamilyUnix
	familyEnd
)

// SocketType is a type of sockets, as the protocol numbers it.
type SocketType uint8

const (
	SocketStream SocketType = 1 + iota
	SocketDatagram
	SocketSequence // SOCK_SEQPACKET
	socketTypeEnd
)

// Flags of shutdown.
const (
	ShutdownRead = 1 << iota
	ShutdownWrite
)

// CreditResend as the flag of credit asks for all records from the offset on once
// more.
const CreditResend = 1

const (
	// Window is how many bytes of a flow may be under way before its receiver has
	// said anything.
	Window = 256 << 10
	// MaxWindow is how many may be under way at most.
	MaxWindow = 4 << 20
	// RecordCost is how many bytes of a flow a record takes beside its data.
	RecordCost = 64
	// MaxUnixName is how long the name of a Unix socket may be; unix(7).
	MaxUnixName = 108
	// ShadowSocket is the lowest number of sockets that the shadow numbers: those
	// of connections that it has accepted.
	ShadowSocket = 1 << 31
)

// An Address is the name of a socket.
type Address struct {
	Family      Family
	IP          [16]byte // the first four of inet
	Port        uint16
	Flow, Scope uint32 // of inet6; ipv6(7)
	// Name is that of a Unix socket: a path, an abstract name that begins with
	// NUL, or nothing.
	Name string
}

// String returns a for people: that of an abstract name begins with @.
func (a Address) String() string {
	switch a.Family {
	case FamilyInet:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(a.IP[:4])), a.Port).String()
	case FamilyInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.IP), a.Port).String()
	}
	if strings.HasPrefix(a.Name, "\x00") {
		return "@" + a.Name[1:]
	}
	return a.Name
}

func (c *coder) family(f *Family) {
	u := uint8(*f)
	c.u8(&u)
	if *f = Family(u); *f >= familyEnd {
		c.fail("family %d", u)
	}
}

func (c *coder) socketType(t *SocketType) {
	u := uint8(*t)
	c.u8(&u)
	if *t = SocketType(u); *t == 0 || *t >= socketTypeEnd {
		c.fail("type of socket %d", u)
	}
}

func (c *coder) address(a *Address) {
	c.family(&a.Family)
	switch a.Family {
	case FamilyInet:
		c.fixed(a.IP[:4])
		c.u16(&a.Port)
	case FamilyInet6:
		c.fixed(a.IP[:])
		c.u16(&a.Port)
		c.u32(&a.Flow)
		c.u32(&a.Scope)
	case FamilyUnix:
		c.unixName(&a.Name)
	}
}

// unixName is a name of up to MaxUnixName bytes, of any value: its length, and
// the bytes.
func (c *coder) unixName(v *string) {
	n := uint8(min(len(*v), 255))
	c.u8(&n)
	if n > MaxUnixName {
		c.fail("the name of a socket of %d bytes", n)
		return
	}
	if !c.reading {
		c.b = append(c.b, *v...)
		return
	}
	*v = string(c.next(int(n)))
}

// RecordKind says what a record of a flow tells.
type RecordKind uint8

const (
	RecordData       RecordKind = 1 + iota // bytes of a stream, or a message of a sequence
	RecordDatagram                         // and where from
	RecordConnection                       // somebody has connected: a new socket
	RecordConnected                        // the socket is, or is not
	RecordLimit                            // how far the other flow may go
	RecordEnd                              // the peer sends nothing more
	RecordFailed                           // the socket is of no more use, or a datagram came back
	recordKindEnd
)

// A Record is a piece of the flow that comes from a socket at the shadow. Which
// fields it has says its kind. Its data, if any, is the payload of its frame.
type Record struct {
	Sock   uint32
	Offset int64 // in the flow
	Kind   RecordKind
	Addr   Address // where a datagram is from; the peer's
	Addr2  Address // the socket's own
	New    uint32  // the socket of a connection
	Errno  abi.Errno
	Limit  int64
}

func (c *coder) record(r *Record) {
	c.u32(&r.Sock)
	c.i64(&r.Offset)
	c.natural(r.Offset)
	u := uint8(r.Kind)
	c.u8(&u)
	switch r.Kind = RecordKind(u); r.Kind {
	case RecordData, RecordEnd:
	case RecordDatagram:
		c.address(&r.Addr)
	case RecordConnection:
		c.u32(&r.New)
		c.address(&r.Addr)
		c.address(&r.Addr2)
	case RecordConnected:
		c.errno(&r.Errno)
		c.address(&r.Addr)
		c.address(&r.Addr2)
	case RecordLimit:
		c.i64(&r.Limit)
		c.natural(r.Limit)
	case RecordFailed:
		c.errno(&r.Errno)
	default:
		c.fail("record %d", u)
	}
}

// Encode returns the encoded r, the head of a push.
func (r *Record) Encode() ([]byte, error) {
	var c coder
	c.record(r)
	return c.b, c.err
}

// DecodeRecord decodes the head of a push.
func DecodeRecord(head []byte) (*Record, error) {
	c, r := coder{b: head, reading: true}, new(Record)
	c.record(r)
	return r, c.end()
}

// errno is an error number, which may be 0.
func (c *coder) errno(e *abi.Errno) {
	u := uint16(*e)
	c.u16(&u)
	if *e = abi.Errno(u); u >= 512 {
		c.fail("error %d", u)
	}
}
