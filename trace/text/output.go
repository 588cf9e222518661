package text

import (
	"io"
	"sync"
	"time"
)

// Output is where lines go. A write that fails is remembered and ends the
// output, never the run.
type Output struct {
	main *file
	each func(tid int) (io.WriteCloser, error) // makes a thread's own file, or nil
	live bool

	mu    sync.Mutex // guards all buffers and err
	files []*file
	err   error
	done  chan struct{}
}

// file is one sequence of lines.
type file struct {
	w    io.Writer
	buf  []byte
	open *line // the line that it ends in, unfinished
}

const (
	fullBuffer = 32 << 10
	// flushEvery is how long somebody who watches the file may wait for lines.
	flushEvery = 100 * time.Millisecond
)

// NewOutput returns an output to w. A live one is written at once, as a
// terminal should be, others a buffer at a time or after a tenth of a second.
func NewOutput(w io.Writer, live bool) *Output {
	o := &Output{main: &file{w: w}, live: live, done: make(chan struct{})}
	o.files = []*file{o.main}
	go o.flushNowAndThen()
	return o
}

// NewOutputs returns an output that writes each thread's lines to a writer of
// its own, which open makes.
func NewOutputs(open func(tid int) (io.WriteCloser, error)) *Output {
	o := &Output{each: open, done: make(chan struct{})}
	go o.flushNowAndThen()
	return o
}

// fileOf returns where the lines of a thread go.
func (o *Output) fileOf(tid int) *file {
	if o.each == nil {
		return o.main
	}
	w, err := o.each(tid)
	f := &file{w: w}
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil {
		o.fail(err)
		f.w = io.Discard
	}
	o.files = append(o.files, f)
	return f
}

// release writes and closes a file that only one thread had.
func (o *Output) release(f *file) {
	if o.each == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush(f)
	if c, ok := f.w.(io.Closer); ok {
		if err := c.Close(); err != nil {
			o.fail(err)
		}
	}
	for i := range o.files {
		if o.files[i] == f {
			o.files = append(o.files[:i], o.files[i+1:]...)
			return
		}
	}
}

// write appends b to a file.
func (o *Output) write(f *file, b []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f.buf = append(f.buf, b...)
	if o.live || len(f.buf) >= fullBuffer {
		o.flush(f)
	}
}

func (o *Output) flush(f *file) {
	if o.err == nil && len(f.buf) > 0 {
		if _, err := f.w.Write(f.buf); err != nil {
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
	for _, f := range o.files {
		o.flush(f)
	}
	return o.err
}

// Close ends the output and returns the first error of any write. It does not
// close the writer of NewOutput.
func (o *Output) Close() error {
	close(o.done)
	for _, f := range append([]*file(nil), o.files...) {
		o.release(f)
	}
	return o.Flush()
}
