package vft

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"maps"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// seed is that of the hashes of blocks. Two contents of a block that hash alike
// are one in 2^64.
var seed = maphash.MakeSeed()

// Flush writes back what has changed. After an error all of it is still to be
// written back, and the next Flush tries again.
func (f *File) Flush() error {
	f.flushing.Lock()
	defer f.flushing.Unlock()
	f.gate.RLock()
	defer f.gate.RUnlock()
	f.mu.Lock()
	dirty, mapped, cut := f.dirty, f.mapped, f.cut
	if f.dropped {
		f.dropped = false
		f.mu.Unlock()
		return abi.ESTALE
	}
	if f.unlinked || len(dirty) == 0 && len(mapped) == 0 && cut == maxOffset {
		f.mu.Unlock()
		return nil
	}
	// What calls under way will write is not there yet.
	f.dirty, f.sending, f.cut = f.writeClaims(), dirty, maxOffset
	alone := len(f.mappers) == 0
	f.mu.Unlock()
	err := f.usable()
	if err == nil {
		err = f.writeBack(dirty, mapped, cut)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sending, f.flushed = nil, time.Now()
	if err != nil {
		for _, s := range dirty {
			f.dirty = f.dirty.with(s)
		}
		f.cut = min(f.cut, cut)
		return err
	}
	if alone && len(f.mappers) == 0 {
		f.mapped, f.hashes = nil, map[int64]uint64{}
	}
	f.settleOrigin()
	return nil
}

// settleOrigin has what the source was given count as what it has.
func (f *File) settleOrigin() {
	if f.length <= f.origin || f.origin%BlockSize != 0 && !f.present.has(f.origin/BlockSize) {
		return
	}
	for b := f.origin / BlockSize; b < blocksIn(f.length); b++ {
		f.present.add(b)
	}
	f.origin = f.length
}

// mostDirty is how many bytes are written to a file before they are written back
// without anybody's asking.
const mostDirty = 64 << 20

// writeBehind does so.
func (f *File) writeBehind() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.behind || f.dirty.size() < mostDirty {
		return
	}
	f.behind = true
	go func() {
		_ = f.Flush() // who closes or syncs it is told
		f.mu.Lock()
		f.behind = false
		f.mu.Unlock()
	}()
}

// Sync is Flush, and has the source make it permanent.
func (f *File) Sync() error {
	if err := f.Flush(); err != nil {
		return err
	}
	_, source, err := f.acquire()
	if err != nil {
		return err
	}
	defer f.release()
	if s, ok := source.(Syncer); ok {
		return s.Sync()
	}
	return nil
}

// writeBack gives the source what the placeholder has in dirty, and in those
// blocks of mapped that have changed.
func (f *File) writeBack(dirty, mapped spans, cut int64) error {
	host, source, err := f.acquire()
	if err != nil {
		return err
	}
	defer f.release()
	var st unix.Stat_t
	if err := unix.Fstat(int(host.Fd()), &st); err != nil {
		return fmt.Errorf("vft: stat a placeholder: %w", err)
	}
	if cut = min(cut, st.Size); cut < f.length {
		if err := f.setLength(source, cut); err != nil {
			return err
		}
	}
	hashes, err := hashesOf(host, mapped.below(st.Size))
	if err != nil {
		return err
	}
	for _, s := range f.changed(dirty, hashes).below(st.Size) {
		if err := f.send(host, source, s); err != nil {
			return err
		}
		f.length = max(f.length, s.to)
	}
	if f.length != st.Size {
		if err := f.setLength(source, st.Size); err != nil {
			return err
		}
	}
	if f.options.Written != nil && unix.Fstat(int(host.Fd()), &st) == nil {
		if err := f.options.Written(source, time.Unix(st.Mtim.Unix())); err != nil {
			return err
		}
	}
	f.mu.Lock()
	maps.Copy(f.hashes, hashes)
	f.mu.Unlock()
	return nil
}

func (f *File) setLength(source Source, size int64) error {
	t, ok := source.(Truncater)
	if !ok {
		return errReadOnly
	}
	if err := t.Truncate(size); err != nil {
		return fmt.Errorf("set the length to %d: %w", size, err)
	}
	f.length = size
	return nil
}

// send copies the bytes of s from the placeholder to the source, several runs at a
// time.
func (f *File) send(host *os.File, source Source, s span) error {
	to, ok := source.(io.WriterAt)
	if !ok {
		return errReadOnly
	}
	return inRuns(s.from/BlockSize, blocksIn(s.to), func(b, end int64) error {
		return sendRun(host, to, span{max(s.from, b*BlockSize), min(s.to, end*BlockSize)})
	})
}

// sendRun is send for as much as a buffer holds.
func sendRun(host *os.File, to io.WriterAt, s span) error {
	buffer := buffers.Get().(*[longestRun * BlockSize]byte)
	defer buffers.Put(buffer)
	n, err := host.ReadAt(buffer[:s.to-s.from], s.from)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("vft: read a placeholder: %w", err)
	}
	if n == 0 {
		return nil // it was made shorter by somebody else
	}
	if _, err := to.WriteAt(buffer[:n], s.from); err != nil {
		return fmt.Errorf("write %d bytes at %d: %w", n, s.from, err)
	}
	return nil
}

// changed returns dirty and those blocks that hash otherwise than what the source
// has.
func (f *File) changed(dirty spans, hashes map[int64]uint64) spans {
	f.mu.Lock()
	defer f.mu.Unlock()
	for b, hash := range hashes {
		if before, known := f.hashes[b]; !known || before != hash {
			dirty = dirty.with(span{b * BlockSize, (b + 1) * BlockSize})
		}
	}
	return dirty
}

// remember notes the blocks of s as they are, for the source has them so, or is
// about to have them.
func (f *File) remember(s span) error {
	host, _, err := f.acquire()
	if err != nil {
		return err
	}
	defer f.release()
	var st unix.Stat_t
	if err := unix.Fstat(int(host.Fd()), &st); err != nil {
		return fmt.Errorf("vft: stat a placeholder: %w", err)
	}
	hashes, err := hashesOf(host, spans{s}.below(st.Size))
	f.mu.Lock()
	defer f.mu.Unlock()
	for b, hash := range hashes {
		if _, known := f.hashes[b]; !known {
			f.hashes[b] = hash
		}
	}
	return err
}

// hashesOf returns the hashes of the placeholder's blocks that s touches.
func hashesOf(host *os.File, s spans) (hashes map[int64]uint64, err error) {
	hashes = map[int64]uint64{}
	s.blocks(func(b int64) {
		var e error
		if hashes[b], e = hashOf(host, b); e != nil {
			err = e
		}
	})
	return hashes, err
}

// hashOf returns the hash of a block of the placeholder.
func hashOf(host *os.File, b int64) (uint64, error) {
	buffer := buffers.Get().(*[longestRun * BlockSize]byte)
	defer buffers.Put(buffer)
	n, err := host.ReadAt(buffer[:BlockSize], b*BlockSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("vft: read a placeholder: %w", err)
	}
	return maphash.Bytes(seed, buffer[:n]), nil
}
