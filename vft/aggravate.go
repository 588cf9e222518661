package vft

import (
	"bytes"
	"sync"

	"golang.org/x/sys/unix"
)

// Poison is what a placeholder is full of where its content is not there, in the
// mode for tests.
const Poison = 0xDB

// mostPoison bounds what is poisoned of a file.
const mostPoison = 64 << 20

var poison = sync.OnceValue(func() []byte { return bytes.Repeat([]byte{Poison}, longestRun*BlockSize) })

// poison fills a new placeholder.
func (f *File) poison() error {
	if f.origin == 0 {
		return nil
	}
	host, _, err := f.acquire()
	if err != nil {
		return err
	}
	defer f.release()
	pattern := poison()
	for off, end := int64(0), min(f.origin, mostPoison); off < end; off += int64(len(pattern)) {
		if err := scribble(host, pattern[:min(int64(len(pattern)), end-off)], off); err != nil {
			return err
		}
	}
	return nil
}

// drop takes those blocks of s out of the placeholder that nobody else needs.
func (f *File) drop(s span) {
	f.gate.RLock()
	defer f.gate.RUnlock()
	host, _, err := f.acquire()
	if err != nil {
		return
	}
	defer f.release()
	var st unix.Stat_t
	if unix.Fstat(int(host.Fd()), &st) != nil {
		return
	}
	f.mu.Lock()
	s.to = min(s.to, st.Size, f.origin)
	f.mu.Unlock()
	for b := s.from / BlockSize; b*BlockSize < s.to; b++ {
		block := span{b * BlockSize, min((b+1)*BlockSize, st.Size)}
		done := make(chan struct{})
		f.mu.Lock()
		goes := f.present.has(b) && block.to <= f.origin && block.to <= mostPoison && !f.needs(block)
		if goes {
			f.present.remove(b)
			f.filling[b] = done
		}
		f.mu.Unlock()
		if !goes {
			continue
		}
		err := scribble(host, poison()[:block.to-block.from], block.from)
		f.mu.Lock()
		if err != nil { // it is being executed
			f.present.add(b)
		}
		delete(f.filling, b)
		close(done)
		f.mu.Unlock()
	}
}

// needs reports whether a block has to stay.
func (f *File) needs(block span) bool {
	for _, c := range f.claims {
		if c.from < block.to && block.from < c.to {
			return true
		}
	}
	return f.filling[block.from/BlockSize] != nil || f.unlinked ||
		f.pinned.overlaps(block) || f.mapped.overlaps(block) || f.dirty.overlaps(block) || f.sending.overlaps(block)
}
