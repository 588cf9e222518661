package vft

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// home is a file of the host as a Source.
type home struct{ *os.File }

func (h home) Truncate(size int64) error { return h.File.Truncate(size) }

// homeLocker locks it with an open file of its own.
type homeLocker struct {
	file *os.File
	lost *atomic.Bool
}

func (h homeLocker) state() State {
	var st unix.Stat_t
	_ = unix.Fstat(int(h.file.Fd()), &st)
	return State{st.Size, time.Unix(st.Mtim.Unix()), time.Unix(st.Ctim.Unix()), time.Now()}
}

func (h homeLocker) Lock(ctx context.Context, l Lock, wait bool) (State, error) {
	for {
		err := h.set(l, l.kernel().Type)
		switch {
		case h.lost.Load():
			return State{}, abi.ESTALE
		case err == nil:
			state := h.state()
			time.Sleep(rand.N(300 * time.Microsecond)) // the answer's way
			return state, nil
		case !wait:
			return State{}, abi.EAGAIN
		case ctx.Err() != nil:
			return State{}, abi.EINTR
		}
		time.Sleep(time.Millisecond)
	}
}

func (h homeLocker) set(l Lock, kind int16) error {
	if l.Kind == ByFile {
		how := map[int16]int{unix.F_RDLCK: unix.LOCK_SH, unix.F_WRLCK: unix.LOCK_EX, unix.F_UNLCK: unix.LOCK_UN}[kind]
		return unix.Flock(int(h.file.Fd()), how|unix.LOCK_NB)
	}
	k := l.kernel()
	k.Type = kind
	return unix.FcntlFlock(h.file.Fd(), unix.F_OFD_SETLK, &k)
}

func (h homeLocker) Unlock(l Lock) (State, error) {
	if h.lost.Load() {
		return State{}, abi.ESTALE
	}
	s := h.state()
	return s, h.set(l, unix.F_UNLCK)
}

func (h homeLocker) Query(_ context.Context, l Lock) (Lock, bool, error) {
	k := l.kernel()
	err := unix.FcntlFlock(h.file.Fd(), unix.F_OFD_GETLK, &k)
	return fromKernel(&k), k.Type != unix.F_UNLCK, err
}

func (h homeLocker) Lost() bool { return h.lost.Load() }

func (h homeLocker) Close() error { return h.file.Close() }

// side is a machine that has a placeholder of a file at home.
type side struct {
	*File
	table       *Table
	placeholder string
	lost        atomic.Pointer[atomic.Bool] // the last Locker's
}

