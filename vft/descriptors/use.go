package descriptors

import "golang.org/x/sys/unix"

// CountRead notes a read of n bytes: at an offset of its own (pread(2)) if placed is
// set, else at d's, which moves.
func (d *Description[D]) CountRead(n int64, placed bool) {
	d.lock()
	defer d.unlock()
	d.File.sum.Reads++
	d.File.sum.Read += uint64(n)
	if !placed && d.offset != Unknown {
		d.offset += n
	}
}

// CountWrite notes a write of n bytes, likewise; end is where it ended, if that is
// known, and moves the offset of a description that appends. A write of nothing
// moves none.
func (d *Description[D]) CountWrite(n int64, placed bool, end int64) {
	d.lock()
	defer d.unlock()
	d.File.sum.Writes++
	d.File.sum.Written += uint64(n)
	switch {
	case n == 0 || placed || d.offset == Unknown && !d.appends():
	case d.appends():
		d.offset = end
	default:
		d.offset += n
	}
}

// CountSeek notes that a seek has moved the offset to to.
func (d *Description[D]) CountSeek(to int64) {
	d.lock()
	defer d.unlock()
	d.File.sum.Seeks++
	d.offset = to
}

// Offset returns where the next read or write begins that has no offset of its
// own, or Unknown.
func (d *Description[D]) Offset() int64 {
	d.lock()
	defer d.unlock()
	return d.offset
}

// Status returns the status flags (fcntl(2)).
func (d *Description[D]) Status() int {
	d.lock()
	defer d.unlock()
	return d.status
}

// settable are the flags that F_SETFL changes.
const settable = unix.O_APPEND | unix.O_ASYNC | unix.O_DIRECT | unix.O_NOATIME | unix.O_NONBLOCK

// SetStatus notes a fcntl(F_SETFL).
func (d *Description[D]) SetStatus(flags int) {
	d.lock()
	defer d.unlock()
	d.status = d.status&^settable | flags&settable
}

// Appends reports whether each write goes to the end of the file.
func (d *Description[D]) Appends() bool {
	d.lock()
	defer d.unlock()
	return d.appends()
}

func (d *Description[D]) appends() bool { return d.status&unix.O_APPEND != 0 }

func (d *Description[D]) lock() { d.File.holders.Lock() }

func (d *Description[D]) unlock() { d.File.holders.Unlock() }
