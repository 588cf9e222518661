package main

import (
	"penumbra/abi"
	"penumbra/intercept"
)

// transparency returns the policy of run's --intercept, under which the guest
// must not notice anything but the time that it takes.
func transparency(mode string) intercept.Policy {
	switch mode {
	case interceptNotify:
		return everyCall{intercept.Answer, intercept.Run}
	case interceptTrace:
		return everyCall{intercept.Observe, intercept.Watch}
	}
	return nil
}

// heard says which calls penumbra hears of.
func heard(opts runOptions) string {
	switch opts.intercept {
	case interceptNotify:
		return "all that can pass the notify door"
	case interceptTrace:
		return "all, observed"
	}
	if opts.report.asked {
		return "those that open, read, write and close"
	}
	switch {
	case opts.shadow.target != nil:
		return "those with a path, a descriptor or the id of a process, and those about the time, the user and the machine"
	case len(opts.mounts) > 0 && opts.mode != nil:
		return "those with a path or the id of a process, those that write, and a few more"
	case opts.mode != nil:
		return "those with the id of a process, and those that open and write"
	case len(opts.mounts) > 0:
		return "those with a path, and a few more"
	}
	return "ptrace only"
}

// everyCall has the same interest in all calls and gives all the same verdict.
type everyCall struct {
	interest intercept.Interest
	verdict  intercept.Verdict
}

func (p everyCall) Interest(_ abi.Arch, s *abi.Syscall) intercept.Interest {
	// A return from a signal handler cannot be made again if another signal
	// takes it from the notify door.
	if p.interest == intercept.Answer && s != nil && (s.Name == "rt_sigreturn" || s.Name == "sigreturn") {
		return intercept.Ignore
	}
	return p.interest
}

func (p everyCall) Enter(*intercept.Call) intercept.Verdict { return p.verdict }

func (p everyCall) Exit(*intercept.Call) {}
