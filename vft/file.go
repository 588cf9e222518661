package vft

import (
	"maps"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Options say what a File is made of.
type Options struct {
	// Open opens the placeholder, for reading, and what it stands for. A File
	// closes both when it is not used for a while, and opens them again.
	Open func() (*os.File, Source, error)
	// Size is the length of the source.
	Size int64
	// Reserve, if not nil, is asked before n bytes are put into the placeholder.
	// Its error is the read's.
	Reserve func(n int64) error
	// Written, if not nil, ends a write-back: it is told when the placeholder was
	// last written to, after source was given all of that. Its error is the
	// write-back's.
	Written func(source Source, when time.Time) error
	// Locker, if not nil, returns what locks the source, or nil if nobody elsewhere
	// can reach that any more.
	Locker func() (Locker, error)
	// Unlocked, if not nil, is called when the source is not locked any more, if a
	// Refresh came while it was.
	Unlocked func()
}

// File is an emulated file.
type File struct {
	table   *Table
	key     key
	options Options

	locking  sync.Mutex   // held while locks at the source are changed, and by who takes those of flock(2) here
	flushing sync.Mutex   // one at a time
	opening  sync.Mutex   // likewise
	gate     sync.RWMutex // held for writing by what shortens the placeholder, for reading by what depends on its length

	mu       sync.Mutex
	host     *os.File // the placeholder, nil unless open
	source   Source   // likewise
	users    int      // of both
	origin   int64    // up to where the source has what the placeholder lacks
	present  blockSet // below origin
	filling  map[int64]chan struct{}
	dirty    spans // to be written back
	sending  spans // being written back
	claims   map[int]claim
	pinned   spans     // may be looked at without a call
	read     time.Time // when that was last
	next     int64     // where a read that goes on from the last would begin
	begun    int64     // where the first of those reads began
	asked    int64     // up to where is asked for what they will come to
	behind   bool      // what was written is being written back
	length   int64     // of the source; it belongs to who is flushing
	cut      int64     // to what length it has to be cut before it is written to
	mapped   spans     // may be changed without a call
	mappers  map[int]bool
	hashes   map[int64]uint64 // of what the source has of mapped blocks
	unlinked bool             // nobody asks any more what is written back
	held     bool             // it cannot be opened again
	renewed  bool             // the source has to be opened again
	stale    bool             // the placeholder may have other things than zeros where nothing is present
	flushed  time.Time        // when the last write-back ended
	renewing time.Time        // when what had come was forgotten last
	closed   bool             // nobody uses it any more

	locks   locks
	coming  map[int]*asking // by thread, nil where it is not asked yet or any more
	pledged map[int]pledge  // that a call may be about to take, by thread
	tending bool            // somebody gives up what is needed no more
	refused bool            // a Refresh, for that
	broken  bool            // locks were lost that are in use here
	dropped bool            // with them something that was written, and nobody was told yet
}

// Fill puts the n bytes from off into the placeholder, as far as they are below
// its end. Blocks that are there are not asked for again. Of several callers who
// want the same block one asks the source; if that fails, each asks again.
func (f *File) Fill(off, n int64) error {
	f.gate.RLock()
	defer f.gate.RUnlock()
	return f.fill(off, n)
}

// Missing returns how many bytes Fill would fetch.
func (f *File) Missing(off, n int64) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	end := min(endOf(off, n), f.origin)
	if off >= end {
		return 0
	}
	first, end := off/BlockSize, blocksIn(end)
	return (end - first - f.present.within(first, end)) * BlockSize
}

// blocksIn returns how many blocks n bytes take.
func blocksIn(n int64) int64 { return n/BlockSize + min(n%BlockSize, 1) }

// Keep says that n bytes from off may be looked at after the call that asks for
// them, at any time.
func (f *File) Keep(off, n int64) {
	f.mu.Lock()
	f.pinned = f.pinned.with(span{off, endOf(off, n)})
	f.mu.Unlock()
}

// Pin is Keep, and has the bytes put into the placeholder.
func (f *File) Pin(off, n int64) error {
	f.Keep(off, n)
	return f.Fill(off, n)
}

