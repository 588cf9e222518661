package client

import (
	"context"
	"sync"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// File is a descriptor of a Process.
type File struct {
	p     *Process
	fd    int32
	flags uint32
}

// FD returns the descriptor, as Process's methods take it for a directory.
func (f *File) FD() int32 { return f.fd }

// Open opens or creates a file, and returns its attributes, too.
func (p *Process) Open(ctx context.Context, dir int32, path string, flags, mode uint32) (*File, wire.Attr, error) {
	fd := p.c.ledger.reserve(p.id)
	defer p.c.ledger.unreserve(p.id, fd)
	r, err := p.one(ctx, openOp(dir, path, flags, mode, fd))
	if err != nil {
		return nil, wire.Attr{}, err
	}
	return &File{p, fd, flags}, r.Attr, nil
}

// OpenAs is Open with a descriptor of the caller's choice, which must be free. A
// process for which it is used must not use what chooses by itself.
func (p *Process) OpenAs(ctx context.Context, fd int32, dir int32, path string, flags, mode uint32) (*File, wire.Attr, error) {
	r, err := p.one(ctx, openOp(dir, path, flags, mode, fd))
	if err != nil {
		return nil, wire.Attr{}, err
	}
	return &File{p, fd, flags}, r.Attr, nil
}

// File returns the descriptor fd, opened with flags.
func (p *Process) File(fd int32, flags uint32) *File { return &File{p, fd, flags} }

// DupTo makes to another descriptor for what fd leads to. What to led to is closed.
func (p *Process) DupTo(ctx context.Context, fd, to int32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Dup, Proc: p.id, FD: fd, FD2: to})
	return err
}

func openOp(dir int32, path string, flags, mode uint32, fd int32) wire.Op {
	return wire.Op{Code: wire.Open, FD: dir, Path: path, Flags: flags, Mode: mode & 0o7777, FD2: fd}
}

// ReadFile opens a file, reads from its begin as much as buf holds, at most
// wire.MaxPayload bytes, and closes it again: one round trip. It returns the
// attributes and the number of bytes.
func (p *Process) ReadFile(ctx context.Context, dir int32, path string, buf []byte) (wire.Attr, int, error) {
	return p.ReadFileAt(ctx, dir, path, buf, 0)
}

// ReadFileAt is ReadFile from an offset.
func (p *Process) ReadFileAt(ctx context.Context, dir int32, path string, buf []byte, offset int64) (wire.Attr, int, error) {
	fd := p.c.ledger.reserve(p.id)
	defer p.c.ledger.unreserve(p.id, fd)
	reply, err := p.c.do(ctx, p.id, [][]byte{buf},
		openOp(dir, path, wire.OpenRead, 0, fd),
		wire.Op{Code: wire.Read, FD: fd, Offset: offset, Length: int64(min(len(buf), wire.MaxPayload))},
		wire.Op{Code: wire.Close, FD: fd})
	if err != nil {
		return wire.Attr{}, 0, err
	}
	return reply.Results[0].Attr, reply.Results[1].Size, nil
}

// WriteFile creates or empties a file, writes data, at most wire.MaxPayload
// bytes, and closes it again: one round trip. It returns the number of bytes that
// were written.
func (p *Process) WriteFile(ctx context.Context, dir int32, path string, data []byte, mode uint32) (int, error) {
	if len(data) > wire.MaxPayload {
		return 0, abi.EINVAL
	}
	fd := p.c.ledger.reserve(p.id)
	defer p.c.ledger.unreserve(p.id, fd)
	reply, err := p.c.do(ctx, p.id, nil,
		openOp(dir, path, wire.OpenWrite|wire.OpenCreate|wire.OpenTruncate, mode, fd),
		wire.Op{Code: wire.Write, FD: fd, Data: [][]byte{data}},
		wire.Op{Code: wire.Close, FD: fd})
	if err != nil {
		return 0, err
	}
	return int(reply.Results[1].Length), nil
}

func (f *File) one(ctx context.Context, o wire.Op) (*wire.Result, error) {
	o.FD = f.fd
	return f.p.one(ctx, o)
}

// Close gives the descriptor up. It is EIO, though it does so, if the shadow's
// machine went down and what was written but not synced may be lost.
func (f *File) Close(ctx context.Context) error {
	_, lost := f.p.c.ledger.wrote(f.p.id, f.fd)
	_, err := f.one(ctx, wire.Op{Code: wire.Close})
	if err == nil && lost {
		err = abi.EIO
	}
	return err
}

// inFlight is how many pieces of a large read or write are under way at a time.
const inFlight = 8

// transfer moves n bytes in pieces, several at a time, each by piece, and returns
// how many were moved without a gap. A piece that is short or fails ends it.
func transfer(n int, piece func(from, to int) (int, error)) (int, error) {
	if n <= wire.MaxPayload {
		return piece(0, n)
	}
	pieces := (n + wire.MaxPayload - 1) / wire.MaxPayload
	counts, errs := make([]int, pieces), make([]error, pieces)
	gate := make(chan struct{}, inFlight)
	var wg sync.WaitGroup
	for i := range pieces {
		gate <- struct{}{}
		wg.Go(func() {
			from := i * wire.MaxPayload
			counts[i], errs[i] = piece(from, min(n, from+wire.MaxPayload))
			<-gate
		})
	}
	wg.Wait()
	moved := 0
	for i := range pieces {
		moved += counts[i]
		if errs[i] != nil && moved == 0 {
			return 0, errs[i]
		}
		if errs[i] != nil || counts[i] < min(wire.MaxPayload, n-i*wire.MaxPayload) {
			break
		}
	}
	return moved, nil
}

