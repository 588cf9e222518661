package penumbra

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"penumbra/intercept"
	"penumbra/view"
	"penumbra/view/modes"
)

// Cmd is a program to be run, or running, as a guest. Its fields and methods
// mean what those of the same name in [os/exec.Cmd] mean. A Cmd cannot be used
// again once it has been started.
//
// The program inherits this process's limits as they are; the soft limit on
// open files is the one to which Go's runtime has raised it.
type Cmd struct {
	// Path is the file to run; relative to Dir if it is relative.
	Path string
	// Args are the arguments, Args[0] being the name of the program.
	Args []string
	// Env is the environment, as "key=value"; nil means this process's.
	Env []string
	// Dir is the working directory; empty means this process's.
	Dir string

	// Stdin, Stdout and Stderr are the standard streams; nil means /dev/null.
	// An *os.File is handed to the program; anything else is copied from or to
	// by a goroutine, for whose end Wait waits.
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// ExtraFiles become descriptors 3 and up.
	ExtraFiles []*os.File

	// Mode is the syscall mode in which the program starts, as package
	// [penumbra/mode] writes it: "local,mapped" or "local,unmapped". Remote ones
	// need a shadow, which a Cmd has not: Start returns [penumbra/mode.ErrNoShadow].
	// Empty means that the program cannot change its mode, nor SetMode.
	Mode string

	// Hooks decide about the program's calls, and those of all processes that
	// it starts.
	Hooks []Hook
	// Notice takes lines that Penumbra has to say to the user, such as that
	// it refused ptrace. Nil means that they go to this process's standard
	// error, after "penumbra: ". It may be called by several goroutines at once.
	Notice func(string)

	// Process is the running program, once Start has returned.
	Process *Process
	// ProcessState tells how it ended, once Wait has returned.
	ProcessState *ProcessState
	// Err is an error of Command in finding the program, reported by Start.
	Err error

	ctx     context.Context
	mounts  []func(notice func(string)) (view.Mount, error)
	view    *view.View
	modes   *modes.Policy // or nil
	guest   *intercept.Guest
	plumbed plumbing
	killed  func() error // of killWithContext
	waited  bool
}

// Command returns a Cmd to run the named program, looked up as
// [os/exec.Command] does, with the given arguments.
func Command(name string, arg ...string) *Cmd {
	found := exec.Command(name, arg...)
	return &Cmd{Path: found.Path, Args: found.Args, Err: found.Err}
}

// CommandContext is like Command; the guest is killed, all its processes, if
// ctx ends before it does.
func CommandContext(ctx context.Context, name string, arg ...string) *Cmd {
	if ctx == nil {
		panic("penumbra: nil Context")
	}
	c := Command(name, arg...)
	c.ctx = ctx
	return c
}

// String returns a readable form of the command, not fit for a shell.
func (c *Cmd) String() string {
	return strings.Join(append([]string{c.Path}, c.Args[min(1, len(c.Args)):]...), " ")
}

// Environ returns the environment in which the program would run.
func (c *Cmd) Environ() []string {
	reference := exec.Cmd{Env: c.Env, Dir: c.Dir}
	return reference.Environ()
}

// Run starts the program and waits for its end, as Start and Wait do.
func (c *Cmd) Run() error {
	if err := c.Start(); err != nil {
		return err
	}
	return c.Wait()
}

// Start starts the program. It returns an error if the file cannot be run, or
// if this machine lacks what Penumbra needs. After success Wait must be called.
func (c *Cmd) Start() (err error) {
	if c.Process != nil || c.plumbed.used {
		return errors.New("penumbra: already started")
	}
	if c.Err != nil {
		c.plumbed.discard()
		return c.Err
	}
	if c.ctx != nil && c.ctx.Err() != nil {
		c.plumbed.discard()
		return c.ctx.Err()
	}
	config := intercept.Config{Notice: c.Notice}
	if config.Notice == nil {
		config.Notice = func(m string) { fmt.Fprintf(os.Stderr, "penumbra: %s\n", m) }
	}
	files, err := c.plumbed.connect(c)
	if err == nil {
		err = c.decide(&config)
	}
	if err != nil {
		c.discard()
		return err
	}
	config.Program = intercept.Program{Path: c.Path, Argv: c.Args, Env: c.Environ(), Dir: c.Dir, Files: files}
	if len(config.Argv) == 0 {
		config.Argv = []string{c.Path}
	}
	if v := c.start(); v != nil {
		config.Dir, err = v.StartIn(c.Dir)
	}
	if err == nil {
		c.guest, err = intercept.Start(config)
	}
	c.plumbed.closeTheirs()
	if err != nil {
		c.discard()
		return fmt.Errorf("penumbra: %w", err)
	}
	c.Process = &Process{Pid: c.guest.PID(), guest: c.guest}
	c.killed = c.killWithContext()
	c.plumbed.copy()
	return nil
}

