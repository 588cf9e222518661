package vft

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/internal/sys"
)

// fill is Fill by a holder of the gate.
func (f *File) fill(off, n int64) error {
	f.mu.Lock()
	end := min(endOf(off, n), f.origin)
	f.mu.Unlock()
	if off >= end {
		return nil
	}
	return inRuns(off/BlockSize, blocksIn(end), f.fillBlocks)
}

// inRuns calls do for the blocks from up to to, in runs of which several are under
// way at a time, and returns the first one's error.
func inRuns(from, to int64, do func(from, to int64) error) error {
	if to-from <= longestRun {
		return do(from, to)
	}
	errs := make([]error, (to-from+longestRun-1)/longestRun)
	gate := make(chan struct{}, mostRuns)
	var failed atomic.Bool
	var wg sync.WaitGroup
	for i := range errs {
		gate <- struct{}{}
		if failed.Load() {
			break
		}
		wg.Go(func() {
			run := from + int64(i)*longestRun
			if errs[i] = do(run, min(run+longestRun, to)); errs[i] != nil {
				failed.Store(true)
			}
			<-gate
		})
	}
	wg.Wait()
	return cmp.Or(errs...)
}

// fillBlocks puts the blocks from b up to end into the placeholder.
func (f *File) fillBlocks(b, end int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for b < end {
		other := f.filling[b]
		switch {
		case f.present.has(b):
			b++
		case other != nil:
			f.mu.Unlock()
			<-other
			f.mu.Lock() // and look again: it may have failed
		default:
			got, err := f.fillFrom(b, end)
			if err != nil && got == 0 {
				return err
			}
			b += got
		}
	}
	return nil
}

// fillFrom fetches a run of missing blocks that begins with b and returns how
// many came. It gives up the lock meanwhile.
func (f *File) fillFrom(b, end int64) (int64, error) {
	n := int64(0)
	done := make(chan struct{})
	for ; n < longestRun && b+n < end && !f.present.has(b+n) && f.filling[b+n] == nil; n++ {
		f.filling[b+n] = done
	}
	size := min((b+n)*BlockSize, f.origin) - b*BlockSize
	f.mu.Unlock()
	got, err := f.fetch(b*BlockSize, size)
	f.mu.Lock()
	for i := range n {
		delete(f.filling, b+i)
		if i < got {
			f.present.add(b + i)
		}
	}
	close(done)
	f.table.fetched(got * BlockSize)
	return got, err
}

var buffers = sync.Pool{New: func() any { return new([longestRun * BlockSize]byte) }}

// fetch copies size bytes from off, where a block begins, from the source to the
// placeholder and returns how many whole blocks came, the last being whole if
// all of it came.
func (f *File) fetch(off, size int64) (blocks int64, err error) {
	host, source, err := f.acquire()
	if err != nil {
		return 0, err
	}
	defer f.release()
	buffer := buffers.Get().(*[longestRun * BlockSize]byte)
	defer buffers.Put(buffer)
	data := buffer[:size]
	n, err := source.ReadAt(data, off)
	switch {
	case n == len(data):
		err, blocks = nil, blocksIn(size)
	case err == nil || errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
		fallthrough
	default:
		err = fmt.Errorf("read %d bytes at %d: %w", size, off, err)
		blocks = int64(n) / BlockSize
	}
	data = data[:min(blocks*BlockSize, size)]
	if e := f.put(data, off, func(data []byte, off int64) error { return scribble(host, data, off) }); e != nil {
		return 0, e
	}
	return blocks, err
}

var zeros [BlockSize]byte

// put writes to the placeholder, by write, what the source has. A hole there is zeros
// already.
func (f *File) put(data []byte, off int64, write func(data []byte, off int64) error) error {
	f.mu.Lock()
	holes := !f.table.aggravate && !f.stale
	f.mu.Unlock()
	for len(data) > 0 && holes && bytes.Equal(data[:min(len(data), BlockSize)], zeros[:min(len(data), BlockSize)]) {
		n := min(len(data), BlockSize)
		data, off = data[n:], off+int64(n)
	}
	if len(data) == 0 {
		return nil
	}
	if f.options.Reserve != nil {
		if err := f.options.Reserve(int64(len(data))); err != nil {
			return err
		}
	}
	return f.putAround(data, off, write)
}

// putAround writes data but where it would cover what was written here, and is to go
// to the source.
func (f *File) putAround(data []byte, off int64, write func(data []byte, off int64) error) error {
	f.mu.Lock()
	ours := f.dirty
	f.mu.Unlock()
	end := off + int64(len(data))
	for _, s := range append(ours.below(end), span{end, end}) {
		if s.to <= off {
			continue
		}
		if n := s.from - off; n > 0 {
			if err := write(data[:n], off); err != nil {
				return err
			}
		}
		data, off = data[min(max(s.to-off, 0), int64(len(data))):], max(off, s.to)
	}
	return nil
}

