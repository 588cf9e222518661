package remote

import (
	"context"

	"penumbra/abi"
	"penumbra/access/internal/handle"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// file is a descriptor of the representative.
type file struct {
	handle.Handle
	f   *client.File
	ctx context.Context
	id  wire.Identity
	was int64 // the size when it was opened
}

// SizeAtOpen saves a round trip; access.SizeAtOpen.
func (f *file) SizeAtOpen() int64 { return f.was }

// Identity implements access.Identifier.
func (f *file) Identity() string { return identity(f.id) }

func (f *file) Size() (int64, error) {
	if err := f.Open("stat"); err != nil {
		return 0, err
	}
	a, err := f.f.Stat(f.ctx)
	return a.Size, f.Failed("stat", err)
}

// ReadAt implements File. The shadow's answer may be short before the end of the
// file only if a piece of it failed: asking again tells why.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if err := f.MayRead(off); err != nil {
		return 0, err
	}
	n, err := handle.Full(p, off, func(p []byte, off int64) (int, error) { return f.f.ReadAt(f.ctx, p, off) })
	return n, f.Failed("read", err)
}

func (f *file) WriteAt(p []byte, off int64) (int, error) {
	if err := f.MayWrite(off); err != nil {
		return 0, err
	}
	if f.Appends() {
		if _, err := f.Append(p); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	done := 0
	for done < len(p) {
		n, err := f.f.WriteAt(f.ctx, p[done:], off+int64(done))
		done += n
		if err == nil && n == 0 {
			err = abi.ENOSPC
		}
		if err != nil {
			return done, f.Failed("write", err)
		}
	}
	return done, nil
}

// Append implements access.Appender. What is longer than wire.MaxPayload goes in
// several pieces.
func (f *file) Append(p []byte) (end int64, err error) {
	if err := f.MayWrite(0); err != nil {
		return 0, err
	}
	for {
		n, at, err := f.f.Append(f.ctx, p[:min(len(p), wire.MaxPayload)])
		if err == nil && n == 0 && len(p) > 0 {
			err = abi.ENOSPC
		}
		if err != nil {
			return 0, f.Failed("append", err)
		}
		if p = p[n:]; len(p) == 0 {
			return at, nil
		}
	}
}

func (f *file) Truncate(size int64) error {
	if err := f.MayTruncate(size); err != nil {
		return err
	}
	return f.Failed("truncate", f.f.Truncate(f.ctx, size))
}

func (f *file) Sync() error {
	if err := f.Open("sync"); err != nil {
		return err
	}
	return f.Failed("sync", f.f.Sync(f.ctx, false))
}

func (f *file) Close() error {
	if err := f.Shut(); err != nil {
		return err
	}
	return f.Failed("close", f.f.Close(f.ctx))
}
