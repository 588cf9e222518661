package main

import (
	"os/exec"
	"strings"
	"testing"
)

// eachMode runs a test of job control natively, which checks the test, and in
// every form of supervision.
func eachMode(t *testing.T, test func(t *testing.T, m runMode)) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("job control is tested with bash, which is missing (apt install bash)")
	}
	for _, m := range append([]runMode{native}, supervised...) {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			test(t, m)
		})
	}
}

// TestShellInside runs an interactive shell as a guest: its jobs stop, go on
// and end as the keys say, and penumbra only looks on.
func TestShellInside(t *testing.T) {
	eachMode(t, func(t *testing.T, m runMode) {
		c := newConsole(t, m.command(t, "bash", "--norc", "--noediting", "-i")...)
		c.expect("ready>")
		if n := c.count("job control"); n != 0 {
			t.Fatalf("the shell has no job control:\n%s", c.output)
		}

		c.enter("sleep 1000\n")
		c.foreground("sleep")
		c.enter(ctrlC)
		c.expect("ready>")
		c.command("echo status=$?", "status=130")

		c.enter("cat\n")
		c.foreground("cat")
		c.enter("first\n")
		c.expect("first\r\nfirst\r\n")
		c.enter(ctrlZ)
		c.expect("Stopped")
		c.expect("ready>")
		c.command("echo status=$?", "status=148")
		c.command("jobs", "Stopped")
		c.enter("fg\n")
		c.foreground("cat")
		c.enter("second\n")
		c.expect("second\r\nsecond\r\n")
		c.enter(ctrlD)
		c.expect("ready>")
		c.command("echo status=$?", "status=0")

		c.enter("sleep 1000 | cat\n")
		c.foreground("sleep")
		c.foreground("cat")
		c.enter(ctrlZ)
		c.expect("Stopped")
		c.expect("ready>")
		c.command("bg", "sleep 1000 | cat &")
		c.command("jobs -r", "Running")
		c.command("kill %1; wait %1; echo status=$?", "status=143")

		c.command("cat &", "[1]")
		c.command("wait %1; jobs", "Stopped")
		c.command("kill -9 $!; while kill -0 $! 2>/dev/null; do sleep 0.02; done; wait $!; echo status=$?", "status=137")

		c.command("(kill -STOP $BASHPID; exit 3) & wait $!; jobs", "Stopped")
		c.command("kill -CONT %1; wait -f %1; echo status=$?", "status=3")

		c.enter(`bash -c 'trap "echo size=\$(stty size); exit 4" WINCH; echo wait=$((1+1)); while :; do sleep 0.02; done'` + "\n")
		c.expect("wait=2")
		c.resize(37, 91)
		c.expect("size=37 91")
		c.expect("ready>")

		c.command("bash -ic 'sleep 0.01; echo inner=$((40+2))'", "inner=42")
		c.enter("exit 7\n")
		if got := c.end(); got != 7 {
			t.Errorf("exit status %d, want 7", got)
		}
	})
}

// TestJobOfShell starts penumbra as a job of a shell outside: the shell sees
// it stop, go on and end as it would see the command itself.
func TestJobOfShell(t *testing.T) {
	eachMode(t, func(t *testing.T, m runMode) {
		c := newConsole(t, "bash", "--norc", "--noediting", "-i")
		c.expect("ready>")
		prefix := ""
		if m.name != native.name {
			prefix = strings.Join(append(append([]string{"penumbra", "run"}, m.flags...), "-- "), " ")
		}

		c.enter(prefix + "cat\n")
		c.foreground("cat")
		c.enter("first\n")
		c.expect("first\r\nfirst\r\n")
		for range 3 {
			c.enter(ctrlZ)
			c.expect("Stopped")
			c.expect("ready>")
			c.command("echo status=$?", "status=148")
			c.enter("fg\n")
			c.foreground("cat")
			c.enter("again\n")
			c.expect("again\r\nagain\r\n")
		}
		c.enter(ctrlC)
		c.expect("ready>")
		c.command("echo status=$?", "status=130")

		c.enter(prefix + "sleep 1000\n")
		c.foreground("sleep")
		c.enter(ctrlBackslash)
		c.expect("ready>")
		c.command("echo status=$?", "status=131")

		c.enter(prefix + "sleep 1000\n")
		c.foreground("sleep")
		c.enter(ctrlZ)
		c.expect("Stopped")
		c.expect("ready>")
		c.command("bg", "sleep 1000 &")
		c.command("jobs -r", "Running")
		c.command("kill %1; wait %1; echo status=$?", "status=143")

		// A job in the background that reads the terminal stops.
		c.command(prefix+"cat &", "[1]")
		c.command("wait %1; jobs", "Stopped")
		c.enter("fg\n")
		c.foreground("cat")
		c.enter("third\n")
		c.expect("third\r\nthird\r\n")
		c.enter(ctrlD)
		c.expect("ready>")
		c.command("echo status=$?", "status=0")

		// A pipeline stops and goes on as a whole.
		c.enter(prefix + "cat | " + prefix + "tr a-z A-Z\n")
		c.foreground("cat")
		c.foreground("tr")
		c.enter(ctrlZ)
		c.expect("Stopped")
		c.expect("ready>")
		c.enter("fg\n")
		c.foreground("tr")
		c.enter("upper\n" + ctrlD)
		c.expect("UPPER")
		c.expect("ready>")
		c.command("echo status=$?", "status=0")

		// A guest that catches the key hears of it once.
		c.enter(prefix + `bash -c 'trap "echo caught=\$((n += 1))" INT; echo up=$((1+1)); read line; echo line=$line$n; exit 5'` + "\n")
		c.expect("up=2")
		c.reads("bash")
		c.enter(ctrlC)
		c.expect("caught=1")
		c.enter("end\n")
		c.expect("line=end1")
		c.expect("ready>")
		c.command("echo status=$?", "status=5")

		// The window's size reaches a guest in the foreground, once.
		c.enter(prefix + `bash -c 'trap "echo size=\$(stty size); exit 6" WINCH; echo wait=$((1+1)); while :; do sleep 0.02; done'` + "\n")
		c.expect("wait=2")
		c.resize(38, 92)
		c.expect("size=38 92")
		c.expect("ready>")
		c.command("echo status=$?", "status=6")

		c.enter("exit\n")
		if got := c.end(); got != 0 {
			t.Errorf("exit status %d, want 0", got)
		}
	})
}

// TestTerminalOfGuest compares what the terminal tells a guest.
func TestTerminalOfGuest(t *testing.T) {
	eachMode(t, func(t *testing.T, m runMode) {
		c := newConsole(t, m.command(t, "sh", "-c", `tty | sed 's/[0-9]//'; stty -a | tail -n 1; stty -echo; echo a >/dev/tty
			test "$(ps -o tpgid= -p $$)" -eq "$(ps -o pgid= -p $$)" && echo foreground; stty sane; exit 3`)...)
		c.expect("/dev/pts/")
		c.expect("echoke")
		c.expect("a\r\n")
		c.expect("foreground")
		if got := c.end(); got != 3 {
			t.Errorf("exit status %d, want 3", got)
		}
	})
}

// TestHangUp closes the terminal under a shell: all of the session end.
func TestHangUp(t *testing.T) {
	eachMode(t, func(t *testing.T, m runMode) {
		c := newConsole(t, m.command(t, "bash", "--norc", "--noediting", "-i")...)
		c.expect("ready>")
		c.enter("sleep 1000\n")
		c.foreground("sleep")
		c.master.Close()
		c.end()
	})
}
