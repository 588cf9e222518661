package view

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/internal/sys"
	"penumbra/vft"
)

// description is the state of an open file description.
type description struct {
	offset int64
	flags  int
}

func (d description) writes() bool { return d.flags&unix.O_ACCMODE != unix.O_RDONLY }

// describe reads fdinfo (proc_pid_fdinfo(5)).
func describe(t *guest.Thread, fd int32) (d description, err error) {
	file, err := unix.Open(fmt.Sprintf("/proc/%d/fdinfo/%d", t.ID(), fd), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return d, err
	}
	defer unix.Close(file)
	var start [128]byte // the first lines; more follow if it is locked
	n, err := unix.Read(file, start[:])
	if err != nil {
		return d, err
	}
	for line := range bytes.Lines(start[:n]) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		text := string(bytes.TrimSpace(value))
		switch string(name) {
		case "pos":
			d.offset, err = strconv.ParseInt(text, 10, 64)
		case "flags":
			var flags uint64
			flags, err = strconv.ParseUint(text, 8, 64)
			d.flags = int(flags)
		}
		if err != nil {
			return d, err
		}
		if string(name) == "flags" {
			break
		}
	}
	return d, nil
}

// mostMoved is how many missing bytes a call that moves content from file to file
// may fetch. Programs ask for all there is, of any file, and would see nothing of
// it for long. With EINVAL, which says that a file system cannot do this, they
// read and write instead.
const mostMoved = 64 << 20

// transfer readies what a call reads, and notes what it writes.
func (v *View) transfer(c *intercept.Call, t *transfer) intercept.Verdict {
	touched := false
	for _, e := range t.ends {
		f, _ := v.emulated(c.Thread, c.Args.Int32(e.fd))
		if f == nil {
			continue
		}
		touched = true
		if err := v.transferAt(c, t, e, f); err != nil {
			return intercept.Fail(contentErrno(err))
		}
	}
	if touched && !c.Alive() {
		v.settle(c.Thread.ID())
	}
	return intercept.Run
}

// transferAt does so for one end of a call, which is f.
func (v *View) transferAt(c *intercept.Call, t *transfer, e end, f *vft.File) error {
	who, fd, n := c.Thread.ID(), c.Args.Int32(e.fd), t.bytes(c)
	off, fixed := t.at(c, e)
	if n == 0 || fixed && off < 0 {
		return nil // there is nothing to do, or the kernel will refuse it
	}
	moves := len(t.ends) > 1
	if size, small := f.Small(); small && !e.writes && !moves {
		return f.Read(who, size, vft.Fixed(0)) // wherever it begins
	}
	where := func() (int64, error) { return off, nil }
	if e.writes {
		d, err := describe(c.Thread, fd)
		switch {
		case err != nil || !d.writes():
			return nil
		case t.appends(c, d.flags):
			fixed = false
			where = func() (int64, error) { return sizeOf(c.Thread, fd) }
		case !fixed:
			where = func() (int64, error) { return offsetOf(c.Thread, fd) }
		}
	} else if !fixed {
		where = func() (int64, error) { return offsetOf(c.Thread, fd) }
	}
	at := vft.Position{
		Floating: !fixed,
		At: func() (begin int64, err error) {
			if begin, err = where(); moves && f.Missing(begin, n) > mostMoved {
				return begin, abi.EINVAL
			}
			if moves && !e.writes {
				f.Keep(begin, n) // a pipe may hold on to the memory
			}
			return begin, err
		},
		Wait: func(fetch func() error) error { return await(c, fetch) },
	}
	if at.Floating {
		v.settleIdle(f, who)
	}
	if e.writes {
		return f.Write(who, n, at)
	}
	return f.Read(who, n, at)
}

// await calls fetch, and waits until it has ended or a signal has come for the
// guest. Then the call is made again after that: what fetch does goes on meanwhile.
// So a program can be stopped and ended whatever it waits for.
func await(c *intercept.Call, fetch func() error) error {
	done := make(chan error, 1)
	go func() { done <- fetch() }()
	if ended, err := attend(c, done); ended {
		return err
	}
	return abi.ERESTARTNOINTR
}

// attend waits for the error of what c is waiting for. It reports false if before that
// a signal has come for the guest, or its thread is gone.
func attend(c *intercept.Call, done <-chan error) (ended bool, err error) {
	// Most are soon done, and another worker at the door is dear.
	const soon, interval = 200 * time.Microsecond, 10 * time.Millisecond
	select {
	case err := <-done:
		return true, err
	case <-time.After(soon):
		c.Leave()
	}
	look := time.NewTicker(interval)
	defer look.Stop()
	for {
		select {
		case err := <-done:
			return true, err
		case <-look.C:
			if !c.Alive() || c.Thread.Signalled() {
				return false, nil
			}
		}
	}
}

// sizeOf returns the length of the file that fd of t is open on.
func sizeOf(t *guest.Thread, fd int32) (int64, error) {
	var st unix.Stat_t
	if err := unix.Stat(descriptorPath(t, fd), &st); err != nil {
		return 0, abi.EBADF // it was closed meanwhile
	}
	return st.Size, nil
}

// offsetOf returns the offset of fd of t.
func offsetOf(t *guest.Thread, fd int32) (int64, error) {
	d, err := describe(t, fd)
	if err != nil {
		return 0, abi.EBADF
	}
	return d.offset, nil
}

// settleIdle says of other threads with calls on f, where those begin as their
// turn comes, that they have ended if the thread is in another by now.
func (v *View) settleIdle(f *vft.File, tid int) {
	for _, other := range f.Floating(tid) {
		v.settleIfIdle(other)
	}
}

// settleIfIdle says of a thread that its last call has ended, if it can be seen to
// be in another.
func (v *View) settleIfIdle(tid int) {
	b, err := sys.ReadProc(tid, "syscall")
	word, _, _ := bytes.Cut(b, []byte(" "))
	number, no := strconv.Atoi(string(word))
	if err == nil && no == nil && !v.asksAbout(number) {
		v.settle(tid)
	}
}

// asksAbout reports whether a call of that number, on whichever architecture,
// comes to Enter.
func (v *View) asksAbout(number int) bool {
	for _, handlers := range v.handlers {
		if uint(number) < uint(len(handlers)) && handlers[number].enter != nil {
			return true
		}
	}
	return false
}
