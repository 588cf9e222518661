package main

import (
	"context"
	"path/filepath"
)

// tracers are the tools that can print a program's calls, and native.
var tracers = only(native, ours, strace)

// tracing measures a program while the tool prints its calls into a file, with
// flags that penumbra trace and strace share.
func tracing(inner measure, flags ...string) measure {
	return func(ctx context.Context, h *harness, t tool) (float64, error) {
		out := append([]string{"-o", filepath.Join(h.cache, "trace.txt")}, flags...)
		switch t.name {
		case ours:
			t.prefix = append([]string{t.prefix[0], "trace"}, append(out, "--")...)
		case strace:
			t.prefix = append([]string{"strace", "-f"}, out...)
			if len(flags) > 0 && flags[0] == "-e" {
				t.prefix = append(t.prefix, "--seccomp-bpf")
			}
		}
		return inner(ctx, h, t)
	}
}
