package vft

import "time"

// claim is what a thread's call may still touch.
type claim struct {
	span
	n, more  int64 // bytes that the call asks for, and others that float
	writes   bool
	floating bool
}

// A Position tells where a call begins. One that is floating begins where the
// offset of its descriptor, or the end of the file, is when its turn comes, and At
// tells where that is now.
type Position struct {
	At       func() (int64, error)
	Floating bool
	// Wait, if not nil, calls fetch, which may take long. It may return an error
	// before that has ended, and then the call must not be let run.
	Wait func(fetch func() error) error
}

// Fixed is the position off.
func Fixed(off int64) Position {
	return Position{At: func() (int64, error) { return off, nil }}
}

// Read has what a call of thread who reads put into the placeholder, n bytes at
// most.
func (f *File) Read(who int, n int64, at Position) error {
	s, err := f.claim(who, claim{n: n, floating: at.Floating}, at)
	if err != nil {
		return err
	}
	f.readAhead(s.from, n) // at the same time as what is asked for
	return f.await(s, at)
}

// Write makes it known that a call of thread who may change n bytes: blocks that it
// changes in part are put into the placeholder, and all of it is written back by
// Flush.
func (f *File) Write(who int, n int64, at Position) error {
	s, err := f.claim(who, claim{n: n, floating: at.Floating, writes: true}, at)
	if err != nil {
		return err
	}
	// What a write covers whole is needed as well: it may turn out shorter.
	if err := f.await(s, at); err != nil {
		return err
	}
	f.mu.Lock()
	f.dirty = f.dirty.with(s)
	f.mu.Unlock()
	f.table.touch(f)
	f.writeBehind()
	return nil
}

// await has the bytes of s put into the placeholder.
func (f *File) await(s span, at Position) error {
	if err := f.usable(); err != nil {
		return err
	}
	f.mu.Lock()
	f.read = time.Now()
	f.mu.Unlock()
	fetch := func() error { return f.Fill(s.from, s.to-s.from) }
	if at.Wait == nil || f.Missing(s.from, s.to-s.from) == 0 {
		return fetch()
	}
	return at.Wait(fetch)
}

// claim enters a claim and returns what it is on. Of floating ones, whichever comes
// first moves the others: so each is on as much more as the others ask for. The
// position is asked for when those who come later already see the claim, and add
// to it: what was there before has been counted by then.
func (f *File) claim(who int, c claim, at Position) (span, error) {
	f.mu.Lock()
	for other, its := range f.claims {
		if other != who && c.floating && its.floating {
			c.more, its.more = endOf(c.more, its.n), endOf(its.more, c.n)
			its.to = endOf(its.to, c.n)
			f.claims[other] = its
		}
	}
	f.claims[who] = c
	f.mu.Unlock()
	f.table.claimed(who, f)
	off, err := at.At()
	f.mu.Lock()
	defer f.mu.Unlock()
	c = f.claims[who]
	c.span = span{off, endOf(off, endOf(c.n, c.more))}
	f.claims[who] = c
	return c.span, err
}

// Writers returns the threads with calls that write: they may have ended long ago.
func (f *File) Writers() (all []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for who, its := range f.claims {
		if its.writes {
			all = append(all, who)
		}
	}
	return all
}

// Floating returns the threads other than who with claims that float: their calls
// may have ended long ago.
func (f *File) Floating(who int) (others []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for other, its := range f.claims {
		if other != who && its.floating {
			others = append(others, other)
		}
	}
	return others
}

// settle ends the claim of thread who.
func (f *File) settle(who int) {
	f.mu.Lock()
	c, ok := f.claims[who]
	delete(f.claims, who)
	f.mu.Unlock()
	if ok && f.table.aggravate {
		f.drop(c.span)
	}
}

// writeClaims returns what calls under way may still change.
func (f *File) writeClaims() (s spans) {
	for _, c := range f.claims {
		if c.writes {
			s = s.with(c.span)
		}
	}
	return s
}