// scribble is scribbleTo for a placeholder that is open for reading. A descriptor for
// writing is open as briefly as possible, since a program cannot be executed as long as
// there is one.
func scribble(host *os.File, data []byte, off int64) error {
	var st unix.Stat_t
	if err := unix.Fstat(int(host.Fd()), &st); err != nil {
		return fmt.Errorf("vft: stat a placeholder: %w", err)
	}
	to, err := reopen(host, st.Mode)
	if err != nil {
		return fmt.Errorf("vft: open a placeholder: %w", err)
	}
	defer to.Close()
	return scribbleTo(to, data, off)
}

// scribbleTo writes to a placeholder behind the back of whoever looks at its times.
func scribbleTo(to *os.File, data []byte, off int64) error {
	var before, after unix.Stat_t
	if err := unix.Fstat(int(to.Fd()), &before); err != nil {
		return fmt.Errorf("vft: stat a placeholder: %w", err)
	}
	// On a tmpfs, what is written by way of memory leaves the times alone.
	if err := sys.WriteMapped(int(to.Fd()), data, off); err != nil {
		if errors.Is(err, unix.EFAULT) {
			return abi.ENOSPC // there was no page for it
		}
		return fmt.Errorf("vft: write to a placeholder: %w", err)
	}
	if unix.Fstat(int(to.Fd()), &after) == nil && after.Mtim != before.Mtim {
		keep := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, before.Mtim}
		_ = unix.UtimesNanoAt(unix.AT_FDCWD, link(to), keep, 0)
	}
	return nil
}

// link is the name by which a file is opened anew that may have none.
func link(host *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", host.Fd()) }

// reopen opens a placeholder for writing too, whatever its permissions.
func reopen(host *os.File, mode uint32) (*os.File, error) {
	to, err := os.OpenFile(link(host), os.O_RDWR, 0)
	if !errors.Is(err, unix.EACCES) {
		return to, err
	}
	if err := unix.Fchmod(int(host.Fd()), 0o600); err != nil {
		return nil, err
	}
	to, err = os.OpenFile(link(host), os.O_RDWR, 0)
	return to, errors.Join(err, unix.Fchmod(int(host.Fd()), mode&0o7777))
}

// Preset puts the whole content of the source into the placeholder, which is open for
// reading and writing, instead of having it fetched when it is asked for.
func (f *File) Preset(host *os.File, content []byte) error {
	f.gate.RLock()
	defer f.gate.RUnlock()
	f.mu.Lock()
	fits := int64(len(content)) == f.origin && f.present.count == 0 && len(f.filling) == 0 && !f.table.aggravate
	f.mu.Unlock()
	if !fits || len(content) == 0 {
		return nil // it comes as it is asked for
	}
	if err := f.put(content, 0, func(data []byte, off int64) error { return scribbleTo(host, data, off) }); err != nil {
		return err
	}
	blocks := blocksIn(int64(len(content)))
	f.mu.Lock()
	for b := range blocks {
		f.present.add(b)
	}
	f.mu.Unlock()
	f.table.fetched(blocks * BlockSize)
	return nil
}

// Small returns the length of a file of which all is in the placeholder, if it is
// not worth while to say which part of it a call reads.
func (f *File) Small() (size int64, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.origin, f.origin <= longestRun*BlockSize && f.isWhole() && !f.table.aggravate
}

// Bounds of what is read ahead, in bytes. The most is what a link of 1 GB/s and a
// round trip of 30 ms holds.
const leastAhead, mostAhead = 256 << 10, 32 << 20

// readAhead fetches, in the background, what a program that reads on from where
// it was will ask for next: the more, the longer it does so. It asks for an eighth at a
// time, so that the link is never idle.
func (f *File) readAhead(off, n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	sequential := off == f.next
	f.next = endOf(off, n)
	if !sequential {
		f.begun, f.asked = off, f.next
		return
	}
	window := min(max(4*(f.next-f.begun), leastAhead), mostAhead)
	from, to := max(f.asked, f.next), min(endOf(f.next, window)/BlockSize*BlockSize, f.origin)
	if f.table.aggravate || from >= to || to < f.origin && to-from < max(window/8, leastAhead/2) {
		return
	}
	f.asked = to
	first, end := from/BlockSize, blocksIn(to)
	if f.present.within(first, end) == end-first {
		return
	}
	go func() { _ = f.Fill(from, to-from) }() // who reads there will be told
}

// Room returns how many bytes more the placeholder's file system can take, with
// some left for others.
func (f *File) Room() int64 {
	host, _, err := f.acquire()
	if err != nil {
		return 0
	}
	defer f.release()
	var st unix.Statfs_t
	if unix.Fstatfs(int(host.Fd()), &st) != nil {
		return 0
	}
	free := int64(st.Bavail) * st.Bsize
	return free - free/8
}
