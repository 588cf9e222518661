package away

import (
	"encoding/binary"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
)

// What select(2) counts as readable, writable and exceptional.
const (
	pollReadNormal, pollReadBand   = 0x40, 0x80 // asm-generic/poll.h
	pollWriteNormal, pollWriteBand = 0x100, 0x200

	pollReadable    = pollReadNormal | pollReadBand | unix.POLLIN | unix.POLLHUP | unix.POLLERR
	pollWritable    = pollWriteNormal | pollWriteBand | unix.POLLOUT | unix.POLLERR
	pollExceptional = unix.POLLPRI
)

var setEvents = [3]uint16{pollReadable, pollWritable, pollExceptional}

// choose answers select and pselect6.
func (t *task) choose() intercept.Verdict {
	const most = 1 << 16 // descriptors; more than processes have
	count := t.Args.Int32(0)
	limit, e := t.limit(4)
	switch {
	case e != 0:
		return intercept.Fail(e)
	case count < 0:
		return intercept.Fail(abi.EINVAL)
	}
	count = min(count, most)
	word := t.Arch.PointerSize()
	size := (int(count) + 8*word - 1) / (8 * word) * word
	var sets [3][]byte
	for i := range sets {
		if at := t.Args.Addr(1 + i); at != 0 {
			sets[i] = make([]byte, size)
			if _, err := t.Memory().ReadAt(sets[i], at); err != nil && size > 0 {
				return intercept.Fail(abi.EFAULT)
			}
		}
	}
	var all []*interest
	local := true
	for fd := range count {
		i := &interest{fd: fd}
		for s, set := range sets {
			if set != nil && set[fd/8]&(1<<(fd%8)) != 0 {
				i.events |= setEvents[s]
			}
		}
		if i.events != 0 {
			all = append(all, i)
			local = local && t.owns(t.Thread, fd)
		}
	}
	if local {
		return intercept.Run
	}
	if e := t.readPackedMask(); e != 0 {
		return intercept.Fail(e)
	}
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	l := t.sort(p, all)
	defer l.close()
	for _, i := range all {
		if i.found&unix.POLLNVAL != 0 {
			return intercept.Fail(abi.EBADF)
		}
	}
	w := pollPatience(limit)
	if _, e = t.waitFor(l, w); e != 0 {
		return intercept.Fail(e)
	}
	return t.tellChosen(all, sets, w)
}

// readPackedMask reads the mask of pselect6, whose address and size lie in memory.
func (t *task) readPackedMask() abi.Errno {
	if !strings.HasPrefix(t.Syscall.Name, "pselect6") || t.Args[5] == 0 {
		return 0
	}
	word := t.Arch.PointerSize()
	b := make([]byte, 2*word)
	if _, err := t.Memory().ReadAt(b, t.Args.Addr(5)); err != nil {
		return abi.EFAULT
	}
	if word == 4 {
		return t.readMask(abi.Addr(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[4:])))
	}
	return t.readMask(abi.Addr(binary.LittleEndian.Uint64(b)), binary.LittleEndian.Uint64(b[8:]))
}

// tellChosen writes which descriptors are ready to the sets that they were asked in.
func (t *task) tellChosen(all []*interest, sets [3][]byte, w *patience) intercept.Verdict {
	n := 0
	for _, i := range all {
		for s, set := range sets {
			if set == nil || set[i.fd/8]&(1<<(i.fd%8)) == 0 {
				continue
			}
			if i.found&setEvents[s] != 0 {
				n++
			} else {
				set[i.fd/8] &^= 1 << (i.fd % 8)
			}
		}
	}
	for s, set := range sets {
		if len(set) == 0 {
			continue
		}
		if _, err := t.Memory().WriteAt(set, t.Args.Addr(1+s)); err != nil {
			return intercept.Fail(abi.EFAULT)
		}
	}
	t.tellRest(4, w)
	return intercept.Skip(int64(n))
}
