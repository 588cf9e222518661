package text

import (
	"encoding/binary"
	"io"
	"testing"
	"time"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
	"penumbra/trace/output"
)

// heap is a guest's memory that begins at 0x1000.
type heap []byte

func (h heap) ReadAt(p []byte, at abi.Addr) (int, error) {
	n := copy(p, h[at-0x1000:])
	if n < len(p) {
		return n, io.ErrUnexpectedEOF
	}
	return n, nil
}

// commonMemory has what commonCalls point to.
func commonMemory() heap {
	memory := make(heap, 3*4096)
	copy(memory, "/usr/lib/x86_64-linux-gnu/libc.so.6\x00")
	binary.LittleEndian.PutUint32(memory[0x400+24:], 0o100644) // a struct stat's mode
	return memory
}

// commonCalls are calls that programs make often.
var commonCalls = []struct {
	name  string
	args  abi.Args
	value int64
	err   abi.Errno
}{
	{"openat", abi.Args{0xffffff9c, 0x1000, 0x80000}, 3, 0},
	{"read", abi.Args{3, 0x1000, 832}, 832, 0},
	{"newfstatat", abi.Args{0xffffff9c, 0x1000, 0x1400, 0x100}, 0, 0},
	{"getdents64", abi.Args{3, 0x1800, 32768}, 0, 0},
	{"mmap", abi.Args{0, 8192, 3, 0x22, ^uint64(0), 0}, 0x7f0000000000, 0},
	{"close", abi.Args{3}, 0, 0},
	{"access", abi.Args{0x1000, 4}, -1, abi.ENOENT},
	{"fcntl", abi.Args{3, 3}, 0x8000, 0},
	{"rt_sigaction", abi.Args{17, 0x1600, 0x1700, 8}, 0, 0},
	{"futex", abi.Args{0x1000, 128, 2, 0}, 0, 0},
	{"poll", abi.Args{0x1900, 1, 1000}, 0, 0},
}

// forCommonCalls hands each of the calls to f as something to do.
func forCommonCalls(each func(name string, print func())) {
	out := output.New(io.Discard, false)
	defer out.Close()
	p := NewPrinter(out, Options{Strings: 32, Column: 40})
	for _, call := range commonCalls {
		c := &trace.Call{Thread: guest.NewTable().Add(4711), Syscall: abi.ByName(call.name), Args: call.args,
			Pages: commonMemory(), Begin: time.Now(), End: time.Now()}
		each(call.name, func() {
			c.Value, c.Err = 0, 0
			p.Enter(c)
			c.Value, c.Err = call.value, call.err
			p.Exit(c)
		})
	}
}

// BenchmarkCall prints a call.
func BenchmarkCall(b *testing.B) {
	forCommonCalls(func(name string, print func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				print()
			}
		})
	})
}

// TestCommonCallsDoNotAllocate prints calls that run so often that it matters.
func TestCommonCallsDoNotAllocate(t *testing.T) {
	forCommonCalls(func(name string, print func()) {
		if n := testing.AllocsPerRun(1000, print); n >= 1 {
			t.Errorf("%s: %v allocations a call", name, n)
		}
	})
}
