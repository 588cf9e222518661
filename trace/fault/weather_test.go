package fault

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
)

// The calls of these tests are this process's: its descriptors are what the
// plan looks at. None of them runs.

// A script makes calls by one thread.
type script struct {
	plan   *Plan
	thread *guest.Thread
}

func newScript(t *testing.T, chaos string) *script {
	t.Helper()
	ch, err := ParseChaos(chaos)
	if err != nil {
		t.Fatal(err)
	}
	return &script{NewPlan(Options{Chaos: ch, Running: true}), guest.NewTable().Find(os.Getpid())}
}

// call has the thread make a call, which moves all it is asked to.
func (s *script) call(t *testing.T, name string, args ...uint64) Fault {
	t.Helper()
	call := abi.ByName(name)
	number, ok := call.On(abi.AMD64)
	if !ok {
		t.Fatalf("x86-64 has no %s", name)
	}
	c := &trace.Call{Thread: s.thread, Arch: abi.AMD64, Number: number, Syscall: call}
	copy(c.Args[:], args)
	f := s.plan.Decide(c)
	c.Value, c.Err = f.Value, f.Err
	if !f.Faked && f.Rewritten {
		c.Value = int64(f.Args[2])
	}
	s.plan.Exit(c)
	return f
}

// outcome names what became of a call.
func outcome(f Fault) string {
	switch {
	case f.Faked:
		return f.Err.Name()
	case f.Rewritten:
		return "short"
	case f.Before+f.After > 0:
		return "delay"
	}
	return "-"
}

// outcomes makes n calls and returns how many ended in which way.
func (s *script) outcomes(t *testing.T, n int, name string, args ...uint64) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for range n {
		counts[outcome(s.call(t, name, args...))]++
	}
	return counts
}

func pipeOf(t *testing.T, flags int) (r, w uint64) {
	t.Helper()
	var p [2]int
	if err := unix.Pipe2(p[:], flags|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(p[0]); unix.Close(p[1]) })
	return uint64(p[0]), uint64(p[1])
}

func socketOf(t *testing.T, kind int) uint64 {
	t.Helper()
	p, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(p[0]); unix.Close(p[1]) })
	return uint64(p[0])
}

func openOf(t *testing.T, path string, flags int) uint64 {
	t.Helper()
	fd, err := unix.Open(path, flags|unix.O_CLOEXEC, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return uint64(fd)
}

// watch makes an epoll instance watch fd.
func watch(t *testing.T, fd uint64, events uint32) {
	t.Helper()
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(epoll) })
	if err := unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, int(fd), &unix.EpollEvent{Events: events, Fd: int32(fd)}); err != nil {
		t.Fatal(err)
	}
}

