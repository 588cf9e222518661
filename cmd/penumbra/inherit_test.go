package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"penumbra/internal/testguest"
)

// underscore is a variable that some shells set to the file that they run.
var underscore = regexp.MustCompile(`(?m)^env _=.*\n`)

// TestInheritance compares all that a guest inherits with what it inherits
// natively, after each of several preparations by a shell or by the setup guest.
func TestInheritance(t *testing.T) {
	tests := []struct {
		name  string
		shell string // run before
		setup string // the words of the setup guest
		args  []string
	}{
		{name: "as it is"},
		{name: "arguments", args: []string{"", "a b", "-x", "--", "--intercept=trace", "\xff\xfe\n\t'\"$", ""}},
		{name: "umask", shell: "umask 027"},
		{name: "nice", shell: "exec nice -n 7 \"$@\""},
		{name: "limits", shell: "ulimit -n 256; ulimit -S -s 4096; ulimit -c 0; ulimit -f 100000; ulimit -S -t 1000"},
		{name: "few descriptors", shell: "ulimit -n 24"},
		{name: "hardly a descriptor, softly", shell: "ulimit -S -n 5"},
		{name: "ignored signals", shell: "trap '' HUP INT QUIT TERM USR1 USR2 PIPE TSTP TTIN TTOU CONT ALRM"},
		{name: "ignored SIGCHLD", setup: "ignore=17"},
		{name: "ignored SIGURG and real-time", setup: "ignore=23 ignore=34 ignore=64"},
		{name: "blocked signals", setup: "block=1 block=2 block=10 block=15 block=17 block=18 block=20 block=34 block=64"},
		{name: "blocked and ignored", setup: "block=15 ignore=15 block=13 ignore=13"},
		{name: "personality", setup: "personality=0x0040000"},
		{name: "timer slack", setup: "slack=123456"},
		{name: "batch policy", setup: "batch"},
		{name: "affinity", setup: "cpu0"},
		{name: "descriptors", shell: "exec 3</dev/null 7>>/dev/null 9<>/dev/null 5<&0"},
		{name: "high descriptors", setup: "open=100 open=199 open=200"},
		{name: "descriptor with an offset", shell: "exec 8</etc/passwd; read line <&8 || :"},
		{name: "stdin closed", setup: "close=0"},
		{name: "stdin and stderr closed", setup: "close=0 close=2"},
		{name: "stderr closed", setup: "close=2"},
		{name: "stdin not blocking", setup: "nonblock=0"},
		{name: "stdout not blocking", setup: "nonblock=1"},
		{name: "another directory", shell: "cd /proc"},
		{name: "a deleted directory", shell: "mkdir gone; cd gone; rmdir ../gone"},
		{name: "empty environment", shell: "exec env -i \"$@\""},
		{name: "odd environment", setup: "env=A=\xff\x01\\\\ env==nothing env=C env= env=C=1 env=C=2 env=PENUMBRA=x " +
			"env=GODEBUG=x=y env=GOMAXPROCS=1 env=GOTRACEBACK=all env=PATH=/bin:/usr/bin"},
		{name: "a session of its own", shell: "exec setsid --wait \"$@\""},
	}
	for _, kind := range []testguest.Kind{testguest.Dynamic, testguest.I386} {
		for _, tt := range tests {
			t.Run(string(kind)+"/"+tt.name, func(t *testing.T) {
				prefix := []string{"sh", "-c", tt.shell + "\nexec \"$@\"", "sh"}
				if tt.setup != "" {
					prefix = append([]string{testguest.Path(t, "setup", testguest.Dynamic)}, strings.Fields(tt.setup)...)
					prefix = append(prefix, "--")
				}
				guest := append([]string{testguest.Path(t, "inherit", kind)}, tt.args...)
				compareInherited(t, prefix, guest)
			})
		}
	}
}

