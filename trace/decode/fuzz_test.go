package decode_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
	"penumbra/trace/jsonl"
	"penumbra/trace/output"
	"penumbra/trace/text"
)

// pages is a guest's memory: a few pages with nothing around them.
type pages struct{ content []byte }

const (
	pageSize  = 4096
	firstPage = 0x7f5000 // where the memory begins; within reach of i386 too
)

var errFault = errors.New("no such page")

func (m pages) ReadAt(p []byte, at abi.Addr) (int, error) {
	if at < firstPage || at >= firstPage+abi.Addr(len(m.content)) {
		return 0, errFault
	}
	n := copy(p, m.content[at-firstPage:])
	if n < len(p) {
		return n, errFault
	}
	return n, nil
}

// number returns one that a guest might give: small, a pointer to somewhere in
// the memory or to its end, or an odd one.
func number(r *rand.Rand) uint64 {
	switch r.IntN(8) {
	case 0:
		return uint64(r.IntN(64))
	case 1:
		return 1 << r.IntN(64)
	case 2:
		return ^uint64(r.IntN(64))
	case 3:
		return r.Uint64()
	case 4:
		return firstPage + 3*pageSize - uint64(r.IntN(64))
	case 5:
		return 0
	}
	return firstPage + uint64(r.IntN(3*pageSize))
}

// randomMemory is filled with numbers that a guest might give.
func randomMemory(r *rand.Rand) pages {
	b := make([]byte, 3*pageSize)
	for i := 0; i < len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], number(r))
	}
	if r.IntN(2) == 0 {
		for i := range b[:pageSize] {
			b[i] = byte(r.Uint32())
		}
	}
	return pages{b}
}

// A writer is a notation with what makes lines of it.
type writer struct {
	name string
	sink trace.Sink
	out  *output.Output
	buf  *bytes.Buffer
}

func writers() []writer {
	var all []writer
	add := func(name string, make func(*output.Output) trace.Sink) {
		var buf bytes.Buffer
		out := output.New(&buf, true)
		all = append(all, writer{name, make(out), out, &buf})
	}
	for _, whole := range []bool{false, true} {
		name := map[bool]string{false: "brief", true: "whole"}[whole]
		add("text "+name, func(out *output.Output) trace.Sink {
			return text.NewPrinter(out, text.Options{Strings: 32, Whole: whole})
		})
		add("json "+name, func(out *output.Output) trace.Sink {
			return jsonl.New(out, jsonl.Options{Strings: 32, Whole: whole})
		})
	}
	return all
}

// longest bounds a line: whatever a guest points to, only so much is shown.
const longest = 1 << 20

// tell has all writers write a call, and checks their lines.
func tell(t *testing.T, all []writer, c *trace.Call, value int64, err abi.Errno) {
	t.Helper()
	for _, w := range all {
		w.buf.Reset()
		call := *c
		w.sink.Enter(&call)
		call.Value, call.Err = value, err
		w.sink.Exit(&call)
		line := w.buf.Bytes()
		switch {
		case len(line) == 0 || line[len(line)-1] != '\n' || bytes.Count(line, []byte("\n")) != 1:
			t.Fatalf("%s: %q", w.name, line)
		case len(line) > longest:
			t.Fatalf("%s: a line of %d bytes: %.200q", w.name, len(line), line)
		case line[0] == '{' && !json.Valid(line):
			t.Fatalf("%s: invalid: %s", w.name, line)
		}
	}
}

func closeAll(t testing.TB, all []writer) {
	for _, w := range all {
		if err := w.out.Close(); err != nil {
			t.Error(err)
		}
	}
}

// nobody is a thread that does not exist.
var nobody = guest.NewTable().Add(1 << 30)

// randomCall returns a call of s on a, and how it ends.
func randomCall(r *rand.Rand, s *abi.Syscall, a abi.Arch, nr int) (c *trace.Call, value int64, err abi.Errno) {
	c = &trace.Call{Thread: nobody, Arch: a, Number: nr, Syscall: s, Pages: randomMemory(r)}
	for i := range c.Args {
		c.Args[i] = number(r)
		if a == abi.I386 {
			c.Args[i] = uint64(uint32(c.Args[i]))
		}
	}
	value = int64(number(r))
	if r.IntN(3) == 0 {
		value, err = -1, abi.Errno(1+r.IntN(520))
	}
	return c, value, err
}

// TestRandomCalls makes every call of every architecture with arguments and
// memory that make no sense.
func TestRandomCalls(t *testing.T) {
	all := writers()
	defer closeAll(t, all)
	times := 8
	if testing.Short() {
		times = 1
	}
	for _, s := range abi.Syscalls() {
		for a := range abi.Arch(abi.NumArch) {
			nr, ok := s.On(a)
			if !ok {
				continue
			}
			for n := range times {
				r := rand.New(rand.NewPCG(uint64(nr), uint64(n)))
				c, value, err := randomCall(r, s, a, nr)
				tell(t, all, c, value, err)
			}
		}
	}
}

// FuzzCall does so for as long as wanted.
func FuzzCall(f *testing.F) {
	all := writers()
	defer closeAll(f, all)
	f.Add(uint64(1), uint64(2), uint16(257), uint8(0))
	f.Add(uint64(3), uint64(4), uint16(102), uint8(1))
	f.Add(uint64(5), uint64(6), uint16(211), uint8(2))
	f.Fuzz(func(t *testing.T, seed1, seed2 uint64, nr uint16, arch uint8) {
		a := abi.Arch(arch % abi.NumArch)
		r := rand.New(rand.NewPCG(seed1, seed2))
		c, value, err := randomCall(r, abi.Lookup(a, int(nr)), a, int(nr))
		tell(t, all, c, value, err)
	})
}
