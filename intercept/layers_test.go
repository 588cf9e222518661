package intercept_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
)

// opener is a policy for openat with one interest. What it is told it writes
// into a log that layers share.
type opener struct {
	name     string
	interest intercept.Interest
	decide   func(path string, c *intercept.Call) intercept.Verdict
	log      *callLog
}

// callLog holds what was told about the files of a test.
type callLog struct {
	sync.Mutex
	lines []string
}

func (l *callLog) add(format string, args ...any) {
	l.Lock()
	defer l.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func (o *opener) Interest(_ abi.Arch, s *abi.Syscall) intercept.Interest {
	if s != nil && s.Name == "openat" {
		return o.interest
	}
	return intercept.Ignore
}

func (o *opener) path(c *intercept.Call) (string, bool) {
	path, _ := c.ArgString(1, 4096)
	return filepath.Base(path), strings.HasPrefix(path, "/absent/")
}

func (o *opener) Enter(c *intercept.Call) intercept.Verdict {
	path, ours := o.path(c)
	if !ours {
		return intercept.Run
	}
	o.log.add("%s enter %s", o.name, path)
	return o.decide(path, c)
}

func (o *opener) Exit(c *intercept.Call) {
	if path, ours := o.path(c); ours {
		_, e := c.Result()
		o.log.add("%s exit %s %d", o.name, path, e)
	}
}

func (o *opener) Forked(_, _ *guest.Thread)        {}
func (o *opener) Execed(*guest.Thread, int)        {}
func (o *opener) Exited(_ *guest.Thread, _ uint32) {}

// TestLayers has two policies decide about the same calls, each at each door.
func TestLayers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("found\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	watch := func(string, *intercept.Call) intercept.Verdict { return intercept.Watch }
	give := func(path string, _ *intercept.Call) intercept.Verdict {
		switch path {
		case "given":
			fd, err := unix.Open(file, unix.O_RDONLY|unix.O_CLOEXEC, 0)
			if err != nil {
				return intercept.Fail(abi.EIO)
			}
			return intercept.Give(fd, false)
		case "refused":
			return intercept.Fail(abi.EPERM)
		}
		return intercept.Run
	}
	rewrite := func(path string, c *intercept.Call) intercept.Verdict {
		if path == "refused" {
			return intercept.Fail(abi.EPERM)
		}
		c.SetArgString(1, file)
		return intercept.Watch
	}
	rename := func(_ string, c *intercept.Call) intercept.Verdict {
		c.SetArgString(1, "/absent/given")
		return intercept.Watch
	}
	refuse := func(string, *intercept.Call) intercept.Verdict { return intercept.Fail(abi.ENOMEDIUM) }
	const answer, observe = intercept.Answer, intercept.Observe
	tests := []struct {
		name                     string
		outer, inner             intercept.Interest
		decideOuter, decideInner func(string, *intercept.Call) intercept.Verdict
		path, prints, log        string
	}{
		{"both answer", answer, answer, watch, give, "given", "found", "outer enter given, inner enter given"},
		{"observed and given", observe, answer, watch, give, "given", "found", "outer enter given, inner enter given, outer exit given 0"},
		{"observed and refused", observe, answer, watch, give, "refused", "not permitted", "outer enter refused, inner enter refused, outer exit refused 1"},
		{"observed and the kernel's", observe, answer, watch, give, "other", "No such file", "outer enter other, inner enter other, outer exit other 2"},
		{"renamed and given", observe, answer, rename, give, "other", "found", "outer enter other, inner enter given, outer exit other 0"},
		{"outer refuses at the trace door", observe, answer, refuse, give, "given", "No medium", "outer enter given"},
		{"outer refuses at the notify door", answer, observe, refuse, rewrite, "x", "No medium", "inner enter x, outer enter x, inner exit x 123"},
		{"answered and rewritten", answer, observe, watch, rewrite, "x", "found", "inner enter x, outer enter x, inner exit x 0"},
		{"answered and refused inside", answer, observe, watch, rewrite, "refused", "not permitted", "inner enter refused, outer enter refused"},
		{"both observe", observe, observe, watch, rewrite, "x", "found", "outer enter x, inner enter x, inner exit x 0, outer exit x 0"},
		{"both observe, refused", observe, observe, watch, rewrite, "refused", "not permitted", "outer enter refused, inner enter refused, outer exit refused 1"},
		{"both rewrite", observe, observe, rename, rewrite, "x", "found", "outer enter x, inner enter given, inner exit x 0, outer exit x 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log callLog
			p := intercept.Layers(&opener{"outer", tt.outer, tt.decideOuter, &log}, &opener{"inner", tt.inner, tt.decideInner, &log})
			out := outputOf(t, p, "/bin/sh", "-c", "exec 2>&1; cat /absent/"+tt.path+"; cat <"+file)
			if !strings.Contains(out, tt.prints) || !strings.HasSuffix(out, "found\n") {
				t.Errorf("printed %q, want %q", out, tt.prints)
			}
			if got := strings.Join(log.lines, ", "); got != tt.log {
				t.Errorf("told %q\nwant %q", got, tt.log)
			}
		})
	}
}

