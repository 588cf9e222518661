package iostat

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/internal/testguest"
	"penumbra/trace"
	"penumbra/vft/descriptors"
)

// watcher is the policy under which a Collector hears of a guest. At each getsid
// it compares what the Collector believes with the kernel.
type watcher struct {
	c        *Collector
	current  map[int]*trace.Call
	compare  func()
	compared int
	marks    int
}

func (w *watcher) Interest(_ abi.Arch, s *abi.Syscall) intercept.Interest {
	if s != nil && (Calls().Has(s) || s.Name == "getsid") {
		return intercept.Observe
	}
	return intercept.Ignore
}

func (w *watcher) Enter(c *intercept.Call) intercept.Verdict {
	if c.Syscall.Name == "getsid" {
		const each = 7
		if w.marks++; w.marks%each == 1 {
			w.compared++
			w.compare()
		}
		return intercept.Run
	}
	call := &trace.Call{Thread: c.Thread, Arch: c.Arch, Number: c.Number, Syscall: c.Syscall, Args: c.Args, Begin: time.Now()}
	w.current[c.Thread.ID()] = call
	w.c.Enter(call)
	return intercept.Watch
}

func (w *watcher) Exit(c *intercept.Call) {
	call := w.current[c.Thread.ID()]
	call.End = time.Now()
	call.Value, call.Err = c.Result()
	w.c.Exit(call)
}

func (w *watcher) Forked(parent, child *guest.Thread) { w.c.Forked(parent, child) }

func (w *watcher) Execed(t *guest.Thread, former int) {
	if c := w.current[former]; c != nil {
		c.Thread = t
		w.current[t.ID()] = c
	}
	w.c.Execed(t, former)
}

func (w *watcher) Exited(t *guest.Thread, status uint32) { w.c.Ended(t, status) }

// TestHoldersAsTheKernel has a program do random things to descriptors, alone
// and with threads and children, and compares at every step who holds what, by
// which description, at which offset and with which flags, with what the kernel
// tells; and at the end each file's summary with what the program counted.
func TestHoldersAsTheKernel(t *testing.T) {
	self := guest.NewTable().Add(os.Getpid())
	if !(procfs{}).same(self, 0, self, 0) {
		t.Skip("needs kcmp(2)")
	}
	program := testguest.Path(t, "holders", testguest.Static)
	for seed := range 8 {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			dir, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			c := New(nil)
			closed := map[string]descriptors.Summary{}
			c.Closed = func(f *descriptors.File) {
				if strings.HasPrefix(f.Name, dir) {
					sum := closed[f.Name]
					sum.Add(f.Summary())
					closed[f.Name] = sum
				}
			}
			w := &watcher{c: c, current: map[int]*trace.Call{}}
			w.compare = func() { compareHolders(t, c, dir) }
			out := watch(t, w, dir, program, strconv.Itoa(seed), "0", "count")
			c.table.End()
			var sum descriptors.Summary
			for _, s := range closed {
				sum.Add(s)
			}
			counted := fmt.Sprintf("%d %d %d %d %d %d\nok\n", sum.Opens, sum.Reads, sum.Writes, sum.Seeks, sum.Read, sum.Written)
			if counted != out {
				t.Errorf("counted %q, the program says %q", counted, out)
			}
			t.Logf("compared %d times", w.compared)
			if w.compared < 9 || len(closed) != 5 {
				t.Errorf("compared %d times, %d files", w.compared, len(closed))
			}
		})
	}
}

// watch runs a program under w and returns its output.
func watch(t *testing.T, w *watcher, dir string, argv ...string) string {
	r, stdout, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	g, err := intercept.Start(intercept.Config{
		Program: intercept.Program{Path: argv[0], Argv: argv, Dir: dir, Files: []int{0, int(stdout.Fd()), 2}},
		Policy:  w,
	})
	stdout.Close()
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if status, err := g.Wait(); err != nil || status != 0 {
		t.Errorf("%v, status %#x", err, status)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// place is a descriptor of a thread.
type place struct {
	thread *guest.Thread
	fd     int32
	open   *description
}

// compareHolders compares for all threads what c knows of files below dir with
// the kernel's tables. The threads do nothing meanwhile.
func compareHolders(t *testing.T, c *Collector, dir string) {
	t.Helper()
	if t.Failed() {
		return // the rest would follow from that
	}
	var all []place
	for _, th := range c.threads {
		entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", th.guest.ID()))
		if err != nil || len(entries) == 0 {
			continue // it has just ended
		}
		open := map[int32]bool{}
		for _, e := range entries {
			n, _ := strconv.Atoi(e.Name())
			fd := int32(n)
			f := th.guest.File(n)
			if f == nil || !strings.HasPrefix(f.Path, dir) {
				continue
			}
			open[fd] = true
			d := c.known(th, fd)
			if d == nil {
				t.Errorf("descriptor %d of %v, %s, is not known", fd, th.guest, f.Path)
				continue
			}
			compareOne(t, c, th, fd, d)
			all = append(all, place{th.guest, fd, d})
		}
		for fd := range int32(128) {
			if d := c.known(th, fd); d != nil && strings.HasPrefix(d.held.File.Name, dir) && !open[fd] {
				t.Errorf("descriptor %d of %v is not open, and not %s", fd, th.guest, d.held.File.Name)
			}
		}
	}
	for i, one := range all {
		for _, other := range all[:i] {
			same := procfs{}.same(one.thread, one.fd, other.thread, other.fd)
			if one.open.held.File == other.open.held.File && same != (one.open == other.open) {
				t.Errorf("descriptors %d of %v and %d of %v name one description: %t", one.fd, one.thread, other.fd, other.thread, same)
			}
		}
	}
}

// compareOne compares one descriptor.
func compareOne(t *testing.T, c *Collector, th *thread, fd int32, d *description) {
	found, ok := procfs{}.descriptor(th.guest, fd, false)
	if !ok {
		t.Errorf("descriptor %d of %v has gone", fd, th.guest)
		return
	}
	const flags = unix.O_APPEND | unix.O_NONBLOCK
	closeOnExec := false
	for _, h := range c.table.Holders(d.held.File.ID)[d.held] {
		if by := c.threads[h.Thread]; by != nil && h.FD == fd && c.known(th, fd) == d && shareTable(th, by) {
			closeOnExec = h.CloseOnExec
		}
	}
	got := fmt.Sprint(d.held.File.ID, d.held.Access, d.held.Offset(), d.held.Status()&flags, closeOnExec)
	want := fmt.Sprint(c.idOf(&found), accessOf(found.flags), found.offset, found.flags&flags, found.flags&unix.O_CLOEXEC != 0)
	if got != want {
		t.Errorf("descriptor %d of %v: %s, the kernel says %s", fd, th.guest, got, want)
	}
}

// shareTable asks the kernel whether two threads have one table of descriptors.
func shareTable(a, b *thread) bool {
	const kcmpFiles = 2
	order, _, e := unix.RawSyscall6(unix.SYS_KCMP, uintptr(a.guest.ID()), uintptr(b.guest.ID()), kcmpFiles, 0, 0, 0)
	return e == 0 && order == 0
}
