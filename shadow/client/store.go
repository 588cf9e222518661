package client

import (
	"context"
	"errors"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// Stored are changes of a file's content that are made in one round trip.
type Stored struct {
	ops  []wire.Op
	size int // bytes of data
}

// mostStored leaves room in a request for what is around the changes.
const mostStored = wire.MaxOps - 6

// Fits reports whether one more change fits, with n bytes of data.
func (s *Stored) Fits(n int) bool {
	return len(s.ops) < mostStored && s.size+n <= wire.MaxPayload
}

// Write adds that b is written to an offset. b is kept.
func (s *Stored) Write(b []byte, offset int64) {
	s.ops = append(s.ops, wire.Op{Code: wire.Write, Offset: offset, Data: [][]byte{b}})
	s.size += len(b)
}

// Truncate adds that the size becomes so many bytes.
func (s *Stored) Truncate(size int64) {
	s.ops = append(s.ops, wire.Op{Code: wire.Truncate, Length: size})
}

// To makes the changes to an open file. ENOSPC: the disk is full.
func (s *Stored) To(ctx context.Context, f *File) error {
	if len(s.ops) == 0 {
		return nil
	}
	_, err := f.p.store(ctx, s.ops, f.fd)
	return err
}

// Store opens a file, makes the changes of s to it, sets the time of its last change
// of content, and closes it: one round trip. If the file's permissions deny that to
// its owner they are set aside for so long.
func (p *Process) Store(ctx context.Context, dir int32, path string, s *Stored, mtime wire.Time) error {
	fd := p.c.ledger.reserve(p.id)
	defer p.c.ledger.unreserve(p.id, fd)
	open := openOp(dir, path, wire.OpenWrite, 0, fd)
	rest := append(append([]wire.Op(nil), s.ops...), wire.Op{Code: wire.Utimens, Atime: wire.Time{Nsec: wire.TimeOmit}, Mtime: mtime})
	closing := wire.Op{Code: wire.Close, FD: fd}
	opened, err := p.store(ctx, append(append([]wire.Op{open}, rest...), closing), fd)
	if opened || !errors.Is(err, abi.EACCES) {
		return err
	}
	attr, failed := p.Stat(ctx, dir, path, 0)
	if failed != nil || attr.Perm&0o200 != 0 {
		return err
	}
	perm := uint32(attr.Perm)
	ops := append([]wire.Op{{Code: wire.Chmod, FD: dir, Path: path, Mode: perm | 0o200}, open}, rest...)
	_, err = p.store(ctx, append(ops, wire.Op{Code: wire.Chmod, Mode: perm}, closing), fd)
	if err != nil {
		_ = p.Chmod(ctx, dir, path, perm, 0)
	}
	return err
}

// store performs operations, of which those without a path are on fd, and reports
// whether the first has been done.
func (p *Process) store(ctx context.Context, ops []wire.Op, fd int32) (begun bool, err error) {
	for i := range ops {
		if ops[i].Path == "" {
			ops[i].FD = fd
		}
	}
	reply, err := p.c.do(ctx, p.id, nil, ops...)
	if err != nil {
		return reply != nil && len(reply.Results) > 1, err
	}
	for i := range ops {
		if ops[i].Code == wire.Write && reply.Results[i].Length < int64(size(ops[i].Data)) {
			err = abi.ENOSPC
		}
	}
	return true, err
}

// Create makes a new regular file, and nobody has it open: one round trip. It returns
// the attributes that the file then has. EEXIST: there is something of that name.
func (p *Process) Create(ctx context.Context, dir int32, path string, mode uint32) (wire.Attr, error) {
	fd := p.c.ledger.reserve(p.id)
	defer p.c.ledger.unreserve(p.id, fd)
	reply, err := p.c.do(ctx, p.id, nil, openOp(dir, path, wire.OpenWrite|wire.OpenCreate|wire.OpenExclusive, mode, fd),
		wire.Op{Code: wire.Close, FD: fd})
	if err != nil {
		return wire.Attr{}, err
	}
	return reply.Results[0].Attr, nil
}

// SetTimes sets f's times; futimens(3).
func (f *File) SetTimes(ctx context.Context, atime, mtime wire.Time) error {
	return f.p.Utimens(ctx, f.fd, "", atime, mtime, 0)
}
