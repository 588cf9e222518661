package decode

import (
	"encoding/binary"

	"penumbra/abi"
)

func bpfCalls() map[string]special {
	return map[string]special{"bpf": {arg: bpfAttributes}}
}

// Commands of bpf(2) whose attributes are told; those of others are an address.
const (
	bpfMapCreate = iota
	bpfMapLookup
	bpfMapUpdate
	bpfMapDelete
	bpfMapNextKey
)

var bpfMapTypes, bpfUpdateFlags, bpfMapFlags = abi.FlagSetOf("bpf_map_type"), abi.FlagSetOf("bpf_update"), abi.FlagSetOf("bpf_map_flags")

// bpfAttributes writes those of the commands on maps.
func bpfAttributes(d *Decoder, _ *Saved, i int) bool {
	const most = 40 // bytes that are told of here
	if i != 1 {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	size := min(uint64(uint32(d.call.Args[2])), most)
	command := d.call.Args.Int32(0)
	b := d.read(d.call.Args.Addr(i), int(size))
	need := map[int32]int{bpfMapCreate: 16, bpfMapLookup: 24, bpfMapUpdate: 24, bpfMapDelete: 16, bpfMapNextKey: 24}[command]
	if need == 0 || len(b) < need {
		d.address(d.call.Args[i])
		return true
	}
	b = append(b, make([]byte, most-len(b))...)
	word := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(b[at:])) }
	d.Out.Record()
	if command == bpfMapCreate {
		d.Out.Field("map_type")
		d.Out.Flags(bpfMapTypes, word(0), d.call.Arch)
		for k, name := range []string{"key_size", "value_size", "max_entries"} {
			d.Out.Field(name)
			d.Out.Uint(word(4 + 4*k))
		}
		if size >= 20 {
			d.Out.Field("map_flags")
			d.Out.Flags(bpfMapFlags, word(16), d.call.Arch)
		}
	} else {
		d.Out.Field("map_fd")
		d.fd(int32(word(0)))
		d.Out.Field("key")
		d.address(binary.LittleEndian.Uint64(b[8:]))
		d.mapValue(command, b)
	}
	d.Out.EndRecord()
	return true
}

// mapValue writes what a command does with the value of a key.
func (d *Decoder) mapValue(command int32, b []byte) {
	v := binary.LittleEndian.Uint64(b[16:])
	switch command {
	case bpfMapNextKey:
		d.Out.Field("next_key")
		d.address(v)
	case bpfMapLookup, bpfMapUpdate:
		d.Out.Field("value")
		d.address(v)
		d.Out.Field("flags")
		d.Out.Flags(bpfUpdateFlags, binary.LittleEndian.Uint64(b[24:]), d.call.Arch)
	}
}
