package sftp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

// ssh connects by the ssh program, which must not ask anything: the terminal is
// the guest's.
func ssh(_ context.Context, u *url.URL) (io.ReadWriteCloser, error) {
	args := []string{"-o", "BatchMode=yes"}
	if port := u.Port(); port != "" {
		args = append(args, "-p", port)
	}
	if user := u.User.Username(); user != "" {
		args = append(args, "-l", user)
	}
	return run(exec.Command("ssh", append(args, "-s", "--", u.Hostname(), "sftp")...))
}

// A program is one whose standard input and output are a link.
type program struct {
	io.WriteCloser
	out    io.Reader
	cmd    *exec.Cmd
	stderr tail
	once   sync.Once
	err    error
}

func run(cmd *exec.Cmd) (*program, error) {
	p := &program{cmd: cmd}
	var err error
	if p.WriteCloser, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if p.out, err = cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	cmd.Stderr = &p.stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the guest
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return p, nil
}

// Read implements io.Reader. At the end it tells why the program has ended, if that
// was not well.
func (p *program) Read(b []byte) (int, error) {
	n, err := p.out.Read(b)
	if n == 0 && err == io.EOF {
		if failed := p.wait(); failed != nil {
			err = failed
		}
	}
	return n, err
}

// Write implements io.Writer, and tells likewise of a program that has ended.
func (p *program) Write(b []byte) (int, error) {
	n, err := p.WriteCloser.Write(b)
	if errors.Is(err, syscall.EPIPE) {
		if failed := p.wait(); failed != nil {
			err = failed
		}
	}
	return n, err
}

// wait waits for the program's end, and returns an error if it failed.
func (p *program) wait() error {
	p.once.Do(func() {
		if p.err = p.cmd.Wait(); p.err != nil {
			if said := p.stderr.String(); said != "" {
				p.err = fmt.Errorf("%s: %w: %s", p.cmd.Args[0], p.err, said)
			}
		}
	})
	return p.err
}

// Close ends the program.
func (p *program) Close() error {
	err := p.WriteCloser.Close()
	_ = p.cmd.Process.Kill() // it may wait for a network that is gone
	_ = p.wait()             // killed
	return err
}

// tail keeps the end of what is written to it.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	const most = 1000
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	t.b = t.b[max(0, len(t.b)-most):]
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(strings.Fields(string(bytes.TrimSpace(t.b))), " ")
}
