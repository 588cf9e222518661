package resident

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// findIn returns a place in a directory of the test's own.
func findIn(t *testing.T, arguments ...string) Place {
	t.Helper()
	dir, err := os.MkdirTemp("", "resident") // t.TempDir's are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	p, err := Find(arguments)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A house starts residents that send back what they get.
type house struct {
	place   Place
	idle    time.Duration
	ctx     context.Context
	started atomic.Int64
	ended   sync.WaitGroup
	err     atomic.Value
}

func (h *house) start(socket *os.File) (func() error, error) {
	dup, err := unix.FcntlInt(socket.Fd(), unix.F_DUPFD_CLOEXEC, 0) // as a new process has its own
	if err != nil {
		return nil, err
	}
	h.started.Add(1)
	h.ended.Go(func() {
		err := h.place.Serve(h.ctx, os.NewFile(uintptr(dup), "socket"), Service{
			Link: func(rw io.ReadWriteCloser) {
				_, _ = io.Copy(rw, rw)
				rw.Close()
			},
			Busy: func() bool { return false },
			Idle: h.idle,
		})
		if err != nil {
			h.err.Store(err)
		}
	})
	return func() error { return nil }, nil
}

// visit joins, and sees its bytes come back. With pipes the link is two files.
func (h *house) visit(pipes bool) error {
	var ours, theirs [2]int // in, out
	if pipes {
		var up, down [2]int
		if err := errors.Join(unix.Pipe2(up[:], unix.O_CLOEXEC), unix.Pipe2(down[:], unix.O_CLOEXEC)); err != nil {
			return err
		}
		ours, theirs = [2]int{down[0], up[1]}, [2]int{up[0], down[1]}
	} else {
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		ours, theirs = [2]int{pair[0], pair[0]}, [2]int{pair[1], pair[1]}
	}
	joined := make(chan error)
	go func() {
		err := h.place.Join(theirs[0], theirs[1], h.start)
		unix.Close(theirs[0])
		if theirs[1] != theirs[0] {
			unix.Close(theirs[1])
		}
		joined <- err
	}()
	link := Streams(ours[0], ours[1])
	const text = "there and back"
	_, err := io.WriteString(link, text)
	got := make([]byte, len(text))
	if err == nil {
		_, err = io.ReadFull(link, got)
	}
	if err == nil && string(got) != text {
		err = fmt.Errorf("came back: %q", got)
	}
	link.Close()
	return errors.Join(err, <-joined)
}

func TestOneResidentForAll(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := &house{place: findIn(t), idle: time.Hour, ctx: ctx}
	var visits sync.WaitGroup
	for i := range 20 {
		visits.Go(func() {
			if err := h.visit(i%2 == 0); err != nil {
				t.Error(err)
			}
		})
	}
	visits.Wait()
	if n := h.started.Load(); n != 1 {
		t.Errorf("%d residents were started", n)
	}
	cancel()
	h.ended.Wait()
	if _, err := os.Lstat(h.place.socket()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
	if err := h.err.Load(); err != nil {
		t.Error(err)
	}
}

// Nobody comes in vain because a resident is just about to leave, and all leave.
func TestResidentsLeave(t *testing.T) {
	h := &house{place: findIn(t), idle: time.Nanosecond, ctx: t.Context()}
	for range 12 {
		if err := h.visit(false); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(220 * time.Millisecond)) // they look about every tenth of a second
	}
	h.ended.Wait()
	if err := h.err.Load(); err != nil {
		t.Error(err)
	}
}

func TestResidentWithoutSocketLeaves(t *testing.T) {
	h := &house{place: findIn(t), idle: time.Hour, ctx: t.Context()}
	h.idle = 400 * time.Millisecond // so that it looks often; but it is never without work
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	joined := make(chan error)
	go func() { joined <- h.place.Join(pair[1], pair[1], h.start) }()
	link := Streams(pair[0], pair[0])
	if _, err := io.WriteString(link, "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(link, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(h.place.socket()); err != nil {
		t.Fatal(err)
	}
	h.ended.Wait()
	link.Close()
	unix.Close(pair[1])
	if err := <-joined; err != nil {
		t.Error(err)
	}
}

func TestStartFails(t *testing.T) {
	p := findIn(t)
	ends := func(socket *os.File) (func() error, error) {
		return func() error { return errors.New("it has no exports") }, nil // whoever had the socket is gone
	}
	cannot := func(*os.File) (func() error, error) { return nil, errors.New("no such program") }
	for _, tt := range []struct {
		name  string
		start func(*os.File) (func() error, error)
		want  string
	}{{"it ends at once", ends, "it has no exports"}, {"it cannot start", cannot, "no such program"}} {
		t.Run(tt.name, func(t *testing.T) {
			if err := p.Join(0, 1, tt.start); err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

func TestFind(t *testing.T) {
	one, other := findIn(t, "--export=/:ro"), Place{}
	dir := filepath.Dir(one.base)
	other, err := Find([]string{"--export=/:rw"})
	if err != nil || other == one {
		t.Errorf("another configuration is at %v, as this: %v", other, err)
	}
	if again, err := Find([]string{"--export=/:ro"}); err != nil || again != one {
		t.Errorf("the same is at %v, and was at %v: %v", again, one, err)
	}
	if err := os.Chmod(dir, 0o770); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(nil); err == nil || !strings.Contains(err.Error(), "may enter") {
		t.Errorf("in a directory that others may enter: %v", err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), dir); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(nil); err == nil || !strings.Contains(err.Error(), "may enter") {
		t.Errorf("behind a link: %v", err)
	}
}
