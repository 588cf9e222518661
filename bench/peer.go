package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// reached is how a program reaches the files of the other machine.
type reached struct {
	prefix []string // the words before its command
	root   string   // where it sees the other machine's root directory
	done   func()   // ends that
}

// A neighbour is the other machine, which is this one: what serves its files.
type neighbour struct {
	dir    string // for sockets and the like
	shadow [2]*server
	sftp   net.Listener
	cable  *cable // to a shadow by TLS, or nil
	apart  string // why it is nil
}

// server is a shadow.
type server struct {
	socket string
	cmd    *exec.Cmd
}

// meet starts all that serves. files is what the first shadow shows; the second
// shows everything.
func meet(ctx context.Context, penumbra, files string) (*neighbour, error) {
	dir, err := os.MkdirTemp("", "penumbra-bench-")
	if err != nil {
		return nil, err
	}
	n := &neighbour{dir: dir}
	for i, export := range []string{files, "/"} {
		if n.shadow[i], err = serve(ctx, penumbra, filepath.Join(dir, fmt.Sprint("shadow", i)), export); err != nil {
			n.leave()
			return nil, err
		}
	}
	if n.cable, err = layCable(ctx, penumbra, dir, files); errors.Is(err, errSkipped) {
		n.apart = err.Error()
	} else if err != nil {
		n.leave()
		return nil, err
	}
	if program := sftpServer(); program != "" {
		if n.sftp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			n.leave()
			return nil, err
		}
		go serveSFTP(ctx, n.sftp, program)
	}
	return n, nil
}

// leave ends all that serves.
func (n *neighbour) leave() {
	for _, s := range n.shadow {
		if s != nil {
			_ = s.cmd.Process.Signal(syscall.SIGTERM)
			_ = s.cmd.Wait()
		}
	}
	if n.sftp != nil {
		n.sftp.Close()
	}
	if n.cable != nil {
		n.cable.cut()
	}
	_ = os.RemoveAll(n.dir)
}

