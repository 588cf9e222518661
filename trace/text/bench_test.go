package text

import (
	"io"
	"os"
	"reflect"
	"testing"
	"time"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
	"penumbra/trace/output"
)

// What it takes to decode and print a call, memory of this process standing in
// for a guest's.
func BenchmarkCall(b *testing.B) {
	path := append([]byte("/usr/lib/locale/locale-archive"), 0)
	buffer := make([]byte, 4096)
	at := func(p []byte) uint64 { return uint64(reflect.ValueOf(p).Pointer()) }
	tests := []struct {
		name  string
		args  abi.Args
		value int64
		err   abi.Errno
	}{
		{"close", abi.Args{3}, 0, 0},
		{"openat", abi.Args{^uint64(99), at(path), 0o2000000}, 3, 0},
		{"access", abi.Args{at(path), 4}, -1, abi.ENOENT},
		{"read", abi.Args{3, at(buffer), 4096}, 4096, 0},
		{"newfstatat", abi.Args{3, at(path), at(buffer), 0x1000}, 0, 0},
		{"mmap", abi.Args{0, 8192, 3, 0x22, ^uint64(0), 0}, 0x7f0000000000, 0},
	}
	for _, tt := range tests {
		b.Run(tt.name, func(b *testing.B) {
			out := output.New(io.Discard, false)
			defer out.Close()
			p := NewPrinter(out, Options{Strings: 32, Column: 40})
			c := &trace.Call{Thread: guest.NewTable().Add(os.Getpid()), Syscall: abi.ByName(tt.name), Args: tt.args, Begin: time.Now()}
			p.Forked(nil, c.Thread)
			b.ReportAllocs()
			for b.Loop() {
				p.Enter(c)
				c.Value, c.Err = tt.value, tt.err
				p.Exit(c)
			}
		})
	}
}
