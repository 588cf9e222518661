package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A cable joins two network namespaces, which are made for it: near, where guests
// run, and far, where a shadow listens, reached by TLS as another machine's is.
type cable struct {
	near, far string // names of namespaces
	keys      string // directory of the certificates
	shadow    *exec.Cmd
	netem     bool // the kernel can delay packets
}

const (
	nearAddress = "10.177.0.1"
	farAddress  = "10.177.0.2"
	farPort     = "7117"
)

// layCable makes the namespaces and starts the shadow. An error that is errSkipped
// says what is lacking.
func layCable(ctx context.Context, penumbra, dir, files string) (*cable, error) {
	c, err := joinNamespaces(ctx)
	if err != nil {
		return nil, err
	}
	c.keys = filepath.Join(dir, "keys")
	if c.netem = c.delay(ctx, time.Millisecond) == nil; c.netem {
		c.undelay()
	}
	if err := c.serve(ctx, penumbra, dir, files); err != nil {
		c.cut()
		return nil, err
	}
	return c, nil
}

func joinNamespaces(ctx context.Context) (*cable, error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w: network namespaces take root", errSkipped)
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return nil, fmt.Errorf("%w: network namespaces take ip, of iproute2", errSkipped)
	}
	id := fmt.Sprint("penumbra-bench-", os.Getpid())
	c := &cable{near: id + "-near", far: id + "-far"}
	for _, line := range []string{
		"netns add " + c.near, "netns add " + c.far,
		"-n " + c.near + " link add cable type veth peer name cable netns " + c.far,
		"-n " + c.near + " address add " + nearAddress + "/24 dev cable",
		"-n " + c.far + " address add " + farAddress + "/24 dev cable",
		"-n " + c.near + " link set cable up", "-n " + c.far + " link set cable up",
		"-n " + c.near + " link set lo up", "-n " + c.far + " link set lo up",
	} {
		if out, err := exec.CommandContext(ctx, "ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			c.cut()
			return nil, fmt.Errorf("%w: ip %s: %v: %s", errSkipped, line, err, strings.TrimSpace(string(out)))
		}
	}
	return c, nil
}

// cut ends the shadow and removes the namespaces, and with them what joins them.
func (c *cable) cut() {
	if c.shadow != nil {
		_ = c.shadow.Process.Signal(unix.SIGTERM)
		_ = c.shadow.Wait()
	}
	for _, name := range []string{c.near, c.far} {
		_ = exec.Command("ip", "netns", "delete", name).Run()
	}
}

// describeCable says of what the column byTLS is made.
func (n *neighbour) describeCable() string {
	switch {
	case n.cable == nil:
		return " (" + n.apart + ")"
	case n.cable.netem:
		return "; the kernel delays the packets there (netem)"
	}
	return "; what delays it is the same proxy, at the near end, for this kernel has no netem"
}

// in returns the words before a command that is to run in a namespace.
func in(namespace string) []string { return []string{"ip", "netns", "exec", namespace} }

func (c *cable) serve(ctx context.Context, penumbra, dir, files string) error {
	init := exec.CommandContext(ctx, penumbra, "shadow", "init", "--host="+farAddress, "--host=127.0.0.1", "--client=bench", c.keys)
	if out, err := init.CombinedOutput(); err != nil {
		return fmt.Errorf("make certificates: %w: %s", err, out)
	}
	words := append(in(c.far), penumbra, "shadow", "--listen=tls:"+net.JoinHostPort(farAddress, farPort), "--allow-root",
		"--cert="+filepath.Join(c.keys, "server"), "--export="+files+":rw", "--journal="+filepath.Join(dir, "cable.journal"))
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	var told strings.Builder
	cmd.Stderr = &told
	if err := cmd.Start(); err != nil {
		return err
	}
	c.shadow = cmd
	for range 500 {
		if conn, err := c.dial(); err == nil {
			conn.Close()
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("the shadow by TLS did not begin to listen: %s", told.String())
}

// inside calls f on a thread in a network namespace: the sockets that it makes are of
// that for ever.
func inside(namespace string, f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // for ever: the thread ends with the goroutine
		file, err := os.Open(filepath.Join("/run/netns", namespace))
		if err != nil {
			done <- err
			return
		}
		defer file.Close()
		if err := unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("enter network namespace %s: %w", namespace, err)
			return
		}
		done <- f()
	}()
	return <-done
}

// dial reaches the shadow from near.
func (c *cable) dial() (conn net.Conn, err error) {
	err = inside(c.near, func() (err error) {
		conn, err = net.Dial("tcp", net.JoinHostPort(farAddress, farPort))
		return err
	})
	return conn, err
}

// delay has the kernel hold up each packet, half of the round trip in each direction.
func (c *cable) delay(ctx context.Context, roundTrip time.Duration) error {
	var all []error
	for _, name := range []string{c.near, c.far} {
		// The limit is in packets: what is under way at 10 Gbit/s in 64 ms.
		words := append(in(name), "tc", "qdisc", "add", "dev", "cable", "root", "netem",
			"delay", fmt.Sprint(roundTrip.Microseconds()/2, "us"), "limit", "60000")
		if out, err := exec.CommandContext(ctx, words[0], words[1:]...).CombinedOutput(); err != nil {
			all = append(all, fmt.Errorf("delay packets: %w: %s", err, out))
		}
	}
	return errors.Join(all...)
}

func (c *cable) undelay() {
	for _, name := range []string{c.near, c.far} {
		words := append(in(name), "tc", "qdisc", "delete", "dev", "cable", "root")
		_ = exec.Command(words[0], words[1:]...).Run()
	}
}

// lengthen has what leads over the cable take a round trip longer, and returns where
// the shadow is reached then: by netem, or else by a wire that begins near.
func (c *cable) lengthen(ctx context.Context, roundTrip time.Duration) (address string, done func(), err error) {
	address = net.JoinHostPort(farAddress, farPort)
	switch {
	case roundTrip == 0:
		return address, func() {}, nil
	case c.netem:
		return address, c.undelay, c.delay(ctx, roundTrip)
	}
	var l net.Listener
	if err := inside(c.near, func() (err error) {
		l, err = net.Listen("tcp", "127.0.0.1:0")
		return err
	}); err != nil {
		return "", nil, err
	}
	w := spanWire(l, c.dial, roundTrip, 0)
	return w.address(), w.close, nil
}

// overCable reaches the other machine's files with penumbra by TLS.
func overCable(c *cable, penumbra string, delay time.Duration) func(context.Context, *harness, bool) (reached, error) {
	return func(ctx context.Context, _ *harness, whole bool) (reached, error) {
		if whole {
			return reached{}, fmt.Errorf("%w: the shadow by TLS shows files alone", errSkipped)
		}
		address, done, err := c.lengthen(ctx, delay)
		if err != nil {
			return reached{}, err
		}
		prefix := append(in(c.near), penumbra, "run", "--shadow=tls:"+address, "--shadow-cert="+filepath.Join(c.keys, "clients", "bench"), "--")
		return reached{prefix: prefix, done: done}, nil
	}
}
