package link

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A process is a link to the standard input and output of a program.
type process struct {
	*net.UnixConn // embedded, so that several slices are one writev(2)

	cmd    *exec.Cmd
	said   tail
	hint   func(status int, said string) string
	exited chan struct{}
}

// start starts a program that is the other end of a link. It is in a session of
// its own: it has no terminal to ask questions at, and a Ctrl-C that is meant for
// the guest does not reach it. hint, if not nil, says what to do about its end.
func start(ctx context.Context, cmd *exec.Cmd, hint func(status int, said string) string) (io.ReadWriteCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	p := &process{UnixConn: ours, cmd: cmd, hint: hint, exited: make(chan struct{})}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs, theirs, &p.said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.WaitDelay = time.Second // what it left behind may hold its standard error
	if err := cmd.Start(); err != nil {
		ours.Close()
		return nil, fmt.Errorf("start %s: %w", cmd.Args[0], err)
	}
	go func() {
		_ = cmd.Wait() // ProcessState tells
		close(p.exited)
	}()
	return p, nil
}

func socketPair() (ours *net.UnixConn, theirs *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("socketpair: %w", err)
	}
	theirs = os.NewFile(uintptr(fds[1]), "link")
	f := os.NewFile(uintptr(fds[0]), "link")
	defer f.Close()
	conn, err := net.FileConn(f)
	if err != nil {
		theirs.Close()
		return nil, nil, fmt.Errorf("socketpair: %w", err)
	}
	return conn.(*net.UnixConn), theirs, nil
}

// Close hangs up. A program that does not end by that is killed after a while.
func (p *process) Close() error {
	err := p.UnixConn.Close()
	if err == nil {
		go func() {
			const grace = 5 * time.Second
			select {
			case <-p.exited:
			case <-time.After(grace):
				_ = p.cmd.Process.Kill()
			}
		}()
	}
	return err
}

// Explain says why the link broke, if the program has ended: how, and with which
// last words.
func (p *process) Explain(err error) error {
	if !hungUp(err) {
		return err
	}
	select {
	case <-p.exited:
	case <-time.After(time.Second):
		return err // it lives, and has closed its end
	}
	state := p.cmd.ProcessState
	said := p.said.String()
	why := fmt.Sprintf("%s ended: %s", p.cmd.Args[0], state)
	if said != "" {
		why = fmt.Sprintf("%s (%s: %s)", said, p.cmd.Args[0], state)
	}
	if p.hint != nil {
		if hint := p.hint(state.ExitCode(), said); hint != "" {
			why += "; " + hint
		}
	}
	return errors.New(why)
}

// hungUp reports whether err is what one gets whose other end is gone.
func hungUp(err error) bool {
	for _, e := range []error{io.EOF, io.ErrUnexpectedEOF, unix.EPIPE, unix.ECONNRESET} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// A tail keeps the last of what was written to it.
type tail struct {
	mu sync.Mutex
	b  []byte
}

const tailSize = 2048 // bytes

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, b...)
	t.b = t.b[max(0, len(t.b)-tailSize):]
	return len(b), nil
}

// String returns the last lines as one.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lines []string
	for line := range strings.Lines(string(t.b)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "penumbra: ")
		if line = strings.TrimPrefix(line, "shadow: "); line != "" {
			lines = append(lines, line)
		}
	}
	const most = 4
	return strings.Join(lines[max(0, len(lines)-most):], "; ")
}

// dialExec runs a command by the shell.
func (t *Target) dialExec(ctx context.Context) (io.ReadWriteCloser, error) {
	return start(ctx, exec.Command("/bin/sh", "-c", t.rest), nil)
}

// dialDemo starts a shadow here, in a process of its own: it has another umask, and
// outlives nobody's mistakes. It ends with its link; the next one finds what it did
// in its journal.
func (t *Target) dialDemo(ctx context.Context) (io.ReadWriteCloser, error) {
	flags := t.flags()
	if os.Geteuid() == 0 {
		flags = append(flags, "--allow-root") // it may do what this process may
	}
	cmd := exec.Command(cmp.Or(t.Program, "/proc/self/exe"), append([]string{"shadow", "--single"}, flags...)...)
	cmd.Args[0] = "penumbra"
	return start(ctx, cmd, nil)
}

// flags returns those of a shadow that Dial starts.
func (t *Target) flags() (flags []string) {
	for _, e := range t.Exports {
		flags = append(flags, "--export="+e)
	}
	if t.Network {
		flags = append(flags, "--network=all")
	}
	return flags
}
