package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if err := adoptOrphans(); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func TestRun(t *testing.T) {
	const enough = time.Minute
	tests := []struct {
		name   string
		script string
		limit  time.Duration
		want   outcome // but for text, of which the output must hold this, and the time
	}{
		{"success", "echo out; echo err >&2", enough, outcome{text: "out\nerr\n"}},
		{"exit status", "exit 3", enough, outcome{exit: 3}},
		{"signal", "kill -SEGV $$", enough, outcome{exit: 139}},
		{"directory and environment", "pwd; echo $WHAT", enough, outcome{text: "/\nthis\n"}},
		{"standard input is empty", "wc -c", enough, outcome{text: "0\n"}},
		{"neither session nor group leader", `read -r _ _ _ _ group session _ </proc/$$/stat
			[ $group != $$ ] && [ $session != $$ ] && [ $session = $group ] && echo member`, enough, outcome{text: "member\n"}},
		{"out of time", "sleep 1000", 100 * time.Millisecond, outcome{exit: -1, timedOut: true}},
		{"daemons", "setsid sh -c 'sleep 1000 & sleep 1000' & setsid sleep 1000 & echo left", enough, outcome{text: "left\n"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := command{argv: []string{"sh", "-c", test.script}, dir: "/", env: []string{"WHAT=this"}}
			got, err := run(context.Background(), []string{"env"}, c, test.limit, filepath.Join(t.TempDir(), "log"))
			if err != nil {
				t.Fatal(err)
			}
			if got.exit != test.want.exit || got.timedOut != test.want.timedOut || !strings.Contains(got.text, test.want.text) {
				t.Errorf("run: got %+v, want %+v", got, test.want)
			}
			left, err := descendants()
			if err != nil || len(left) > 0 {
				t.Errorf("descendants left behind: %v, %v", left, err)
			}
		})
	}
}

func TestRunInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := run(ctx, nil, command{argv: []string{"sleep", "1000"}, dir: "/"}, time.Hour, filepath.Join(t.TempDir(), "log"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("run: got error %v, want %v", err, context.Canceled)
	}
}

func TestCommandLine(t *testing.T) {
	c := command{argv: []string{"prog", "it's", "$HOME"}, dir: "/tmp", env: []string{"A=b c"}}
	want := `cd /tmp && env 'A=b c' 'strace' 'prog' 'it'\''s' '$HOME'`
	if got := c.line([]string{"strace"}); got != want {
		t.Errorf("line: got %s, want %s", got, want)
	}
}

func TestParentOf(t *testing.T) {
	tests := []struct {
		stat string
		want int
	}{
		{"17 (sh) S 4 17 17 0", 4},
		{"18 (a) b) Z 1) R 23 1 1 0", 23},
	}
	for _, test := range tests {
		if got, err := parentOf(test.stat); err != nil || got != test.want {
			t.Errorf("parentOf(%q) = %d, %v, want %d", test.stat, got, err, test.want)
		}
	}
	if _, err := parentOf("19 (sh)"); err == nil {
		t.Error("parentOf accepts a line that is cut short")
	}
}

func TestRemoveWork(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "work")
	inner := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(inner, "file"), nil, 0o400); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{inner, filepath.Dir(inner)} {
		if err := os.Chmod(d, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := removeWork(dir); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", dir, err)
	}
}
