package penumbra_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A console is a fenced block of README.md that shows a session: lines after
// "$ " are typed, those below are what comes back, and a line "..." stands for
// any lines.
type console struct {
	heading string // what README.md says just above
	steps   []step
}

// A step is a command line and what it prints.
type step struct {
	command, output string
}

// consoles returns the blocks of text that are marked as console.
func consoles(text string) []console {
	var all []console
	var last string // the last line of prose
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case inside && line == "```":
			inside = false
		case inside && strings.HasPrefix(line, "$ "):
			c := &all[len(all)-1]
			c.steps = append(c.steps, step{command: line[2:]})
		case inside:
			c := &all[len(all)-1]
			c.steps[len(c.steps)-1].output += line + "\n"
		case line == "```console":
			inside = true
			all = append(all, console{heading: last})
		case strings.TrimSpace(line) != "":
			last = line
		}
	}
	return all
}

// TestREADME runs the examples of README.md and compares what they print.
func TestREADME(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("needs bash")
	}
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := consoles(string(text))
	if len(examples) < 10 {
		t.Errorf("README.md has %d examples, want 10 at least", len(examples))
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin, "./cmd/penumbra")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for i, example := range examples {
		t.Run(fmt.Sprintf("%02d", i+1), func(t *testing.T) {
			t.Log(example.heading)
			runConsole(t, example, bin)
		})
	}
}

// runConsole types c's commands into one shell and compares what each prints.
func runConsole(t *testing.T, c console, bin string) {
	// What is typed must not see the marks between the commands, nor the
	// marks change the status that echo $? prints.
	const mark = "\x01"
	var script strings.Builder
	for _, s := range c.steps {
		for _, program := range []string{"python3", "git", "gcc"} {
			if _, err := exec.LookPath(program); err != nil && strings.Contains(s.command, program+" ") {
				t.Skipf("needs %s", program)
			}
		}
		fmt.Fprintf(&script, "%s\n{ status=$?; printf '\\001'; (exit $status); }\n", s.command)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	dir := t.TempDir()
	shell := exec.CommandContext(ctx, "bash", "--norc", "-c", script.String())
	shell.Dir = dir
	shell.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "HOME="+dir, "LC_ALL=C")
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	shell.Cancel = func() error { return syscall.Kill(-shell.Process.Pid, syscall.SIGKILL) }
	shell.WaitDelay = 10 * time.Second
	var out bytes.Buffer
	shell.Stdout, shell.Stderr = &out, &out
	// The shell's status is that of the last command, which may well fail.
	if err := shell.Run(); ctx.Err() != nil {
		t.Errorf("did not end: %v", err)
	}
	printed := strings.Split(out.String(), mark)
	for i, s := range c.steps {
		if i >= len(printed) {
			t.Fatalf("the shell ended before: %s", s.command)
		}
		if !matches(printed[i], s.output) {
			t.Errorf("$ %s\nprinted:\n%s\nREADME.md says:\n%s", s.command, printed[i], s.output)
		}
	}
}

// matches reports whether got is want, in which lines "..." match any lines.
func matches(got, want string) bool {
	parts := strings.Split("\n"+want, "\n...\n")
	rest, found := strings.CutPrefix("\n"+got, parts[0])
	if len(parts) == 1 {
		return found && rest == ""
	}
	for i, part := range parts[1:] {
		if !found {
			return false
		}
		if i == len(parts)-2 {
			return strings.HasSuffix(rest, part)
		}
		_, rest, found = strings.Cut(rest, part)
	}
	return found
}

func TestMatches(t *testing.T) {
	tests := []struct {
		got, want string
		match     bool
	}{
		{"", "", true},
		{"a\n", "a\n", true},
		{"a\nb\n", "a\n", false},
		{"b\n", "a\n", false},
		{"", "a\n", false},
		{"a\nx\ny\nb\n", "a\n...\nb\n", true},
		{"a\nx\n", "a\n...\n", true},
		{"x\nb\n", "...\nb\n", true},
		{"x\nc\n", "...\nb\n", false},
		{"x\na\ny\nb\n", "...\na\n...\nb\n", true},
	}
	for _, tt := range tests {
		if got := matches(tt.got, tt.want); got != tt.match {
			t.Errorf("matches(%q, %q) = %t", tt.got, tt.want, got)
		}
	}
}

func TestConsoles(t *testing.T) {
	text := "One:\n\n```console\n$ a\n1\n2\n$ b\n```\n\n```sh\n$ c\n```\nTwo:\n```console\n$ d\n```\n"
	got := fmt.Sprint(consoles(text))
	want := fmt.Sprint([]console{
		{"One:", []step{{"a", "1\n2\n"}, {"b", ""}}},
		{"Two:", []step{{"d", ""}}},
	})
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