// TestWeather says which weather which calls meet.
func TestWeather(t *testing.T) {
	file := openOf(t, filepath.Join(t.TempDir(), "file"), unix.O_RDWR|unix.O_CREAT)
	proc := openOf(t, "/proc/self/status", unix.O_RDONLY)
	null := openOf(t, "/dev/null", unix.O_RDWR)
	r, w := pipeOf(t, 0)
	nr, nw := pipeOf(t, unix.O_NONBLOCK)
	er, _ := pipeOf(t, unix.O_NONBLOCK)
	watch(t, er, unix.EPOLLIN|unix.EPOLLET)
	lr, _ := pipeOf(t, unix.O_NONBLOCK)
	watch(t, lr, unix.EPOLLIN)
	_, packets := pipeOf(t, unix.O_DIRECT)
	stream, messages := socketOf(t, unix.SOCK_STREAM), socketOf(t, unix.SOCK_DGRAM)
	nstream, nmessages := socketOf(t, unix.SOCK_STREAM|unix.SOCK_NONBLOCK), socketOf(t, unix.SOCK_SEQPACKET|unix.SOCK_NONBLOCK)
	const big = 100000
	for _, test := range []struct {
		name  string
		chaos string // kinds
		want  string // of those, what may become of the call
		call  string
		args  []uint64
	}{
		{"a file's content", "all", "EIO delay", "read", []uint64{file, 0, big}},
		{"a file's content regardless", "short:regardless", "short", "read", []uint64{file, 0, big}},
		{"written to a file", "all", "short ENOSPC EIO delay", "write", []uint64{file, 0, big}},
		{"written to a file by default", "posix", "short delay", "pwrite64", []uint64{file, 0, big, 0}},
		{"one byte to a file", "short", "", "write", []uint64{file, 0, 1}},
		{"nothing to a file", "short", "", "write", []uint64{file, 0, 0}},
		{"a negative number of bytes", "short", "", "write", []uint64{file, 0, 1 << 63}},
		{"proc", "short:regardless", "", "read", []uint64{proc, 0, big}},
		{"a device", "short,eagain:regardless", "", "read", []uint64{null, 0, big}},
		{"no descriptor", "short,eagain,eio,enospc:regardless", "", "read", []uint64{9999, 0, big}},
		{"from a pipe", "posix", "short delay", "read", []uint64{r, 0, big}},
		{"a record from a pipe", "short:regardless", "", "read", []uint64{r, 0, 512}},
		{"to a pipe that waits, by a program with handlers", "short", "short", "write", []uint64{w, 0, big}},
		{"to a pipe that does not wait", "short,eagain", "short EAGAIN", "write", []uint64{nw, 0, big}},
		{"what a pipe takes whole", "short", "", "write", []uint64{nw, 0, 4096}},
		{"packets of a pipe", "short", "", "write", []uint64{packets, 0, big}},
		{"from a pipe that does not wait", "short,eagain", "short EAGAIN", "read", []uint64{nr, 0, big}},
		{"what is watched for edges", "short,eagain", "", "read", []uint64{er, 0, big}},
		{"what is watched for levels", "short,eagain", "short EAGAIN", "read", []uint64{lr, 0, big}},
		{"from a stream", "short,eagain", "short", "recvfrom", []uint64{stream, 0, big}},
		{"from a stream, all of it", "short,eagain", "", "recvfrom", []uint64{stream, 0, big, unix.MSG_WAITALL}},
		{"from a stream, not waiting", "short,eagain", "short EAGAIN", "recvfrom", []uint64{stream, 0, big, unix.MSG_DONTWAIT}},
		{"to a stream that does not wait", "short,eagain", "short EAGAIN", "sendto", []uint64{nstream, 0, big}},
		{"a message", "short,eagain:regardless", "", "read", []uint64{messages, 0, big}},
		{"a message, not waiting", "short,eagain", "EAGAIN", "recvfrom", []uint64{nmessages, 0, big}},
		{"a file sent", "short", "short", "sendfile", []uint64{stream, file, 0, big}},
		{"a file copied", "all", "short ENOSPC EIO delay", "copy_file_range", []uint64{file, 0, file, 0, big}},
		{"fsync", "all", "EIO delay", "fsync", []uint64{file}},
		{"closing", "all:regardless", "delay", "close", []uint64{file}},
		{"waiting, regardless", "all:regardless", "EINTR delay", "wait4", []uint64{1}},
		{"what no weather is for", "all:regardless", "", "getppid", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newScript(t, "1:rate=1:kinds="+test.chaos)
			got := s.outcomes(t, 60, test.call, test.args...)
			wanted := strings.Fields(test.want)
			for _, w := range wanted {
				if got[w] == 0 {
					t.Errorf("%s is missing: %v", w, got)
				}
			}
			for g := range got {
				if g != "-" && !slices.Contains(wanted, g) {
					t.Errorf("%s is not allowed: %v", g, got)
				}
			}
		})
	}
}

// TestHandlers: a call that waits is interrupted only if a signal can come, and
// fails only if the signal's handler does not let it restart.
func TestHandlers(t *testing.T) {
	const all = ^uint64(0)
	usr1 := signalSet(unix.SIGUSR1)
	r, w := pipeOf(t, 0)
	poll := func(s *script) int { return s.outcomes(t, 100, "poll", 0, 0, 0)["EINTR"] }
	read := func(s *script) int { return s.outcomes(t, 100, "read", r, 0, 1000)["EINTR"] }
	short := func(s *script) int { return s.outcomes(t, 100, "write", w, 0, 100000)["short"] }
	for _, test := range []struct {
		name              string
		blocked           uint64 // while a call is made
		failing, returned uint64 // see handlers
		poll, read, short bool
	}{
		{"all blocked", all, all, all, false, false, false},
		{"none comes back", harmless, all, 0, false, false, false},
		{"one comes back", harmless, usr1, usr1, true, true, true},
		{"one comes back and restarts", harmless, 0, usr1, true, false, true},
		{"another comes back", harmless, all &^ usr1, usr1, true, false, true},
		{"what comes back is blocked", harmless | usr1, all, usr1, false, false, false},
		{"harmless", 0, all, 0, true, true, true},
		{"only its own fault", harmless, all, signalSet(unix.SIGSEGV, unix.SIGPIPE), false, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			s := newScript(t, "1:rate=1:kinds=eintr,short")
			s.thread = guest.NewTable().Find(unix.Gettid())
			s.plan.handlers[os.Getpid()] = &handlers{failing: test.failing, returned: test.returned}
			var before unix.Sigset_t
			if err := unix.PthreadSigmask(unix.SIG_SETMASK, &unix.Sigset_t{Val: [16]uint64{test.blocked}}, &before); err != nil {
				t.Fatal(err)
			}
			got := []bool{poll(s) > 0, read(s) > 0, short(s) > 0}
			if err := unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil); err != nil {
				t.Fatal(err)
			}
			if want := []bool{test.poll, test.read, test.short}; !slices.Equal(got, want) {
				t.Errorf("poll, read, short: %v, want %v", got, want)
			}
		})
	}
}

