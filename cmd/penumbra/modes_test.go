package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"penumbra/internal/testguest"
	"penumbra/shadow/wire"
)

// elsewhere is a shadow whose machine differs from this one: other files are at the
// place of h.files, and it has another name.
func (h *home) elsewhere(files, node string) string {
	h.t.Helper()
	ns := []string{"unshare", "--mount", "--uts", "--propagation=private"}
	if os.Geteuid() != 0 {
		ns = append(ns, "--user", "--map-root-user")
	}
	if out, err := exec.Command(ns[0], append(ns[1:], "true")...).CombinedOutput(); err != nil {
		h.t.Skipf("needs unshare(1), and namespaces that may be made: %v: %s", err, out)
	}
	script := "hostname " + node + " && mount --bind " + shellQuote(files) + " " + shellQuote(h.files) +
		" && exec " + quoted(append(h.shadow, "--single", "--allow-root", "--export="+h.files+":rw")...)
	return "exec:exec " + quoted(append(ns, "sh", "-c", script)...)
}

// TestModes runs a guest that makes calls of every class in all four modes.
func TestModes(t *testing.T) {
	tests := []struct {
		kind  testguest.Kind
		flags []string
	}{
		{testguest.Dynamic, nil}, {testguest.Static, nil}, {testguest.Musl, nil}, {testguest.I386, nil}, {testguest.I386Static, nil},
		{testguest.Dynamic, []string{"--intercept=notify"}}, {testguest.Dynamic, []string{"--intercept=trace"}},
		{testguest.Static, []string{"--report=/dev/null"}},
	}
	for _, test := range tests {
		t.Run(strings.Join(append([]string{string(test.kind)}, test.flags...), " "), func(t *testing.T) {
			guest := testguest.Path(t, "modes", test.kind)
			h := newHome(t)
			files := filepath.Join(h.dir, "theirs")
			write(t, h.files, "name", "here\n", 0o644)
			write(t, files, "name", "at the shadow\n", 0o644)
			write(t, files, "sub/name", "at the shadow\n", 0o644)
			copyTo(t, filepath.Join(files, "sub", "program"), testguest.Path(t, "modes_exit", testguest.Static))
			if err := os.Symlink("name", filepath.Join(files, "link")); err != nil {
				t.Fatal(err)
			}
			const node = "elsewhere"
			args := append([]string{"run", "--shadow=" + h.elsewhere(files, node)}, test.flags...)
			cmd := exec.Command(penumbraAt(t), append(args, guest, h.files, node, strconv.Itoa(os.Getpid()))...)
			var out, complaints bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &complaints
			if err := cmd.Run(); err != nil || out.String() != "ok\n" {
				t.Errorf("%v\n%s%s", err, out.String(), complaints.String())
			}
		})
	}
}

// wrongClock serves a shadow whose clock is ahead: between it and its client is what
// changes the replies that tell the time.
func (h *home) wrongClock(ahead time.Duration) string {
	h.t.Helper()
	where, _ := h.serve("--listen=unix:"+filepath.Join(h.dir, "true"), "--export="+h.files+":rw")
	wrong := filepath.Join(h.dir, "wrong")
	l, err := net.Listen("unix", wrong)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			shadow, err := net.Dial("unix", strings.TrimPrefix(where, "unix:"))
			if err != nil {
				client.Close()
				continue
			}
			go pass(shadow, client)
			go func() {
				defer client.Close()
				for forwardReply(client, shadow, ahead) == nil {
				}
			}()
		}
	}()
	return "unix:" + wrong
}

// forwardReply passes a frame of a shadow on.
func forwardReply(to io.Writer, from io.Reader, ahead time.Duration) error {
	header, err := wire.ReadHeader(from)
	if err != nil {
		return err
	}
	head := make([]byte, header.Head)
	if _, err := io.ReadFull(from, head); err != nil {
		return err
	}
	if header.Kind == wire.KindReply {
		if r, err := wire.DecodeReply(head, int(header.Payload)); err == nil && len(r.Results) == 1 && r.Results[0].Code == wire.Clock {
			r.Results[0].Now = wire.TimeOf(r.Results[0].Now.Go().Add(ahead))
			if head, _, err = r.Encode(nil); err != nil {
				return err
			}
			header.Head = uint32(len(head))
		}
	}
	if _, err := to.Write(append(header.Append(nil), head...)); err != nil {
		return err
	}
	_, err = io.CopyN(to, from, int64(header.Payload))
	return err
}

