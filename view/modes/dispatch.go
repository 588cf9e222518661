package modes

import (
	"slices"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/internal/sys"
	"penumbra/mode"
	"penumbra/view"
	"penumbra/view/away"
)

// call is what is known of a system call.
type call struct {
	byName bool // it is about a name, and not a descriptor alone
	moves  bool // it may lead the process into another directory
	opens  bool // it may open a file that shows a mode
	writes bool // it may write to one
	waits  bool // it may wait for a time of day
	execs  bool // it runs a program
	ends   bool // a view may want to hear of its end
	// reaches looks at the process that it names; nil if it names none.
	reaches func(*Policy, *intercept.Call, mode.Mode) intercept.Verdict
}

func describe(a abi.Arch, s *abi.Syscall) call {
	k := call{reaches: reach(s)}
	for _, arg := range s.ArgsOn(a) {
		k.byName = k.byName || arg.Kind == abi.KindPath
	}
	k.byName = k.byName || s.Name == "getcwd" || s.Class == abi.ClassNetwork
	k.moves = slices.Contains([]string{"chdir", "fchdir", "chroot"}, s.Name)
	k.opens = slices.Contains([]string{"open", "openat", "openat2", "creat"}, s.Name)
	k.waits = away.HasDeadline(s)
	k.execs = s.Name == "execve" || s.Name == "execveat"
	k.ends = k.moves || k.execs || s.Name == "openat2"
	k.writes = slices.Contains([]string{"write", "writev", "pwrite64", "pwritev", "pwritev2", "ftruncate", "ftruncate64"}, s.Name)
	return k
}

// Interest implements intercept.Policy. Without a shadow calls of files are asked
// about as the views want; with one, all whose mode may send them there.
func (p *Policy) Interest(a abi.Arch, s *abi.Syscall) intercept.Interest {
	most := intercept.Ignore
	for _, v := range p.views() {
		most = max(most, v.Interest(a, s))
	}
	if p.Network != nil {
		most = max(most, p.Network.Interest(a, s))
	}
	if s == nil {
		return most
	}
	if p.calls[a] == nil {
		p.calls[a] = make([]call, abi.MaxNumber(a)+1)
	}
	number, _ := s.On(a)
	k := describe(a, s)
	p.calls[a][number] = k
	switch {
	case s.Unimplemented:
	case k.opens || k.writes || k.reaches != nil || p.Shadow != nil && p.Shadow.Concerns(s):
		most = max(most, intercept.Answer)
	}
	return most
}

// Refine implements intercept.Refiner.
func (p *Policy) Refine() []intercept.Refinement {
	var list []intercept.Refinement
	if p.View != nil {
		list = p.View.Refine()
	}
	if p.Network != nil {
		list = append(list, p.Network.Refine()...)
	}
	if p.Shadow != nil {
		// Every call by descriptor is asked about, whatever its arguments.
		list = slices.DeleteFunc(list, func(r intercept.Refinement) bool { return r.Interest == intercept.Answer })
		list = append(list, away.Deadlines...)
	}
	return list
}

// Inner implements intercept.Insider: calls may pass that are the kernel's in the
// mode that the guest starts in, until a process goes into another.
func (p *Policy) Inner() *intercept.Inner {
	if p.View == nil || p.ViewOf(p.Default) != p.View || !p.Default.Mapped {
		return nil
	}
	p.inner = p.View.Inner()
	if p.inner != nil {
		for _, name := range byFile {
			p.inner.ByFile(name)
		}
		for _, name := range []string{"fcntl", "ioctl"} {
			p.inner.Ask(name) // they may name a process
		}
	}
	return p.inner
}

// byFile are the calls by descriptor that pass in the mode that the guest starts in,
// unless the view knows the file, or it shows a mode. (dup2 and the like close another.)
var byFile = []string{"read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2",
	"lseek", "ftruncate", "fallocate", "fsync", "fdatasync", "sync_file_range", "close", "fstat", "fstatfs",
	"dup", "flock", "getdents64", "epoll_wait", "epoll_ctl", "epoll_pwait"}

// Enter implements intercept.Policy.
func (p *Policy) Enter(c *intercept.Call) intercept.Verdict {
	if c.Syscall == nil {
		return p.enterView(p.View, c)
	}
	k := &p.calls[c.Arch][c.Number]
	if k.opens {
		if verdict, ok := p.openFile(c); ok {
			return verdict
		}
	}
	if p.opens.Load() > 0 {
		if verdict, ok := p.useFile(c, k); ok {
			return verdict
		}
	}
	m := p.modeOf(c.Thread.ID())
	// What a namespace of its own shows of processes is the guest's alone.
	if k.reaches != nil && (m.Mapped || !m.Remote) && sys.InOurNamespace(c.Thread.ID(), "pid") {
		if verdict := k.reaches(p, c, m); !verdict.Runs() {
			return verdict
		}
	}
	if p.Network != nil && m.Mapped {
		if verdict, ok := p.Network.Enter(c, m.Remote); ok {
			return verdict
		}
	}
	if m.Remote && k.waits {
		p.Shadow.Shift(c)
	}
	if m.Remote {
		if verdict, ok := p.Shadow.Enter(c, m); ok {
			return verdict
		}
	}
	v := p.viewFor(c, k, m)
	if k.execs && m == away.Mode && v != nil {
		if dir := p.Shadow.Directory(c.Thread); dir != "" {
			defer v.Lead(c.Thread, dir)()
		}
	}
	return p.enterView(v, c)
}

// viewFor returns the view that answers a call in a mode, or nil for the kernel.
func (p *Policy) viewFor(c *intercept.Call, k *call, m mode.Mode) *view.View {
	switch {
	case k.byName || m.Remote:
		return p.ViewOf(m)
	case m.Mapped || c.Syscall.Name == "io_uring_setup":
		return p.View
	}
	return nil
}

// enterView has a view decide about a call, and remembers it for the call's end.
func (p *Policy) enterView(v *view.View, c *intercept.Call) intercept.Verdict {
	if v == nil {
		return intercept.Run
	}
	if c.Syscall != nil && p.calls[c.Arch][c.Number].ends {
		p.mu.Lock()
		p.entered[c.Thread.ID()] = v
		p.mu.Unlock()
	}
	return v.Enter(c)
}

// Exit implements intercept.Policy.
func (p *Policy) Exit(c *intercept.Call) {
	p.mu.Lock()
	v := p.entered[c.Thread.ID()]
	delete(p.entered, c.Thread.ID())
	p.mu.Unlock()
	if v == nil {
		return
	}
	v.Exit(c)
	if p.calls[c.Arch][c.Number].moves {
		for _, other := range p.views() {
			if other != v {
				other.Follow(c.Thread)
			}
		}
	}
}

// NameOf implements intercept.Namer.
func (p *Policy) NameOf(t *guest.Thread, link, path string) string {
	if p.View == nil {
		return path
	}
	return p.View.NameOf(t, link, path)
}
