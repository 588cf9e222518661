// Package modes has each thread of a guest make its calls in the syscall mode that
// it is in (package mode).
//
// There are up to three views of the guest's files, and a shadow:
//
//	remote,mapped    the view with all mounts, the shadow's among them; calls about
//	                 no file go to the shadow
//	local,mapped     by name a view without the shadow's mounts, by descriptor that
//	                 with all: what was opened stays what it is
//	local,unmapped   by name a view without any mount, by descriptor the kernel
//	remote,unmapped  the shadow, whatever it is: a descriptor is a number of the
//	                 process's representative there (package away)
//
// # Locks
//
// Policy.mu guards the threads. No call is made while it is held, but for writes to
// files in memory.
package modes

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/mode"
	"penumbra/view"
	"penumbra/view/away"
)

// Config says which modes a guest can be in.
type Config struct {
	// View has all mounts; nil if there are none. It stays the caller's to close,
	// after the Policy.
	View *view.View
	// IsShadows reports whether the mount at a target is there because of the shadow.
	IsShadows func(target string) bool
	// Shadow makes the calls of remote modes; without it these are refused.
	Shadow *away.Guest
	// Network answers calls about sockets in the mapped modes; nil leaves them to the
	// views.
	Network Network
	// Default is the mode in which the guest starts.
	Default mode.Mode
	// Notice takes lines for the user.
	Notice func(string)
}

// A Network answers calls about sockets.
type Network interface {
	// Interest and Refine are those of intercept.Policy and intercept.Refiner.
	Interest(a abi.Arch, s *abi.Syscall) intercept.Interest
	Refine() []intercept.Refinement
	// Enter answers a call about a socket that it has made. It makes others if makes
	// is set. It is false for calls that are not its own.
	Enter(c *intercept.Call, makes bool) (v intercept.Verdict, ok bool)
}

// Policy is an intercept.Policy.
type Policy struct {
	Config
	here  *view.View // of local,mapped; nil without mounts
	plain *view.View // of local,unmapped; likewise
	inner *intercept.Inner
	// calls are what is known of each system call, by number.
	calls [abi.NumArch][]call
	opens atomic.Int32 // files of modes that were opened, ever

	mu      sync.RWMutex
	threads map[int]*thread
	files   map[fileID]*thread // threads whose mode was looked at, also those that have ended, by file
	entered map[int]*view.View // who watches the call that a thread is in
}

// thread is what is remembered of a thread.
type thread struct {
	*guest.Thread
	mode mode.Mode
	file *file // that shows the mode, or nil
}

// New returns a policy. The error is mode.ErrNoShadow if the default cannot be had.
func New(cfg Config) (*Policy, error) {
	if cfg.Default.Remote && cfg.Shadow == nil {
		return nil, mode.ErrNoShadow
	}
	p := &Policy{Config: cfg, threads: map[int]*thread{}, files: map[fileID]*thread{}, entered: map[int]*view.View{}}
	if cfg.View == nil {
		return p, nil
	}
	p.here = cfg.View
	var err error
	if cfg.Shadow != nil {
		if p.here, err = cfg.View.Beside(cfg.IsShadows); err != nil {
			return nil, err
		}
	}
	if p.plain, err = cfg.View.Beside(func(string) bool { return true }); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Close gives up what New made.
func (p *Policy) Close() error {
	var err error
	for _, v := range []*view.View{p.here, p.plain} {
		if v != nil && v != p.View {
			err = errors.Join(err, v.Close())
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.threads {
		t.file.close()
	}
	return err
}

// views returns all views that there are, that with all mounts first.
func (p *Policy) views() []*view.View {
	var all []*view.View
	for _, v := range []*view.View{p.View, p.here, p.plain} {
		if v != nil && (len(all) == 0 || v != all[0]) {
			all = append(all, v)
		}
	}
	return all
}

// ViewOf returns the view by which a thread in that mode finds programs, or nil.
func (p *Policy) ViewOf(m mode.Mode) *view.View {
	switch {
	case m.Remote:
		return p.View
	case m.Mapped:
		return p.here
	}
	return p.plain
}

// ErrNoThread is what asking about a thread comes to that is not the guest's.
var ErrNoThread = errors.New("no thread of the guest")

// Mode returns the mode of thread tid.
func (p *Policy) Mode(tid int) (mode.Mode, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	t := p.threads[tid]
	if t == nil {
		return mode.Mode{}, fmt.Errorf("thread %d: %w", tid, ErrNoThread)
	}
	return t.mode, nil
}

// SetMode changes the mode of thread tid, for its next call, and returns the former
// one. The error is mode.ErrNoShadow or ErrNoThread.
func (p *Policy) SetMode(tid int, m mode.Mode) (former mode.Mode, err error) {
	if m.Remote && p.Shadow == nil {
		return mode.Mode{}, fmt.Errorf("mode %v: %w", m, mode.ErrNoShadow)
	}
	p.mu.Lock()
	t := p.threads[tid]
	if t == nil {
		p.mu.Unlock()
		return mode.Mode{}, fmt.Errorf("thread %d: %w", tid, ErrNoThread)
	}
	former, t.mode = t.mode, m
	t.file.show(m)
	p.mu.Unlock()
	return former, p.restrict(t.Thread, m)
}

// restrict keeps calls of a process from passing unseen, of which a thread is in
// another mode than the one that the inner door knows of.
func (p *Policy) restrict(t *guest.Thread, m mode.Mode) error {
	if p.inner == nil || m == p.Default {
		return nil
	}
	if err := p.inner.Restrict(t, 0); err != nil {
		return fmt.Errorf("thread %d: mode %v: %w", t.ID(), m, err)
	}
	return nil
}

// modeOf returns the mode of a thread; one that nobody heard of is in the default.
func (p *Policy) modeOf(tid int) mode.Mode {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if t := p.threads[tid]; t != nil {
		return t.mode
	}
	return p.Default
}
