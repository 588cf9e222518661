package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/internal/testguest"
)

// A job is a command in a process group of its own.
type job struct {
	t   *testing.T
	cmd *exec.Cmd
	out *bufio.Reader
}

// startJob starts argv with in, which may be nil, as its standard input.
func startJob(t *testing.T, in *os.File, argv ...string) *job {
	t.Helper()
	j := &job{t: t, cmd: exec.Command(argv[0], argv[1:]...)}
	if in != nil {
		j.cmd.Stdin = in
	}
	j.cmd.Stderr = os.Stderr
	j.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := j.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := pipe.(*os.File).SetReadDeadline(time.Now().Add(attention)); err != nil {
		t.Fatal(err)
	}
	j.out = bufio.NewReader(pipe)
	if err := j.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-j.pid(), syscall.SIGKILL)
		_ = j.cmd.Wait()
	})
	return j
}

func (j *job) pid() int { return j.cmd.Process.Pid }

// line reads one line that the job prints.
func (j *job) line() string {
	j.t.Helper()
	s, err := j.out.ReadString('\n')
	if err != nil {
		j.t.Fatalf("after %q: %v", s, err)
	}
	return strings.TrimSuffix(s, "\n")
}

// rest reads until nobody can write any more: all of the job are gone.
func (j *job) rest() string {
	j.t.Helper()
	b, err := io.ReadAll(j.out)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		j.t.Fatalf("a process is left behind that holds the output; so far %q", b)
	}
	return string(b)
}

func (j *job) kill(pid int, s syscall.Signal) {
	j.t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		j.t.Fatalf("kill(%d, %d): %v", pid, s, err)
	}
}

// wait waits for one change of the job's state.
func (j *job) wait(options int) unix.WaitStatus {
	j.t.Helper()
	var status unix.WaitStatus
	for limit := time.Now().Add(attention); time.Now().Before(limit); time.Sleep(time.Millisecond) {
		pid, err := unix.Wait4(j.pid(), &status, options|unix.WNOHANG, nil)
		if err != nil {
			j.t.Fatal(err)
		}
		if pid != 0 {
			return status
		}
	}
	j.t.Fatal("no change of state")
	return 0
}

// TestSignalsArriveOnce sends signals to the one process that the sender knows,
// and to its group: the guest gets each once, as the command itself would.
func TestSignalsArriveOnce(t *testing.T) {
	path := testguest.Path(t, "cat_signals", testguest.Dynamic)
	signals := []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1,
		syscall.SIGUSR2, syscall.SIGALRM, syscall.SIGWINCH, syscall.SIGTSTP, syscall.SIGPIPE, syscall.SIGURG,
		syscall.SIGIO, syscall.SIGPROF, syscall.SIGXCPU, syscall.SIGSEGV, 34, 50, 64}
	for _, m := range append([]runMode{native}, supervised...) {
		for _, sig := range signals {
			for _, whole := range []bool{false, true} {
				if !whole && keeps(sig) {
					continue
				}
				name := fmt.Sprintf("%s/%d", m.name, sig)
				if whole {
					name += "/group"
				}
				t.Run(name, func(t *testing.T) {
					j := startJob(t, nil, m.command(t, path, "1")...)
					j.line()
					to := j.pid()
					if whole {
						to = -to
					}
					j.kill(to, sig)
					if got, want := j.rest(), fmt.Sprintf("signal %d\nno more\n", sig); got != want {
						t.Errorf("got %q, want %q", got, want)
					}
				})
			}
		}
	}
}

// keeps reports whether the supervisor cannot tell such a signal, sent to it
// alone, from those that its own runtime causes, or does not let through.
func keeps(sig syscall.Signal) bool {
	return sig == syscall.SIGURG || sig == syscall.SIGPROF || sig == 34
}

// TestSignalAtAnyTime ends a run by SIGTERM at moments from its start on.
func TestSignalAtAnyTime(t *testing.T) {
	for _, m := range supervised {
		t.Run(m.name, func(t *testing.T) {
			for i := range 30 {
				j := startJob(t, nil, m.command(t, "sleep", "1000")...)
				time.Sleep(time.Duration(i) * 500 * time.Microsecond) // any moment will do
				j.kill(j.pid(), syscall.SIGTERM)
				j.rest()
				if s := j.wait(0); !s.Signaled() || s.Signal() != syscall.SIGTERM {
					t.Fatalf("after %d half milliseconds: status %#x", i, s)
				}
			}
		})
	}
}