// Map is Pin for what process pid may also change at any time, from now until
// Table.Unmap is told that it does not any more.
func (f *File) Map(pid int, off, n int64) error {
	if err := f.Pin(off, n); err != nil {
		return err
	}
	if err := f.remember(span{off, endOf(off, n)}); err != nil {
		return err
	}
	f.mu.Lock()
	f.mapped = f.mapped.with(span{off, endOf(off, n)})
	f.mappers[pid] = true
	f.mu.Unlock()
	f.table.mapped(pid, f)
	f.table.touch(f)
	return nil
}

// Resize does what sets the placeholder's length to size. If do fails nothing has
// changed.
func (f *File) Resize(size int64, do func() error) error {
	f.gate.Lock()
	defer f.gate.Unlock()
	if err := do(); err != nil {
		return err
	}
	f.mu.Lock()
	f.origin, f.cut = min(f.origin, size), min(f.cut, size)
	f.present.cut(blocksIn(f.origin))
	f.dirty = f.dirty.below(size)
	for _, s := range f.writeClaims() {
		f.dirty = f.dirty.with(s) // what is written there yet, is written behind the end
	}
	maps.DeleteFunc(f.hashes, func(block int64, _ uint64) bool { return (block+1)*BlockSize > size })
	f.mu.Unlock()
	f.table.touch(f)
	return nil
}

// Hold keeps open what f is made of, unless all is there: soon it cannot be opened
// again.
func (f *File) Hold() error {
	f.mu.Lock()
	whole := f.isWhole()
	f.mu.Unlock()
	if whole {
		return nil
	}
	_, source, err := f.acquire()
	if err != nil {
		return err
	}
	defer f.release()
	if k, ok := source.(Keeper); ok {
		if err := k.Keep(); err != nil {
			return err
		}
	}
	f.mu.Lock()
	f.held = true
	f.mu.Unlock()
	return nil
}

// Unlink says that the file has no name left: what is written to it goes with
// it, and is not written back.
func (f *File) Unlink() {
	f.mu.Lock()
	f.unlinked, f.dirty = true, nil
	needed := !f.isWhole() && (f.users > 0 || f.host == nil || isOpen(f.host))
	f.mu.Unlock()
	if !needed {
		f.table.remove(f)
		f.close()
	}
}

// isOpen reports whether somebody else has a placeholder without a name open, or
// maps it: a lease for writing is for him alone who has no company (fcntl(2)).
func isOpen(host *os.File) bool {
	if _, err := unix.FcntlInt(host.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		return true
	}
	_, _ = unix.FcntlInt(host.Fd(), unix.F_SETLEASE, unix.F_UNLCK)
	return false
}

func (f *File) isWhole() bool { return f.present.count == blocksIn(f.origin) }

// acquire opens what f is made of, unless it is, for use until release.
func (f *File) acquire() (*os.File, Source, error) {
	if host, source, ok := f.use(); ok {
		return host, source, nil
	}
	f.opening.Lock()
	defer f.opening.Unlock()
	if host, source, ok := f.use(); ok {
		return host, source, nil
	}
	host, source, err := f.options.Open()
	if err != nil {
		return nil, nil, err
	}
	f.mu.Lock()
	f.host, f.source, f.users = host, source, 1
	f.mu.Unlock()
	f.table.opened(f)
	return host, source, nil
}

// use returns what f is made of if that is open.
func (f *File) use() (*os.File, Source, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.host == nil {
		return nil, nil, false
	}
	f.users++
	return f.host, f.source, true
}

func (f *File) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.users--; f.users == 0 && (f.closed || f.renewed) {
		f.closeBoth()
	}
}

// rest closes what f is made of and reports true, unless that is in use, or
// could not be opened again.
func (f *File) rest() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.users > 0 || f.held {
		return false
	}
	f.closeBoth()
	return true
}

func (f *File) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed = true; f.users == 0 {
		f.closeBoth()
	}
}

func (f *File) closeBoth() {
	if f.host != nil {
		// What was to be kept was flushed.
		_ = f.source.Close()
		_ = f.host.Close()
		f.host, f.source, f.renewed = nil, nil, false
	}
}

// Dirty reports whether there may be something for Flush to do.
func (f *File) Dirty() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.unlinked && (len(f.dirty) > 0 || len(f.mapped) > 0 || f.cut != maxOffset)
}
