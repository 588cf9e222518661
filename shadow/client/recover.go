package client

import (
	"errors"
	"maps"
	"slices"

	"penumbra/abi"
	"penumbra/shadow/session"
	"penumbra/shadow/wire"
)

// recover is session.ClientConfig.Recover. What cannot be had again stays as a
// descriptor that is ESTALE; an error is only a link that broke.
func (c *Client) recover(s session.Recovery) error {
	r := &recovery{c: c, do: s.Do, made: map[*opened]heldAt{}}
	for _, p := range s.Pending {
		if k, ok := p.About.(*call); ok {
			r.pending = append(r.pending, k.request)
		}
	}
	c.resetSockets(abi.ECONNRESET)
	// No reply is on its way now: nobody else writes to the ledger.
	c.ledger.mu.Lock()
	if s.Rebooted {
		c.ledger.each(func(f *opened) { f.lost = f.lost || f.written > f.synced })
	}
	procs := maps.Clone(c.ledger.procs)
	c.ledger.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(procs)) {
		if err := r.process(id, procs[id]); err != nil {
			return err
		}
	}
	return nil
}

// A recovery has a shadow that knows nothing make anew what the ledger holds.
type recovery struct {
	c       *Client
	pending []wire.Request
	do      func(*session.Call) error
	made    map[*opened]heldAt
}

// heldAt is where an open file has been made anew first.
type heldAt struct {
	proc uint32
	fd   int32
}

// ask performs an operation. Its error is the shadow's answer, broken the link's.
func (r *recovery) ask(proc uint32, o wire.Op) (err, broken error) {
	k, err := r.c.newCall(proc, nil, []wire.Op{o})
	if err != nil {
		return err, nil
	}
	k.Finish = nil // the ledger has it already
	if broken := r.do(&k.Call); broken != nil {
		return nil, broken
	}
	return k.reply.Err(), nil
}

func (r *recovery) process(id uint32, h *holdings) error {
	if _, broken := r.ask(id, wire.Op{Code: wire.Spawn, Proc: id, Mode: h.umask}); broken != nil {
		return broken
	}
	if err := r.cwd(id, h); err != nil {
		return err
	}
	for _, fd := range slices.Sorted(maps.Keys(h.files)) {
		if err := r.file(id, fd, h.files[fd]); err != nil {
			return err
		}
	}
	return r.ownLocks(id, h)
}

// cwd finds the working directory, and opens it for a moment to see that it is
// the same.
func (r *recovery) cwd(id uint32, h *holdings) error {
	const scratch = 1<<31 - 1
	err, broken := r.reopen(id, scratch, h.cwd)
	if err != nil || broken != nil {
		return errors.Join(broken, r.closed(id, scratch, broken))
	}
	if _, broken := r.ask(id, wire.Op{Code: wire.Chdir, FD: scratch}); broken != nil {
		return broken
	}
	return r.closed(id, scratch, nil)
}

func (r *recovery) closed(id uint32, fd int32, broken error) error {
	if broken != nil {
		return nil
	}
	_, broken = r.ask(id, wire.Op{Code: wire.Close, FD: fd})
	return broken
}

func (r *recovery) reopen(id uint32, fd int32, f *opened) (err, broken error) {
	r.c.ledger.mu.Lock()
	places := r.c.ledger.places(f.path, r.pending)
	r.c.ledger.mu.Unlock()
	return r.ask(id, wire.Op{Code: wire.Reopen, Paths: places, Flags: f.flags, ID: f.id, FD2: fd})
}

// file makes a descriptor anew, and the locks of its open file.
func (r *recovery) file(id uint32, fd int32, f *opened) error {
	if at, ok := r.made[f]; ok {
		err, broken := r.ask(id, wire.Op{Code: wire.Dup, Proc: at.proc, FD: at.fd, FD2: fd})
		if err != nil && broken == nil {
			return r.lose(id, fd, f)
		}
		return broken
	}
	err, broken := r.reopen(id, fd, f)
	if broken != nil {
		return broken
	}
	r.made[f] = heldAt{id, fd}
	if err != nil {
		r.stale(f)
		return nil
	}
	locks := append(f.locks.ops(fd, wire.LockFile), f.whole.ops(fd, wire.LockWhole)...)
	return r.locks(id, fd, f, locks)
}

// locks takes locks again. If somebody else has got one meanwhile the file is
// lost: what the guest protected by it may have changed.
func (r *recovery) locks(id uint32, fd int32, f *opened, ops []wire.Op) error {
	for _, o := range ops {
		err, broken := r.ask(id, o)
		if broken != nil {
			return broken
		}
		if err != nil {
			return r.lose(id, fd, f)
		}
	}
	return nil
}

// ownLocks takes the process's own locks again.
func (r *recovery) ownLocks(id uint32, h *holdings) error {
	for fd, f := range h.files {
		if held := h.locks[f.id]; len(held) > 0 {
			if err := r.locks(id, fd, f, held.ops(fd, wire.LockProcess)); err != nil {
				return err
			}
		}
	}
	return nil
}

// stale notes that a file, or its locks, could not be had again.
func (r *recovery) stale(f *opened) {
	r.c.ledger.mu.Lock()
	defer r.c.ledger.mu.Unlock()
	f.stale = true
}

// lose makes a descriptor ESTALE: no file has an identity of zero.
func (r *recovery) lose(id uint32, fd int32, f *opened) error {
	r.stale(f)
	err, broken := r.ask(id, wire.Op{Code: wire.Reopen, Paths: []string{f.path}, Flags: f.flags, FD2: fd})
	if errors.Is(err, abi.ESTALE) {
		err = nil
	}
	return errors.Join(err, broken)
}
