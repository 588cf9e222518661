package server

import (
	"context"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// memoryDevices are the minor numbers of devices that do nothing to anybody: null,
// zero, full, random, urandom (null(4), random(4)).
var memoryDevices = map[uint32]bool{3: true, 5: true, 7: true, 8: true, 9: true}

// mayStream reports whether what is neither a file nor a directory may be opened.
func mayStream(attr *wire.Attr, flags uint32) bool {
	const memory = 1 // MEM_MAJOR, linux/major.h
	switch {
	case flags&wire.OpenStream == 0:
		return false
	case attr.Type == wire.TypeCharDevice:
		return attr.RdevMajor == memory && memoryDevices[attr.RdevMinor]
	}
	return attr.Type == wire.TypeFIFO
}

// mostOpening is how many threads of a session may wait for the other end of a pipe:
// each takes one of this process's.
const mostOpening = 16

// openPipe opens a named pipe when it has another end; fifo(7). Anything else it opens
// at once.
func (t *task) openPipe(b base, flags uint32) (int, *export, error) {
	held, e, err := t.openFile(b, wire.OpenPath|flags&(wire.OpenNoFollow|wire.OpenDirectory), 0)
	if err != nil {
		return t.openFile(b, flags, 0)
	}
	defer unix.Close(held)
	attr, err := attrOf(held)
	if err != nil {
		return -1, nil, err
	}
	const both = wire.OpenRead | wire.OpenWrite
	if attr.Type != wire.TypeFIFO || flags&both == both || !mayStream(&attr, flags) || e.readOnly && flags&wire.OpenWrite != 0 {
		fd, err := openHeld(held, e, flags)
		return fd, e, err
	}
	t.mu.Lock()
	many := t.opening >= mostOpening
	if !many {
		t.opening++
	}
	t.mu.Unlock()
	if many {
		return -1, nil, abi.EMFILE
	}
	defer func() {
		t.mu.Lock()
		t.opening--
		t.mu.Unlock()
	}()
	// Who waits is woken by one who is both ends, and leaves at once.
	stop := context.AfterFunc(t.ctx, func() {
		if fd, err := unix.Open(procPath(held), unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0); err == nil {
			unix.Close(fd)
		}
	})
	host := wire.HostOpenFlags(flags & both)
	fd, err := restart(func() (int, error) { return unix.Open(procPath(held), int(host)|unix.O_CLOEXEC, 0) })
	if !stop() && err == nil {
		unix.Close(fd)
		err = abi.EINTR
	}
	if err != nil {
		return -1, nil, err
	}
	return fd, e, unix.SetNonblock(fd, true)
}