// TestModesClock runs guests whose shadow's clock is an hour fast, or slow.
func TestModesClock(t *testing.T) {
	for _, ahead := range []time.Duration{time.Hour, -time.Hour} {
		for _, kind := range []testguest.Kind{testguest.Dynamic, testguest.Static, testguest.I386, testguest.Musl} {
			t.Run(fmt.Sprint(ahead, " ", kind), func(t *testing.T) {
				guest := testguest.Path(t, "modes_clock", kind)
				h := newHome(t)
				cmd := exec.Command(penumbraAt(t), "run", "--shadow="+h.wrongClock(ahead), guest, fmt.Sprint(int64(ahead/time.Second)))
				if out, err := cmd.CombinedOutput(); err != nil || string(out) != "ok\n" {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
		t.Run(fmt.Sprint(ahead, " go"), func(t *testing.T) {
			guest := testguest.Path(t, "modes_now", testguest.Go)
			h := newHome(t)
			shadow := h.wrongClock(ahead)
			for mode, off := range map[string]time.Duration{"remote,mapped": ahead, "local,mapped": 0} {
				before := time.Now()
				out, err := exec.Command(penumbraAt(t), "run", "--shadow="+shadow, "--mode="+mode, guest).CombinedOutput()
				seconds, parsed := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
				if err != nil || parsed != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				at := time.Unix(seconds, 0)
				if at.Before(before.Add(off-time.Minute)) || at.After(time.Now().Add(off+time.Minute)) {
					t.Errorf("in %s it is %v", mode, at)
				}
			}
		})
	}
}

// TestModesOutside sets modes from outside, and asks for what cannot be.
func TestModesOutside(t *testing.T) {
	h := newHome(t)
	penumbra := penumbraAt(t)
	script := `echo; while read word; do head -c 9 ` + shellQuote(filepath.Join(h.files, "name")) + `; echo; done`
	write(t, h.files, "name", "here\n", 0o644)
	files := filepath.Join(h.dir, "theirs")
	write(t, files, "name", "there\n", 0o644)
	cmd := exec.Command(penumbra, "run", "--shadow="+h.elsewhere(files, "elsewhere"), "sh", "-c", "echo $$; "+script)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		in.Close()
		_ = cmd.Wait()
	}()
	lines := bufio.NewScanner(out)
	next := func() string {
		for lines.Scan() {
			if lines.Text() != "" {
				return lines.Text()
			}
		}
		t.Fatal("no line")
		return ""
	}
	pid := next()
	steps := []struct{ mode, former, sees string }{
		{"", "remote,mapped", "there"},
		{"local,mapped", "remote,mapped", "here"},
		{"", "local,mapped", "here"},
		{"local,unmapped", "local,mapped", "here"},
		{"remote,mapped", "local,unmapped", "there"},
	}
	for _, step := range steps {
		got, err := exec.Command(penumbra, strings.Fields("mode "+pid+" "+step.mode)...).CombinedOutput()
		if err != nil || string(got) != step.former+"\n" {
			t.Errorf("mode %s: %v, %q, want %s", step.mode, err, got, step.former)
		}
		if _, err := io.WriteString(in, "look\n"); err != nil {
			t.Fatal(err)
		}
		if line := next(); line != step.sees {
			t.Errorf("in %s it sees %q", step.mode, line)
		}
	}
	refused := []struct {
		args, want string
		exit       int
	}{
		{"mode", "it takes a process", exitUsage},
		{"mode x", "no process id", exitUsage},
		{"mode " + pid + " remote,maped", "did you mean remote,mapped?", exitUsage},
		{"mode " + strconv.Itoa(os.Getpid()), "is no guest", exitFailure},
		{"mode 4194305", "there is no process", exitFailure},
		{"run --mode=remote,mapped true", "no shadow", exitUsage},
		{"run --mode=local,maped true", "did you mean local,mapped?", exitUsage},
	}
	for _, r := range refused {
		cmd := exec.Command(penumbra, strings.Fields(r.args)...)
		got, _ := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != r.exit || !strings.Contains(string(got), r.want) {
			t.Errorf("%s: %d, %s", r.args, cmd.ProcessState.ExitCode(), got)
		}
	}
}

// TestModesShadowKilled kills the shadow while a guest has files open at its
// representative.
func TestModesShadowKilled(t *testing.T) {
	guest := testguest.Path(t, "modes_killed", testguest.Dynamic)
	h := newHome(t)
	write(t, h.files, "data", "abc", 0o644)
	flags := []string{"--listen=unix:" + filepath.Join(h.dir, "socket"), "--export=" + h.files + ":rw"}
	where, kill := h.serve(flags...)
	cmd := exec.Command(penumbraAt(t), "run", "--shadow="+where, guest, h.files)
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	h.awaitReady(ended, &out)
	kill()
	h.serve(flags...)
	write(t, h.files, "go", "", 0o644)
	if err := <-ended; err != nil || out.String() != "ok\n" {
		t.Errorf("%v\n%s", err, out.String())
	}
	var want strings.Builder
	for i := range 200 {
		fmt.Fprintln(&want, i)
	}
	for _, name := range []string{"log", "appended"} {
		if got, err := os.ReadFile(filepath.Join(h.files, name)); err != nil || string(got) != want.String() {
			t.Errorf("%s has %d bytes, want %d, %v", name, len(got), want.Len(), err)
		}
	}
}

// TestModesUser has a shadow that is somebody else's: so is the guest, in remote modes.
func TestModesUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to run a shadow as another user")
	}
	if _, err := exec.LookPath("setpriv"); err != nil {
		t.Skip("needs setpriv(1)")
	}
	h := newHome(t)
	const uid, gid, group = "12345", "12346", "12347"
	journal := filepath.Join(h.dir, "journal")
	if err := os.Mkdir(journal, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{h.dir, h.files, journal} {
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(write(t, h.files, "theirs", "", 0o644), 12345, 12346); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(h.dir, "penumbra")
	copyTo(t, program, penumbraAt(t))
	shadow := "exec:exec " + quoted("setpriv", "--reuid="+uid, "--regid="+gid, "--groups="+group,
		program, "shadow", "--single", "--journal="+journal, "--export="+h.files+":rw")
	tests := []struct{ mode, script, want string }{
		{"remote,mapped", `id -u; id -g; id -G; setpriv --reuid=1 true 2>/dev/null || echo refused; stat -c %u theirs`,
			uid + "\n" + gid + "\n" + gid + " " + group + "\nrefused\n" + uid + "\n"},
		{"local,mapped", "id -u; setpriv --reuid=1 id -u", "0\n1\n"},
	}
	for _, test := range tests {
		t.Run(test.mode, func(t *testing.T) {
			cmd := exec.Command(penumbraAt(t), "run", "--shadow="+shadow, "--mode="+test.mode, "--chdir="+h.files, "sh", "-c", test.script)
			var complaints bytes.Buffer
			cmd.Stderr = &complaints
			if out, err := cmd.Output(); err != nil || string(out) != test.want {
				t.Errorf("%v, %q, want %q\n%s", err, out, test.want, complaints.String())
			}
		})
	}
}

// awaitReady waits until a guest has made the file ready.
func (h *home) awaitReady(ended <-chan error, out *bytes.Buffer) {
	h.t.Helper()
	for {
		if _, err := os.Stat(filepath.Join(h.files, "ready")); err == nil {
			return
		}
		select {
		case err := <-ended:
			h.t.Fatalf("%v\n%s", err, out.String())
		case <-time.After(time.Millisecond):
		}
	}
}

// TestModesInterrupted interrupts a guest whose call waits for a shadow that is gone.
func TestModesInterrupted(t *testing.T) {
	guest := testguest.Path(t, "modes_reads", testguest.Dynamic)
	h := newHome(t)
	write(t, h.files, "name", "abc", 0o644)
	where, kill := h.serve("--listen=unix:"+filepath.Join(h.dir, "socket"), "--export="+h.files+":rw")
	cmd := exec.Command(penumbraAt(t), "run", "--shadow="+where, guest, h.files)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	h.awaitReady(ended, &out)
	kill()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if ws := cmd.ProcessState.Sys().(syscall.WaitStatus); !ws.Signaled() || ws.Signal() != syscall.SIGINT {
			t.Errorf("%v\n%s", err, out.String())
		}
	case <-time.After(time.Minute): // the lease is an hour
		_ = cmd.Process.Kill()
		t.Fatal("the guest still waits")
	}
}

// copyTo makes a copy of a program.
func copyTo(t *testing.T, to, from string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}
