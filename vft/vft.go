// Package vft holds emulated files: files whose content is elsewhere, in a
// [Source], and comes piece by piece as it is asked for.
//
// A File stands behind a placeholder, a real sparse file of the right length,
// which is what a program opens. Its descriptors are the kernel's own, with
// their offsets, locks and mappings. Whoever answers the program's calls says
// beforehand what a call is going to touch: [File.Read] has the blocks that it
// reads put into the placeholder, [File.Write] those that it changes in part, and
// notes what has to go back. [File.Flush] writes that back.
//
// # Claims
//
// That a call has ended nobody says. What a thread's call may still change is
// the thread's claim, and holds until [Table.Settle] is told that the thread has
// come to its next call, or ended.
//
// # Locks
//
// In the order in which they are taken: Table.flushing, File.locking, File.flushing, File.gate,
// File.opening, File.mu, Table.mu. A Source is asked, and opened, with none of the
// last two held.
package vft

import (
	"errors"
	"io"

	"penumbra/abi"
)

// BlockSize is the number of bytes that are fetched at least, and the unit in
// which it is known what is there.
const BlockSize = 64 << 10

// longestRun bounds, in blocks, what is asked of a Source at once, and mostRuns
// how often at a time, for one caller.
const longestRun, mostRuns = 16, 16

// A Source is where the content of an emulated file is. It can be written to if
// it is an io.WriterAt, which may write behind its end; with a length of its own
// it is a [Truncater]. Its methods are called by several goroutines at once.
//
// Errors that are an abi.Errno go to the guest; others are EIO to it.
type Source interface {
	io.ReaderAt
	io.Closer
}

// A Truncater is a Source whose length can be set. Bytes that it gains are zero.
type Truncater interface{ Truncate(size int64) error }

// A Keeper is a Source that may be found by its name when it is read. Keep is called
// before that name is lost.
type Keeper interface{ Keep() error }

// A Syncer is a Source that may keep back what it was given until Sync.
type Syncer interface{ Sync() error }

// errReadOnly is the error of writing back to a Source that takes nothing.
var errReadOnly = errors.Join(errors.New("vft: its source cannot be written to"), abi.EROFS)

// maxOffset is the greatest length of a file (loff_t).
const maxOffset = 1<<63 - 1

// endOf returns the offset behind n bytes at from.
func endOf(from, n int64) int64 {
	if n > maxOffset-from {
		return maxOffset
	}
	return from + n
}
