package fault

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strings"

	"penumbra/trace"
)

// loading reports whether c is the dynamic linker's, on its way to bring a
// program or a library into memory. It does not read on after a short count,
// and no program could do anything about that.
func loading(c *trace.Call) bool {
	interpreter := auxValue(c, auxBase)
	if interpreter == 0 {
		// The program is static, or is a linker that was called by its name:
		// its own code may load libraries.
		interpreter = auxValue(c, auxEntry)
	}
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", c.Thread.ID()))
	if err != nil {
		return false
	}
	from := mappedFile(string(maps), uint64(c.IP)-1)
	return from != "" && from == mappedFile(string(maps), interpreter)
}

// loadsProgram reports whether c is made by the dynamic linker to read an ELF
// file, from a descriptor among fds.
func loadsProgram(c *trace.Call, fds []int32) bool {
	for _, fd := range fds {
		f, err := os.Open(fmt.Sprintf("/proc/%d/fd/%d", c.Thread.ID(), fd))
		if err != nil {
			continue
		}
		var magic [4]byte
		_, err = io.ReadFull(f, magic[:])
		f.Close()
		if err == nil && string(magic[:]) == "\x7fELF" {
			return loading(c)
		}
	}
	return false
}

// mappedFile returns the name of the file that is mapped at an address,
// according to the text of proc_pid_maps(5), or "".
func mappedFile(maps string, at uint64) string {
	for line := range strings.Lines(maps) {
		var from, to uint64
		if n, _ := fmt.Sscanf(line, "%x-%x", &from, &to); n != 2 || at < from || at >= to {
			continue
		}
		if i := strings.IndexByte(line, '/'); i >= 0 {
			return line[i:]
		}
		return ""
	}
	return ""
}

// Keys of the auxiliary vector (getauxval(3)).
const (
	auxBase  = 7 // where the dynamic linker lies
	auxEntry = 9 // the program's first instruction
)

// auxValue returns an entry of the process's auxiliary vector, or 0.
func auxValue(c *trace.Call, key uint64) uint64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/auxv", c.Thread.ID()))
	if err != nil {
		return 0
	}
	word := func(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
	size := 8
	if narrow(raw) {
		word, size = func(b []byte) uint64 { return uint64(binary.LittleEndian.Uint32(b)) }, 4
	}
	for ; len(raw) >= 2*size; raw = raw[2*size:] {
		if word(raw) == key {
			return word(raw[size:])
		}
	}
	return 0
}

// narrow reports whether an auxiliary vector is of 32-bit words: in a wide one
// the upper half of the first key is zero.
func narrow(aux []byte) bool {
	return len(aux) >= 8 && !bytes.Equal(aux[4:8], make([]byte, 4))
}
