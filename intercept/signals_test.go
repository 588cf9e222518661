package intercept_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/internal/testguest"
)

// signalWatcher notes what it hears of signals and stops. Only the tracer
// calls it, so that it needs no lock.
type signalWatcher struct {
	policy
	t      *testing.T
	news   []string
	halted func(*guest.Thread)
}

func (w *signalWatcher) Signalled(th *guest.Thread, s abi.Signal, info []byte) {
	if len(info) != 128 || binary.NativeEndian.Uint32(info) != uint32(s) {
		w.t.Errorf("thread %v: the siginfo of %v says %d, %d bytes", th, s, binary.NativeEndian.Uint32(info), len(info))
	}
	w.news = append(w.news, s.Name())
	if s == abi.SIGUSR1 || s == abi.SIGUSR2 {
		code, sender := int32(binary.NativeEndian.Uint32(info[8:])), binary.NativeEndian.Uint32(info[16:])
		if code != 0 || sender != uint32(th.Process().ID) { // SI_USER
			w.t.Errorf("%v of thread %v: code %d, sender %d", s, th, code, sender)
		}
	}
}

func (w *signalWatcher) Halted(th *guest.Thread, s abi.Signal) {
	w.news = append(w.news, "halt by "+s.Name())
	if w.halted != nil {
		w.halted(th)
	}
}

// TestSignals hears of each signal that is delivered, once.
func TestSignals(t *testing.T) {
	const stopped = "SIGSTOP halt by SIGSTOP SIGCONT"
	for _, c := range []struct {
		name, script string
		want         string
		status       unix.WaitStatus
	}{
		{"handled", "trap : USR1; kill -USR1 $$; kill -USR1 $$", "SIGUSR1 SIGUSR1", 0},
		{"ignored", "trap '' USR1; kill -USR1 $$", "SIGUSR1", 0},
		{"fatal", "kill -USR2 $$", "SIGUSR2", unix.WaitStatus(unix.SIGUSR2)},
		{"stops", "kill -STOP $$; kill -STOP $$", stopped + " " + stopped, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &signalWatcher{t: t, policy: policy{interest: only("none", intercept.Ignore)}}
			w.halted = func(th *guest.Thread) { unix.Kill(th.ID(), unix.SIGCONT) }
			g := start(t, w, c.script)
			await(t, ended(g), "the guest's end")
			if status, err := g.Wait(); status != c.status || err != nil {
				t.Errorf("status %#x, %v; want %#x", status, err, c.status)
			}
			if got := strings.Join(w.news, " "); got != c.want {
				t.Errorf("heard of %q, want %q", got, c.want)
			}
		})
	}
}

// TestHalts runs a guest that stops and continues children of many threads,
// and looks at what they see of it.
func TestHalts(t *testing.T) {
	for _, k := range []testguest.Kind{testguest.Dynamic, testguest.I386} {
		t.Run(string(k), func(t *testing.T) {
			w := &signalWatcher{t: t, policy: policy{interest: only("none", intercept.Ignore)}}
			halts := map[int]int{}
			w.halted = func(th *guest.Thread) { halts[th.Process().ID]++ }
			if out := outputOf(t, w, testguest.Path(t, "group_stop", k)); out != "ok\n" {
				t.Errorf("got %q", out)
			}
			for _, s := range []string{"SIGSTOP", "SIGTSTP", "halt by SIGSTOP", "halt by SIGTSTP"} {
				if !slices.Contains(w.news, s) {
					t.Errorf("never heard of %s", s)
				}
			}
			most := 0
			for _, n := range halts {
				most = max(most, n)
			}
			if most < 4 {
				t.Errorf("no process halted more than %d times over all its threads", most)
			}
		})
	}
}

// TestSendSignal has calls send signals to their own threads, at both doors.
func TestSendSignal(t *testing.T) {
	sendBefore := func(s abi.Signal) func(*intercept.Call) intercept.Verdict {
		return func(c *intercept.Call) intercept.Verdict {
			c.Signal(s)
			return intercept.Watch
		}
	}
	watch := func(*intercept.Call) intercept.Verdict { return intercept.Watch }
	const answer, observe = intercept.Answer, intercept.Observe
	for _, c := range []struct {
		name, call string
		i          intercept.Interest
		enter      func(*intercept.Call) intercept.Verdict
		exit       func(*intercept.Call)
		status     unix.WaitStatus
	}{
		{"before, notify door", "chdir", answer, sendBefore(abi.SIGUSR1), nil, 3 << 8},
		{"before, trace door", "chdir", observe, sendBefore(abi.SIGUSR1), func(*intercept.Call) {}, 3 << 8},
		{"after", "chdir", observe, watch, func(c *intercept.Call) { c.Signal(abi.SIGUSR1) }, 3 << 8},
		{"deadly, notify door", "chdir", answer, sendBefore(abi.SIGKILL), nil, unix.WaitStatus(unix.SIGKILL)},
		{"deadly, trace door", "chdir", observe, sendBefore(abi.SIGKILL), func(*intercept.Call) {}, unix.WaitStatus(unix.SIGKILL)},
		{"ends a wait, notify door", "wait4", answer, sendBefore(abi.SIGUSR1), nil, 3 << 8},
		{"ends a wait, trace door", "wait4", observe, sendBefore(abi.SIGUSR1), func(*intercept.Call) {}, 3 << 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &policy{only(c.call, c.i), c.enter, c.exit}
			script := "trap 'exit 3' USR1; cd /; exit 4"
			if c.call == "wait4" {
				script = "exec 2>/dev/null; trap 'kill -9 $!; exit 3' USR1; sleep 1000 & wait; exit 4"
			}
			g := start(t, p, script)
			await(t, ended(g), "the guest's end")
			if status, err := g.Wait(); status != c.status || err != nil {
				t.Errorf("status %#x, %v; want %#x", status, err, c.status)
			}
		})
	}
}

// TestSignalOfThread sends each thread of a guest a signal with a call of its
// own, and hears who gets it.
func TestSignalOfThread(t *testing.T) {
	sent := map[int]int{}
	w := &signalWatcher{t: t}
	w.policy = policy{
		interest: only("set_robust_list", intercept.Observe),
		enter: func(c *intercept.Call) intercept.Verdict {
			sent[c.Thread.ID()]++
			c.Signal(abi.SIGWINCH)
			return intercept.Run
		},
	}
	if out := outputOf(t, w, testguest.Path(t, "threads", testguest.Dynamic)); out != "ok\n" {
		t.Errorf("got %q", out)
	}
	if len(sent) < 1000 {
		t.Errorf("only %d threads made the call", len(sent))
	}
}
