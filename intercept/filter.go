package intercept

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
)

// Offsets in struct seccomp_data (linux/seccomp.h).
const (
	dataNumber = 0
	dataArch   = 4
)

// traceMark is the data part of our filter's trace verdicts, by which they are
// told from those of a filter that the guest installed.
const traceMark = 0x5045

// span is the action for all numbers from first up to the next span's first.
type span struct {
	first  uint32
	action uint32
}

// buildFilter returns the seccomp program that sorts calls by their number as
// interest says. It looks at nothing but architecture and number, so that the
// kernel can tell beforehand which numbers are always allowed and need not run
// it for those (Linux 5.11).
func buildFilter(arches []abi.Arch, interest func(abi.Arch, *abi.Syscall) Interest) []sys.Filter {
	var prog []sys.Filter
	prog = append(prog, load(dataArch))
	for _, a := range arches {
		body := append([]sys.Filter{load(dataNumber)}, search(spans(a, interest))...)
		prog = append(prog, jump(unix.BPF_JEQ, a.Audit(), 1, 0), always(len(body)))
		prog = append(prog, body...)
	}
	return append(prog, ret(sys.RetAllow))
}

// spans lists the actions for all numbers of a, neighbours of the same action
// as one.
func spans(a abi.Arch, interest func(abi.Arch, *abi.Syscall) Interest) []span {
	var list []span
	add := func(first uint32, i Interest) {
		if act := action(i); len(list) == 0 || list[len(list)-1].action != act {
			list = append(list, span{first, act})
		}
	}
	unknown := interest(a, nil)
	for nr := 0; nr <= abi.MaxNumber(a); nr++ {
		if s := abi.Lookup(a, nr); s != nil {
			add(uint32(nr), interest(a, s))
		} else {
			add(uint32(nr), unknown)
		}
	}
	add(uint32(abi.MaxNumber(a)+1), unknown)
	return list
}

func action(i Interest) uint32 {
	switch i {
	case Answer:
		return sys.RetUserNotif
	case Observe:
		return sys.RetTrace | traceMark
	}
	return sys.RetAllow
}

// search returns a binary search over list with the number in the accumulator.
func search(list []span) []sys.Filter {
	if len(list) == 1 {
		return []sys.Filter{ret(list[0].action)}
	}
	middle := len(list) / 2
	below, above := search(list[:middle]), search(list[middle:])
	// A conditional jump reaches 255 instructions, an unconditional one all.
	code := []sys.Filter{jump(unix.BPF_JGE, list[middle].first, 0, 1), always(len(below))}
	return append(append(code, below...), above...)
}

func load(offset uint32) sys.Filter {
	return sys.Filter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

func jump(test uint16, k uint32, yes, no uint8) sys.Filter {
	return sys.Filter{Code: unix.BPF_JMP | test | unix.BPF_K, Jt: yes, Jf: no, K: k}
}

func always(skip int) sys.Filter {
	return sys.Filter{Code: unix.BPF_JMP | unix.BPF_JA, K: uint32(skip)}
}

func ret(action uint32) sys.Filter {
	return sys.Filter{Code: unix.BPF_RET | unix.BPF_K, K: action}
}
