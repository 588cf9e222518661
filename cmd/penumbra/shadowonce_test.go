package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"penumbra/internal/testguest"
	"penumbra/module/moduletest"
	"penumbra/shadow/shadowtest"
)

// The link is cut at random bytes, and the shadow is killed, while a guest appends
// records and renames files: in the end all is as if it had run here.
func TestShadowGuestLosesNothing(t *testing.T) {
	cuts, kills := 1000, 50
	if testing.Short() {
		cuts, kills = 50, 3
	}
	guest := testguest.Path(t, "records", testguest.Static)
	h := newHome(t)
	where, kill := h.serve("--listen=unix:"+filepath.Join(h.dir, "s"), "--export="+h.files+":rw")
	defer func() { kill() }()
	proxy := shadowtest.NewCutter(t, filepath.Join(h.dir, "p"), strings.TrimPrefix(where, "unix:"), 1, 20000, 0)
	cmd := exec.Command(penumbraAt(t), "run", "--shadow=unix:"+filepath.Join(h.dir, "p"), "--lease=2m", "--chdir="+h.files, "--", guest)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewScanner(out)
	rounds, killed := 0, 0
	for proxy.Count() < cuts || killed < kills {
		fmt.Fprintln(in)
		if rounds == 1 { // there is a session: the first attempt of all is not made twice
			proxy.Cut(cuts)
		}
		if rounds > 0 && killed < kills {
			time.Sleep(20 * time.Millisecond)
			kill()
			_, kill = h.serve("--listen=unix:"+filepath.Join(h.dir, "s"), "--export="+h.files+":rw")
			killed++
		}
		if !answers.Scan() || answers.Text() != "ok" || time.Since(started) > 10*patience {
			t.Fatalf("round %d, after %d cuts, %d kills and %v: %q\n%s", rounds, proxy.Count(), killed, time.Since(started), answers.Text(), tail(stderr.String()))
		}
		rounds++
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, tail(stderr.String()))
	}
	t.Logf("%d rounds, %d cuts, %d kills, %v", rounds, proxy.Count(), killed, time.Since(started))

	here := t.TempDir()
	native := exec.Command(guest)
	native.Dir, native.Stdin = here, strings.NewReader(strings.Repeat("\n", rounds))
	if text, err := native.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if got, want := contents(h.files), contents(here); got != want {
		t.Errorf("the shadow has\n%s\nwant\n%s", got, want)
	}
}

// contents describes all files of a directory but their times.
func contents(dir string) string {
	var lines []string
	for _, line := range moduletest.DescribeAll(dir) {
		name, rest, _ := strings.Cut(line, ": ")
		if words := strings.SplitN(rest, " ", 3); len(words) == 3 {
			rest = words[0] + " " + words[2]
		}
		lines = append(lines, name+": "+rest)
	}
	return strings.Join(lines, "\n")
}

// tail returns the end of a long text.
func tail(s string) string { return s[max(0, len(s)-2000):] }
