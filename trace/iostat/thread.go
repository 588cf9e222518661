package iostat

import "penumbra/guest"

// thread is a living thread.
type thread struct {
	guest   *guest.Thread
	process *process
	table   *table
	lane    *lane

	// What was seen at the beginning of its call.
	closing *slot // what close is going to close
	shares  bool  // a clone that has the table in common
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
		th = c.meet(t, nil, nil)
	}
	c.recent = th
	return th
}

// meet enters a thread with the table that is given or, if it was not seen
// when it was made, with that of its process.
func (c *Collector) meet(t *guest.Thread, parent *thread, tb *table) *thread {
	pid := c.host.process(t)
	p := c.living[pid]
	if p == nil {
		p = c.newProcess(who{pid, c.programOf(pid, parent)})
		c.living[pid] = p
	}
	if tb == nil {
		tb = c.tableOf(p)
	}
	p.threads++
	th := &thread{guest: t, process: p, table: tb, lane: c.newLane(p.who, t.ID())}
	c.threads[t.ID()] = th
	return th
}

// tableOf returns the table of a process for another of its threads.
func (c *Collector) tableOf(p *process) *table {
	for _, t := range c.threads {
		if t.process == p {
			t.table.threads++
			return t.table
		}
	}
	return newTable()
}

// programOf names the program of a process, which a child has from its parent
// until it executes another.
func (c *Collector) programOf(pid int, parent *thread) string {
	if parent != nil {
		return parent.process.program
	}
	return c.host.program(pid)
}

// Forked gives a new thread the table of its parent, or a copy.
func (c *Collector) Forked(parent, child *guest.Thread) {
	if parent == nil {
		c.meet(child, nil, nil)
		return
	}
	p := c.thread(parent)
	if p.shares || c.host.process(child) == p.process.pid {
		p.table.threads++
		c.meet(child, p, p.table)
		return
	}
	c.meet(child, p, p.table.fork())
}

// Execed forgets all descriptors: some were closed, and what is left is looked
// up again when it is met.
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
	if th.table.threads--; th.table.threads == 0 {
		for _, s := range th.table.slots {
			s.open.slots--
		}
	}
	th.table = newTable()
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
		delete(c.threads, t.ID())
		c.drop(th)
	}
}

func (c *Collector) drop(t *thread) {
	c.recent = nil
	if t.process.threads--; t.process.threads == 0 {
		delete(c.living, t.process.pid)
	}
	c.leave(t)
}
