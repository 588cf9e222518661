package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"penumbra/intercept"
	"penumbra/internal/kernel"
	"penumbra/internal/origin"
	"penumbra/internal/sys"
	"penumbra/view"
)

// guestRun says how a verb runs a guest.
type guestRun struct {
	verb        string
	policy      intercept.Policy  // or nil
	heard       string            // which calls penumbra hears of, for --verbose
	view        *view.View        // what the guest sees, nil without mounts; runGuest closes it
	shadow      *shadowView       // what it sees of its shadow, or nil
	modes       *guestModes       // the modes that it can be in, or nil for none but the default
	killOrphans bool              // end the guests that outlive the first one, instead of waiting
	verbose     bool              // tell on stderr what penumbra does
	limits      []intercept.Limit // those of the guest that are not penumbra's
	// ended, if not nil, is called after the last of the guest, and may fail
	// the run by a status other than 0.
	ended func() (exit int)
}

// start returns the view in which the guest starts, or nil.
func (r *guestRun) start() *view.View {
	if r.modes != nil {
		return r.modes.start
	}
	return r.view
}

// runGuest runs argv as r says and returns the exit status for penumbra. If
// the guest dies of a signal, so does penumbra, and runGuest does not return.
func runGuest(r guestRun, argv []string) (exit int) {
	s := streams{out: os.Stdout, err: complaints{}}
	sup := &supervisor{streams: s, guestRun: r, inherited: inheritedFiles()}
	find := finderIn(r.start())
	if r.view != nil {
		defer r.view.Close()
	}
	path, err := find.lookCommand(argv[0])
	if err != nil {
		return s.fail(r.verb+": "+err.Error(), exitOf(err))
	}
	if sup.signals, err = newSignalRelay(); err != nil {
		return s.fail(r.verb+": "+explainStart(err), exitFailure)
	}
	var g *intercept.Guest
	err = execCommand(path, argv, environment(r.start()), func(path string, argv, env []string) error {
		g, err = sup.start(path, argv, env)
		return err
	})
	if refusal, ok := errors.AsType[*intercept.ExecError](err); ok {
		err = explainExec(argv[0], find.hostOf(path), refusal.Err)
		return s.fail(r.verb+": "+err.Error(), exitOf(err))
	}
	if err != nil {
		return s.fail(r.verb+": "+explainStart(err), exitFailure)
	}
	return sup.attend(g)
}

// explainStart words an error that kept the guest from starting, with the
// missing feature of the kernel if that is the reason.
func explainStart(err error) string {
	switch {
	case errors.Is(err, intercept.ErrNested):
		return err.Error() + ": run the program directly"
	case errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE), errors.Is(err, unix.EAGAIN), errors.Is(err, unix.ENOMEM):
		return err.Error() // a limit: every trial would fail likewise
	}
	if missing := kernel.Require(); missing != nil {
		return missing.Error()
	}
	return err.Error() + " (\"penumbra doctor\" tells what this machine allows)"
}

// supervisor is penumbra's side of one run.
type supervisor struct {
	streams
	guestRun
	inherited  []int
	signals    *signalRelay
	firstEnded chan struct{} // closed when the guest's first process has ended
}

// start begins the run: the guest finds all as penumbra found it.
func (sup *supervisor) start(path string, argv, env []string) (*intercept.Guest, error) {
	// Should the guest's init be killed, its processes become ours.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return nil, fmt.Errorf("prctl(PR_SET_CHILD_SUBREAPER): %w", err)
	}
	program := intercept.Program{Path: path, Argv: argv, Env: env, Follow: true, Limits: sup.limits}
	if o := origin.Get(); o.Known {
		program.Signals = &intercept.SignalState{Ignored: o.Ignored, Blocked: o.Blocked}
		program.Limits = append(program.Limits, limit(unix.RLIMIT_NOFILE, o.NoFile))
		program.Files = standardFiles(o.Closed)
	}
	config := intercept.Config{
		Program: program,
		Notice:  sup.say,
		Event:   sup.event,
	}
	switch {
	case sup.modes != nil:
		config.Policy = sup.modes.policy
	case sup.view != nil:
		config.Policy = sup.view
	}
	switch {
	case config.Policy == nil:
		config.Policy = sup.policy
	case sup.policy != nil:
		config.Policy = intercept.Layers(sup.policy, config.Policy)
	}
	if v := sup.guestRun.start(); v != nil {
		var err error
		if config.Dir, err = v.StartIn(""); err != nil {
			return nil, err
		}
	}
	sup.firstEnded = make(chan struct{})
	return intercept.Start(config)
}