// ReadAt reads from an offset into b. Fewer bytes than b has, or none, are there
// at the end of the file. It is one round trip for wire.MaxPayload bytes, and
// more are asked for at the same time.
func (f *File) ReadAt(ctx context.Context, b []byte, offset int64) (int, error) {
	return transfer(len(b), func(from, to int) (int, error) {
		return f.Readv(ctx, [][]byte{b[from:to]}, offset+int64(from))
	})
}

// Readv reads from an offset into several slices, of at most wire.MaxPayload
// bytes in all, in one round trip.
func (f *File) Readv(ctx context.Context, into [][]byte, offset int64) (int, error) {
	length := size(into)
	if offset < 0 || length > wire.MaxPayload {
		return 0, abi.EINVAL
	}
	r, err := f.p.c.one(ctx, f.p.id, into, wire.Op{Code: wire.Read, FD: f.fd, Offset: offset, Length: int64(length)})
	if err != nil {
		return 0, err
	}
	return r.Size, nil
}

// WriteAt writes b to an offset. It returns fewer bytes than b has if the disk is
// full in between.
func (f *File) WriteAt(ctx context.Context, b []byte, offset int64) (int, error) {
	return transfer(len(b), func(from, to int) (int, error) {
		return f.Writev(ctx, [][]byte{b[from:to]}, offset+int64(from))
	})
}

// Writev writes several slices, of at most wire.MaxPayload bytes in all, to an
// offset, in one round trip.
func (f *File) Writev(ctx context.Context, data [][]byte, offset int64) (int, error) {
	if offset < 0 || size(data) > wire.MaxPayload {
		return 0, abi.EINVAL
	}
	r, err := f.one(ctx, wire.Op{Code: wire.Write, Offset: offset, Data: data})
	if err != nil {
		return 0, err
	}
	return int(r.Length), nil
}

func size(data [][]byte) (n int) {
	for _, b := range data {
		n += len(b)
	}
	return n
}

// Append writes several slices, of at most wire.MaxPayload bytes in all, behind
// the end of the file, in one piece and in one round trip. It returns where the
// file then ends.
func (f *File) Append(ctx context.Context, data ...[]byte) (n int, end int64, err error) {
	if size(data) > wire.MaxPayload {
		return 0, 0, abi.EINVAL
	}
	r, err := f.one(ctx, wire.Op{Code: wire.Append, Data: data})
	if err != nil {
		return 0, 0, err
	}
	return int(r.Length), r.Offset + r.Length, nil
}

// Stat returns f's attributes.
func (f *File) Stat(ctx context.Context) (wire.Attr, error) { return f.p.Stat(ctx, f.fd, "", 0) }

// Truncate sets f's size in bytes.
func (f *File) Truncate(ctx context.Context, size int64) error {
	return f.p.Truncate(ctx, f.fd, "", size)
}

// Allocate reserves, punches or zeroes a range; fallocate(2). flags are
// wire.Allocate*.
func (f *File) Allocate(ctx context.Context, flags uint32, offset, length int64) error {
	_, err := f.one(ctx, wire.Op{Code: wire.Allocate, Flags: flags, Offset: offset, Length: length})
	return err
}

// Seek returns where the next data (wire.SeekData) or hole (wire.SeekHole) begins
// from an offset on.
func (f *File) Seek(ctx context.Context, offset int64, what uint32) (int64, error) {
	r, err := f.one(ctx, wire.Op{Code: wire.Seek, Offset: offset, Flags: what})
	if err != nil {
		return 0, err
	}
	return r.Offset, nil
}

// Sync returns when the shadow's disk has what was written; with dataOnly as
// fdatasync(2). It is EIO, once, if some of that may be lost because the shadow's
// machine went down.
func (f *File) Sync(ctx context.Context, dataOnly bool) error {
	var flags uint32
	if dataOnly {
		flags = wire.SyncData
	}
	n, lost := f.p.c.ledger.wrote(f.p.id, f.fd)
	if _, err := f.one(ctx, wire.Op{Code: wire.Sync, Flags: flags}); err != nil {
		return err
	}
	f.p.c.ledger.synced(f.p.id, f.fd, n)
	if lost {
		return abi.EIO
	}
	return nil
}

// ReadDir returns entries of a directory, with attributes, from a cookie on, 0
// being the begin: as many as length bytes hold, at most wire.MaxPayload, in one
// round trip. The last one's cookie leads on, unless end is true.
func (f *File) ReadDir(ctx context.Context, cookie int64, length int) (entries []wire.Dirent, end bool, err error) {
	buf := make([]byte, min(length, wire.MaxPayload))
	r, err := f.p.c.one(ctx, f.p.id, [][]byte{buf}, wire.Op{Code: wire.Readdir, FD: f.fd, Offset: cookie, Length: int64(len(buf))})
	if err != nil {
		return nil, false, err
	}
	entries, err = wire.DecodeDirents(buf[:r.Size])
	return entries, r.End, err
}

// Lock locks or releases a range, of length bytes or, if that is 0, to the end.
// flags are wire.Lock*. With wire.LockQuery it returns the lock that is in the
// way, its flags being wire.LockRelease if there is none.
func (f *File) Lock(ctx context.Context, flags uint32, offset, length int64) (wire.Result, error) {
	r, err := f.one(ctx, wire.Op{Code: wire.Lock, Flags: flags, Offset: offset, Length: length})
	if err != nil {
		return wire.Result{}, err
	}
	return *r, nil
}
