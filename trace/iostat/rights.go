package iostat

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/trace"
	"penumbra/vft/descriptors"
)

// rights follows the descriptors that a message brings from one process to
// another (SCM_RIGHTS, unix(7)).
func (c *Collector) rights(t *thread, call *trace.Call, r *role) {
	for _, fd := range c.descriptorsIn(call, call.Args.Addr(int(r.mem))) {
		if r.dir == out {
			c.table.Send(t.guest.ID(), fd)
			continue
		}
		c.received(t, fd, r.flags >= 0 && call.Args[r.flags]&unix.MSG_CMSG_CLOEXEC != 0)
	}
}

// received enters a descriptor that came with a message. Which description it
// names is certain if one alone of its file is under way, or if the sender still
// holds it, so that the kernel can tell.
func (c *Collector) received(t *thread, fd int32, closeOnExec bool) {
	c.table.Close(t.guest.ID(), fd)
	found, ok := c.host.descriptor(t.guest, fd, false)
	if !ok {
		return
	}
	id := c.idOf(&found)
	sent := c.table.Sent(id)
	if len(sent) > 1 {
		holders := c.table.Holders(id)
		for _, h := range sent {
			if c.holds(t, fd, holders[h]) {
				sent[0] = h
				break
			}
		}
	}
	if len(sent) > 0 {
		c.table.Deliver(t.guest.ID(), fd, sent[0], closeOnExec)
	}
}

// holds reports whether fd of t names the same description as holders do.
func (c *Collector) holds(t *thread, fd int32, holders []descriptors.Holder) bool {
	for _, h := range holders {
		if by := c.threads[h.Thread]; by != nil {
			return c.host.same(t.guest, fd, by.guest, h.FD)
		}
	}
	return false
}

// mostControl bounds the control data of a message; the kernel takes 20 KiB
// (net/core/sock.c, optmem_max), and 253 descriptors at a time.
const mostControl = 20 << 10

// descriptorsIn returns the descriptors in the control data of the message at an
// address.
func (c *Collector) descriptorsIn(call *trace.Call, at abi.Addr) (fds []int32) {
	a, layout := call.Arch, abi.LayoutOf("msghdr")
	header := make([]byte, layout.Size(a))
	if !c.host.read(call.Thread, header, at) {
		return nil
	}
	control, size := layout.Field("msg_control").Get(a, header), layout.Field("msg_controllen").Get(a, header)
	word := a.PointerSize()
	first := word + 8 // cmsg_level and cmsg_type behind cmsg_len
	if control == 0 || size < uint64(first) || size > mostControl {
		return nil
	}
	b := make([]byte, size)
	if !c.host.read(call.Thread, b, abi.Addr(control)) {
		return nil
	}
	for len(b) >= first {
		n := wordAt(b, word)
		if n < uint64(first) || n > uint64(len(b)) {
			break
		}
		if level, kind := binary.LittleEndian.Uint32(b[word:]), binary.LittleEndian.Uint32(b[word+4:]); level == unix.SOL_SOCKET && kind == unix.SCM_RIGHTS {
			for data := b[first:n]; len(data) >= 4; data = data[4:] {
				fds = append(fds, int32(binary.LittleEndian.Uint32(data)))
			}
		}
		b = b[min((int(n)+word-1)&^(word-1), len(b)):]
	}
	return fds
}
