package iostat

import (
	"math/bits"
	"slices"
	"time"

	"penumbra/abi"
)

// An Op is what calls are counted as.
type Op uint8

// The operations. A call that copies between two files counts as a read of one
// and a write of the other, with half of its time each.
const (
	Open   Op = iota // open, accept
	Read             // read, pread, readv, recv, the reading half of sendfile …
	Write            // write, pwrite, writev, send, the writing half …
	Seek             // lseek
	Sync             // fsync, fdatasync, sync_file_range, syncfs, sync
	Map              // mmap of a file
	Close            // close
	Name             // looked up or changed a name: stat, access, rename, unlink …
	Manage           // the rest: dup, fcntl, fstat, ftruncate, fallocate
	numOps
)

// op returns what a transfer in direction d counts as.
func (d direction) op() Op {
	if d == out {
		return Write
	}
	return Read
}

// sizeClasses is the number of classes in a histogram of request sizes: class
// 0 is no byte, class n is 2^(n-1) to 2^n - 1 bytes, the last all above.
const sizeClasses = 32

func sizeClass(n uint64) int { return min(bits.Len64(n), sizeClasses-1) }

// Stats are the sums of a file, or of a process. Their size is fixed, but for
// one pair of numbers for each kind of error. Index 0 of pairs is what was
// read, index 1 what was written.
type Stats struct {
	Calls       [numOps]uint64
	Time        [numOps]time.Duration
	Bytes       [2]uint64
	Mapped      uint64                 // bytes of files mapped into memory
	Short       [2]uint64              // requests that moved fewer bytes than asked for, but not for the file's end
	Interrupted uint64                 // calls that a signal ended: EINTR, or to be made again
	Placed      [2]uint64              // requests on files with offsets that had a predecessor
	Sequential  [2]uint64              // those that continued where it ended
	Sizes       [2][sizeClasses]uint64 // requests by the bytes asked for
	Quickest    [2]time.Duration       // the least time that a request took
	Errors      []ErrorCount           // the errors that the guest saw, but for EINTR
}

// ErrorCount says how often calls failed with an error.
type ErrorCount struct {
	Errno abi.Errno
	Count uint64
}

func (s *Stats) call(op Op, took time.Duration) {
	s.Calls[op]++
	s.Time[op] += took
}

// request counts one that succeeded and asked for a number of bytes.
func (s *Stats) request(dir direction, asked, got uint64, took time.Duration) {
	s.Bytes[dir] += got
	s.Sizes[dir][sizeClass(asked)]++
	if s.Quickest[dir] == 0 || took < s.Quickest[dir] {
		s.Quickest[dir] = max(took, 1)
	}
}

func (s *Stats) fail(err abi.Errno, n uint64) {
	if err == abi.EINTR || err >= abi.ERESTARTSYS {
		s.Interrupted += n
		return
	}
	for i := range s.Errors {
		if s.Errors[i].Errno == err {
			s.Errors[i].Count += n
			return
		}
	}
	s.Errors = append(s.Errors, ErrorCount{err, n})
}

// merge adds the sums of other.
func (s *Stats) merge(other *Stats) {
	for op := range numOps {
		s.Calls[op] += other.Calls[op]
		s.Time[op] += other.Time[op]
	}
	for dir := range s.Bytes {
		s.Bytes[dir] += other.Bytes[dir]
		s.Short[dir] += other.Short[dir]
		s.Placed[dir] += other.Placed[dir]
		s.Sequential[dir] += other.Sequential[dir]
		for class := range s.Sizes[dir] {
			s.Sizes[dir][class] += other.Sizes[dir][class]
		}
		if q := other.Quickest[dir]; q > 0 && (s.Quickest[dir] == 0 || q < s.Quickest[dir]) {
			s.Quickest[dir] = q
		}
	}
	s.Mapped += other.Mapped
	s.Interrupted += other.Interrupted
	for _, e := range other.Errors {
		s.fail(e.Errno, e.Count)
	}
}

// TotalTime returns the time spent in all calls.
func (s *Stats) TotalTime() (sum time.Duration) {
	for _, t := range s.Time {
		sum += t
	}
	return sum
}

// TotalCalls returns the number of all calls.
func (s *Stats) TotalCalls() (sum uint64) {
	for _, n := range s.Calls {
		sum += n
	}
	return sum
}

// TotalErrors returns the number of calls that failed, but for EINTR.
func (s *Stats) TotalErrors() (sum uint64) {
	for _, e := range s.Errors {
		sum += e.Count
	}
	return sum
}

// sortedErrors returns the errors, the most frequent first.
func (s *Stats) sortedErrors() []ErrorCount {
	sorted := slices.Clone(s.Errors)
	slices.SortStableFunc(sorted, func(a, b ErrorCount) int { return int(int64(b.Count) - int64(a.Count)) })
	return sorted
}

// mean returns the mean time of a call.
func (s *Stats) mean(op Op) time.Duration {
	if s.Calls[op] == 0 {
		return 0
	}
	return s.Time[op] / time.Duration(s.Calls[op])
}
