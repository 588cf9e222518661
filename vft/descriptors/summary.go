package descriptors

// Summary is what was done to a file.
type Summary struct {
	Opens, Reads, Writes, Seeks uint64 // calls that succeeded
	Read, Written               uint64 // bytes
}

// Add adds what other says.
func (s *Summary) Add(other Summary) {
	s.Opens += other.Opens
	s.Reads += other.Reads
	s.Writes += other.Writes
	s.Seeks += other.Seeks
	s.Read += other.Read
	s.Written += other.Written
}

// ID says which file is meant: the numbers that stat(2) gives, and the part of
// the view, such as a mount, through which it is seen, or what else tells files
// of the same numbers apart. A file that is open keeps
// its numbers; one that is not may lose them to another.
type ID struct {
	Dev, Ino uint64
	View     string
}

// File is a file that somebody holds, by whatever descriptors.
type File struct {
	ID   ID
	Name string // by which it was opened first

	holders *holders
	open    int // descriptions of it
	access  Access
	sum     Summary
}

// Access says what a description may be used for.
type Access uint8

const (
	Readable Access = 1 << iota
	Writable
)

// Summary returns what was done to f until now.
func (f *File) Summary() Summary {
	f.holders.Lock()
	defer f.holders.Unlock()
	return f.sum
}

// Access returns what f was opened for, by one description or another.
func (f *File) Access() Access {
	f.holders.Lock()
	defer f.holders.Unlock()
	return f.access
}
