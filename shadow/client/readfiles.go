package client

import (
	"context"
	"errors"
	"sync"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// A ReadResult is a file that ReadFiles has read, or the error why not.
type ReadResult struct {
	Attr wire.Attr
	Data []byte // the begin of the file; all of it, unless Attr.Size says more
	Err  error
}

const (
	perRequest    = wire.MaxOps / 3 // a file takes open, read and close
	filesInFlight = 32              // requests
)

// ReadFiles opens, reads and closes many files, of each as many bytes as limit, or
// wire.MaxPayload if that is less. Up to five of them go in one request, and 32
// requests at the same time. A file that cannot be read costs a round trip more.
// Each file has its own result; the error is that of the session.
func (p *Process) ReadFiles(ctx context.Context, dir int32, names []string, limit int) ([]ReadResult, error) {
	limit = max(1, min(limit, wire.MaxPayload))
	all := make([]ReadResult, len(names))
	each := min(perRequest, wire.MaxPayload/limit)
	gate := make(chan struct{}, filesInFlight)
	var wg sync.WaitGroup
	for from := 0; from < len(names); from += each {
		to := min(from+each, len(names))
		gate <- struct{}{}
		wg.Go(func() {
			p.readSome(ctx, dir, names[from:to], limit, all[from:to])
			<-gate
		})
	}
	wg.Wait()
	return all, p.c.Err()
}

// readSome reads the files of one request. What follows one that cannot be read
// the shadow leaves undone, and it is asked for again.
func (p *Process) readSome(ctx context.Context, dir int32, names []string, limit int, into []ReadResult) {
	fd := p.c.ledger.reserve(p.id)
	defer p.c.ledger.unreserve(p.id, fd)
	for len(names) > 0 {
		n := p.readThese(ctx, dir, names, limit, into, fd)
		if into[n-1].Err != nil && errors.Is(into[n-1].Err, abi.ENOMEM) && n > 1 {
			n-- // the session's buffers were used up; a request for one file waits
		}
		names, into = names[n:], into[n:]
	}
}

// readThese reads files until one fails, and returns how many have a result.
func (p *Process) readThese(ctx context.Context, dir int32, names []string, limit int, into []ReadResult, fd int32) int {
	var ops []wire.Op
	for _, name := range names {
		ops = append(ops, openOp(dir, name, wire.OpenRead, 0, fd),
			wire.Op{Code: wire.Read, FD: fd, Length: int64(limit)}, wire.Op{Code: wire.Close, FD: fd})
	}
	k, err := p.c.newCall(p.id, nil, ops)
	if err != nil && len(names) > 1 {
		return p.readThese(ctx, dir, names[:1], limit, into, fd) // one of the names is too long
	}
	if err == nil {
		err = p.c.session.Do(ctx, &k.Call)
	}
	if err != nil {
		for i := range names {
			into[i].Err = err
		}
		return len(names)
	}
	results, data := k.reply.Results, k.data
	for i := 0; i < len(results); i += 3 {
		r := &into[i/3]
		*r = ReadResult{}
		for _, o := range results[i:min(i+3, len(results))] {
			switch {
			case o.Errno != 0:
				*r = ReadResult{Err: o.Errno}
			case o.Code == wire.Open:
				r.Attr = o.Attr
			case o.Code == wire.Read:
				r.Data, data = data[:o.Size:o.Size], data[o.Size:]
			}
		}
	}
	return (len(results) + 2) / 3
}

// ListxattrAll is Listxattr for many paths, of which links are not followed: 16 in a
// request, and 32 requests at the same time. Each has its own result.
func (p *Process) ListxattrAll(ctx context.Context, dir int32, paths []string) (lists [][]byte, errs []error) {
	lists, errs = make([][]byte, len(paths)), make([]error, len(paths))
	gate := make(chan struct{}, filesInFlight)
	var wg sync.WaitGroup
	for from := 0; from < len(paths); from += wire.MaxOps {
		to := min(from+wire.MaxOps, len(paths))
		gate <- struct{}{}
		wg.Go(func() {
			for at := from; at < to; {
				at += p.listSome(ctx, dir, paths[at:to], lists[at:to], errs[at:to])
			}
			<-gate
		})
	}
	wg.Wait()
	return lists, errs
}

// listSome lists attributes in one request until one path fails, and returns how
// many have a result.
func (p *Process) listSome(ctx context.Context, dir int32, paths []string, lists [][]byte, errs []error) int {
	var ops []wire.Op
	for _, path := range paths {
		ops = append(ops, wire.Op{Code: wire.Listxattr, FD: dir, Path: path, Flags: wire.AtNoFollow})
	}
	k, err := p.c.newCall(p.id, nil, ops)
	if err == nil {
		err = p.c.session.Do(ctx, &k.Call)
	}
	if err != nil {
		lists[0], errs[0] = nil, err
		return 1
	}
	data := k.data
	for i, r := range k.reply.Results {
		switch {
		case r.Errno == abi.ENOMEM && i > 0:
			return i // the session's buffers were used up; a request for one waits
		case r.Errno != 0:
			errs[i] = r.Errno
		default:
			lists[i], data = data[:r.Size:r.Size], data[r.Size:]
		}
	}
	return len(k.reply.Results)
}
