package server_test

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/client"
	"penumbra/shadow/server"
)

// TestMachine asks a shadow on this machine about it.
func TestMachine(t *testing.T) {
	c, m, err := client.Begin(t.Context(), serve(t, server.Config{Files: 77}, server.Export{Path: t.TempDir()}))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	again, err := c.Clock(t.Context())
	for _, k := range []client.Clock{m.Clock, again} {
		if err != nil || k.Ahead.Abs() > k.Doubt+time.Second || k.Tick.Nsec == 0 && k.Tick.Sec == 0 {
			t.Errorf("clock: %+v, %v", k, err)
		}
	}
	node, _ := os.Hostname()
	if n := m.Names; n.Node != node || n.System != "Linux" {
		t.Errorf("names: %+v", n)
	}
	u := m.User
	groups, _ := os.Getgroups()
	if int(u.UID) != os.Getuid() || int(u.EGID) != os.Getegid() || len(u.Groups) != len(groups) {
		t.Errorf("user: %+v", u)
	}
	for _, g := range groups {
		if !slices.Contains(u.Groups, uint32(g)) {
			t.Errorf("group %d is not among %v", g, u.Groups)
		}
	}
	if l, err := c.Load(t.Context()); err != nil || l.TotalRAM == 0 || l.Processes == 0 || l.Uptime == 0 {
		t.Errorf("load: %+v, %v", l, err)
	}
	if l, err := c.Limits(t.Context()); err != nil || l.Files != [2]uint64{77, 77} {
		t.Errorf("limits: %+v, %v", l, err)
	}
}

func TestKill(t *testing.T) {
	victim := func() *exec.Cmd {
		cmd := exec.Command("sleep", "1000")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		return cmd
	}
	t.Run("refused", func(t *testing.T) {
		c := dial(t, serve(t, server.Config{}, server.Export{Path: t.TempDir()}))
		cmd := victim()
		if err := c.Kill(t.Context(), int32(cmd.Process.Pid), uint32(unix.SIGTERM)); !errors.Is(err, abi.EPERM) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("permitted", func(t *testing.T) {
		c := dial(t, serve(t, server.Config{AllowKill: true}, server.Export{Path: t.TempDir()}))
		cmd := victim()
		if err := c.Kill(t.Context(), int32(cmd.Process.Pid), uint32(unix.SIGTERM)); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if ws := cmd.ProcessState.Sys().(interface{ Signal() unix.Signal }); ws.Signal() != unix.SIGTERM {
			t.Errorf("it ended with %v", cmd.ProcessState)
		}
		if err := c.Kill(t.Context(), int32(cmd.Process.Pid), uint32(unix.SIGTERM)); !errors.Is(err, abi.ESRCH) {
			t.Errorf("once it has ended: %v", err)
		}
	})
}
