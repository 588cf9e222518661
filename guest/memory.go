package guest

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
)

// Memory is the memory that a thread works in. It is read and written while
// the other threads of the process run, so that a value read twice may differ:
// read what a decision rests on once. Errors are those of process_vm_readv(2):
// EFAULT for an address that cannot be reached, ESRCH for a thread that is
// gone, EPERM for a process that made itself undumpable before KeepMemory.
type Memory struct{ thread *Thread }

// ReadAt fills p from address at. Like io.ReaderAt it returns an error when it
// could not fill all of p, with the number of bytes that it could.
func (m Memory) ReadAt(p []byte, at abi.Addr) (int, error) {
	return m.move("read", p, at, sys.ReadMemory, (*os.File).ReadAt)
}

// WriteAt writes p to address at. Pages that the guest itself may not write
// are refused with EFAULT, as the kernel would refuse them.
func (m Memory) WriteAt(p []byte, at abi.Addr) (int, error) {
	return m.move("write", p, at, sys.WriteMemory, (*os.File).WriteAt)
}

// Force writes p to address at, also to pages that the guest itself may only
// read or execute: it gets copies of its own of those.
func (m Memory) Force(p []byte, at abi.Addr) error {
	err := m.force(p, at)
	if err != nil {
		return fmt.Errorf("guest: write %d bytes at %#x of thread %d: %w", len(p), uint64(at), m.thread.id, err)
	}
	return nil
}

func (m Memory) force(p []byte, at abi.Addr) error {
	if f := m.thread.Process().memory(); f != nil {
		_, err := f.WriteAt(p, int64(at))
		return err
	}
	fd, err := unix.Open(fmt.Sprintf("/proc/%d/mem", m.thread.id), unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	for done := 0; done < len(p); {
		n, err := unix.Pwrite(fd, p[done:], int64(at)+int64(done))
		if err != nil {
			return err
		}
		done += n
	}
	return nil
}

func (m Memory) move(verb string, p []byte, at abi.Addr,
	direct func(int, []byte, uint64) (int, error), file func(*os.File, []byte, int64) (int, error)) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = direct(m.thread.id, p[n:], uint64(at)+uint64(n))
		if errors.Is(err, unix.EPERM) {
			if f := m.thread.Process().memory(); f != nil {
				k, err = file(f, p[n:], int64(at)+int64(n))
			}
		}
		n += k
	}
	if err != nil {
		return n, fmt.Errorf("guest: %s %d bytes at %#x of thread %d: %w", verb, len(p), uint64(at), m.thread.id, err)
	}
	return n, nil
}

// String reads a NUL-terminated string of at most limit bytes, without its
// NUL. A longer one is ENAMETOOLONG.
func (m Memory) String(at abi.Addr, limit int) (string, error) {
	const page = 4096
	var s []byte
	var buf [256]byte
	for len(s) <= limit {
		// A read must not run into a page behind the string's last one.
		here := uint64(at) + uint64(len(s))
		chunk := buf[:min(len(buf), page-int(here%page))]
		n, err := m.ReadAt(chunk, abi.Addr(here))
		if i := bytes.IndexByte(chunk[:n], 0); i >= 0 {
			s = append(s, chunk[:i]...)
			if len(s) > limit {
				break
			}
			return string(s), nil
		}
		if err != nil {
			return "", err
		}
		s = append(s, chunk...)
	}
	return "", fmt.Errorf("guest: string at %#x of thread %d: longer than %d bytes: %w", uint64(at), m.thread.id, limit, unix.ENAMETOOLONG)
}

// KeepMemory opens the process's memory for as long as it lives, so that it
// stays within reach when the process forbids new access to it by
// prctl(PR_SET_DUMPABLE).
func (p *Process) KeepMemory() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mem != nil {
		return nil
	}
	f, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", p.ID), os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("guest: keep memory of process %d: %w", p.ID, err)
	}
	p.mem = f
	return nil
}

func (p *Process) memory() *os.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mem
}

func (p *Process) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mem != nil {
		p.mem.Close()
		p.mem = nil
	}
}