func newSide(t *testing.T, at string) *side {
	t.Helper()
	info, err := os.Stat(at)
	if err != nil {
		t.Fatal(err)
	}
	s := &side{table: NewTable(false), placeholder: filepath.Join(placeholders(t), "placeholder")}
	if err := os.WriteFile(s.placeholder, make([]byte, info.Size()), 0o600); err != nil {
		t.Fatal(err)
	}
	var st unix.Stat_t
	if err := unix.Stat(s.placeholder, &st); err != nil {
		t.Fatal(err)
	}
	s.File, err = s.table.Add(&st, Options{
		Size: info.Size(),
		Open: func() (*os.File, Source, error) {
			host, err := os.Open(s.placeholder)
			if err != nil {
				return nil, nil, err
			}
			source, err := os.OpenFile(at, os.O_RDWR, 0)
			return host, home{source}, err
		},
		Locker: func() (Locker, error) {
			file, err := os.OpenFile(at, os.O_RDWR, 0)
			s.lost.Store(new(atomic.Bool))
			return homeLocker{file, s.lost.Load()}, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.table.Close)
	return s
}

// program is a process with the placeholder open; its calls are made here.
type program struct {
	*side
	file *os.File
	who  int
}

func (s *side) program(t *testing.T) *program {
	t.Helper()
	file, err := os.OpenFile(s.placeholder, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	sleep := exec.Command("sleep", "1000")
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sleep.Process.Kill(); _ = sleep.Wait(); file.Close() })
	return &program{s, file, sleep.Process.Pid}
}

// lock takes a lock as the view and the kernel do together.
func (p *program) lock(ctx context.Context, l Lock, wait bool) error {
	if l.Kind == ByFile {
		return p.Flock(ctx, p.who, int(p.file.Fd()), l.Exclusive, wait)
	}
	conflict := func() (bool, error) { return p.ConflictOf(int(p.file.Fd()), l) }
	if err := p.LockBeside(ctx, p.who, l, wait, conflict); err != nil {
		return err
	}
	k, command := l.kernel(), unix.F_OFD_SETLK
	if wait {
		command = unix.F_OFD_SETLKW
	}
	err := unix.FcntlFlock(p.file.Fd(), command, &k)
	p.table.Settle(p.who)
	return err
}

func (p *program) unlock(t *testing.T, l Lock) {
	if err := p.Flush(); err != nil {
		t.Error(err)
	}
	k := l.kernel()
	k.Type = unix.F_UNLCK
	var err error
	if l.Kind == ByFile {
		err = unix.Flock(int(p.file.Fd()), unix.LOCK_UN)
	} else {
		err = unix.FcntlFlock(p.file.Fd(), unix.F_OFD_SETLK, &k)
	}
	if err != nil {
		t.Error(err)
	}
	p.Unlocking()
}

// add reads the number at the begin of the file, and writes the next.
func (p *program) add(t *testing.T) {
	if err := p.Read(p.who, 8, Fixed(0)); err != nil {
		t.Error(err)
	}
	var b [8]byte
	var n int
	_, _ = p.file.ReadAt(b[:], 0)
	_, _ = fmt.Sscan(string(b[:]), &n)
	if err := p.Write(p.who, 8, Fixed(0)); err != nil {
		t.Error(err)
	}
	_, _ = p.file.WriteAt(fmt.Appendf(nil, "%8d", n+1), 0)
	p.table.Settle(p.who)
}

func TestLocksKeepOthersOut(t *testing.T) {
	const programs, times = 3, 60
	for _, tt := range []struct {
		name string
		lock Lock
	}{{"by range", Range(true, 0, 8)}, {"by file", WholeFile(true)}} {
		t.Run(tt.name, func(t *testing.T) {
			at := filepath.Join(t.TempDir(), "home")
			if err := os.WriteFile(at, []byte("       0"), 0o600); err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			for range 2 {
				s := newSide(t, at)
				for range programs {
					p := s.program(t)
					wg.Go(func() {
						for range times {
							if err := p.lock(t.Context(), tt.lock, true); err != nil {
								t.Error(err)
								return
							}
							p.add(t)
							p.unlock(t, tt.lock)
						}
					})
				}
			}
			wg.Wait()
			if b, err := os.ReadFile(at); err != nil || strings.TrimSpace(string(b)) != fmt.Sprint(2*programs*times) {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
}

func TestLockConflicts(t *testing.T) {
	at := filepath.Join(t.TempDir(), "home")
	if err := os.WriteFile(at, make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	a, b := newSide(t, at).program(t), newSide(t, at).program(t)
	c := a.side.program(t)
	steps := []struct {
		name string
		p    *program
		lock Lock
		err  error
	}{
		{"shared", a, Range(false, 0, 10), nil},
		{"shared beside it", b, Range(false, 5, 10), nil},
		{"exclusive over both", c, Range(true, 0, 20), abi.EAGAIN},
		{"exclusive behind", c, Range(true, 15, 0), nil},
		{"in the way elsewhere", b, Range(true, 50, 1), abi.EAGAIN},
		{"in the way here", a, Range(true, 50, 1), abi.EAGAIN},
		{"of the other kind", b, WholeFile(true), nil},
		{"of that kind", a, WholeFile(false), abi.EAGAIN},
	}
	for _, s := range steps {
		if err := s.p.lock(t.Context(), s.lock, false); !errors.Is(err, s.err) {
			t.Fatalf("%s: %v, want %v", s.name, err, s.err)
		}
	}
	if other, found, err := b.Query(t.Context(), Range(true, 50, 1)); !found || err != nil || other != Range(true, 15, 0) {
		t.Errorf("Query: %v, %v, %v", other, found, err)
	}
	// When a process ends, nobody says so.
	c.file.Close()
	if err := b.lock(t.Context(), Range(true, 50, 1), true); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := a.lock(ctx, Range(true, 50, 1), true); !errors.Is(err, abi.EINTR) {
		t.Errorf("interrupted: %v", err)
	}
}

func TestLocksAreLost(t *testing.T) {
	at := filepath.Join(t.TempDir(), "home")
	if err := os.WriteFile(at, []byte("       0"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := newSide(t, at).program(t)
	l := Range(true, 0, 0)
	if err := p.lock(t.Context(), l, true); err != nil {
		t.Fatal(err)
	}
	p.add(t)
	p.lost.Load().Store(true)
	if err := p.Read(p.who, 8, Fixed(0)); !errors.Is(err, abi.ESTALE) {
		t.Errorf("read: %v", err)
	}
	if err := p.Flush(); !errors.Is(err, abi.ESTALE) {
		t.Errorf("flush: %v", err)
	}
	if b, _ := os.ReadFile(at); string(b) != "       0" {
		t.Errorf("written without a lock: %q", b)
	}
	p.table.Settle(p.who)
	k := unix.Flock_t{Type: unix.F_UNLCK}
	if err := unix.FcntlFlock(p.file.Fd(), unix.F_OFD_SETLK, &k); err != nil {
		t.Fatal(err)
	}
	p.Unlocking()
	for range 1000 { // it is noticed that nobody has a lock any more
		if err := p.lock(t.Context(), l, true); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	_ = p.Flush() // who flushes first is told of what was given up
	p.add(t)
	p.unlock(t, l)
	if b, _ := os.ReadFile(at); string(b) != "       1" {
		t.Errorf("with a new lock: %q", b)
	}
}

// A program changes a file by way of memory, while another takes locks on it from the
// source and gives them back. What the one has changed stays.
func TestLocksOfMemory(t *testing.T) {
	at := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(at, make([]byte, 16), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newSide(t, at)
	writer, locker := s.program(t), s.program(t)
	if err := writer.Map(writer.who, 0, 8); err != nil {
		t.Fatal(err)
	}
	memory, err := unix.Mmap(int(writer.file.Fd()), 0, 8, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(memory)
	ctx, cancel := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	writing.Go(func() {
		for n := byte(1); ctx.Err() == nil; n++ {
			memory[0] = n
			time.Sleep(10 * time.Microsecond)
			if memory[0] != n {
				t.Errorf("%d was written, and is %d", n, memory[0])
				return
			}
		}
	})
	for range 30 {
		l := Range(true, 8, 8)
		if err := locker.lock(t.Context(), l, true); err != nil {
			t.Fatal(err)
		}
		locker.unlock(t, l)
		for s.hasLocked(l) {
			time.Sleep(100 * time.Microsecond)
		}
	}
	cancel()
	writing.Wait()
}

// Several of one side append under a lock: each sees where the others have ended.
func TestLocksOfAppends(t *testing.T) {
	const programs, times, size = 6, 40, 8
	at := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(at, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := newSide(t, at)
	var all sync.WaitGroup
	for range programs {
		p := s.program(t)
		all.Go(func() {
			l := Range(true, 0, 1)
			for range times {
				if err := p.lock(t.Context(), l, true); err != nil {
					t.Error(err)
					return
				}
				end, _ := p.file.Seek(0, 2)
				if err := p.Write(p.who, size, Fixed(end)); err != nil {
					t.Error(err)
				}
				_, _ = p.file.WriteAt([]byte("appended"), end)
				p.table.Settle(p.who)
				p.unlock(t, l)
			}
		})
	}
	all.Wait()
	if err := s.Flush(); err != nil {
		t.Error(err)
	}
	b, err := os.ReadFile(at)
	if want := strings.Repeat("appended", programs*times); err != nil || string(b) != want {
		t.Errorf("%d bytes of %d, %v", len(b), len(want), err)
	}
}
