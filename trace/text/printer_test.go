package text

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
	"penumbra/trace/output"
)

// A story tells a printer what happens.
type story struct {
	p     *Printer
	table *guest.Table
	now   time.Time
}

func (s *story) thread(id int) *guest.Thread { return s.table.Add(id) }

func (s *story) forked(id int) { s.p.Forked(nil, s.thread(id)) }

// enter begins a call of thread id.
func (s *story) enter(id int, name string, args ...uint64) *trace.Call {
	c := &trace.Call{Thread: s.thread(id), Syscall: abi.ByName(name), Begin: s.now}
	c.Number, _ = c.Syscall.On(abi.AMD64)
	copy(c.Args[:], args)
	s.p.Enter(c)
	return c
}

// exit ends a call.
func (s *story) exit(c *trace.Call, value int64, err abi.Errno) {
	s.now = s.now.Add(1500 * time.Microsecond)
	c.End, c.Value, c.Err = s.now, value, err
	s.p.Exit(c)
}

func (s *story) call(id int, name string, value int64, err abi.Errno, args ...uint64) {
	s.exit(s.enter(id, name, args...), value, err)
}

// tell returns what is printed of a story.
func tell(t *testing.T, opts Options, what func(*story)) string {
	t.Helper()
	var b strings.Builder
	out := output.New(&b, true)
	if opts.Strings == 0 {
		opts.Strings = 32
	}
	s := &story{p: NewPrinter(out, opts), table: guest.NewTable(), now: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.Local)}
	what(s)
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestLines(t *testing.T) {
	tests := []struct {
		name string
		opts Options
		what func(*story)
		want string
	}{
		{"a call", Options{Column: 20}, func(s *story) {
			s.forked(7)
			s.call(7, "close", 0, 0, 3)
			s.call(7, "close", -1, abi.EBADF, 99)
		}, "7     close(3)      = 0\n7     close(99)     = -1 EBADF (Bad file descriptor)\n"},
		{"on a terminal, one thread", Options{Bracketed: true}, func(s *story) {
			s.forked(7)
			s.call(7, "getpid", 7, 0)
		}, "getpid() = 7\n"},
		{"on a terminal, two threads", Options{Bracketed: true}, func(s *story) {
			s.forked(7)
			s.forked(8)
			s.call(8, "getpid", 8, 0)
			s.p.Ended(s.thread(8), 0)
			s.call(7, "getpid", 7, 0)
		}, "[pid     8] getpid() = 8\n[pid     8] +++ exited with 0 +++\ngetpid() = 7\n"},
		{"two at once", Options{}, func(s *story) {
			s.forked(7)
			s.forked(8)
			a := s.enter(7, "read", 0, 0, 5)
			b := s.enter(8, "close", 3)
			s.exit(b, 0, 0)
			s.exit(a, 0, 0)
			s.call(8, "getpid", 8, 0)
		}, "7     read(0,  <unfinished ...>\n8     close(3) = 0\n7     <... read resumed>NULL, 5) = 0\n8     getpid() = 8\n"},
		{"interrupted", Options{}, func(s *story) {
			s.forked(7)
			s.call(7, "pause", 0, abi.ERESTARTNOHAND)
			s.p.Signalled(s.thread(7), trace.Signal{Number: abi.SIGINT, Time: s.now})
			s.p.Halted(s.thread(7), abi.SIGTSTP)
		}, "7     pause() = ? ERESTARTNOHAND (To be restarted if no handler)\n7     --- SIGINT ---\n7     --- stopped by SIGTSTP ---\n"},
		{"ends of threads", Options{}, func(s *story) {
			for id := 1; id <= 4; id++ {
				s.forked(id)
			}
			s.enter(1, "exit_group", 3)
			s.p.Ended(s.thread(1), 3<<8)
			s.enter(2, "read", 0, 0, 5)
			s.p.Ended(s.thread(2), 9)
			s.p.Ended(s.thread(3), 0x80|11)
			a := s.enter(4, "read", 0, 0, 5)
			s.p.Detached(a.Thread)
		}, "1     exit_group(3) = ?\n1     +++ exited with 3 +++\n" +
			"2     read(0,  <unfinished ...>) = ?\n2     +++ killed by SIGKILL +++\n" +
			"3     +++ killed by SIGSEGV (core dumped) +++\n" +
			"4     read(0,  <detached ...>\n"},
		{"a thread's execve takes the place of the first", Options{}, func(s *story) {
			s.forked(7)
			s.forked(8)
			s.enter(7, "pause")
			c := s.enter(8, "execve", 0, 0, 0)
			s.p.Execed(s.thread(7), 8)
			c.Thread = s.thread(7)
			s.exit(c, 0, 0)
		}, "7     pause( <unfinished ...>\n8     execve(NULL, NULL, NULL <unfinished ...>\n7     <... pause resumed>) = ?\n" +
			"7     +++ superseded by execve in pid 8 +++\n7     <... execve resumed>) = 0\n"},
		{"hidden", Options{}, func(s *story) {
			s.forked(7)
			c := &trace.Call{Thread: s.thread(7), Syscall: abi.ByName("getpid"), Hidden: true}
			s.p.Enter(c)
			s.p.Exit(c)
		}, ""},
		{"only when ended", Options{AtEnd: true}, func(s *story) {
			s.forked(7)
			s.forked(8)
			a, b := s.enter(7, "close", 1), s.enter(8, "close", 2)
			a.Hidden = true
			s.exit(a, 0, 0)
			s.exit(b, 0, 0)
		}, "8     close(2) = 0\n"},
		{"times", Options{Clock: Microseconds, Relative: true, Elapsed: true}, func(s *story) {
			s.forked(7)
			s.call(7, "getpid", 7, 0)
			s.call(7, "getpid", 7, 0)
		}, "7     03:04:05.000006      0.000000 getpid() = 7 <0.001500>\n7     03:04:05.001506      0.001500 getpid() = 7 <0.001500>\n"},
		{"what was done to it", Options{}, func(s *story) {
			s.forked(7)
			c := s.enter(7, "getpid")
			c.Injected, c.Delay = true, time.Second
			s.exit(c, -1, abi.EIO)
		}, "7     getpid() = -1 EIO (Input/output error) (INJECTED) (DELAYED)\n"},
		{"no ends, few signals", Options{NoExits: true, Signals: func(s abi.Signal) bool { return s == abi.SIGINT }}, func(s *story) {
			s.forked(7)
			s.p.Signalled(s.thread(7), trace.Signal{Number: abi.SIGTERM})
			s.p.Signalled(s.thread(7), trace.Signal{Number: abi.SIGINT})
			s.p.Ended(s.thread(7), 2)
		}, "7     --- SIGINT ---\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tell(t, tt.opts, tt.what); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestStrings(t *testing.T) {
	tests := []struct {
		in   string
		hex  hexStyle
		cut  bool
		want string
	}{
		{"plain", hexNever, false, `"plain"`},
		{"cut", hexNever, true, `"cut"...`},
		{"\"\\\n\t\r\v\f", hexNever, false, `"\"\\\n\t\r\v\f"`},
		{"\x00", hexNever, false, `"\0"`},
		{"\x001\x1f8\x1fz\xff", hexNever, false, `"\0001\378\37z\377"`},
		{"a\x01", hexUnprintable, false, `"\x61\x01"`},
		{"ab", hexUnprintable, false, `"ab"`},
		{"ab", hexAlways, false, `"\x61\x62"`},
	}
	for _, tt := range tests {
		n := &notation{hex: tt.hex}
		n.String([]byte(tt.in), tt.cut)
		if got := string(n.line); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestOctal(t *testing.T) {
	for v, want := range map[uint64]string{0: "000", 7: "007", 0o22: "022", 0o644: "0644", 0o4755: "04755"} {
		n := &notation{}
		n.Octal(v)
		if got := string(n.line); got != want {
			t.Errorf("%o: got %s, want %s", v, got, want)
		}
	}
}

// Each thread's lines are whole in a place of its own.
func TestSeparate(t *testing.T) {
	files := map[int]*closer{}
	out := output.PerThread(func(tid int) (io.WriteCloser, error) {
		if tid == 9 {
			return nil, errors.New("no room")
		}
		files[tid] = &closer{}
		return files[tid], nil
	})
	s := &story{p: NewPrinter(out, Options{Strings: 32}), table: guest.NewTable()}
	for id := 7; id <= 9; id++ {
		s.forked(id)
	}
	a := s.enter(7, "close", 1)
	b := s.enter(8, "close", 2)
	s.call(9, "close", 0, 0, 3)
	s.exit(a, 0, 0)
	s.exit(b, 0, 0)
	s.p.Ended(s.thread(7), 0)
	if got, want := files[7].String(), "close(1) = 0\n+++ exited with 0 +++\n"; got != want || !files[7].closed {
		t.Errorf("thread 7: got %q, closed %v, want %q", got, files[7].closed, want)
	}
	if err := out.Close(); err == nil || err.Error() != "no room" {
		t.Errorf("Close: %v, want that there was no room", err)
	}
	if got, want := files[8].String(), "close(2) = 0\n"; got != want || !files[8].closed {
		t.Errorf("thread 8: got %q, closed %v, want %q", got, files[8].closed, want)
	}
}

type closer struct {
	strings.Builder
	closed bool
}

func (c *closer) Close() error {
	c.closed = true
	return nil
}
