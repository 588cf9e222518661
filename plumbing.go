package penumbra

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
)

// plumbing connects a guest's descriptors to the streams of its Cmd.
type plumbing struct {
	used   bool
	theirs []*os.File // the guest's ends: closed here once it has them
	ours   []*os.File // our ends of pipes handed to the caller
	copies []func() error

	group sync.WaitGroup
	mu    sync.Mutex
	err   error // the first of copying
}

// connect returns the numbers of the guest's descriptors from 0 on.
func (p *plumbing) connect(c *Cmd) ([]int, error) {
	p.used = true
	stdin, err := p.reader(c.Stdin)
	if err != nil {
		return nil, err
	}
	stdout, err := p.writer(c.Stdout)
	if err != nil {
		return nil, err
	}
	stderr := stdout
	if !sameWriter(c.Stdout, c.Stderr) {
		if stderr, err = p.writer(c.Stderr); err != nil {
			return nil, err
		}
	}
	var fds []int
	for _, f := range append([]*os.File{stdin, stdout, stderr}, c.ExtraFiles...) {
		fd := -1
		if f != nil {
			if fd = int(f.Fd()); fd < 0 {
				return nil, fmt.Errorf("penumbra: descriptor %d: %w", len(fds), os.ErrClosed)
			}
		}
		fds = append(fds, fd)
	}
	return fds, nil
}

// sameWriter reports whether both streams are one, so that what is written to
// them keeps its order. Writers of types that cannot be compared are not.
func sameWriter(a, b io.Writer) (same bool) {
	defer func() {
		if recover() != nil {
			same = false
		}
	}()
	return a != nil && a == b
}

func (p *plumbing) reader(r io.Reader) (*os.File, error) {
	if r == nil {
		return p.null(os.O_RDONLY)
	}
	if f, ok := r.(*os.File); ok {
		return f, nil
	}
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("penumbra: standard input: %w", err)
	}
	p.hold(theirs, ours)
	p.copies = append(p.copies, func() error {
		_, err := io.Copy(ours, r)
		if errors.Is(err, syscall.EPIPE) {
			err = nil // the program had read enough
		}
		return errors.Join(err, ours.Close())
	})
	return theirs, nil
}

func (p *plumbing) writer(w io.Writer) (*os.File, error) {
	if w == nil {
		return p.null(os.O_WRONLY)
	}
	if f, ok := w.(*os.File); ok {
		return f, nil
	}
	ours, theirs, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("penumbra: standard output: %w", err)
	}
	p.hold(theirs, ours)
	p.copies = append(p.copies, func() error {
		_, err := io.Copy(w, ours)
		return errors.Join(err, ours.Close())
	})
	return theirs, nil
}

func (p *plumbing) null(mode int) (*os.File, error) {
	f, err := os.OpenFile(os.DevNull, mode, 0)
	if err != nil {
		return nil, fmt.Errorf("penumbra: %w", err)
	}
	p.theirs = append(p.theirs, f)
	return f, nil
}

// copy starts the goroutines that serve streams which are no files.
func (p *plumbing) copy() {
	for _, serve := range p.copies {
		p.group.Go(func() {
			if err := serve(); err != nil {
				p.mu.Lock()
				defer p.mu.Unlock()
				if p.err == nil {
					p.err = err
				}
			}
		})
	}
}

// wait waits for the copying to end, closes the pipes that the caller did not,
// and returns the first error of copying.
func (p *plumbing) wait() error {
	p.group.Wait()
	closeAll(p.ours)
	return p.err
}

// closeTheirs closes the guest's ends, which it has got by now.
func (p *plumbing) closeTheirs() {
	closeAll(p.theirs)
	p.theirs = nil
}

// discard undoes all for a guest that was not started.
func (p *plumbing) discard() {
	p.closeTheirs()
	closeAll(p.ours)
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close() // most are closed already, each by who was done with it
	}
}

// StdinPipe returns a pipe to the program's standard input. Wait closes it;
// close it before if the program waits for the end of its input.
func (c *Cmd) StdinPipe() (io.WriteCloser, error) {
	if c.Stdin != nil {
		return nil, errors.New("penumbra: Stdin already set")
	}
	theirs, ours, err := c.plumbed.pipe()
	if err != nil {
		return nil, err
	}
	c.plumbed.hold(theirs, ours)
	c.Stdin = theirs
	return ours, nil
}

// StdoutPipe returns a pipe from the program's standard output. Wait closes
// it: read to its end first.
func (c *Cmd) StdoutPipe() (io.ReadCloser, error) {
	if c.Stdout != nil {
		return nil, errors.New("penumbra: Stdout already set")
	}
	ours, theirs, err := c.plumbed.pipe()
	if err != nil {
		return nil, err
	}
	c.plumbed.hold(theirs, ours)
	c.Stdout = theirs
	return ours, nil
}

// StderrPipe is to standard error what StdoutPipe is to standard output.
func (c *Cmd) StderrPipe() (io.ReadCloser, error) {
	if c.Stderr != nil {
		return nil, errors.New("penumbra: Stderr already set")
	}
	ours, theirs, err := c.plumbed.pipe()
	if err != nil {
		return nil, err
	}
	c.plumbed.hold(theirs, ours)
	c.Stderr = theirs
	return ours, nil
}

func (p *plumbing) pipe() (reader, writer *os.File, err error) {
	if p.used {
		return nil, nil, errors.New("penumbra: already started")
	}
	reader, writer, err = os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("penumbra: %w", err)
	}
	return reader, writer, nil
}

// hold remembers a pipe's ends, to be closed when they have done their duty.
func (p *plumbing) hold(theirs, ours *os.File) {
	p.theirs = append(p.theirs, theirs)
	p.ours = append(p.ours, ours)
}
