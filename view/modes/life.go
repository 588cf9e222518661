package modes

import (
	"penumbra/guest"
)

// Forked implements intercept.Life: a new thread, or process, is in the mode of who
// made it.
func (p *Policy) Forked(parent, child *guest.Thread) {
	p.mu.Lock()
	t := p.threads[child.ID()]
	if t == nil {
		t = &thread{Thread: child, mode: p.Default}
		p.threads[child.ID()] = t
	}
	if parent != nil {
		if from := p.threads[parent.ID()]; from != nil {
			t.mode = from.mode
		}
	}
	p.mu.Unlock()
	for _, v := range p.views() {
		v.Forked(parent, child)
	}
	if p.Shadow != nil {
		p.Shadow.Forked(parent, child)
	}
}

// Execed implements intercept.Life: the mode stays.
func (p *Policy) Execed(t *guest.Thread, former int) {
	p.mu.Lock()
	m := p.Default
	if old := p.threads[former]; old != nil {
		m = old.mode
	}
	now := &thread{Thread: t, mode: m}
	if same := p.threads[t.ID()]; same != nil && same.file != nil {
		// Whoever has it open has that of the new program.
		now.file, same.file = same.file, nil
		p.files[now.file.id] = now
		now.file.show(m)
	}
	p.forget(former)
	p.forget(t.ID())
	p.threads[t.ID()] = now
	p.mu.Unlock()
	for _, v := range p.views() {
		v.Execed(t, former)
	}
	if p.Shadow != nil {
		p.Shadow.Execed(t, former)
		p.complain(p.Shadow.Dress(t, m.Remote))
	}
	p.complain(p.restrict(t, m))
}

// Exited implements intercept.Life.
func (p *Policy) Exited(t *guest.Thread, status uint32) {
	p.mu.Lock()
	p.forget(t.ID())
	delete(p.entered, t.ID())
	p.mu.Unlock()
	for _, v := range p.views() {
		v.Exited(t, status)
	}
	if p.Shadow != nil {
		p.Shadow.Exited(t)
	}
}

// forget drops a thread. Its file stays known: who has it open still and writes to it
// is told that the thread is gone. p.mu is held.
func (p *Policy) forget(tid int) {
	if t := p.threads[tid]; t != nil {
		t.file.close()
		delete(p.threads, tid)
	}
}

func (p *Policy) complain(err error) {
	if err != nil {
		p.Notice(err.Error())
	}
}