// sessionLine is a line that names ids, which differ in each run where the session
// is the command's own.
var sessionLine = regexp.MustCompile(`(?m)^pgrp \d+ session \d+$`)

func compareInherited(t *testing.T, prefix, guest []string) {
	ownSession := strings.Contains(strings.Join(prefix, " "), "setsid")
	show := func(m runMode) result {
		r := run(t, append(append([]string{}, prefix...), m.command(t, guest...)...), func(cmd *exec.Cmd) {
			cmd.Dir = t.TempDir()
			cmd.Env = append(os.Environ(), "PWD="+cmd.Dir)
		})
		r.stdout = underscore.ReplaceAllString(r.stdout, "")
		// The directory is another in each run.
		r.stdout = regexp.MustCompile(`/[^ \n]*/\d{3}\b`).ReplaceAllString(r.stdout, "DIR")
		if ownSession {
			r.stdout = sessionLine.ReplaceAllString(r.stdout, "session")
		}
		return r
	}
	want := show(native)
	if want.status != "exit status 0" || !strings.HasSuffix(want.stdout, "children none\n") {
		t.Fatalf("native run fails: %v", want)
	}
	for _, m := range supervised {
		if got := show(m); got != want {
			t.Errorf("%s: %s", m.name, difference(got, want))
		}
	}
}

// difference lists the lines that only one of two results has.
func difference(got, want result) string {
	if got.status != want.status || got.stderr != want.stderr {
		return "got " + got.String() + "\nwant " + want.status + " and stderr " + want.stderr
	}
	has := func(text string) map[string]bool {
		lines := make(map[string]bool)
		for line := range strings.Lines(text) {
			lines[line] = true
		}
		return lines
	}
	var b strings.Builder
	g, w := has(got.stdout), has(want.stdout)
	for line := range strings.Lines(want.stdout) {
		if !g[line] {
			b.WriteString("\nnative:   " + line)
		}
	}
	for line := range strings.Lines(got.stdout) {
		if !w[line] {
			b.WriteString("\npenumbra: " + line)
		}
	}
	return b.String()
}

// TestArgumentZero gives the command a name that is not its file's; a login
// shell has one that begins with a dash.
func TestArgumentZero(t *testing.T) {
	link := filepath.Join(t.TempDir(), "-name")
	if err := os.Symlink(testguest.Path(t, "inherit", testguest.Dynamic), link); err != nil {
		t.Fatal(err)
	}
	for _, m := range supervised {
		t.Run(m.name, func(t *testing.T) {
			got := run(t, m.command(t, link), nil)
			if !strings.Contains(got.stdout, "\nargv "+link+"\n") {
				t.Errorf("argv[0] is not %s: %v", link, got)
			}
		})
	}
}

// TestOpenDescriptorsOfCaller hands descriptors to penumbra as a Go program
// does, one of them a socket.
func TestOpenDescriptorsOfCaller(t *testing.T) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	end := os.NewFile(uintptr(pair[0]), "pair")
	defer end.Close()
	defer syscall.Close(pair[1])
	guest := testguest.Path(t, "inherit", testguest.Dynamic)
	show := func(m runMode) result {
		return run(t, m.command(t, guest), func(cmd *exec.Cmd) { cmd.ExtraFiles = []*os.File{end, nil, end} })
	}
	want := show(native)
	for _, m := range supervised {
		if got := show(m); got != want {
			t.Errorf("%s: %s", m.name, difference(got, want))
		}
	}
}

// TestNested: a guest that penumbra cannot start, here since another penumbra
// holds it, must not leave penumbra waiting for it.
func TestNested(t *testing.T) {
	out, err := exec.Command("timeout", "-k", "1", "60", penumbraAt(t), "run", penumbraAt(t), "run", "true").CombinedOutput()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != exitFailure {
		t.Fatalf("penumbra within penumbra: %v, want exit status %d\n%s", err, exitFailure, out)
	}
}
