package server

import (
	"bytes"
	"errors"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/session"
	"penumbra/shadow/wire"
)

// most returns how many bytes of payload an operation may add to the reply, if
// length are asked for. A reply that is kept has less.
func (t *task) most(length int64) (int, error) {
	room := wire.MaxPayload - t.payload
	if t.keep {
		room = wire.MaxKept - t.payload
	}
	if room <= 0 && length > 0 {
		return 0, abi.ENOMEM
	}
	return int(min(length, int64(room))), nil
}

func (t *task) opRead(o *wire.Op, r *wire.Result) error {
	f, err := t.file(t.proc, o.FD)
	if err != nil {
		return err
	}
	if r.Size = t.passOn(f, o); r.Size > 0 {
		return nil
	}
	defer t.done(f)
	most, err := t.most(o.Length)
	if err != nil {
		return err
	}
	buf, err := t.request.Buffer(f.holds(most, o.Offset))
	if err != nil {
		return err
	}
	n, err := restart(func() (int, error) { return unix.Pread(f.fd, buf, o.Offset) })
	if err != nil {
		return err
	}
	r.Data = [][]byte{buf[:n]}
	return nil
}

// passOn has what a request reads sent from the file itself, if it asks for nothing
// else, and returns how many bytes that are. 0: it has to be read.
func (t *task) passOn(f *file, o *wire.Op) int {
	const worth = 64 << 10
	if !t.alone || t.keep || o.Length < worth || !t.request.Parts() {
		return 0
	}
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || st.Size-worth < o.Offset || f.flags&wire.OpenRead == 0 {
		return 0
	}
	n := int(min(o.Length, st.Size-o.Offset, wire.MaxPayload))
	t.part = &session.Part{FD: f.fd, Offset: o.Offset, Length: n, Done: func() { t.done(f) }}
	return n
}

// holds returns how many of n bytes the file has at an offset: no more buffer is
// needed for it. Of files that say they are empty some are not, as those of /proc.
func (f *file) holds(n int, offset int64) int {
	const small = 16 << 10 // it is not worth a call
	if n <= small {
		return n
	}
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || st.Size <= offset {
		return n
	}
	return int(min(int64(n), st.Size-offset))
}

// restart repeats a call that a signal of this process's own interrupted.
func restart(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}

// changing returns the file behind a descriptor that is about to change it.
func (t *task) changing(fd int32) (*file, error) {
	f, err := t.file(t.proc, fd)
	if err != nil {
		return nil, err
	}
	if f.stream {
		t.done(f)
		return nil, abi.ESPIPE
	}
	if err := f.at.writable(); err != nil {
		t.done(f)
		if f.flags&wire.OpenWrite == 0 {
			return nil, abi.EBADF
		}
		return nil, err
	}
	return f, nil
}

func (t *task) opWrite(o *wire.Op, r *wire.Result) error {
	f, err := t.changing(o.FD)
	if err != nil {
		return err
	}
	defer t.done(f)
	n, err := restart(func() (int, error) { return unix.Pwritev(f.fd, o.Data, o.Offset) })
	r.Length = int64(max(n, 0))
	return err
}

// opAppend writes behind the end of a file, in one piece beside whoever else
// appends to it.
func (t *task) opAppend(o *wire.Op, r *wire.Result) error {
	f, err := t.changing(o.FD)
	if err != nil {
		return err
	}
	defer t.done(f)
	lock := t.server.appender(f.id.Ino)
	lock.Lock()
	defer lock.Unlock()
	data := bytes.Join(o.Data, nil)
	out, err := t.once(change{
		look: func() (session.Fact, error) {
			attr, err := attrOf(f.fd)
			return session.Fact{Exists: true, ID: attr.ID, Size: attr.Size, At: now()}, err
		},
		done: func(was session.Fact) verdict {
			v, _ := f.appended(was, data)
			return v
		},
		outcome: func(was session.Fact) (session.Outcome, error) { return f.finish(was, data) },
		do:      func() (session.Outcome, error) { return f.append(data) },
		durable: f.flags&(wire.OpenSync|wire.OpenDataSync) != 0,
	})
	r.Length, r.Offset = out.Length, out.Offset
	return err
}

// append appends b, and tells where to.
func (f *file) append(b []byte) (session.Outcome, error) {
	n, err := restart(func() (int, error) { return unix.Pwritev2(f.fd, [][]byte{b}, -1, unix.RWF_APPEND) })
	if err != nil {
		return session.Outcome{}, err
	}
	end, err := unix.Seek(f.fd, 0, unix.SEEK_CUR)
	return session.Outcome{Length: int64(n), Offset: end - int64(n)}, err
}