// decide gives config the policy that c's hooks and mounts make.
func (c *Cmd) decide(config *intercept.Config) (err error) {
	if c.view, err = c.openView(config.Notice); err != nil {
		return err
	}
	if err = c.openModes(config.Notice); err != nil {
		return err
	}
	var h *hooks
	if len(c.Hooks) > 0 {
		if h, err = newHooks(c.Hooks); err != nil {
			return err
		}
	}
	switch {
	case c.modes != nil:
		config.Policy = c.modes
	case c.view != nil:
		config.Policy = c.view
	}
	switch {
	case h != nil && config.Policy != nil:
		config.Policy = intercept.Layers(h, config.Policy)
	case h != nil:
		config.Policy = h
	}
	return err
}

// discard takes back what was made for a program that does not start.
func (c *Cmd) discard() {
	c.plumbed.discard()
	_ = c.closeViews()
}

// Wait waits for the end of every process of the guest, and of the copying
// from and to it. The error is nil if the program exited with status 0, and an
// *ExitError if it ended otherwise.
func (c *Cmd) Wait() error {
	switch {
	case c.guest == nil:
		return errors.New("penumbra: not started")
	case c.waited:
		return errors.New("penumbra: Wait was already called")
	}
	c.waited = true
	status, err := c.guest.Wait()
	contextErr := c.killed()
	copyErr := c.plumbed.wait()
	copyErr = errors.Join(copyErr, c.closeViews())
	c.ProcessState = &ProcessState{pid: c.Process.Pid, status: syscall.WaitStatus(status)}
	switch {
	case err != nil:
		return err
	case contextErr != nil:
		return contextErr
	case !c.ProcessState.Success():
		return &ExitError{ProcessState: c.ProcessState}
	}
	return copyErr
}

// killWithContext kills the guest when the context ends, until the function
// that it returns is called; that tells the context's error if it did kill.
func (c *Cmd) killWithContext() func() error {
	if c.ctx == nil {
		return func() error { return nil }
	}
	stop := context.AfterFunc(c.ctx, c.guest.Kill)
	return func() error {
		if stop() {
			return nil
		}
		return c.ctx.Err()
	}
}

// Output runs the program and returns what it wrote to standard output. An
// *ExitError carries what it wrote to standard error if Stderr was nil.
func (c *Cmd) Output() ([]byte, error) {
	if c.Stdout != nil {
		return nil, errors.New("penumbra: Stdout already set")
	}
	var out, complaints bytes.Buffer
	c.Stdout = &out
	capture := c.Stderr == nil
	if capture {
		c.Stderr = &complaints
	}
	err := c.Run()
	if exit, ok := errors.AsType[*ExitError](err); ok && capture {
		exit.Stderr = complaints.Bytes()
	}
	return out.Bytes(), err
}

// CombinedOutput runs the program and returns what it wrote to standard output
// and standard error.
func (c *Cmd) CombinedOutput() ([]byte, error) {
	if c.Stdout != nil || c.Stderr != nil {
		return nil, errors.New("penumbra: Stdout or Stderr already set")
	}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	return out.Bytes(), err
}

// Process is the first process of a running guest.
type Process struct {
	Pid   int
	guest *intercept.Guest
}

// Signal sends a signal to the process.
func (p *Process) Signal(s os.Signal) error {
	n, ok := s.(syscall.Signal)
	if !ok {
		return fmt.Errorf("penumbra: unsupported signal %v", s)
	}
	if err := p.guest.Signal(n); err != nil {
		if errors.Is(err, unix.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
	return nil
}

// Kill ends every process of the guest.
func (p *Process) Kill() error {
	p.guest.Kill()
	return nil
}

// ProcessState tells how the first process of a guest ended.
type ProcessState struct {
	pid    int
	status syscall.WaitStatus
}

// Pid returns the id that the process had.
func (s *ProcessState) Pid() int { return s.pid }

// Exited reports whether the program ended by itself.
func (s *ProcessState) Exited() bool { return s.status.Exited() }

// Success reports whether it exited with status 0.
func (s *ProcessState) Success() bool { return s.Exited() && s.ExitCode() == 0 }

// ExitCode returns the exit status, or -1 if a signal ended the program.
func (s *ProcessState) ExitCode() int {
	if !s.Exited() {
		return -1
	}
	return s.status.ExitStatus()
}

// Sys returns the status as a syscall.WaitStatus.
func (s *ProcessState) Sys() any { return s.status }

func (s *ProcessState) String() string {
	switch {
	case s.status.Exited():
		return fmt.Sprintf("exit status %d", s.status.ExitStatus())
	case s.status.CoreDump():
		return fmt.Sprintf("signal: %v (core dumped)", s.status.Signal())
	default:
		return fmt.Sprintf("signal: %v", s.status.Signal())
	}
}

// An ExitError reports a program that did not exit with status 0.
type ExitError struct {
	*ProcessState
	// Stderr is what it wrote there, if Output was to collect that.
	Stderr []byte
}

func (e *ExitError) Error() string { return e.ProcessState.String() }