// TestStopAndContinue stops the guest in several ways: whoever waits for
// penumbra sees what it would see of the command itself.
func TestStopAndContinue(t *testing.T) {
	tests := []struct {
		name   string
		script string
		stop   func(j *job, first int)
		signal syscall.Signal
	}{
		{"by itself", "echo $$; kill -STOP $$; read line; exit 3", nil, syscall.SIGSTOP},
		{"by SIGTSTP to penumbra", "echo $$; read line; exit 3",
			func(j *job, _ int) { j.kill(j.pid(), syscall.SIGTSTP) }, syscall.SIGTSTP},
		{"by SIGTSTP to the group", "echo $$; read line; exit 3",
			func(j *job, _ int) { j.kill(-j.pid(), syscall.SIGTSTP) }, syscall.SIGTSTP},
		{"by SIGSTOP to the guest", "echo $$; read line; exit 3",
			func(j *job, first int) { j.kill(first, syscall.SIGSTOP) }, syscall.SIGSTOP},
		{"by SIGSTOP to the group", "echo $$; read line; exit 3",
			func(j *job, _ int) { j.kill(-j.pid(), syscall.SIGSTOP) }, syscall.SIGSTOP},
	}
	for _, m := range append([]runMode{native}, supervised...) {
		for _, tt := range tests {
			t.Run(m.name+"/"+tt.name, func(t *testing.T) {
				in, typist, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				defer typist.Close()
				j := startJob(t, in, m.command(t, "sh", "-c", tt.script)...)
				in.Close()
				var first int
				if _, err := fmt.Sscan(j.line(), &first); err != nil {
					t.Fatal(err)
				}
				if tt.stop != nil {
					tt.stop(j, first)
				}
				if s := j.wait(unix.WUNTRACED); !s.Stopped() || s.StopSignal() != tt.signal {
					t.Fatalf("status %#x, want stopped by %v", s, tt.signal)
				}
				j.kill(-j.pid(), syscall.SIGCONT)
				if s := j.wait(unix.WCONTINUED); !s.Continued() {
					t.Fatalf("status %#x, want continued", s)
				}
				typist.Close()
				j.rest()
				if s := j.wait(0); !s.Exited() || s.ExitStatus() != 3 {
					t.Errorf("status %#x, want exit status 3", s)
				}
			})
		}
	}
}

// TestNobodyIsLeft kills the supervisor, or the process between it and the
// guest, in the middle of a crowd: none of it lives on.
func TestNobodyIsLeft(t *testing.T) {
	// A reader, a busy loop, a daemon of its own session, a stopped process,
	// one that ignores every signal it may, and an orphan.
	const crowd = `
		sleep 1000 &
		(while :; do :; done) &
		setsid sh -c 'sleep 1000' &
		sh -c 'kill -STOP $$' &
		sh -c 'trap "" HUP INT TERM; while :; do sleep 1; done' &
		(setsid sleep 1000 &)
		echo ready
		wait`
	for _, m := range supervised {
		for _, victim := range []string{"supervisor", "init"} {
			t.Run(m.name+"/"+victim, func(t *testing.T) {
				j := startJob(t, nil, m.command(t, "sh", "-c", crowd)...)
				j.line()
				pid := j.pid()
				if victim == "init" {
					pid = childOf(t, pid)
				}
				killAtEnd(t, descendantsOf(j.pid()))
				j.kill(pid, syscall.SIGKILL)
				j.rest() // ends when nobody of the crowd holds the pipe
				if s := j.wait(0); s.Exited() && s.ExitStatus() == 0 {
					t.Errorf("status %#x: a killed run reports success", s)
				}
			})
		}
	}
}

// descendantsOf lists the processes below pid.
func descendantsOf(pid int) []process {
	var list []process
	above := map[int]bool{pid: true}
	all := processes()
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if above[p.parent] && !above[p.pid] {
				above[p.pid], grown = true, true
				list = append(list, p)
			}
		}
	}
	return list
}

// killAtEnd kills those of list that a failed test leaves behind.
func killAtEnd(t *testing.T, list []process) {
	t.Cleanup(func() {
		alive := make(map[process]bool)
		for _, p := range processes() {
			alive[process{pid: p.pid, session: p.session}] = true
		}
		for _, p := range list {
			if alive[process{pid: p.pid, session: p.session}] {
				_ = syscall.Kill(p.pid, syscall.SIGKILL)
			}
		}
	})
}

// childOf returns the first child of a process.
func childOf(t *testing.T, pid int) int {
	t.Helper()
	for _, p := range processes() {
		if p.parent == pid {
			return p.pid
		}
	}
	t.Fatalf("process %d has no child", pid)
	return 0
}

// One signal to the group accounts for what arrives right behind it, and for
// the first that arrives late.
func TestGroupAccounts(t *testing.T) {
	tests := []struct {
		name  string
		after []time.Duration // when signals arrive, counted from the init's word
		want  []bool
	}{
		{"at once", []time.Duration{0}, []bool{true}},
		{"before the init's word", []time.Duration{-time.Millisecond}, []bool{true}},
		{"several that have become one", []time.Duration{0, groupMemory / 2}, []bool{true, true}},
		{"another one later", []time.Duration{0, groupMemory}, []bool{true, false}},
		{"late", []time.Duration{lateness / 2, lateness/2 + time.Millisecond}, []bool{true, false}},
		{"much later", []time.Duration{lateness}, []bool{false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &signalRelay{group: map[unix.Signal]groupSignal{}}
			if r.toGroup(unix.SIGINT, time.Now()) {
				t.Error("nothing was told")
			}
			r.groupGot(unix.SIGINT)
			at := r.group[unix.SIGINT].at
			for i, after := range tt.after {
				if got := r.toGroup(unix.SIGINT, at.Add(after)); got != tt.want[i] {
					t.Errorf("after %v: %v", after, got)
				}
			}
		})
	}
}
