package intercept

import (
	"encoding/binary"
	"fmt"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
)

// verdictOf runs a seccomp program as the kernel would (kernel/seccomp.c).
func verdictOf(t *testing.T, prog []sys.Filter, a uint32, number int32, args abi.Args) uint32 {
	t.Helper()
	return verdictAt(t, prog, a, number, 0x7fff_ffff_ffff, args)
}

// verdictAt does so for a call by the instruction before ip.
func verdictAt(t *testing.T, prog []sys.Filter, a uint32, number int32, ip uint64, args abi.Args) uint32 {
	t.Helper()
	data := binary.LittleEndian.AppendUint32(nil, uint32(number))
	data = binary.LittleEndian.AppendUint32(data, a)
	data = binary.LittleEndian.AppendUint64(data, ip)
	for _, arg := range args {
		data = binary.LittleEndian.AppendUint64(data, arg)
	}
	var acc uint32
	jump := func(pc int, in sys.Filter, yes bool) int {
		if yes {
			return pc + int(in.Jt)
		}
		return pc + int(in.Jf)
	}
	for pc := 0; pc < len(prog); pc++ {
		switch in := prog[pc]; in.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			acc = binary.LittleEndian.Uint32(data[in.K:])
		case unix.BPF_JMP | unix.BPF_JA:
			pc += int(in.K)
		case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K:
			pc = jump(pc, in, acc == in.K)
		case unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K:
			pc = jump(pc, in, acc >= in.K)
		case unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K:
			pc = jump(pc, in, acc&in.K != 0)
		case unix.BPF_RET | unix.BPF_K:
			return in.K
		default:
			t.Fatalf("instruction %d: code %#x", pc, in.Code)
		}
	}
	t.Fatal("ran off the end of the program")
	return 0
}

// TestFilterSorts holds the filter to the interest for every number of every
// architecture.
func TestFilterSorts(t *testing.T) {
	all := []abi.Arch{abi.AMD64, abi.I386, abi.ARM64}
	policies := map[string]func(abi.Arch, *abi.Syscall) Interest{
		"nothing":    func(abi.Arch, *abi.Syscall) Interest { return Ignore },
		"everything": func(abi.Arch, *abi.Syscall) Interest { return Answer },
		"one":        byName("openat", Observe),
		"unknown": func(_ abi.Arch, s *abi.Syscall) Interest {
			if s == nil {
				return Answer
			}
			return Ignore
		},
		// No two neighbours alike: as many branches as can be.
		"patchwork": func(a abi.Arch, s *abi.Syscall) Interest {
			if s == nil {
				return Observe
			}
			nr, _ := s.On(a)
			return Interest(nr % 3)
		},
	}
	for name, interest := range policies {
		t.Run(name, func(t *testing.T) {
			prog := buildFilter(all, interest, nil, false, nil)
			if len(prog) > 4096 {
				t.Fatalf("%d instructions, the kernel takes 4096", len(prog))
			}
			for _, a := range all {
				for nr := -1; nr <= abi.MaxNumber(a)+2; nr++ {
					want := action(interest(a, abi.Lookup(a, nr)))
					if got := verdictOf(t, prog, a.Audit(), int32(nr), abi.Args{}); got != want {
						t.Fatalf("%v %d: verdict %#x, want %#x", a, nr, got, want)
					}
				}
				const x32 = 0x40000000
				if got, want := verdictOf(t, prog, a.Audit(), x32|1, abi.Args{}), action(interest(a, nil)); got != want {
					t.Errorf("%v x32: verdict %#x, want %#x", a, got, want)
				}
			}
			if got := verdictOf(t, prog, 0x40000028, 1, abi.Args{}); got != sys.RetAllow {
				t.Errorf("another architecture: verdict %#x", got)
			}
		})
	}
}

// TestFilterPasses has calls that come from the trace door end at the other.
func TestFilterPasses(t *testing.T) {
	patchwork := func(_ abi.Arch, s *abi.Syscall) Interest {
		if s == nil {
			return Observe
		}
		return Interest(len(s.Name) % 3)
	}
	prog := buildFilter(arches, patchwork, []rule{{"openat", []test{{2, unix.BPF_JSET, unix.O_PATH}}, action(Observe)}}, true, nil)
	if len(prog) > 4096 {
		t.Fatalf("%d instructions, the kernel takes 4096", len(prog))
	}
	for _, a := range arches {
		for nr := -1; nr <= abi.MaxNumber(a)+2; nr++ {
			for _, args := range []abi.Args{{2: unix.O_PATH}, {}} {
				s := abi.Lookup(a, nr)
				want := action(patchwork(a, s))
				if s != nil && s.Name == "openat" && args[2] != 0 {
					want = action(Observe)
				}
				if got := verdictOf(t, prog, a.Audit(), int32(nr), args); got != want {
					t.Fatalf("%v %d: verdict %#x, want %#x", a, nr, got, want)
				}
				if got := verdictAt(t, prog, a.Audit(), int32(nr), 0xffff_ffff_ff60_0000, args); got != want {
					t.Fatalf("%v %d by a vsyscall: verdict %#x, want %#x", a, nr, got, want)
				}
				if want == action(Observe) {
					want = sys.RetUserNotif
				}
				if got := verdictAt(t, prog, a.Audit(), int32(nr), passMark|0x7fff_ffff_ffff, args); got != want {
					t.Fatalf("%v %d passed on: verdict %#x, want %#x", a, nr, got, want)
				}
			}
		}
	}
}

func byName(name string, i Interest) func(abi.Arch, *abi.Syscall) Interest {
	return func(_ abi.Arch, s *abi.Syscall) Interest {
		if s != nil && s.Name == name {
			return i
		}
		return Ignore
	}
}

// TestFilterRules has rules look at arguments, and leave all else alone.
func TestFilterRules(t *testing.T) {
	const special, normal = sys.RetTrace | 7, sys.RetUserNotif
	rules := []rule{
		{"prctl", []test{{0, unix.BPF_JEQ, 22}, {1, unix.BPF_JEQ, 1}}, special},
		{"prctl", []test{{0, unix.BPF_JEQ, 4}}, special + 1},
		{"clone", []test{{0, unix.BPF_JSET, cloneUntraced}}, special + 2},
		{"ptrace", nil, special + 3},
	}
	for _, a := range []abi.Arch{abi.AMD64, abi.I386} {
		prog := buildFilter([]abi.Arch{a}, byName("prctl", Answer), rules, false, nil)
		for _, c := range []struct {
			call string
			args abi.Args
			want uint32
		}{
			{"prctl", abi.Args{22, 1}, special},
			{"prctl", abi.Args{22, 2}, normal},
			{"prctl", abi.Args{21, 1}, normal},
			{"prctl", abi.Args{4, 1}, special + 1},
			{"prctl", abi.Args{1 << 32}, normal},
			{"clone", abi.Args{cloneUntraced | 17}, special + 2},
			{"clone", abi.Args{17}, sys.RetAllow},
			{"ptrace", abi.Args{0}, special + 3},
			{"getpid", abi.Args{22, 1}, sys.RetAllow},
		} {
			t.Run(fmt.Sprintf("%v %s %v", a, c.call, c.args), func(t *testing.T) {
				nr, _ := abi.ByName(c.call).On(a)
				if got := verdictOf(t, prog, a.Audit(), int32(nr), c.args); got != c.want {
					t.Errorf("verdict %#x, want %#x", got, c.want)
				}
			})
		}
	}
}
