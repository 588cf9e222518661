package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"penumbra/internal/testguest"
	"penumbra/shadow/shadowtest"
)

// whole is a shadow of all of this machine, which also lets its clients send signals.
func (h *home) whole() (where string) {
	h.t.Helper()
	where, _ = h.serve("--listen=unix:"+filepath.Join(h.dir, "socket"), "--export=/:rw", "--allow-kill", "--network=all")
	return where
}

// runAway runs a program all of whose calls go to a shadow. Its standard input is a pipe
// that stays empty.
func (h *home) runAway(shadow string, argv ...string) (string, error) {
	h.t.Helper()
	cmd := exec.Command(penumbraAt(h.t), append([]string{"run", "--shadow=" + shadow, "--mode=remote,unmapped", "--"}, argv...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	defer in.Close()
	timer := time.AfterFunc(timeLimit, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// awayGuests check themselves, in a directory that they are given. They pass natively.
var awayGuests = []struct {
	program, out string
	args         []string // that only a guest of a shadow is given
}{
	{"away_pipes", "one\ntwo\nthree\nfour\nfive\nsix\nseven\nok\n", nil},
	{"away_polls", "ok\n", nil},
	{"away_files", "ok\n", []string{"far"}},
	{"net_tcp", "ok\n", []string{"far"}},
	{"net_udp", "ok\n", nil},
	{"net_unix", "ok\n", []string{"far"}},
}

// awayDir makes the directory of an awayGuest.
func (h *home) awayDir() string {
	h.t.Helper()
	dir := filepath.Join(h.files, "work")
	if err := os.Mkdir(dir, 0o700); err != nil {
		h.t.Fatal(err)
	}
	return dir
}

// TestAway runs guests in remote,unmapped from their first call on.
func TestAway(t *testing.T) {
	for _, g := range awayGuests {
		for _, kind := range []testguest.Kind{testguest.Dynamic, testguest.Static, testguest.Musl, testguest.I386, testguest.I386Static} {
			t.Run(g.program+"/"+string(kind), func(t *testing.T) {
				guest := testguest.Path(t, g.program, kind)
				h := newHome(t)
				out, err := h.runAway(h.whole(), append([]string{guest, h.awayDir()}, g.args...)...)
				out = strings.ReplaceAll(out, awayNotice(out), "")
				if err != nil || out != g.out {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

// awayNotice returns the line that a guest gets which writes to a file by its memory.
func awayNotice(out string) string {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "penumbra: ") && strings.Contains(line, "ENODEV in remote,unmapped") {
			return line
		}
	}
	return "\x00"
}

// TestAwayCut does the same while the link is cut again and again.
func TestAwayCut(t *testing.T) {
	for _, g := range awayGuests {
		t.Run(g.program, func(t *testing.T) {
			guest := testguest.Path(t, g.program, testguest.Dynamic)
			h := newHome(t)
			socket := filepath.Join(h.dir, "cut")
			cutter := shadowtest.NewCutter(t, socket, strings.TrimPrefix(h.whole(), "unix:"), 1, 30000, 60)
			out, err := h.runAway("unix:"+socket, append([]string{guest, h.awayDir()}, g.args...)...)
			var kept strings.Builder
			for line := range strings.Lines(out) {
				if !strings.HasPrefix(line, "penumbra: ") {
					kept.WriteString(line)
				}
			}
			if err != nil || kept.String() != g.out {
				t.Errorf("%v\n%s", err, out)
			}
			if cutter.Count() == 0 {
				t.Error("the link has not been cut")
			}
		})
	}
}

// TestAwayNatively shows that the guests ask for nothing but what Linux does.
func TestAwayNatively(t *testing.T) {
	for _, g := range awayGuests {
		t.Run(g.program, func(t *testing.T) {
			cmd := exec.Command(testguest.Path(t, g.program, testguest.Dynamic), newHome(t).awayDir())
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			if out, err := cmd.CombinedOutput(); err != nil || string(out) != g.out {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestAwayShell runs shells, whose own streams stay here and whose files are there.
func TestAwayShell(t *testing.T) {
	tests := []struct{ name, script, want string }{
		{"pipeline", `echo a | cat`, "a\n"},
		{"long pipeline", `seq 20000 | cat | tail -n 1 | tr 0 o`, "2oooo\n"},
		{"redirection", `echo b >made; cat made; cat <made; rm made`, "b\nb\n"},
		{"substitution", `x=$(echo c; echo d); echo "$x"`, "c\nd\n"},
		{"here document", "cat <<end\ne\nend\n", "e\n"},
		{"saved stream", `exec 3>&1; echo f >/dev/null; { echo g >&3; } | cat; echo h >&3`, "g\nh\n"},
		{"errors", `echo i >&2; ls missing 2>/dev/null; echo $?`, "i\n2\n"},
		{"both", `{ echo j; echo k >&2; } 2>&1 | sort`, "j\nk\n"},
		{"closed", `exec 4>made; echo l >&4; exec 4>&-; cat made; rm made`, "l\n"},
		{"input", `echo m | { read x; echo "$x" "$x"; }`, "m m\n"},
		{"background", `{ sleep 0.1; echo n; } & wait; echo o`, "n\no\n"},
		{"trap", `trap 'echo p' EXIT; true`, "p\n"},
	}
	for _, shell := range []string{"sh", "bash"} {
		if _, err := exec.LookPath(shell); err != nil {
			t.Logf("%s is missing", shell)
			continue
		}
		h := newHome(t)
		where := h.whole()
		for _, test := range tests {
			t.Run(shell+"/"+test.name, func(t *testing.T) {
				out, err := h.runAway(where, shell, "-c", "cd "+shellQuote(h.files)+" && { "+test.script+"\n}")
				if err != nil || out != test.want {
					t.Errorf("%v, %q, want %q", err, out, test.want)
				}
			})
		}
	}
}

// TestAwayNetworkPolicy has shadows that permit less.
func TestAwayNetworkPolicy(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is missing")
	}
	const script = `import socket, sys
def attempt(what, do):
    try: do(); print(what, "done")
    except OSError as e: print(what, e.errno)
attempt("pair", socket.socketpair)
attempt("socket", lambda: socket.socket())
attempt("named", lambda: socket.socket().bind(("127.0.0.1", 9)))
attempt("listen", lambda: socket.socket().listen())
attempt("unix", lambda: socket.socket(socket.AF_UNIX).bind("\0penumbra-test"))
`
	for policy, want := range map[string]string{
		"none":   "pair done\nsocket 13\nnamed 13\nlisten 13\nunix 13\n",
		"client": "pair done\nsocket done\nnamed 13\nlisten 13\nunix 13\n",
	} {
		t.Run(policy, func(t *testing.T) {
			h := newHome(t)
			where, _ := h.serve("--listen=unix:"+filepath.Join(h.dir, "socket"), "--export=/:rw", "--network="+policy)
			if out, err := h.runAway(where, "python3", "-c", script); err != nil || out != want {
				t.Errorf("%v, %q, want %q", err, out, want)
			}
		})
	}
}

// TestAwayGo runs a Go program, whose runtime polls.
func TestAwayGo(t *testing.T) {
	guest := testguest.Path(t, "netgo", testguest.Go)
	h := newHome(t)
	if out, err := h.runAway(h.whole(), guest); err != nil || out != "ok\n" {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestAwayShadowKilled has a guest read from a pipe whose shadow is killed: nobody has
// what was in it.
func TestAwayShadowKilled(t *testing.T) {
	h := newHome(t)
	flags := []string{"--listen=unix:" + filepath.Join(h.dir, "socket"), "--export=/:rw"}
	where, kill := h.serve(flags...)
	cmd := exec.Command(penumbraAt(t), "run", "--shadow="+where, "--mode=remote,unmapped", "--", testguest.Path(t, "away_lost", testguest.Static), h.files)
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
	if err := <-ended; err != nil || out.String() != "ok\n" {
		t.Errorf("%v\n%s", err, out.String())
	}
}
