package inner

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// The Table's layout, from its begin at Base+CodeSize.
const (
	tableGeneration = 0x00  // directories that were learned in another are forgotten
	tableEra        = 0x08  // counts changes of working directories
	tableClasses    = 0x100 // what of a call has to be looked at, by its number
	classesCount    = 512
	tableNames      = 0x1000
	namesBits       = 1 << 16
	tableDirs       = tableNames + namesBits/8
	dirsCount       = 1 << 12
	dirSize         = 16 // its hash, and the generation in which it was learned
	tableSize       = tableDirs + dirsCount*dirSize

	// Size is that of Code and Table.
	Size = CodeSize + tableSize
)

// Table is the memory that the supervisor shares with the guest.
type Table struct {
	fd    int // read-only, for the guest
	bytes []byte

	mu sync.Mutex // one Learn at a time
}

// NewTable returns a table that knows nothing, behind a copy of Code. Linux
// refuses it where vm.memfd_noexec forbids memory of that kind to be executed. A
// filter of a container's may forbid openat2(2), which Code calls.
func NewTable() (*Table, error) {
	if err := tryInstead(); err != nil {
		return nil, fmt.Errorf("inner door: openat2: %w", err)
	}
	fd, err := unix.MemfdCreate("penumbra", unix.MFD_CLOEXEC|unix.MFD_EXEC)
	if err == unix.EINVAL { // MFD_EXEC is younger (Linux 6.3) than what it asks for
		fd, err = unix.MemfdCreate("penumbra", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return nil, fmt.Errorf("inner door: memfd_create: %w", err)
	}
	defer unix.Close(fd)
	if err := unix.Ftruncate(fd, Size); err != nil {
		return nil, fmt.Errorf("inner door: ftruncate: %w", err)
	}
	b, err := unix.Mmap(fd, 0, Size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("inner door: mmap: %w", err)
	}
	t := &Table{bytes: b}
	copy(b, Code())
	if t.fd, err = unix.Open(fmt.Sprintf("/proc/self/fd/%d", fd), unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		_ = unix.Munmap(b)
		return nil, fmt.Errorf("inner door: open read-only: %w", err)
	}
	// Whoever still knows the table may still use it.
	runtime.AddCleanup(t, func(b []byte) { _ = unix.Munmap(b) }, b)
	t.Forget()
	t.Moved()
	return t, nil
}

// tryInstead makes a call that Code makes in the place of others.
func tryInstead() error {
	fd, err := unix.Openat2(unix.AT_FDCWD, "/", &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS})
	if err == nil {
		unix.Close(fd)
	}
	return err
}

// FD returns a descriptor of the memory from which it can be mapped, but not to
// be written.
func (t *Table) FD() int { return t.fd }

// Close closes the descriptor. Guests keep what they have mapped.
func (t *Table) Close() error { return unix.Close(t.fd) }

func (t *Table) word(offset int) *atomic.Uint64 { return wordAt(t.bytes, CodeSize+offset) }

// Name has Code pass no path with such a name in it. (Now and then another name
// that happens to have the same hash is taken for it.)
func (t *Table) Name(name string) { t.mark(hash(basis, name)) }

// Keep has Code pass no call by the descriptor of a file of that inode number.
func (t *Table) Keep(inode uint64) { t.mark((basis ^ inode) * prime) }

// Class is what Code has to look at in a call.
type Class uint8

const (
	// Unknown: it passes no such call.
	Unknown Class = iota
	// Path: its path.
	Path
	// First: the file of the descriptor that is its first argument.
	First
	// Mapped: the file of the descriptor that mmap(2) maps, if any.
	Mapped
)

// Classify says what to look at in the calls of a number. Those with paths must
// be of those that Code knows by themselves.
func (t *Table) Classify(number int, c Class) {
	if uint(number) < classesCount {
		t.bytes[CodeSize+tableClasses+number] = byte(c)
	}
}

func (t *Table) mark(h uint64) {
	bit := fold(h) % namesBits
	t.bytes[CodeSize+tableNames+int(bit/8)] |= 1 << (bit % 8)
}

// Learn tells that the path dir, as it is written, leads through no link and
// into no mount, if it begins in the directory of number start; 0 is that of
// absolute paths.
func (t *Table) Learn(start uint64, dir string) { t.learn(hash(seed(start), dir)) }

// LearnWhole tells that the path, as it is written, leads where the kernel
// takes it, though by links, whoever follows them.
func (t *Table) LearnWhole(start uint64, path string) { t.learn(hash(seed(start), path+"\x00")) }

// seed is what the hash of a path begins with.
func seed(start uint64) uint64 {
	if start == 0 {
		return basis
	}
	return start
}

func (t *Table) learn(key uint64) {
	at := tableDirs + int(fold(key)%dirsCount)*dirSize
	t.mu.Lock()
	defer t.mu.Unlock()
	generation := t.word(tableGeneration).Load()
	t.word(at + 8).Store(0) // a reader must not take the old key's for the new one's
	t.word(at).Store(key)
	t.word(at + 8).Store(generation)
}

// Forget makes all that was learned void.
func (t *Table) Forget() { t.word(tableGeneration).Add(1) }

// Moved tells that a working directory may have become another. It returns the
// era that begins.
func (t *Table) Moved() uint64 { return t.word(tableEra).Add(1) }

// Era returns the present era.
func (t *Table) Era() uint64 { return t.word(tableEra).Load() }

// FNV-1a (Fowler, Noll and Vo; draft-eastlake-fnv), of 64 bits.
const (
	basis = 0xcbf29ce484222325
	prime = 0x100000001b3
)

func hash(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime
	}
	return h
}

func fold(h uint64) uint32 { return uint32(h ^ h>>32) }
