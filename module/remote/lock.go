package remote

import (
	"context"
	"errors"
	"sync"
	"time"

	"penumbra/abi"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
	"penumbra/vft"
)

// mostWaiting is how many requests wait for locks at the shadow at most: each takes
// one of the session's slots.
const mostWaiting = 16

// locker has a file of the shadow open for its locks alone.
type locker struct {
	fs       *FS
	name     string // with FS.mu
	by       answer // how it is reached
	expected any    // its identity, or nil

	mu   sync.Mutex
	file *client.File // or nil
}

// where returns the file's name, which may be another by now.
func (l *locker) where() string {
	l.fs.mu.Lock()
	defer l.fs.mu.Unlock()
	return l.name
}

// Locker implements mirror.LockFS. What is not the shadow's has none, nor what is
// replaced by another file when it is written to.
func (f *FS) Locker(name string, inode any) vft.Locker {
	a := f.method(name)
	if a.Last() != "remote" || a.Has("compress") {
		return nil
	}
	l := &locker{fs: f, name: name, by: a, expected: inode}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lockers[l] = true
	return l
}

// open opens the file as far as its permissions let that.
func (l *locker) open(ctx context.Context) (*client.File, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		return l.file, nil
	}
	var failed error
	for _, access := range []uint32{wire.OpenRead | wire.OpenWrite, wire.OpenRead, wire.OpenWrite} {
		file, attr, err := l.fs.process.Open(ctx, wire.CWD, l.fs.path(l.where()), access, 0)
		switch {
		case err == nil && l.expected != nil && l.expected != any(attr.ID):
			_ = file.Close(context.Background())
			return nil, abi.ESTALE
		case err == nil:
			l.file = file
			return file, nil
		case !errors.Is(err, abi.EACCES) && !errors.Is(err, abi.EROFS) && !errors.Is(err, abi.ETXTBSY) && !errors.Is(err, abi.EPERM):
			return nil, err
		case failed == nil:
			failed = err
		}
	}
	return nil, failed
}

// flags returns how the shadow is asked for l.
func flags(l vft.Lock) uint32 {
	flags := uint32(wire.LockFile)
	if l.Kind == vft.ByFile {
		flags = wire.LockWhole
	}
	if l.Exclusive {
		return flags | wire.LockExclusive
	}
	return flags | wire.LockShared
}

func extent(l vft.Lock) (offset, length int64) {
	if l.Kind == vft.ByFile {
		return 0, 0
	}
	return l.From, l.Length()
}

// Lock implements vft.Locker.
func (l *locker) Lock(ctx context.Context, k vft.Lock, wait bool) (vft.State, error) {
	file, err := l.open(ctx)
	if err != nil {
		return vft.State{}, err
	}
	how := flags(k)
	if wait {
		select {
		case l.fs.waiting <- struct{}{}:
			defer func() { <-l.fs.waiting }()
			how |= wire.LockWait
		default: // who asks will ask again
		}
	}
	offset, length := extent(k)
	state, err := file.LockStat(ctx, how, offset, length)
	if err == nil {
		name := l.where()
		l.fs.ahead.forget(name)
		l.fs.methods.forget(name)
	}
	return l.stateOf(&state), err
}

// Unlock implements vft.Locker.
func (l *locker) Unlock(k vft.Lock) (vft.State, error) {
	ctx := context.Background()
	file, err := l.open(ctx)
	if err != nil {
		return vft.State{}, err
	}
	offset, length := extent(k)
	state, err := file.LockStat(ctx, flags(k)&(wire.LockFile|wire.LockWhole)|wire.LockRelease, offset, length)
	return l.stateOf(&state), err
}

// stateOf tells of the file as it is read.
func (l *locker) stateOf(m *client.Moment) vft.State {
	seen := l.fs.appear(l.where(), l.by, &info{attr: m.Attr})
	return vft.State{Size: seen.attr.Size, Mtime: m.Mtime.Go(), Ctime: m.Ctime.Go(), Now: m.Now.Go()}
}

// Query implements vft.Locker.
func (l *locker) Query(ctx context.Context, k vft.Lock) (other vft.Lock, found bool, err error) {
	file, err := l.open(ctx)
	if err != nil {
		return vft.Lock{}, false, err
	}
	offset, length := extent(k)
	r, err := file.Lock(ctx, flags(k)|wire.LockQuery, offset, length)
	if err != nil || r.Flags&wire.LockRelease != 0 {
		return vft.Lock{}, false, err
	}
	return vft.Range(r.Flags&wire.LockExclusive != 0, r.Offset, r.Length), true, nil
}

// Lost implements vft.Locker.
func (l *locker) Lost() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file != nil && l.file.Stale()
}

// Close implements vft.Locker.
func (l *locker) Close() error {
	const patience = 10 * time.Second
	l.fs.mu.Lock()
	delete(l.fs.lockers, l)
	l.fs.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := l.file.Close(ctx)
	l.file = nil
	return err
}
