package decode

import (
	"fmt"
	"net"
	"strings"
	"sync"

	"penumbra/abi"
)

func ioctlCalls() map[string]special {
	return map[string]special{"ioctl": {late: 2, arg: ioctlArg}}
}

func ioctlStructures() map[string]structureWriter {
	return map[string]structureWriter{"termios": (*Decoder).termios, "termios2": (*Decoder).termios}
}

// form is what the argument of an ioctl is.
type form struct {
	kind formKind
	of   string // a layout, or a set of flags
	out  bool   // the call fills it in
}

type formKind uint8

const (
	formHex    formKind = iota // not known
	formNone                   // not looked at
	formNumber                 // a number
	formFlags                  // one of a set
	formInt                    // the address of an int
	formBits                   // the address of flags
	formStruct                 // the address of a structure
	formDevice                 // that of an ifreq, with a field that of names
)

// ioctlForms are the arguments of those that programs use, by name.
var ioctlForms = sync.OnceValue(func() map[string]form {
	return map[string]form{
		"TCGETS": {formStruct, "termios", true}, "TCSETS": {formStruct, "termios", false},
		"TCSETSW": {formStruct, "termios", false}, "TCSETSF": {formStruct, "termios", false},
		"TCGETS2": {formStruct, "termios2", true}, "TCSETS2": {formStruct, "termios2", false},
		"TCSETSW2": {formStruct, "termios2", false}, "TCSETSF2": {formStruct, "termios2", false},
		"TIOCGWINSZ": {formStruct, "winsize", true}, "TIOCSWINSZ": {formStruct, "winsize", false},
		"TIOCGPGRP": {formInt, "", true}, "TIOCSPGRP": {formInt, "", false}, "TIOCGSID": {formInt, "", true},
		"TIOCOUTQ": {formInt, "", true}, "FIONREAD": {formInt, "", true}, "FIONBIO": {formInt, "", false},
		"FIOASYNC": {formInt, "", false}, "TIOCPKT": {formInt, "", false}, "TIOCGPTN": {formInt, "", true},
		"TIOCSPTLCK": {formInt, "", false}, "TIOCGPTLCK": {formInt, "", true}, "TIOCGPKT": {formInt, "", true},
		"TIOCGEXCL": {formInt, "", true}, "TIOCGETD": {formInt, "", true}, "TIOCSETD": {formInt, "", false},
		"FIOSETOWN": {formInt, "", false}, "SIOCSPGRP": {formInt, "", false}, "FIOGETOWN": {formInt, "", true},
		"SIOCGPGRP": {formInt, "", true}, "SIOCATMARK": {formInt, "", true}, "BLKSSZGET": {formInt, "", true},
		"TIOCMGET": {formBits, "modem", true}, "TIOCMSET": {formBits, "modem", false},
		"TIOCMBIS": {formBits, "modem", false}, "TIOCMBIC": {formBits, "modem", false},
		"FS_IOC_GETFLAGS": {formBits, "fs_flags", true}, "FS_IOC_SETFLAGS": {formBits, "fs_flags", false},
		"TIOCEXCL": {kind: formNone}, "TIOCNXCL": {kind: formNone}, "TIOCNOTTY": {kind: formNone}, "TIOCVHANGUP": {kind: formNone},
		"TIOCSBRK": {kind: formNone}, "TIOCCBRK": {kind: formNone}, "TIOCCONS": {kind: formNone},
		"FIOCLEX": {kind: formNone}, "FIONCLEX": {kind: formNone},
		"TCFLSH": {formFlags, "tcflush", false}, "TCXONC": {formFlags, "tcflow", false},
		"TCSBRK": {kind: formNumber}, "TCSBRKP": {kind: formNumber}, "TIOCSCTTY": {kind: formNumber}, "FICLONE": {kind: formNumber},
		"SIOCGIFINDEX": {formDevice, "ifr_ifindex", true}, "SIOCGIFFLAGS": {formDevice, "ifr_flags", true},
		"SIOCSIFFLAGS": {formDevice, "ifr_flags", false}, "SIOCGIFMTU": {formDevice, "ifr_mtu", true},
		"SIOCSIFMTU": {formDevice, "ifr_mtu", false}, "SIOCGIFMETRIC": {formDevice, "ifr_metric", true},
		"SIOCGIFTXQLEN": {formDevice, "ifr_qlen", true}, "SIOCGIFADDR": {formDevice, "ifr_addr", true},
		"SIOCSIFADDR": {formDevice, "ifr_addr", false}, "SIOCGIFDSTADDR": {formDevice, "ifr_dstaddr", true},
		"SIOCGIFBRDADDR": {formDevice, "ifr_broadaddr", true}, "SIOCGIFNETMASK": {formDevice, "ifr_netmask", true},
		"SIOCSIFNETMASK": {formDevice, "ifr_netmask", false}, "SIOCGIFHWADDR": {formDevice, "ifr_hwaddr", true},
	}
})

var ioctlFlags = abi.FlagSetOf("ioctl")

// ioctlArg writes the request of an ioctl, and its argument as the request has
// it.
func ioctlArg(d *Decoder, s *Saved, i int) bool {
	request := uint64(uint32(d.call.Args[1]))
	name := ioctlFlags.Format(request, d.call.Arch)
	if strings.HasPrefix(name, "0x") {
		name = ""
	}
	switch i {
	case 1:
		d.Out.Arg(d.args[i].Name)
		if name == "" {
			name = requestParts(uint32(request))
		}
		d.Out.Word(name)
		if ioctlForms()[name].kind == formNone && ioctlForms()[name] != (form{}) {
			s.next = len(d.args)
		}
		return true
	case 2:
		d.Out.Arg(d.args[i].Name)
		d.ioctlValue(ioctlForms()[name], d.call.Args[i])
		return true
	}
	return false
}