func (sup *supervisor) event(e intercept.Event) {
	switch e.Kind {
	case intercept.GroupSignal:
		sup.signals.groupGot(e.Signal)
	case intercept.Stopped:
		sup.signals.letStop(e.Signal)
	case intercept.Continued:
		sup.signals.wentOn()
	case intercept.Ended:
		close(sup.firstEnded)
	}
}

// attend sees the guest to its end and returns its exit status.
func (sup *supervisor) attend(g *intercept.Guest) int {
	releaseFiles(sup.inherited)
	sup.tell("process %d runs; calls that penumbra hears of: %s", g.PID(), sup.heard)
	if !sys.HasCapability(unix.CAP_SYS_ADMIN) {
		sup.tell("no_new_privs is set: set-id programs run without their privileges")
	}
	if sup.modes != nil {
		if stop, err := sup.modes.serve(); err != nil {
			sup.say(err.Error())
		} else {
			defer stop()
		}
	}
	go sup.signals.relay(g)
	go sup.signals.read()
	if sup.killOrphans {
		go func() {
			<-sup.firstEnded
			g.Kill()
		}()
	}
	status, err := g.Wait()
	if err != nil {
		killChildren()
		return sup.fail(fmt.Sprintf(sup.verb+": %v: the guest was killed", err), exitFailure)
	}
	sup.tell("process %d: %s", g.PID(), describe(status))
	if sup.modes != nil {
		sup.modes.close()
	}
	if sup.view != nil {
		if err := sup.view.Close(); err != nil {
			sup.say(fmt.Sprintf("cannot remove what the mounts left: %v", err))
		}
	}
	if sup.shadow != nil {
		if exit := sup.shadow.exit(sup.streams, 0); exit != 0 {
			return exit
		}
	}
	if sup.ended != nil {
		if exit := sup.ended(); exit != 0 {
			return exit
		}
	}
	if status.Signaled() {
		return dieOf(status.Signal())
	}
	return status.ExitStatus()
}

// tell says something that only --verbose asks for.
func (sup *supervisor) tell(format string, args ...any) {
	if sup.verbose {
		sup.say(fmt.Sprintf(format, args...))
	}
}

func describe(status unix.WaitStatus) string {
	if status.Signaled() {
		return "killed by " + unix.SignalName(status.Signal())
	}
	return fmt.Sprintf("exited with %d", status.ExitStatus())
}

// dieOf ends this process by a signal as the guest's first process was, or
// returns the status that a shell has for that.
func dieOf(s unix.Signal) int {
	// The guest has left its core; ours would replace it.
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	dieBySignal(s)
	return 128 + int(s)
}

// environment returns the environment as it was handed to penumbra, with PWD as the
// guest finds it if it starts elsewhere.
func environment(v *view.View) []string {
	env := sys.Environ()
	if v == nil || v.Beginning() == "" {
		return env
	}
	env = slices.DeleteFunc(env, func(s string) bool { return strings.HasPrefix(s, "PWD=") })
	return append(env, "PWD="+v.Beginning())
}

// killChildren ends all processes below this one.
func killChildren() {
	for {
		for _, pid := range children() {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
		if _, err := unix.Wait4(-1, nil, unix.WALL, nil); err != nil && !errors.Is(err, syscall.EINTR) {
			return
		}
	}
}

// children lists this process's children, whichever thread they came to.
func children() (pids []int) {
	lists, _ := filepath.Glob("/proc/self/task/*/children")
	for _, list := range lists {
		b, _ := os.ReadFile(list) // an error: the thread has ended
		for _, f := range strings.Fields(string(b)) {
			if pid, err := strconv.Atoi(f); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
