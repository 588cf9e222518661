package intercept_test

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/testguest"
)

// policy is made of functions; a nil one is never to be called.
type policy struct {
	interest func(abi.Arch, *abi.Syscall) intercept.Interest
	enter    func(*intercept.Call) intercept.Verdict
	exit     func(*intercept.Call)
}

func (p *policy) Interest(a abi.Arch, s *abi.Syscall) intercept.Interest { return p.interest(a, s) }
func (p *policy) Enter(c *intercept.Call) intercept.Verdict              { return p.enter(c) }
func (p *policy) Exit(c *intercept.Call)                                 { p.exit(c) }

// only returns the interest i in the named call, and none in others.
func only(name string, i intercept.Interest) func(abi.Arch, *abi.Syscall) intercept.Interest {
	return func(_ abi.Arch, s *abi.Syscall) intercept.Interest {
		if s != nil && s.Name == name {
			return i
		}
		return intercept.Ignore
	}
}

// outputOf runs a guest to its end and returns its standard output.
func outputOf(t *testing.T, p intercept.Policy, argv ...string) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	g, err := intercept.Start(intercept.Config{
		Program: intercept.Program{Path: argv[0], Argv: argv, Env: os.Environ(), Files: []int{0, int(w.Fd()), 2}},
		Policy:  p,
	})
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	status, err := g.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if status != 0 {
		t.Errorf("%s: status %#x", argv[0], status)
	}
	return string(out)
}

var kinds = []testguest.Kind{testguest.Dynamic, testguest.Static, testguest.I386, testguest.I386Static}

// verdictCase has the guest verdicts make calls, and decides upon one of them.
type verdictCase struct {
	name   string
	call   string // the call that is decided upon
	i      intercept.Interest
	enter  func(*intercept.Call) intercept.Verdict
	exit   func(*intercept.Call)
	ops    string
	output string // a regular expression
}

// check fails the test if the guest's output is not as it has to be.
func (c *verdictCase) check(t *testing.T, out string) {
	t.Helper()
	m := regexp.MustCompile("^(?:" + c.output + ")$").FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("got %q, want %q", out, c.output)
	}
	if len(m) == 3 && m[1] != m[2] {
		t.Errorf("got %q, want the same number twice", out)
	}
}

// verdictCases are all verdicts, and the combinations of them.
func verdictCases(t *testing.T) []verdictCase {
	getpid := map[abi.Arch]int{}
	for _, a := range []abi.Arch{abi.AMD64, abi.I386} {
		getpid[a], _ = abi.ByName("getpid").On(a)
	}
	run := func(*intercept.Call) intercept.Verdict { return intercept.Run }
	watch := func(*intercept.Call) intercept.Verdict { return intercept.Watch }
	const answer, observe = intercept.Answer, intercept.Observe
	return []verdictCase{
		{"run", "getppid", answer, run, nil, "getppid", `getppid: [1-9]\d*\n`},
		{"run at the trace door", "getppid", observe, run, nil, "getppid", `getppid: [1-9]\d*\n`},
		{"skip", "getppid", answer, skip(4242), nil, "getppid", `getppid: 4242\n`},
		{"skip at the trace door", "getppid", observe, skip(4242), nil, "getppid", `getppid: 4242\n`},
		{"skip with 0", "getppid", answer, skip(0), nil, "getppid", `getppid: 0\n`},
		{"fail", "getppid", answer, fail(abi.EXDEV), nil, "getppid", `getppid: errno 18\n`},
		{"fail at the trace door", "getppid", observe, fail(abi.EXDEV), nil, "getppid", `getppid: errno 18\n`},
		{"skip what has effects", "write", answer, skip(6), nil, "getppid", ``},
		{"observe", "getppid", observe, watch, func(c *intercept.Call) {
			if v, e := c.Result(); v <= 0 || e != 0 {
				t.Errorf("observed getppid = %d, %v", v, e)
			}
		}, "getppid", `getppid: [1-9]\d*\n`},
		{"observe an error", "openat", observe, watch, func(c *intercept.Call) {
			path, _ := c.Memory().String(c.Args.Addr(1), 4096)
			if _, e := c.Result(); path == "/nonexistent" && e != abi.ENOENT {
				t.Errorf("observed openat: %v", e)
			}
		}, "/nonexistent", `/nonexistent: errno 2\n`},
		{"change a result", "getppid", observe, watch, func(c *intercept.Call) { c.SetResult(77) },
			"getppid", `getppid: 77\n`},
		{"change a result to an error", "getppid", observe, watch, func(c *intercept.Call) { c.SetError(abi.ENOTTY) },
			"getppid", `getppid: errno 25\n`},
		{"change an error to a result", "openat", observe, watch, func(c *intercept.Call) {
			if _, e := c.Result(); e == abi.ENOENT {
				c.SetResult(99)
			}
		}, "/nonexistent", `/nonexistent: 99\n`},
		{"change what a call wrote", "uname", observe, watch, func(c *intercept.Call) {
			if _, err := c.Memory().WriteAt([]byte("elsewhere\x00"), c.Args.Addr(0)+65); err != nil {
				t.Error(err)
			}
		}, "uname", `uname: 0\nelsewhere\n`},
		{"rewrite an argument", "write", observe, func(c *intercept.Call) intercept.Verdict {
			if c.Args[2] == 6 {
				c.SetArg(2, 3)
			}
			return intercept.Run
		}, func(*intercept.Call) {}, "write", `helwrite: 3\n`},
		{"rewrite an argument, change the result", "write", observe, func(c *intercept.Call) intercept.Verdict {
			if c.Args[2] == 6 {
				c.SetArg(2, 3)
			}
			return intercept.Watch
		}, func(c *intercept.Call) {
			if v, _ := c.Result(); v == 3 {
				c.SetResult(6)
			}
		}, "write", `helwrite: 6\n`},
		{"rewrite the number", "getppid", observe, func(c *intercept.Call) intercept.Verdict {
			c.SetNumber(getpid[c.Arch])
			return intercept.Watch
		}, func(*intercept.Call) {}, "getppid self", `getppid: (\d+)\nself: (\d+)\n`},
		{"rewrite the number, change the result", "getppid", observe, func(c *intercept.Call) intercept.Verdict {
			c.SetNumber(getpid[c.Arch])
			return intercept.Watch
		}, func(c *intercept.Call) {
			v, _ := c.Result()
			c.SetResult(v - v)
		}, "getppid", `getppid: 0\n`},
		{"decide by guest memory", "openat", answer, func(c *intercept.Call) intercept.Verdict {
			if path, err := c.Memory().String(c.Args.Addr(1), 4096); err != nil || path != "/etc/passwd" {
				return intercept.Run
			}
			return intercept.Fail(abi.ELOOP)
		}, nil, "/etc/passwd /etc/group", `/etc/passwd: errno 40\n/etc/group: \d+\n`},
	}
}

