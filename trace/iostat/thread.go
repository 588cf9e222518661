package iostat

import (
	"penumbra/guest"
	"penumbra/vft/descriptors"
)

// thread is a living thread.
type thread struct {
	guest   *guest.Thread
	process *process
	lane    *lane

	// What was seen at the beginning of its call.
	closing *description // what close is going to close
	shares  bool         // a clone that has the table in common
	move    move
}

// thread returns what is known of t, which is little if it was not seen when
// it was made.
func (c *Collector) thread(t *guest.Thread) *thread {
	if c.recent != nil && c.recent.guest == t {
		return c.recent
	}
	th := c.threads[t.ID()]
	if th == nil {
		th = c.meet(t, nil)
		c.tableOf(th)
	}
	c.recent = th
	return th
}

// meet enters a thread.
func (c *Collector) meet(t *guest.Thread, parent *thread) *thread {
	pid := c.host.process(t)
	p := c.living[pid]
	if p == nil {
		p = c.newProcess(who{pid, c.programOf(pid, parent)})
		c.living[pid] = p
	}
	p.threads++
	th := &thread{guest: t, process: p, lane: c.newLane(p.who, t.ID())}
	c.threads[t.ID()] = th
	return th
}

// programOf names the program of a process, which a child has from its parent
// until it executes another.
func (c *Collector) programOf(pid int, parent *thread) string {
	if parent != nil {
		return parent.process.program
	}
	return c.host.program(pid)
}

// Forked has a new thread hold what its parent does.
func (c *Collector) Forked(parent, child *guest.Thread) {
	if parent == nil {
		t := c.meet(child, nil)
		c.tableOf(t)
		c.inherited(t)
		return
	}
	p := c.thread(parent)
	c.table.Clone(parent.ID(), child.ID(), p.shares || c.host.process(child) == p.process.pid)
	c.meet(child, p)
}

// Execed forgets the descriptors that were closed. Whether others were is asked:
// not all that decides that was seen.
func (c *Collector) Execed(t *guest.Thread, former int) {
	c.recent = nil
	th := c.threads[former]
	if th == nil {
		th = c.thread(t)
	}
	if leader := c.threads[t.ID()]; leader != nil && leader != th {
		c.drop(leader)
	}
	delete(c.threads, former)
	c.threads[t.ID()] = th
	th.guest = t
	c.table.Exec(former, t.ID(), func(fd int32, id descriptors.ID) bool { return c.stays(th, fd, id) })
	th.shares, th.closing, th.move = false, nil, move{}
	c.runs(th, c.host.program(th.process.pid))
}

// runs names a process and its thread by their new program.
func (c *Collector) runs(t *thread, program string) {
	if program == "" || program == t.process.program {
		return
	}
	t.process.program = program
	t.lane.program = program
}

// Ended forgets a thread.
func (c *Collector) Ended(t *guest.Thread, _ uint32) { c.gone(t) }

// Detached forgets a thread.
func (c *Collector) Detached(t *guest.Thread) { c.gone(t) }

func (c *Collector) gone(t *guest.Thread) {
	if th := c.threads[t.ID()]; th != nil {
		c.drop(th)
		delete(c.threads, t.ID())
	}
}

func (c *Collector) drop(t *thread) {
	c.recent = nil
	c.table.Exit(t.guest.ID())
	if t.process.threads--; t.process.threads == 0 {
		delete(c.living, t.process.pid)
	}
}
