package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A console is a pseudo-terminal with a program on it, and someone who types.
type console struct {
	t      *testing.T
	master *os.File
	cmd    *exec.Cmd
	ended  chan struct{} // closed when the first program has been waited for

	mu     sync.Mutex
	output []byte
	seen   int           // how much of output was expected already
	more   chan struct{} // told when output has grown or ended
}

// attention is how long someone at a console waits for an answer before the test
// calls it missing.
const attention = 30 * time.Second

// newConsole starts argv as the leader of a session on a new terminal. All of
// the session is killed when the test ends.
func newConsole(t *testing.T, argv ...string) *console {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: open /dev/ptmx: %v", err)
	}
	c := &console{t: t, master: os.NewFile(uintptr(fd), "/dev/ptmx"), more: make(chan struct{}, 1), ended: make(chan struct{})}
	slave, err := c.openSlave(fd)
	if err != nil {
		t.Fatal(err)
	}
	c.cmd = exec.Command(argv[0], argv[1:]...)
	c.cmd.Dir = t.TempDir()
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = slave, slave, slave
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	c.cmd.Env = []string{"PATH=" + filepath.Dir(penumbraAt(t)) + ":" + os.Getenv("PATH"),
		"PS1=ready>", "TERM=dumb", "HOME=" + c.cmd.Dir, "LC_ALL=C"}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	go c.read()
	go func() {
		_ = c.cmd.Wait() // its status is in ProcessState
		close(c.ended)
	}()
	t.Cleanup(func() {
		// A hang-up may be ignored; a kill is not.
		for _, pid := range sessionOf(c.cmd.Process.Pid) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		c.master.Close()
		<-c.ended
	})
	return c
}

func (c *console) openSlave(master int) (*os.File, error) {
	if err := unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err != nil {
		return nil, fmt.Errorf("unlock the terminal: %w", err)
	}
	n, err := unix.IoctlGetInt(master, unix.TIOCGPTN)
	if err != nil {
		return nil, fmt.Errorf("number of the terminal: %w", err)
	}
	return os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
}

func (c *console) read() {
	buf := make([]byte, 4096)
	for {
		n, err := c.master.Read(buf)
		c.mu.Lock()
		c.output = append(c.output, buf[:n]...)
		c.mu.Unlock()
		select {
		case c.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// typed is what the keys send.
const (
	ctrlC         = "\x03"
	ctrlD         = "\x04"
	ctrlZ         = "\x1a"
	ctrlBackslash = "\x1c"
)

// enter types text.
func (c *console) enter(text string) {
	c.t.Helper()
	if _, err := c.master.WriteString(text); err != nil {
		c.t.Fatalf("type %q: %v", text, err)
	}
}

// expect waits until the screen shows text after all that was expected before.
func (c *console) expect(text string) {
	c.t.Helper()
	limit := time.After(attention)
	for {
		c.mu.Lock()
		i := bytes.Index(c.output[c.seen:], []byte(text))
		if i >= 0 {
			c.seen += i + len(text)
		}
		screen := string(c.output)
		c.mu.Unlock()
		if i >= 0 {
			return
		}
		select {
		case <-c.more:
		case <-limit:
			c.t.Fatalf("no %q on the screen:\n%s", text, screen)
		}
	}
}

// count returns how often text was on the screen.
func (c *console) count(text string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bytes.Count(c.output, []byte(text))
}

// command types a line and waits for what it prints.
func (c *console) command(line, want string) {
	c.t.Helper()
	c.enter(line + "\n")
	c.expect(want)
	c.expect("ready>")
}

// foreground waits until a program of the given name is in the foreground.
func (c *console) foreground(name string) {
	c.t.Helper()
	limit := time.Now().Add(attention)
	for time.Now().Before(limit) {
		group, err := unix.IoctlGetInt(int(c.master.Fd()), unix.TIOCGPGRP)
		if err != nil {
			c.t.Fatalf("foreground group: %v", err)
		}
		for _, p := range processes() {
			if p.group == group && p.name == name {
				return
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	c.t.Fatalf("%s does not come to the foreground", name)
}

// reads waits until a process of that name waits for input from the terminal:
// a key that comes between a shell's commands means something else to it.
func (c *console) reads(name string) {
	c.t.Helper()
	for limit := time.Now().Add(attention); time.Now().Before(limit); time.Sleep(2 * time.Millisecond) {
		group, err := unix.IoctlGetInt(int(c.master.Fd()), unix.TIOCGPGRP)
		if err != nil {
			c.t.Fatalf("foreground group: %v", err)
		}
		for _, p := range processes() {
			// What a read of an idle terminal sleeps in (drivers/tty/n_tty.c).
			where, err := os.ReadFile(fmt.Sprintf("/proc/%d/wchan", p.pid))
			if p.group != group || p.name != name || err != nil {
				continue
			}
			switch string(where) {
			case "wait_woken":
				return
			case "0": // this user is not told, or this kernel does not know
				time.Sleep(time.Second)
				return
			}
		}
	}
	c.t.Fatalf("%s does not wait for input", name)
}

// resize changes the window.
func (c *console) resize(rows, columns uint16) {
	c.t.Helper()
	size := &unix.Winsize{Row: rows, Col: columns}
	if err := unix.IoctlSetWinsize(int(c.master.Fd()), unix.TIOCSWINSZ, size); err != nil {
		c.t.Fatal(err)
	}
}

// end waits for the end of the first program and returns its exit status.
func (c *console) end() int {
	c.t.Helper()
	select {
	case <-c.ended:
		return c.cmd.ProcessState.ExitCode()
	case <-time.After(attention):
		c.t.Fatal("the program on the terminal does not end")
		return -1
	}
}

// A process is a line of the process table.
type process struct {
	pid, parent, group, session int
	name                        string
	state                       string
}

// processes reads /proc.
func processes() []process {
	var list []process
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		if p, ok := parseStat(string(text)); ok {
			list = append(list, p)
		}
	}
	return list
}

// parseStat reads the first fields of proc_pid_stat(5).
func parseStat(text string) (process, bool) {
	open, shut := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || shut < open {
		return process{}, false
	}
	f := strings.Fields(text[shut+1:])
	if len(f) < 4 {
		return process{}, false
	}
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	return process{
		pid: number(strings.TrimSpace(text[:open])), name: text[open+1 : shut], state: f[0],
		parent: number(f[1]), group: number(f[2]), session: number(f[3]),
	}, true
}

// sessionOf lists the processes of a session.
func sessionOf(id int) []int {
	var pids []int
	for _, p := range processes() {
		if p.session == id {
			pids = append(pids, p.pid)
		}
	}
	return pids
}
