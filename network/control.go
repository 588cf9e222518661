package network

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
)

// closeEnclosed closes the descriptors that control messages of the kernel's have
// brought.
func closeEnclosed(control []byte) {
	messages, _ := unix.ParseSocketControlMessage(control)
	for i := range messages {
		fds, _ := unix.ParseUnixRights(&messages[i])
		for _, fd := range fds {
			unix.Close(fd)
		}
	}
}

// handControl gives the guest control messages, with descriptors of its own in the
// place of those that they have brought, which are closed. It returns how many bytes
// these took, and whether there was room for all.
func (h *header) handControl(c *intercept.Call, control []byte, closeOnExec bool) (size int, whole bool, e abi.Errno) {
	defer closeEnclosed(control)
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil || len(messages) == 0 {
		return 0, err == nil, 0
	}
	head := h.word + 8
	room, whole := int(min(h.controlSize, 1<<20)), true
	var out []byte
	for i := range messages {
		m := &messages[i]
		content := m.Data
		fits := room - len(out) - head
		if fits < 0 || h.control == 0 {
			return h.giveControl(c, out, false)
		}
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_RIGHTS {
			content = install(c, m, fits/4, closeOnExec)
		}
		whole = whole && len(content) == len(m.Data) && len(content) <= fits
		content = content[:min(len(content), fits)]
		if h.word == 4 {
			out = binary.LittleEndian.AppendUint32(out, uint32(head+len(content)))
		} else {
			out = binary.LittleEndian.AppendUint64(out, uint64(head+len(content)))
		}
		out = binary.LittleEndian.AppendUint32(out, uint32(m.Header.Level))
		out = binary.LittleEndian.AppendUint32(out, uint32(m.Header.Type))
		out = append(out, content...)
		for len(out)%h.word != 0 && len(out) < room {
			out = append(out, 0)
		}
	}
	return h.giveControl(c, out, whole)
}

// giveControl writes control messages to the guest.
func (h *header) giveControl(c *intercept.Call, b []byte, whole bool) (int, bool, abi.Errno) {
	if _, err := c.Memory().WriteAt(b, h.control); err != nil && len(b) > 0 {
		return 0, whole, abi.EFAULT
	}
	return len(b), whole, 0
}

// install gives the guest the descriptors of a message, as many as there is room for,
// and returns their numbers.
func install(c *intercept.Call, m *unix.SocketControlMessage, room int, closeOnExec bool) (numbers []byte) {
	fds, _ := unix.ParseUnixRights(m)
	for _, fd := range fds[:min(len(fds), room)] {
		number, e := c.InstallLowest(fd, closeOnExec)
		if e != 0 {
			break
		}
		numbers = binary.LittleEndian.AppendUint32(numbers, uint32(number))
	}
	return numbers
}