// requestParts writes a request without a name by its parts (asm/ioctl.h).
func requestParts(request uint32) string {
	direction := [...]string{"_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE"}[request>>30]
	kind, number, size := hex(request>>8&0xff), hex(request&0xff), hex(request>>16&0x3fff)
	return "_IOC(" + direction + ", " + kind + ", " + number + ", " + size + ")"
}

// hex writes a number as C does for %#x: zero has no prefix.
func hex(v uint32) string {
	if v == 0 {
		return "0"
	}
	return fmt.Sprintf("%#x", v)
}

func (d *Decoder) ioctlValue(f form, v uint64) {
	switch {
	case f.kind == formNumber:
		d.Out.Int(int64(v))
	case f.kind == formFlags:
		d.Out.Flags(abi.FlagSetOf(f.of), v, d.call.Arch)
	case f.kind == formHex:
		d.Out.Hex(v)
	case v == 0:
		d.Out.Word("NULL")
	case f.out && d.failed() && f.kind != formDevice:
		d.Out.Hex(v)
	case f.kind == formStruct:
		d.structAt(abi.Addr(v), abi.LayoutOf(f.of))
	case f.kind == formDevice:
		d.networkDevice(abi.Addr(v), f)
	default:
		d.intAt(abi.Addr(v), abi.FlagSetOf(f.of))
	}
}

// intAt writes an int in memory, as flags if there is a set.
func (d *Decoder) intAt(at abi.Addr, set *abi.FlagSet) {
	v, ok := d.word(at, 4)
	if !ok {
		d.Out.Hex(uint64(at))
		return
	}
	d.Out.List()
	d.Out.Item()
	if set != nil {
		d.Out.Flags(set, v, d.call.Arch)
	} else {
		d.Out.Int(int64(int32(v)))
	}
	d.Out.EndList()
}

// termios writes the settings of a terminal.
func (d *Decoder) termios(l *abi.Layout, b []byte) {
	d.Out.Record()
	for _, name := range []string{"c_iflag", "c_oflag", "c_cflag", "c_lflag"} {
		d.field(l.Field(name), b)
	}
	if !d.Whole {
		d.Out.Rest()
		d.Out.EndRecord()
		return
	}
	d.Out.Field("c_line")
	d.Out.Flags(abi.FlagSetOf("line_discipline"), l.Field("c_line").Get(d.call.Arch, b), d.call.Arch)
	cc := l.Field("c_cc")
	chars := b[cc.Offset(d.call.Arch) : cc.Offset(d.call.Arch)+cc.Size(d.call.Arch)]
	d.Out.Field("c_cc")
	d.Out.List()
	for k, c := range chars {
		d.Out.Item()
		d.Out.Word("[" + controlCharacter(k) + "]=" + hex(uint32(c)))
	}
	d.Out.EndList()
	if f := l.Field("c_ispeed"); f != nil {
		d.field(f, b)
		d.field(l.Field("c_ospeed"), b)
	}
	d.Out.EndRecord()
}

// controlCharacters are the places in c_cc (asm-generic/termbits-common.h).
var controlCharacters = [...]string{
	"VINTR", "VQUIT", "VERASE", "VKILL", "VEOF", "VTIME", "VMIN", "VSWTC", "VSTART", "VSTOP", "VSUSP", "VEOL",
	"VREPRINT", "VDISCARD", "VWERASE", "VLNEXT", "VEOL2",
}

func controlCharacter(k int) string {
	if k < len(controlCharacters) {
		return controlCharacters[k]
	}
	return decimal(uint64(k))
}

var ifreqLayout = abi.LayoutOf("ifreq")

// networkDevice writes an ifreq (netdevice(7)): the device's name, and what the
// call is about unless it failed.
func (d *Decoder) networkDevice(at abi.Addr, f form) {
	a := d.call.Arch
	b := d.read(at, ifreqLayout.Size(a))
	if b == nil {
		d.Out.Hex(uint64(at))
		return
	}
	d.Out.Record()
	d.field(ifreqLayout.Field("ifr_name"), b)
	value := b[ifreqLayout.Field("ifr_addr").Offset(a):]
	switch {
	case f.out && d.failed():
	case f.of == "ifr_flags":
		d.field(ifreqLayout.Field("ifr_flags"), b)
	case f.of == "ifr_hwaddr":
		d.Out.Field(f.of)
		d.hardwareAddress(value)
	case strings.HasSuffix(f.of, "addr") || f.of == "ifr_netmask":
		d.Out.Field(f.of)
		d.sockaddr(value[:16])
	default:
		d.field(renamed(ifreqLayout.Field("ifr_ifindex"), f.of), b)
	}
	d.Out.EndRecord()
}

// hardwareAddress writes a sockaddr that holds an address of a network card.
func (d *Decoder) hardwareAddress(b []byte) {
	const macSize = 6
	d.Out.Record()
	d.Out.Field("sa_family")
	d.Out.Flags(abi.FlagSetOf("arphrd"), uint64(b[0])|uint64(b[1])<<8, d.call.Arch)
	d.Out.Field("sa_data")
	d.Out.Word(net.HardwareAddr(b[2 : 2+macSize]).String())
	d.Out.EndRecord()
}