// appended finds out whether b was appended to a file that had a certain size
// before, and where to. It is done, too, if the shadow was killed in the midst
// of it: then part is how much there is.
//
// Between the look and the end of the shadow others, not under its control, may
// have appended something.
func (f *file) appended(was session.Fact, b []byte) (v verdict, at int64) {
	const window = 16 << 20 // how much of others' may lie before
	now, err := attrOf(f.fd)
	switch {
	case err != nil || now.ID != was.ID || now.Size < was.Size || now.Size-was.Size > window+int64(len(b)):
		return cannotTell, 0
	case now.Size == was.Size || len(b) == 0:
		return notDone, 0
	}
	tail := make([]byte, now.Size-was.Size)
	n, err := readBack(f.fd, now, tail, was.Size)
	if err != nil || n < len(tail) {
		return cannotTell, 0
	}
	if i := bytes.Index(tail, b); i >= 0 {
		return isDone, was.Size + int64(i)
	}
	if bytes.HasPrefix(b, tail) {
		return isDone, was.Size
	}
	return cannotTell, 0
}

// finish completes an append that was found to be done.
func (f *file) finish(was session.Fact, b []byte) (session.Outcome, error) {
	_, at := f.appended(was, b)
	now, err := attrOf(f.fd)
	if err != nil {
		return session.Outcome{}, err
	}
	out := session.Outcome{Length: int64(len(b)), Offset: at}
	there := min(now.Size-at, int64(len(b)))
	for there < int64(len(b)) {
		n, err := restart(func() (int, error) { return unix.Pwrite(f.fd, b[there:], at+there) })
		if err != nil {
			out.Length = there
			return out, nil // a short count; the next one fails
		}
		there += int64(n)
	}
	if f.flags&(wire.OpenSync|wire.OpenDataSync) != 0 {
		err = unix.Fdatasync(f.fd) // the other shadow may have been killed before that
	}
	return out, err
}

// readBack reads from a file that may be open for writing only.
func readBack(fd int, attr wire.Attr, b []byte, offset int64) (int, error) {
	again := -1
	open := func() (err error) {
		again, err = unix.Open(procPath(fd), unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		return err
	}
	err := open()
	if errors.Is(err, unix.EACCES) {
		err = permitted(fd, attr, open)
	}
	if err != nil {
		return 0, err
	}
	defer unix.Close(again)
	return restart(func() (int, error) { return unix.Pread(again, b, offset) })
}

// opTruncate sets a file's size, by path or, if that is empty, by descriptor.
func (t *task) opTruncate(o *wire.Op, _ *wire.Result) error {
	if o.Path == "" {
		f, err := t.changing(o.FD)
		if err != nil {
			return err
		}
		defer t.done(f)
		return unix.Ftruncate(f.fd, o.Length)
	}
	dir, err := t.directory(t.proc, o.FD)
	if err != nil {
		return err
	}
	defer t.done(dir)
	b, err := t.base(&dir.handle, o.Path)
	if err != nil {
		return err
	}
	fd, _, err := t.openFile(b, wire.OpenWrite, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Ftruncate(fd, o.Length)
}

func (t *task) opAllocate(o *wire.Op, _ *wire.Result) error {
	f, err := t.changing(o.FD)
	if err != nil {
		return err
	}
	defer t.done(f)
	var mode uint32
	for flag, host := range map[uint32]uint32{wire.AllocateKeepSize: unix.FALLOC_FL_KEEP_SIZE,
		wire.AllocatePunch: unix.FALLOC_FL_PUNCH_HOLE, wire.AllocateZero: unix.FALLOC_FL_ZERO_RANGE} {
		if o.Flags&flag != 0 {
			mode |= host
		}
	}
	return unix.Fallocate(f.fd, mode, o.Offset, o.Length)
}

func (t *task) opSeek(o *wire.Op, r *wire.Result) error {
	f, err := t.file(t.proc, o.FD)
	if err != nil {
		return err
	}
	defer t.done(f)
	whence := unix.SEEK_DATA
	switch o.Flags {
	case wire.SeekData:
	case wire.SeekHole:
		whence = unix.SEEK_HOLE
	default:
		return abi.EINVAL
	}
	// The position is nobody's: reads and writes say where, and an append looks
	// for it only with the lock held.
	lock := t.server.appender(f.id.Ino)
	lock.Lock()
	defer lock.Unlock()
	r.Offset, err = unix.Seek(f.fd, o.Offset, whence)
	return err
}

func (t *task) opSync(o *wire.Op, _ *wire.Result) error {
	f, err := t.file(t.proc, o.FD)
	if err != nil {
		return err
	}
	defer t.done(f)
	if o.Flags&wire.SyncData != 0 {
		return unix.Fdatasync(f.fd)
	}
	return unix.Fsync(f.fd)
}
