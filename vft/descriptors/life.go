package descriptors

// Start enters a thread that was not made by one that is known, without
// descriptors.
func (t *Table[D]) Start(thread int) {
	t.holders.Lock()
	defer t.holders.Unlock()
	t.threads[thread] = newProcess[D]()
}

func newProcess[D any]() *process[D] {
	return &process[D]{slots: map[int32]slot[D]{}, threads: 1}
}

// Clone enters child, which parent has made: with the same table of descriptors
// if they share it (CLONE_FILES), as threads of one process do, or else with a
// copy.
func (t *Table[D]) Clone(parent, child int, share bool) {
	t.change(parent, func(p *process[D], _ *news[D]) {
		if share {
			p.threads++
			t.threads[child] = p
		} else {
			t.threads[child] = p.copy()
		}
	})
}

func (p *process[D]) copy() *process[D] {
	c := newProcess[D]()
	for fd, s := range p.slots {
		s.open.held++
		c.slots[fd] = s
	}
	return c
}

// Unshare gives a thread a table of descriptors of its own (unshare(2),
// close_range(2)).
func (t *Table[D]) Unshare(thread int) {
	t.change(thread, func(p *process[D], _ *news[D]) {
		if p.threads > 1 {
			p.threads--
			t.threads[thread] = p.copy()
		}
	})
}

// Exec notes that former has executed a program and goes on as thread: with a
// table of its own, without the descriptors that are closed then and those that
// stays, if not nil, denies. It is called with the lock held.
func (t *Table[D]) Exec(former, thread int, stays func(fd int32, id ID) bool) {
	if former != thread {
		t.Exit(thread)
	}
	t.Unshare(former)
	t.change(former, func(p *process[D], n *news[D]) {
		delete(t.threads, former)
		t.threads[thread] = p
		for fd, s := range p.slots {
			if s.closeOnExec || stays != nil && !stays(fd, s.open.File.ID) {
				t.unname(p, fd, n)
			}
		}
	})
}

// Exit notes the end of a thread. With the last one of a table all of it is
// closed.
func (t *Table[D]) Exit(thread int) {
	t.change(thread, func(p *process[D], n *news[D]) {
		delete(t.threads, thread)
		if p.threads--; p.threads > 0 {
			return
		}
		for fd := range p.slots {
			t.unname(p, fd, n)
		}
	})
}

// End closes what is left: what living threads hold, and what was sent and never
// received.
func (t *Table[D]) End() {
	t.holders.Lock()
	var ids []int
	for id := range t.threads {
		ids = append(ids, id)
	}
	t.holders.Unlock()
	for _, id := range ids {
		t.Exit(id)
	}
	t.tell(0, func(n *news[D]) {
		for _, d := range t.sent {
			t.letGo(d, n)
		}
		t.sent = nil
	})
}
