// Package penumbra runs unmodified Linux programs and lets a Go program decide
// about every system call that they make: whether the kernel runs it, whether
// it runs otherwise than the program asked, or whether it does not run at all
// and gets an answer from here. No privileges are needed, and any program will
// do, be it static, dynamic, written in Go, or 32-bit.
//
// A [Cmd] is used like that of os/exec. Its Hooks say which calls are decided
// upon, and how:
//
//	cmd := penumbra.Command("uname", "-n")
//	cmd.Stdout = os.Stdout
//	cmd.Hooks = []penumbra.Hook{{
//		Calls: "uname",
//		Exit: func(c *penumbra.Call) {
//			const nodename = 65 // its offset in struct utsname
//			c.Memory().WriteAt([]byte("elsewhere\x00"), c.Args.Addr(0)+nodename)
//		},
//	}}
//	err := cmd.Run()
//
// Calls that no hook names cost nothing but a look at their number. Package
// [penumbra/intercept] is the engine below, for those who need more.
//
// Linux 5.19 or newer is needed; "penumbra doctor" tells what a machine lacks.
package penumbra

import (
	"fmt"

	"penumbra/abi"
	"penumbra/intercept"
)

// A Call is one invocation of a system call.
type Call = intercept.Call

// A Verdict says what becomes of a call.
type Verdict = intercept.Verdict

var (
	// Run lets the kernel run the call.
	Run = intercept.Run
	// Watch lets the kernel run the call, and the hook's Exit see its end.
	Watch = intercept.Watch
)

// Skip keeps the call from running; the program gets value as its result.
func Skip(value int64) Verdict { return intercept.Skip(value) }

// RunAs lets the kernel run the call; the program gets value as its result all the
// same. It is not for calls that create threads or execute programs.
func RunAs(value int64) Verdict { return intercept.RunAs(value) }

// Fail keeps the call from running; the program gets the error e.
func Fail(e abi.Errno) Verdict { return intercept.Fail(e) }

// A Hook decides about the calls of some system calls. It has either Answer,
// or Enter, Exit or both.
type Hook struct {
	// Calls is a set of system calls: names and classes, as in
	// "openat,%network"; see [abi.ParseSet].
	Calls string

	// Answer gives the verdict Run, Skip or Fail. It is called by several
	// goroutines at once, may block, and is the cheaper kind.
	Answer func(*Call) Verdict

	// Enter is called before a call runs. It may give any verdict and rewrite
	// the call. Nil means Watch.
	Enter func(*Call) Verdict
	// Exit is called when a call ends whose verdict was Watch, or which was
	// rewritten; it may change the result. Enter and Exit are called one at a
	// time and must not block.
	Exit func(*Call)
}

// hooks is the policy that a Cmd's Hooks make together.
type hooks struct {
	list []Hook
	sets []abi.Set
}

// newHooks returns the policy of list, or nil if that is empty.
func newHooks(list []Hook) (*hooks, error) {
	h := &hooks{list: list}
	for _, hook := range list {
		set, err := abi.ParseSet(hook.Calls)
		switch {
		case err != nil:
			return nil, fmt.Errorf("penumbra: hook: %w", err)
		case hook.Answer == nil && hook.Enter == nil && hook.Exit == nil:
			return nil, fmt.Errorf("penumbra: hook for %q: it has none of Answer, Enter and Exit", hook.Calls)
		case hook.Answer != nil && (hook.Enter != nil || hook.Exit != nil):
			return nil, fmt.Errorf("penumbra: hook for %q: Answer goes with neither Enter nor Exit", hook.Calls)
		}
		h.sets = append(h.sets, set)
	}
	return h, nil
}

// of returns the hook for the calls of s: the first whose set has it.
func (h *hooks) of(s *abi.Syscall) *Hook {
	if s == nil {
		return nil
	}
	for i, set := range h.sets {
		if set.Has(s) {
			return &h.list[i]
		}
	}
	return nil
}

func (h *hooks) Interest(_ abi.Arch, s *abi.Syscall) intercept.Interest {
	switch hook := h.of(s); {
	case hook == nil:
		return intercept.Ignore
	case hook.Answer != nil:
		return intercept.Answer
	}
	return intercept.Observe
}

func (h *hooks) Enter(c *Call) Verdict {
	hook := h.of(c.Syscall)
	switch {
	case hook == nil:
		return Run
	case hook.Answer != nil:
		return hook.Answer(c)
	case hook.Enter != nil:
		return hook.Enter(c)
	}
	return Watch
}

func (h *hooks) Exit(c *Call) {
	if hook := h.of(c.Syscall); hook != nil && hook.Exit != nil {
		hook.Exit(c)
	}
}
