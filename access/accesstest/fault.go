package accesstest

import (
	"context"
	"io/fs"
	"os"
	"sync"
	"testing"

	"penumbra/abi"
	"penumbra/access"
)

// A Fault is an Opener whose calls fail when they are told to. It lies below a
// method under test.
type Fault struct {
	access.Opener
	mu    sync.Mutex
	fails map[string]abi.Errno
}

// Fail lets what is called op ("read", "write", "truncate", "sync", "close",
// "open") fail from now on, or with 0 no more. A close that fails closes.
func (f *Fault) Fail(op string, errno abi.Errno) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails == nil {
		f.fails = map[string]abi.Errno{}
	}
	f.fails[op] = errno
}

func (f *Fault) failed(op string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e := f.fails[op]; e != 0 {
		return access.Failed(op, "a faulty file", e)
	}
	return nil
}

// Open implements access.Opener.
func (f *Fault) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	if err := f.failed("open"); err != nil {
		return nil, err
	}
	lower, err := f.Opener.Open(ctx, name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &faulty{lower, f}, nil
}

// Stamp implements access.Stamper.
func (f *Fault) Stamp(ctx context.Context, name string) (string, error) {
	return access.Stamp(ctx, f.Opener, name)
}

// Replace implements access.Replacer.
func (f *Fault) Replace(ctx context.Context, name string, perm fs.FileMode, write func(access.File) error) error {
	r, ok := f.Opener.(access.Replacer)
	if !ok {
		return access.ErrUnsupported
	}
	return r.Replace(ctx, name, perm, func(to access.File) error {
		err := write(&faulty{to, f})
		for _, op := range []string{"sync", "close"} { // which r does itself
			if err == nil {
				err = f.failed(op)
			}
		}
		return err
	})
}

type faulty struct {
	access.File
	fault *Fault
}

func (f *faulty) Identity() string { return access.Identity(f.File) }

func (f *faulty) Append(p []byte) (int64, error) {
	if err := f.fault.failed("write"); err != nil {
		return 0, err
	}
	a, ok := f.File.(access.Appender)
	if !ok {
		return 0, access.ErrUnsupported
	}
	return a.Append(p)
}

func (f *faulty) ReadAt(p []byte, off int64) (int, error) {
	if err := f.fault.failed("read"); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, off)
}

func (f *faulty) WriteAt(p []byte, off int64) (int, error) {
	if err := f.fault.failed("write"); err != nil {
		return 0, err
	}
	return f.File.WriteAt(p, off)
}

func (f *faulty) Truncate(size int64) error {
	if err := f.fault.failed("truncate"); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *faulty) Sync() error {
	if err := f.fault.failed("sync"); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *faulty) Close() error {
	err := f.File.Close()
	if failed := f.fault.failed("close"); failed != nil {
		return failed
	}
	return err
}

func needFault(t *testing.T, s Subject) {
	t.Helper()
	if s.Fault == nil {
		t.Skip("nothing below the method can be made to fail")
	}
}

// failingWrites: an error is told at the latest by Sync and by Close. When it has
// gone, what was written is written; if it has not, what was synced is there.
func failingWrites(t *testing.T, s Subject) {
	needFault(t, s)
	before := random(1, 100_000)
	s.put(t, before)
	told := func(flush func(access.File) error) access.File {
		f := s.open(t, os.O_RDWR)
		s.Fault.Fail("write", abi.ENOSPC)
		_, err := f.WriteAt(random(2, 1000), 50_000)
		if flushed := flush(f); err == nil {
			err = flushed
		}
		is(t, "write and flush", err, abi.ENOSPC)
		s.Fault.Fail("write", 0)
		return f
	}
	told(access.File.Close)
	s.check(t, before)
	f := told(access.File.Sync)
	after := model(before)
	after.write(random(2, 1000), 50_000)
	_, err := f.WriteAt(random(2, 1000), 50_000)
	is(t, "write again", err, 0)
	is(t, "sync again", f.Sync(), 0)
	is(t, "close", f.Close(), 0)
	s.check(t, after)
}

func failingReads(t *testing.T, s Subject) {
	needFault(t, s)
	content := random(1, 100_000)
	s.put(t, content)
	s.Fault.Fail("read", abi.ESTALE)
	f, err := s.Open(t.Context(), s.Name, os.O_RDONLY, 0)
	if err == nil {
		_, err = f.ReadAt(make([]byte, 1000), 90_000)
		if e := f.Close(); err == nil {
			err = e
		}
	}
	is(t, "open or read", err, abi.ESTALE)
	s.Fault.Fail("read", 0)
	s.check(t, content)
}

func failingSync(t *testing.T, s Subject) {
	needFault(t, s)
	s.put(t, []byte("old"))
	f := s.open(t, os.O_RDWR)
	_, err := f.WriteAt([]byte("new"), 0)
	is(t, "write", err, 0)
	s.Fault.Fail("sync", abi.EIO)
	is(t, "sync", f.Sync(), abi.EIO)
	s.Fault.Fail("sync", 0)
	is(t, "sync again", f.Sync(), 0)
	is(t, "close", f.Close(), 0)
	s.check(t, []byte("new"))
	f = s.open(t, os.O_RDWR)
	_, err = f.WriteAt([]byte("x"), 0)
	is(t, "write", err, 0)
	s.Fault.Fail("close", abi.EDQUOT)
	is(t, "close", f.Close(), abi.EDQUOT)
	s.Fault.Fail("close", 0)
}