// TestReproducible: the same seed, the same weather; another seed, another.
func TestReproducible(t *testing.T) {
	_, w := pipeOf(t, unix.O_NONBLOCK)
	weather := func(seed string, others func(*script)) []Fault {
		s := newScript(t, seed+":rate=30%")
		var all []Fault
		for range 500 {
			others(s)
			all = append(all, s.call(t, "write", w, 0, 100000))
		}
		return all
	}
	alone := func(*script) {}
	want := weather("7", alone)
	if got := weather("7", alone); !slices.Equal(got, want) {
		t.Error("the same seed brings other weather")
	}
	if got := weather("8", alone); slices.Equal(got, want) {
		t.Error("another seed brings the same weather")
	}
	// Neither other calls nor other threads matter.
	other := guest.NewTable().Find(1)
	got := weather("7", func(s *script) {
		first := s.thread
		s.call(t, "close", 9999)
		s.thread = other
		s.call(t, "write", 9999, 0, 100000)
		s.thread = first
	})
	if !slices.Equal(got, want) {
		t.Error("the weather depends on other calls and threads")
	}
}

// TestFamily: a thread's weather is told by its place in the family.
func TestFamily(t *testing.T) {
	table := guest.NewTable()
	tree := func(first int) (paths []uint64) {
		p := NewPlan(Options{})
		root, left, right, grandchild := table.Find(first), table.Find(first+7), table.Find(first+3), table.Find(first+5)
		p.Forked(nil, root)
		p.Forked(root, left)
		p.Forked(left, grandchild)
		p.Ended(left, 0)
		p.Forked(root, right)
		for _, t := range []*guest.Thread{root, right, grandchild} {
			paths = append(paths, p.thread(t).path)
		}
		p.Execed(right, grandchild.ID()) // takes its id, as a thread's execve does
		return append(paths, p.thread(right).path)
	}
	a, b := tree(1000000), tree(2000000)
	if !slices.Equal(a, b) {
		t.Errorf("ids matter: %x and %x", a, b)
	}
	if a[0] == a[1] || a[1] == a[2] || a[3] != a[2] {
		t.Errorf("the family's paths are %x", a)
	}
}

// TestProgress: whoever tries again gets on.
func TestProgress(t *testing.T) {
	r, _ := pipeOf(t, unix.O_NONBLOCK)
	for _, kinds := range []string{"eagain", "eintr:regardless", "eagain,eintr,short:regardless"} {
		s := newScript(t, "3:rate=1:kinds="+kinds)
		row, longest := 0, 0
		for range 300 {
			if f := s.call(t, "read", r, 0, 100000); f.Faked {
				row++
			} else {
				row = 0
			}
			longest = max(longest, row)
		}
		if longest != maxBarren {
			t.Errorf("%s: %d failures in a row, want %d", kinds, longest, maxBarren)
		}
	}
}

// TestRate: about as many calls are hit as was asked for.
func TestRate(t *testing.T) {
	file := openOf(t, filepath.Join(t.TempDir(), "file"), unix.O_RDWR|unix.O_CREAT)
	for rate, want := range map[string][2]int{"0": {0, 0}, "10%": {400, 600}, "0.5": {2350, 2650}, "1": {5000, 5000}} {
		s := newScript(t, "5:kinds=short:rate="+rate)
		hits := s.outcomes(t, 5000, "write", file, 0, 1000)["short"]
		if hits < want[0] || hits > want[1] {
			t.Errorf("rate %s: %d of 5000 calls hit", rate, hits)
		}
	}
}

// TestLengths: short counts are shorter than asked for, never nothing, and of
// every order of magnitude.
func TestLengths(t *testing.T) {
	for _, size := range []uint64{2, 3, 4, 100, 4096, 65536, maxSize} {
		for draw := range uint64(2000) {
			n := lengthFrom(mix(draw), size)
			if n < 1 || n >= size {
				t.Fatalf("%d bytes of %d", n, size)
			}
		}
		if small, large := lengthsBelow(size, 10), lengthsBelow(size, size/2); size >= 4096 && (small == 0 || small > large) {
			t.Errorf("of %d bytes: %d are below 10, %d below half", size, small, large)
		}
	}
}

func lengthsBelow(size, limit uint64) (n int) {
	for draw := range uint64(2000) {
		if lengthFrom(mix(draw), size) < limit {
			n++
		}
	}
	return n
}