// TestVerdicts runs a guest of each kind under each verdict.
func TestVerdicts(t *testing.T) {
	for _, k := range kinds {
		guest := testguest.Path(t, "verdicts", k)
		for _, c := range verdictCases(t) {
			t.Run(fmt.Sprintf("%s/%s", k, c.name), func(t *testing.T) {
				p := &policy{only(c.call, c.i), c.enter, c.exit}
				c.check(t, outputOf(t, p, append([]string{guest}, strings.Fields(c.ops)...)...))
			})
		}
	}
}

func skip(v int64) func(*intercept.Call) intercept.Verdict {
	return func(*intercept.Call) intercept.Verdict { return intercept.Skip(v) }
}

func fail(e abi.Errno) func(*intercept.Call) intercept.Verdict {
	return func(*intercept.Call) intercept.Verdict { return intercept.Fail(e) }
}

// TestRewriteSixth rewrites the sixth argument, which i386 guests hand over in
// a register or on the stack.
func TestRewriteSixth(t *testing.T) {
	for _, k := range kinds {
		t.Run(string(k), func(t *testing.T) {
			p := &policy{
				interest: func(_ abi.Arch, s *abi.Syscall) intercept.Interest {
					if s != nil && (s.Name == "mmap" || s.Name == "mmap2") {
						return intercept.Observe
					}
					return intercept.Ignore
				},
				enter: func(c *intercept.Call) intercept.Verdict {
					switch {
					case c.Name() == "mmap" && c.Arch == abi.AMD64 && c.Args[5] == 4096 && c.Args[1] == 4096 && c.Args[2] == 1:
						c.SetArg(5, 8192)
					case c.Name() == "mmap2" && c.Args[5] == 1 && c.Args[1] == 4096 && c.Args[2] == 1:
						c.SetArg(5, 2)
					}
					return intercept.Run
				},
				exit: func(*intercept.Call) {},
			}
			if out := outputOf(t, p, testguest.Path(t, "verdicts", k), "map", "map"); out != "map: 2\nmap: 2\n" {
				t.Errorf("got %q", out)
			}
		})
	}
}

// TestRegistersSurvive rewrites all arguments of each of a guest's calls; the
// guest looks whether a register changed.
func TestRegistersSurvive(t *testing.T) {
	p := &policy{
		interest: only("getppid", intercept.Observe),
		enter: func(c *intercept.Call) intercept.Verdict {
			for i := range c.Args {
				c.SetArg(i, 0xdead0000+uint64(i))
			}
			return intercept.Run
		},
		exit: func(*intercept.Call) {},
	}
	if out := outputOf(t, p, testguest.Path(t, "registers", testguest.Assembly)); out != "ok\n" {
		t.Errorf("got %q", out)
	}
}

// TestUnknownNumber decides upon a number that no table has.
func TestUnknownNumber(t *testing.T) {
	for _, i := range []intercept.Interest{intercept.Answer, intercept.Observe} {
		p := &policy{
			interest: func(_ abi.Arch, s *abi.Syscall) intercept.Interest {
				if s == nil {
					return i
				}
				return intercept.Ignore
			},
			enter: func(c *intercept.Call) intercept.Verdict {
				if c.Number != 4095 || c.Syscall != nil || c.Name() != "syscall_4095" {
					t.Errorf("got call %d, %s", c.Number, c.Name())
				}
				return intercept.Skip(5)
			},
		}
		for _, k := range kinds {
			if out := outputOf(t, p, testguest.Path(t, "verdicts", k), "nosuch"); out != "nosuch: 5\n" {
				t.Errorf("%s: got %q", k, out)
			}
		}
	}
}
