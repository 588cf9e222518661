package decode

import (
	"encoding/binary"
	"strconv"
	"strings"

	"penumbra/abi"
)

// memoryCalls are those that map, move and place memory.
func memoryCalls() map[string]special {
	return map[string]special{
		"mmap":            {values: map[int]valueWriter{5: hexOffset}},
		"mmap2":           {values: map[int]valueWriter{5: hexOffset}},
		"mremap":          {arg: mremapArg},
		"mincore":         {values: map[int]valueWriter{2: residency}},
		"mbind":           {values: map[int]valueWriter{3: nodeMask(4)}},
		"set_mempolicy":   {values: map[int]valueWriter{1: nodeMask(2)}},
		"migrate_pages":   {values: map[int]valueWriter{2: nodeMask(1), 3: nodeMask(1)}},
		"get_mempolicy":   {values: map[int]valueWriter{0: flagCellOf("mempolicy", false), 1: filledNodeMask(2)}},
		"move_pages":      {values: map[int]valueWriter{4: pageStatus}},
		"process_madvise": {early: 2, values: map[int]valueWriter{1: remoteVectors}},
	}
}

// hexOffset writes an offset in bytes in hexadecimal.
func hexOffset(d *Decoder, i int) {
	v := d.call.Args[i]
	if d.args[i].Kind == abi.KindPageOffset {
		v = uint64(uint32(v)) * pageSize
	}
	d.Out.Hex(v)
}

// mremapArg leaves out the new address of a call that sets none.
func mremapArg(d *Decoder, _ *Saved, i int) bool {
	const fixed, dontUnmap = 2, 4
	return i == 4 && d.call.Args[3]&(fixed|dontUnmap) == 0
}

// residency writes whether each page is in memory.
func residency(d *Decoder, i int) {
	at := d.call.Args.Addr(i)
	n := (d.call.Args[1] + pageSize - 1) / pageSize
	shown := d.shown(n)
	b := d.read(at, int(shown))
	if at == 0 || d.failed() || b == nil {
		d.address(uint64(at))
		return
	}
	d.Out.List()
	for _, page := range b {
		d.Out.Item()
		d.Out.Uint(uint64(page & 1))
	}
	if shown < n {
		d.Out.Item()
		d.Out.More()
	}
	d.Out.EndList()
}

// nodeMask writes a set of nodes as its words; argument bits says how many bits
// it has, and one more.
func nodeMask(bits int) valueWriter {
	return func(d *Decoder, i int) { d.nodes(d.call.Args.Addr(i), d.call.Args[bits]) }
}

func filledNodeMask(bits int) valueWriter {
	write := nodeMask(bits)
	return func(d *Decoder, i int) {
		if d.failed() {
			d.address(d.call.Args[i])
			return
		}
		write(d, i)
	}
}

func (d *Decoder) nodes(at abi.Addr, bits uint64) {
	const most = 4096 // bits; the kernel has 1024 nodes at most
	size := d.call.Arch.PointerSize()
	perWord := uint64(8 * size)
	words := (bits + perWord - 2) / perWord
	if bits == 0 || bits > most+1 || at == 0 {
		d.address(uint64(at))
		return
	}
	b := d.read(at, int(words)*size)
	if b == nil {
		d.address(uint64(at))
		return
	}
	d.Out.List()
	for k := range int(words) {
		d.Out.Item()
		d.Out.Word(paddedHex(pointerIn(b[k*size:], size), 2*size))
	}
	d.Out.EndList()
}

// paddedHex returns v in so many characters, 0x included.
func paddedHex(v uint64, width int) string {
	text := "0"
	if v != 0 {
		text = strconv.FormatUint(v, 16)
		return "0x" + strings.Repeat("0", max(0, width-2-len(text))) + text
	}
	return strings.Repeat("0", width)
}

// pageStatus writes the node of each page, or why it has none.
func pageStatus(d *Decoder, i int) {
	at, n := d.call.Args.Addr(i), d.call.Args[1]
	shown := d.shown(n)
	b := d.read(at, int(shown)*4)
	if at == 0 || d.failed() || b == nil {
		d.address(uint64(at))
		return
	}
	d.Out.List()
	for k := range int(shown) {
		d.Out.Item()
		v := int32(binary.LittleEndian.Uint32(b[4*k:]))
		if v < 0 {
			d.Out.Word("-" + abi.Errno(-v).Name())
			continue
		}
		d.Out.Int(int64(v))
	}
	if shown < n {
		d.Out.Item()
		d.Out.More()
	}
	d.Out.EndList()
}

// remoteVectors writes vectors in another process's memory.
func remoteVectors(d *Decoder, i int) { d.remote(d.call.Args.Addr(i), d.call.Args[i+1]) }
