// Package output writes the lines of a trace: to one place or to one for each
// thread, at once or a buffer at a time.
package output

import (
	"io"
	"sync"
	"time"
)

// Output is where lines go. A write that fails is remembered and ends that
// place's lines, never the run. Its methods may be called by several goroutines.
type Output struct {
	live bool
	each func(tid int) (io.WriteCloser, error) // makes a thread's own file, or nil

	mu    sync.Mutex // guards what follows
	main  *file
	files map[int]*file // by thread, if each has its own
	err   error
	done  chan struct{}
}

type file struct {
	w      io.Writer
	buf    []byte
	broken bool // a write has failed
}

const (
	fullBuffer = 32 << 10
	// flushEvery is how long somebody who watches a file may wait for lines.
	flushEvery = 100 * time.Millisecond
)

// New returns an output to w. A live one is written at once, as a terminal
// should be, others a buffer at a time or after a tenth of a second.
func New(w io.Writer, live bool) *Output {
	o := &Output{main: &file{w: w}, live: live, done: make(chan struct{})}
	go o.flushNowAndThen()
	return o
}

// PerThread returns an output that writes each thread's lines to a writer of
// its own, which open makes and End closes.
func PerThread(open func(tid int) (io.WriteCloser, error)) *Output {
	o := &Output{each: open, files: map[int]*file{}, done: make(chan struct{})}
	go o.flushNowAndThen()
	return o
}

// Separate reports whether each thread has its own place.
func (o *Output) Separate() bool { return o.each != nil }

// Write appends b to the lines of a thread.
func (o *Output) Write(tid int, b []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f := o.fileOf(tid)
	f.buf = append(f.buf, b...)
	if o.live || len(f.buf) >= fullBuffer {
		o.flush(f)
	}
}

func (o *Output) fileOf(tid int) *file {
	if o.each == nil {
		return o.main
	}
	f := o.files[tid]
	if f == nil {
		w, err := o.each(tid)
		if err != nil {
			o.fail(err)
			w = nowhere{}
		}
		f = &file{w: w}
		o.files[tid] = f
	}
	return f
}

// nowhere stands in for a file that could not be made.
type nowhere struct{}

func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (nowhere) Close() error                { return nil }

// End closes what a thread alone has written to.
func (o *Output) End(tid int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f := o.files[tid]
	if f == nil {
		return
	}
	delete(o.files, tid)
	o.flush(f)
	if err := f.w.(io.Closer).Close(); err != nil {
		o.fail(err)
	}
}

func (o *Output) flush(f *file) {
	if !f.broken && len(f.buf) > 0 {
		if _, err := f.w.Write(f.buf); err != nil {
			f.broken = true
			o.fail(err)
		}
	}
	f.buf = f.buf[:0]
}

func (o *Output) fail(err error) {
	if o.err == nil {
		o.err = err
	}
}

func (o *Output) flushNowAndThen() {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = o.Flush() // Close tells
		case <-o.done:
			return
		}
	}
}

// Flush writes what is buffered and returns the first error of any write.
func (o *Output) Flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.main != nil {
		o.flush(o.main)
	}
	for _, f := range o.files {
		o.flush(f)
	}
	return o.err
}

// Close ends the output and returns the first error of any write. The writer
// that New was given stays open.
func (o *Output) Close() error {
	close(o.done)
	_ = o.Flush()
	var tids []int
	for tid := range o.files {
		tids = append(tids, tid)
	}
	for _, tid := range tids {
		o.End(tid)
	}
	return o.err
}
