package wire

import "golang.org/x/sys/unix"

// Option is an option of a socket, as the protocol numbers it. Those that the
// table of options lacks there are not.
type Option uint16

// An OptionInfo describes an option. Its value has the form that Linux gives it,
// little-endian: the same on all machines.
type OptionInfo struct {
	Name       string
	Level, Opt int // of setsockopt(2)
	// Size is how many bytes a value has at most; four are an int, which may also
	// be given as one byte where Linux takes that.
	Size int
	// ReadOnly: it cannot be set.
	ReadOnly bool
	// Serves: it is for those who are to be reached by others.
	Serves bool
}

// Sizes of values that are no int.
const (
	lingerSize    = 8   // struct linger
	groupSize     = 12  // struct ip_mreqn
	group6Size    = 20  // struct ipv6_mreq
	ucredSize     = 12  // struct ucred
	tcpInfoSize   = 256 // struct tcp_info, which grows
	congestionMax = 16  // TCP_CA_NAME_MAX
)

// options are the options there are. The index is part of the protocol: new ones
// go to the end.
var options = [...]OptionInfo{
	1:  {Name: "SO_REUSEADDR", Level: unix.SOL_SOCKET, Opt: unix.SO_REUSEADDR, Size: 4},
	2:  {Name: "SO_REUSEPORT", Level: unix.SOL_SOCKET, Opt: unix.SO_REUSEPORT, Size: 4},
	3:  {Name: "SO_KEEPALIVE", Level: unix.SOL_SOCKET, Opt: unix.SO_KEEPALIVE, Size: 4},
	4:  {Name: "SO_BROADCAST", Level: unix.SOL_SOCKET, Opt: unix.SO_BROADCAST, Size: 4},
	5:  {Name: "SO_LINGER", Level: unix.SOL_SOCKET, Opt: unix.SO_LINGER, Size: lingerSize},
	6:  {Name: "SO_RCVBUF", Level: unix.SOL_SOCKET, Opt: unix.SO_RCVBUF, Size: 4},
	7:  {Name: "SO_SNDBUF", Level: unix.SOL_SOCKET, Opt: unix.SO_SNDBUF, Size: 4},
	8:  {Name: "SO_OOBINLINE", Level: unix.SOL_SOCKET, Opt: unix.SO_OOBINLINE, Size: 4},
	9:  {Name: "SO_DONTROUTE", Level: unix.SOL_SOCKET, Opt: unix.SO_DONTROUTE, Size: 4},
	10: {Name: "SO_PRIORITY", Level: unix.SOL_SOCKET, Opt: unix.SO_PRIORITY, Size: 4},
	11: {Name: "SO_PEERCRED", Level: unix.SOL_SOCKET, Opt: unix.SO_PEERCRED, Size: ucredSize, ReadOnly: true},
	12: {Name: "SO_INCOMING_CPU", Level: unix.SOL_SOCKET, Opt: unix.SO_INCOMING_CPU, Size: 4, ReadOnly: true},
	20: {Name: "TCP_NODELAY", Level: unix.IPPROTO_TCP, Opt: unix.TCP_NODELAY, Size: 4},
	21: {Name: "TCP_MAXSEG", Level: unix.IPPROTO_TCP, Opt: unix.TCP_MAXSEG, Size: 4},
	22: {Name: "TCP_CORK", Level: unix.IPPROTO_TCP, Opt: unix.TCP_CORK, Size: 4},
	23: {Name: "TCP_KEEPIDLE", Level: unix.IPPROTO_TCP, Opt: unix.TCP_KEEPIDLE, Size: 4},
	24: {Name: "TCP_KEEPINTVL", Level: unix.IPPROTO_TCP, Opt: unix.TCP_KEEPINTVL, Size: 4},
	25: {Name: "TCP_KEEPCNT", Level: unix.IPPROTO_TCP, Opt: unix.TCP_KEEPCNT, Size: 4},
	26: {Name: "TCP_SYNCNT", Level: unix.IPPROTO_TCP, Opt: unix.TCP_SYNCNT, Size: 4},
	27: {Name: "TCP_LINGER2", Level: unix.IPPROTO_TCP, Opt: unix.TCP_LINGER2, Size: 4},
	28: {Name: "TCP_DEFER_ACCEPT", Level: unix.IPPROTO_TCP, Opt: unix.TCP_DEFER_ACCEPT, Size: 4},
	29: {Name: "TCP_WINDOW_CLAMP", Level: unix.IPPROTO_TCP, Opt: unix.TCP_WINDOW_CLAMP, Size: 4},
	30: {Name: "TCP_INFO", Level: unix.IPPROTO_TCP, Opt: unix.TCP_INFO, Size: tcpInfoSize, ReadOnly: true},
	31: {Name: "TCP_QUICKACK", Level: unix.IPPROTO_TCP, Opt: unix.TCP_QUICKACK, Size: 4},
	32: {Name: "TCP_CONGESTION", Level: unix.IPPROTO_TCP, Opt: unix.TCP_CONGESTION, Size: congestionMax},
	33: {Name: "TCP_USER_TIMEOUT", Level: unix.IPPROTO_TCP, Opt: unix.TCP_USER_TIMEOUT, Size: 4},
	34: {Name: "TCP_NOTSENT_LOWAT", Level: unix.IPPROTO_TCP, Opt: unix.TCP_NOTSENT_LOWAT, Size: 4},
	40: {Name: "IP_TOS", Level: unix.IPPROTO_IP, Opt: unix.IP_TOS, Size: 4},
	41: {Name: "IP_TTL", Level: unix.IPPROTO_IP, Opt: unix.IP_TTL, Size: 4},
	42: {Name: "IP_MTU_DISCOVER", Level: unix.IPPROTO_IP, Opt: unix.IP_MTU_DISCOVER, Size: 4},
	43: {Name: "IP_MTU", Level: unix.IPPROTO_IP, Opt: unix.IP_MTU, Size: 4, ReadOnly: true},
	44: {Name: "IP_FREEBIND", Level: unix.IPPROTO_IP, Opt: unix.IP_FREEBIND, Size: 4},
	45: {Name: "IP_BIND_ADDRESS_NO_PORT", Level: unix.IPPROTO_IP, Opt: unix.IP_BIND_ADDRESS_NO_PORT, Size: 4},
	46: {Name: "IP_MULTICAST_IF", Level: unix.IPPROTO_IP, Opt: unix.IP_MULTICAST_IF, Size: groupSize},
	47: {Name: "IP_MULTICAST_TTL", Level: unix.IPPROTO_IP, Opt: unix.IP_MULTICAST_TTL, Size: 4},
	48: {Name: "IP_MULTICAST_LOOP", Level: unix.IPPROTO_IP, Opt: unix.IP_MULTICAST_LOOP, Size: 4},
	49: {Name: "IP_ADD_MEMBERSHIP", Level: unix.IPPROTO_IP, Opt: unix.IP_ADD_MEMBERSHIP, Size: groupSize, Serves: true},
	50: {Name: "IP_DROP_MEMBERSHIP", Level: unix.IPPROTO_IP, Opt: unix.IP_DROP_MEMBERSHIP, Size: groupSize},
	60: {Name: "IPV6_V6ONLY", Level: unix.IPPROTO_IPV6, Opt: unix.IPV6_V6ONLY, Size: 4},
	61: {Name: "IPV6_UNICAST_HOPS", Level: unix.IPPROTO_IPV6, Opt: unix.IPV6_UNICAST_HOPS, Size: 4},
	62: {Name: "IPV6_TCLASS", Level: unix.IPPROTO_IPV6, Opt: unix.IPV6_TCLASS, Size: 4},
	63: {Name: "IPV6_MTU_DISCOVER", Level: unix.IPPROTO_IPV6, Opt: unix.IPV6_MTU_DISCOVER, Size: 4},
	64: {Name: "IPV6_MTU", Level: unix.IPPROTO_IPV6, Opt: unix.IPV6_MTU, Size: 4, ReadOnly: true},
	65: {Name: "IPV6_MULTICAST_IF", Level: unix.IPPROTO_IPV6, Opt: unix.IPV6_MULTICAST_IF, Size: 4},
	66: {Name: "IPV6_MULTICAST_HOPS", Level: unix.IPPROTO_IPV6, Opt: unix.IPV6_MULTICAST_HOPS, Size: 4},
	67: {Name: "IPV6_MULTICAST_LOOP", Level: unix.IPPROTO_IPV6, Opt: unix.IPV6_MULTICAST_LOOP, Size: 4},
	68: {Name: "IPV6_JOIN_GROUP", Level: unix.IPPROTO_IPV6, Opt: unix.IPV6_JOIN_GROUP, Size: group6Size, Serves: true},
	69: {Name: "IPV6_LEAVE_GROUP", Level: unix.IPPROTO_IPV6, Opt: unix.IPV6_LEAVE_GROUP, Size: group6Size},
	80: {Name: "SO_ERROR", Level: unix.SOL_SOCKET, Opt: unix.SO_ERROR, Size: 4, ReadOnly: true},
	81: {Name: "SO_TYPE", Level: unix.SOL_SOCKET, Opt: unix.SO_TYPE, Size: 4, ReadOnly: true},
	82: {Name: "SO_ACCEPTCONN", Level: unix.SOL_SOCKET, Opt: unix.SO_ACCEPTCONN, Size: 4, ReadOnly: true},
	83: {Name: "SO_DOMAIN", Level: unix.SOL_SOCKET, Opt: unix.SO_DOMAIN, Size: 4, ReadOnly: true},
	84: {Name: "SO_PROTOCOL", Level: unix.SOL_SOCKET, Opt: unix.SO_PROTOCOL, Size: 4, ReadOnly: true},
	85: {Name: "SO_RCVLOWAT", Level: unix.SOL_SOCKET, Opt: unix.SO_RCVLOWAT, Size: 4},
}

// Info describes o.
func (o Option) Info() *OptionInfo { return &options[o] }

// OptionOf returns the option that Linux knows by a level and a number, if the
// protocol has it.
func OptionOf(level, opt int) (Option, bool) {
	for o := range options {
		if i := &options[o]; i.Name != "" && i.Level == level && i.Opt == opt {
			return Option(o), true
		}
	}
	return 0, false
}

func (c *coder) option(o *Option) {
	u := uint16(*o)
	c.u16(&u)
	if *o = Option(u); int(u) >= len(options) || options[u].Name == "" {
		c.fail("option %d", u)
		*o = 0
	}
}