// serve starts a shadow and waits until it can be reached.
func serve(ctx context.Context, penumbra, socket, export string) (*server, error) {
	args := []string{"shadow", "--listen=unix:" + socket, "--export=" + export + ":rw", "--journal=" + socket + ".journal"}
	if os.Geteuid() == 0 {
		args = append(args, "--allow-root")
	}
	cmd := exec.CommandContext(ctx, penumbra, args...)
	var told strings.Builder
	cmd.Stderr = &told
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for range 500 {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			return &server{socket, cmd}, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return nil, fmt.Errorf("the shadow did not begin to listen: %s", told.String())
}

// byShadow reaches the other machine's files with penumbra.
func byShadow(n *neighbour, penumbra string, delay time.Duration) func(context.Context, *harness, bool) (reached, error) {
	return func(_ context.Context, _ *harness, whole bool) (reached, error) {
		socket, done := n.shadow[0].socket, func() {}
		if whole {
			socket = n.shadow[1].socket
		}
		if delay > 0 {
			w, err := newWire("unix", filepath.Join(n.dir, "wire"), socket, delay, 0)
			if err != nil {
				return reached{}, err
			}
			socket, done = w.address(), w.close
		}
		prefix := []string{penumbra, "run", "--shadow=unix:" + socket, "--"}
		return reached{prefix: prefix, done: done}, nil
	}
}

// bySSHFS mounts the other machine's root directory, anew for each sample, so that
// nothing is known beforehand. It goes without ssh's encryption: nor does penumbra
// encrypt on a Unix socket.
func bySSHFS(n *neighbour, delay time.Duration) func(context.Context, *harness, bool) (reached, error) {
	return func(ctx context.Context, _ *harness, whole bool) (reached, error) {
		if whole && os.Geteuid() != 0 {
			return reached{}, fmt.Errorf("%w: chroot(2) takes root", errSkipped)
		}
		address, done := n.sftp.Addr().String(), func() {}
		if delay > 0 {
			w, err := newWire("tcp", "", address, delay, 0)
			if err != nil {
				return reached{}, err
			}
			address, done = w.address(), w.close
		}
		_, port, _ := net.SplitHostPort(address)
		place := filepath.Join(n.dir, "mount")
		unmount, err := mountSSHFS(ctx, port, place)
		if err != nil {
			done()
			return reached{}, err
		}
		r := reached{root: place, done: func() { unmount(); done() }}
		if whole {
			r.prefix, r.root = []string{"chroot", place}, ""
		}
		return r, nil
	}
}

func mountSSHFS(ctx context.Context, port, place string) (unmount func(), err error) {
	if err := os.MkdirAll(place, 0o700); err != nil {
		return nil, err
	}
	var before, after unix.Stat_t
	if err := unix.Stat(place, &before); err != nil {
		return nil, err
	}
	options := "directport=" + port
	// Later ones refuse what links say unless they are told not to.
	const trust = "no_contain_symlinks"
	if help, _ := exec.Command("sshfs", "--help").CombinedOutput(); bytes.Contains(help, []byte(trust)) {
		options += "," + trust
	}
	cmd := exec.CommandContext(ctx, "sshfs", "-f", "-o", options, "127.0.0.1:/", place)
	var told strings.Builder
	cmd.Stdout, cmd.Stderr = &told, &told
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	unmount = func() {
		if unix.Unmount(place, 0) != nil {
			_ = exec.Command("fusermount3", "-u", place).Run()
		}
		<-ended
	}
	for range 1000 {
		if unix.Stat(place, &after) == nil && after.Dev != before.Dev {
			return unmount, nil
		}
		select {
		case <-ended:
			return nil, fmt.Errorf("sshfs: %s", strings.TrimSpace(told.String()))
		case <-time.After(10 * time.Millisecond):
		}
	}
	unmount()
	return nil, errors.New("sshfs mounted nothing within ten seconds")
}

// sftpServer finds the server that sshfs needs, which is in nobody's PATH.
func sftpServer() string {
	for _, name := range []string{"sftp-server", "/usr/lib/openssh/sftp-server", "/usr/lib/ssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/libexec/sftp-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// serveSFTP gives each connection a server.
func serveSFTP(ctx context.Context, l net.Listener, program string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		file, err := c.(*net.TCPConn).File()
		c.Close()
		if err != nil {
			continue
		}
		// The socket itself, in blocking mode: nobody in between slows it down.
		_ = unix.SetNonblock(int(file.Fd()), false)
		cmd := exec.CommandContext(ctx, program)
		cmd.Stdin, cmd.Stdout = file, file
		go func() {
			_ = cmd.Run()
			file.Close()
		}()
	}
}

// remoteTools are the columns of the table.
func remoteTools(n *neighbour, penumbra string) []tool {
	tools := []tool{{name: native}}
	for _, delay := range []time.Duration{0, 5 * time.Millisecond, farAway} {
		tools = append(tools, tool{name: overDistance(ours, delay), reach: byShadow(n, penumbra, delay)})
	}
	tools[1].version = []string{penumbra, "version"}
	missing := ""
	if _, err := exec.LookPath("sshfs"); err != nil {
		missing = "not installed"
	} else if _, err := os.Stat("/dev/fuse"); err != nil {
		missing = "it needs /dev/fuse"
	} else if n.sftp == nil {
		missing = "it needs sftp-server, which comes with OpenSSH"
	}
	for _, delay := range []time.Duration{0, farAway} {
		tools = append(tools, tool{name: overDistance("sshfs", delay), reach: bySSHFS(n, delay), missing: missing})
	}
	tools[4].version = []string{"sshfs", "--version"}
	for _, delay := range []time.Duration{0, 5 * time.Millisecond, farAway} {
		t := tool{name: overDistance(byTLS, delay), missing: n.apart}
		if n.cable != nil {
			t.reach = overCable(n.cable, penumbra, delay)
		}
		tools = append(tools, t)
	}
	return tools
}

// byTLS is the column of a shadow in another network namespace.
const byTLS = "by TLS"

// farAway is the round trip that goals are about.
const farAway = 20 * time.Millisecond

// overDistance is the name of a column.
func overDistance(name string, delay time.Duration) string {
	if delay == 0 {
		return name
	}
	return fmt.Sprintf("%s + %d ms", name, delay.Milliseconds())
}

// memoryOfShadow is the most memory that the first shadow ever held.
func memoryOfShadow(_ context.Context, h *harness, t tool) (float64, error) {
	return peakOf(h.neighbour.shadow[0].cmd.Process.Pid)
}
