package decode

import (
	"encoding/binary"

	"penumbra/abi"
)

// identityCalls are those on users, groups and capabilities.
func identityCalls() map[string]special {
	groups := special{arg: groupsArg}
	return map[string]special{
		"getgroups": groups, "getgroups32": groups, "setgroups": groups, "setgroups32": groups,
		"capget": {early: 1, arg: capabilitiesArg},
		"capset": {early: 2, arg: capabilitiesArg},
	}
}

// groupsArg writes groups if there may be so many.
func groupsArg(d *Decoder, _ *Saved, i int) bool {
	const most = 65536 // NGROUPS_MAX
	if i != 1 {
		return false
	}
	n := d.call.Args.Int32(0)
	if n >= 0 && n <= most {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	d.address(d.call.Args[i])
	return true
}

// The versions of the structure of capabilities (capget(2)).
const capVersion1, capVersion2, capVersion3 = 0x19980330, 0x20071026, 0x20080522

// capabilitiesArg writes the three sets of capabilities, of 32 bits in the first
// version of the structure, of 64 in two structures since.
func capabilitiesArg(d *Decoder, _ *Saved, i int) bool {
	if i != 1 {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	at := d.call.Args.Addr(i)
	version, _ := d.word(d.call.Args.Addr(0), 4)
	words := 1
	if version == capVersion2 || version == capVersion3 {
		words = 2
	}
	const size = 12 // three words
	b := d.read(at, words*size)
	if at == 0 || b == nil || d.args[i].Dir == abi.Out && d.failed() {
		d.address(uint64(at))
		return true
	}
	d.Out.Record()
	for k, name := range []string{"effective", "permitted", "inheritable"} {
		v := uint64(binary.LittleEndian.Uint32(b[4*k:]))
		if words == 2 {
			v |= uint64(binary.LittleEndian.Uint32(b[size+4*k:])) << 32
		}
		d.Out.Field(name)
		d.Out.Word(capabilities(v, words == 2))
	}
	d.Out.EndRecord()
	return true
}

// capabilities returns the capabilities in a set, each as the bit that it is.
func capabilities(v uint64, wide bool) string {
	var b []byte
	rest := uint64(0)
	for n := uint64(0); n < 64; n++ {
		bit := uint64(1) << n
		switch {
		case v&bit == 0:
			continue
		case !isNamed(capFlags, n, abi.Native) || !wide && n >= 32:
			rest |= bit
			continue
		case len(b) > 0:
			b = append(b, '|')
		}
		b = capFlags.Append(append(b, "1<<"...), n, abi.Native)
	}
	if rest != 0 || len(b) == 0 {
		if len(b) > 0 {
			b = append(b, '|')
		}
		b = appendHex(b, rest)
	}
	return string(b)
}