// TestLayersFork has the calls that make threads go through both doors.
func TestLayersFork(t *testing.T) {
	forks := func(i intercept.Interest) func(abi.Arch, *abi.Syscall) intercept.Interest {
		return func(_ abi.Arch, s *abi.Syscall) intercept.Interest {
			if s != nil && (strings.HasPrefix(s.Name, "clone") || strings.HasSuffix(s.Name, "fork")) {
				return i
			}
			return intercept.Ignore
		}
	}
	var observed, answered, ended atomic.Int32
	outer := &policy{
		interest: forks(intercept.Observe),
		enter:    func(*intercept.Call) intercept.Verdict { observed.Add(1); return intercept.Watch },
		exit: func(c *intercept.Call) {
			if pid, e := c.Result(); e == 0 && pid > 0 {
				ended.Add(1)
			}
		},
	}
	inner := &policy{
		interest: forks(intercept.Answer),
		enter:    func(*intercept.Call) intercept.Verdict { answered.Add(1); return intercept.Run },
		exit:     func(*intercept.Call) {},
	}
	const script = `import os, subprocess, threading
for i in range(20):
    t = threading.Thread(target=print, args=("thread",)); t.start(); t.join()
    if os.fork() == 0: os._exit(0)
    os.wait()
    subprocess.run(["/bin/true"], check=True)
print("end")`
	out := outputOf(t, intercept.Layers(outer, inner), "/usr/bin/python3", "-c", script)
	if out != strings.Repeat("thread\n", 20)+"end\n" {
		t.Errorf("printed %.300q", out)
	}
	if n := observed.Load(); n < 60 || answered.Load() != n || ended.Load() != n {
		t.Errorf("%d observed, %d answered, %d ended", n, answered.Load(), ended.Load())
	}
}

// TestLayersInterrupted has signals rain on a program whose calls are passed on
// and answered late. No call may fail for that, or be made twice.
func TestLayersInterrupted(t *testing.T) {
	var log callLog
	watch := func(string, *intercept.Call) intercept.Verdict { return intercept.Watch }
	slow := func(string, *intercept.Call) intercept.Verdict { return intercept.Skip(-int64(abi.ENOTUNIQ)) }
	p := intercept.Layers(&opener{"outer", intercept.Observe, watch, &log}, &opener{"inner", intercept.Answer, slow, &log})
	const script = `import errno, os, signal
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
for i in range(2000):
    try: os.open("/absent/file", os.O_RDONLY)
    except OSError as e:
        if e.errno != errno.ENOTUNIQ: print(e)
signal.setitimer(signal.ITIMER_REAL, 0)
print("end")`
	if out := outputOf(t, p, "/usr/bin/python3", "-c", script); out != "end\n" {
		t.Errorf("printed %.300q", out)
	}
	exits := 0
	for _, line := range log.lines {
		if line == "outer exit file 76" {
			exits++
		}
	}
	if exits != 2000 {
		t.Errorf("%d calls ended as they should, of 2000", exits)
	}
}
