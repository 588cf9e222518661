package intercept

import (
	"encoding/binary"
	"slices"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
)

// Word is an element of an array of strings that SetArgStrings places: one that
// the guest's memory holds already, or a new one.
type Word struct {
	At   abi.Addr // of the guest's own string, or 0
	Text string   // the new one if At is 0
}

// SetArgString makes the kernel see s, NUL-terminated, as what argument i points
// to, under the rules of SetArg. The string is put into memory that the engine
// has the guest map for this; the guest's own memory stays as it is. If it
// cannot be mapped the call fails with ENOMEM.
func (c *Call) SetArgString(i int, s string) {
	c.rewrite()
	c.placed = append(c.placed, placement{arg: i, text: s})
}

// SetArgStrings makes the kernel see an array of strings, ended by a null
// pointer, as what argument i points to, as SetArgString does.
func (c *Call) SetArgStrings(i int, list []Word) {
	c.rewrite()
	c.placed = append(c.placed, placement{arg: i, array: true, list: list})
}

// ArgString returns the string that argument i points to, as
// [guest.Memory.String] reads it with that limit, or that an outer layer of the
// policy has put in its place.
func (c *Call) ArgString(i, limit int) (string, error) {
	for _, p := range slices.Backward(c.placed) {
		if c.behind && p.arg == i && !p.array {
			return p.text, nil
		}
	}
	return c.Memory().String(c.Args.Addr(i), limit)
}

// placement is what an argument is to point to.
type placement struct {
	arg   int
	text  string
	array bool
	list  []Word
}

// room is memory of the guest in which placements lie while a call runs.
type room struct {
	at   uint64
	size int
}

// layOut returns the image of all placements of c for memory at address at, and
// points the arguments there.
func (c *Call) layOut(at uint64) []byte {
	var image []byte
	here := func() uint64 { return at + uint64(len(image)) }
	put := func(s string) uint64 {
		address := here()
		image = append(append(image, s...), 0)
		return address
	}
	for _, p := range c.placed {
		if !p.array {
			c.args[p.arg] = put(p.text)
			continue
		}
		pointers := make([]uint64, 0, len(p.list)+1)
		for _, w := range p.list {
			if w.At != 0 {
				pointers = append(pointers, uint64(w.At))
			} else {
				pointers = append(pointers, put(w.Text))
			}
		}
		for len(image)%8 != 0 {
			image = append(image, 0)
		}
		c.args[p.arg] = here()
		for _, pointer := range append(pointers, 0) {
			if c.Arch.PointerSize() == 4 {
				image = binary.LittleEndian.AppendUint32(image, uint32(pointer))
			} else {
				image = binary.LittleEndian.AppendUint64(image, pointer)
			}
		}
	}
	return image
}

// place puts what c placed into the guest's memory and prepares the thread to
// make c with it, or first to map memory for it and then to make c again.
func (t *tracer) place(tr *tracee, c *Call) {
	size := len(c.layOut(0))
	if size > tr.room.size {
		t.makeRoom(tr, c, size)
		return
	}
	tr.call = c
	if _, err := c.Memory().WriteAt(c.layOut(tr.room.at), abi.Addr(tr.room.at)); err != nil {
		tr.room = room{} // the guest has unmapped it
		c.SetError(abi.ENOMEM)
		skipCall(tr.thread, c.Arch, -int64(abi.ENOMEM))
		return
	}
	rewriteCall(c)
}

// makeRoom prepares a thread to run an mmap in the place of c.
func (t *tracer) makeRoom(tr *tracee, c *Call, size int) {
	const granule = 64 << 10
	size = (size + granule - 1) / granule * granule
	number, ok := abi.ByName("mmap2").On(c.Arch)
	if !ok {
		number, _ = abi.ByName("mmap").On(c.Arch)
	}
	if regs, err := guest.ReadRegisters(tr.thread, c.Arch); err == nil {
		regs.SetNumber(number)
		regs.SetArgs(abi.Args{0, uint64(size), unix.PROT_READ | unix.PROT_WRITE,
			unix.MAP_PRIVATE | unix.MAP_ANONYMOUS, ^uint64(0), 0})
		regs.Write(tr.thread)
	}
	tr.call, tr.after = c, func() { t.roomMade(tr, c, size) }
}

// roomMade handles the end of that mmap: the thread makes its call again.
func (t *tracer) roomMade(tr *tracee, c *Call, size int) {
	at := t.info.Result(c.Arch)
	if isRestart(at) {
		t.again(tr, c, nil) // a signal came before it was let run
		return
	}
	if at < 0 && at >= -maxErrno {
		c.SetError(abi.ENOMEM)
		t.finish(tr, c)
		return
	}
	if c.Arch.PointerSize() == 4 {
		at = int64(uint32(at))
	}
	tr.room = room{uint64(at), size}
	if tr.lender != nil {
		tr.lender.room = tr.room
	}
	t.again(tr, c, func() {
		t.place(tr, c)
		t.resume(tr.thread.ID(), 0)
	})
}

// lendRoom gives a new process the room that its parent has: in a copy of the
// parent's memory it lies at the same place, and a parent in vfork waits until
// the child has left the memory that they share.
func (t *tracer) lendRoom(parent *guest.Thread, child *tracee, event int) {
	if parent == nil || event != unix.PTRACE_EVENT_FORK && event != unix.PTRACE_EVENT_VFORK {
		return
	}
	lender := t.tracees[parent.ID()]
	if lender == nil {
		return
	}
	child.room = lender.room
	if event == unix.PTRACE_EVENT_VFORK {
		child.lender = lender
	}
}
