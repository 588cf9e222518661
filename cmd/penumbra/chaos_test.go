package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"penumbra/internal/testguest"
)

// chaotic returns the words that run argv in the weather that expr asks for.
func chaotic(t testing.TB, dir, expr string, argv ...string) []string {
	words := []string{penumbraAt(t), "trace", "-e", "trace=none", "-o", filepath.Join(dir, "trace"), "--chaos=" + expr, "--"}
	return append(words, argv...)
}

// seeds are those to try.
func seeds() int {
	if testing.Short() {
		return 2
	}
	return 6
}

// TestChaosGood has a correct program meet all kinds of weather: it survives.
func TestChaosGood(t *testing.T) {
	for _, kind := range []testguest.Kind{testguest.Dynamic, testguest.Static, testguest.Musl, testguest.I386} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			turns <- struct{}{}
			defer func() { <-turns }()
			path := testguest.Path(t, "readn_good", kind)
			hit := map[string]bool{}
			for seed := range seeds() {
				for _, how := range []string{"", ":kinds=short:rate=1", ":kinds=eintr,eagain:rate=1", ":regardless:rate=0.5"} {
					expr := fmt.Sprint(seed, how)
					got := run(t, chaotic(t, t.TempDir(), expr, path), nil)
					if got.stdout != "ok\n" || got.status != "exit status 0" {
						t.Errorf("chaos=%s: %v", expr, got)
					}
					for _, what := range []string{"short", "EINTR", "EAGAIN", "delayed"} {
						hit[what] = hit[what] || regexp.MustCompile(`\d `+what).MatchString(got.stderr)
					}
				}
			}
			if len(hit) != 4 || slices.Contains([]bool{hit["short"], hit["EINTR"], hit["EAGAIN"], hit["delayed"]}, false) {
				t.Errorf("not all kinds of weather have been met: %v", hit)
			}
		})
	}
}

// TestChaosNaive has a program that ignores short counts meet them: it fails,
// and the report says why.
func TestChaosNaive(t *testing.T) {
	path := testguest.Path(t, "readn_naive", testguest.Dynamic)
	for seed := range seeds() {
		expr := fmt.Sprintf("%d:rate=0.5:kinds=short:calls=%%desc", seed)
		got := run(t, chaotic(t, t.TempDir(), expr, path), nil)
		if got.status != "exit status 1" {
			t.Errorf("chaos=%s: it survives: %v", expr, got)
		}
		for _, want := range []string{
			fmt.Sprintf(`penumbra: chaos seed %d: \d+ calls? hit \(\d+ short\)\n`, seed),
			`penumbra:   readn_naive\[\d+\] write\(3</\S+ \(deleted\)>\): \d+ of 30000 bytes\n`,
			`penumbra: readn_naive\[\d+\] exited with status 1; the last calls hit of it:\n`,
			`penumbra: the same weather again: --chaos=` + regexp.QuoteMeta(fmt.Sprintf("%d:kinds=short:rate=0.5:calls=%%desc", seed)) + `\n`,
		} {
			if !regexp.MustCompile(want).MatchString(got.stderr) {
				t.Errorf("chaos=%s: no %q in\n%s", expr, want, got.stderr)
			}
		}
	}
}

// TestChaosPrograms has programs that people use meet the weather that POSIX
// allows: what they do is the same as without.
func TestChaosPrograms(t *testing.T) {
	scripts := []struct{ name, script string }{
		{"cat", "cat data | cat | cat > copy; cmp data copy"},
		{"cp", "cp -r tree copy; find copy -type f | sort | xargs cksum"},
		{"gzip", "gzip -nc data | gzip -dc | cksum; gzip -n data; cksum data.gz"},
		{"tar", "tar -cf - tree | tar -xOf - | cksum"},
		{"dd", "dd if=data of=copy bs=7k 2>&1 | head -n 2; cksum copy"},
		{"sqlite3", "sqlite3 db 'create table t (n); insert into t select value from generate_series(1, 3000); " +
			"select sum(n) from t; pragma integrity_check;' && cksum data"},
		{"python3", `/usr/bin/python3 -c '
import hashlib, socket, subprocess, threading
data = open("data", "rb").read()
p = subprocess.run(["cat"], input=data, stdout=subprocess.PIPE)
print(p.returncode, p.stdout == data)
a, b = socket.socketpair()
t = threading.Thread(target=lambda: (a.sendall(data), a.close()))
t.start()
print(b"".join(iter(lambda: b.recv(65536), b"")) == data)
try:
    subprocess.run(["/nonexistent"])
except OSError as e:
    print(e)
'`},
		{"git", "git init -q .; git add data tree; git commit -qm one; git rev-parse HEAD; git gc -q; git fsck; " +
			"git clone -q . clone; git -C clone status --short; git archive HEAD | cksum"},
		{"sh", "for i in 1 2 3; do echo $i; done | while read n; do echo \"got $n\"; done; x=$(cat data | wc -c); echo $x"},
		{"bash", "bash -c '. tree/script; f; mapfile -t l < data; echo ${#l[@]}; wait; (exit 3); echo $?'"},
	}
	for _, s := range scripts {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			turns <- struct{}{}
			defer func() { <-turns }()
			command, _, _ := strings.Cut(s.name, " ")
			if _, err := exec.LookPath(command); err != nil {
				t.Skip(err)
			}
			prepare := "mkdir tree; seq 1 30000 > data; seq 5 2 20000 > tree/odd; cp /bin/sh tree/program; " +
				"printf 'f() {\\n\\techo sourced\\n}\\n' > tree/script; "
			base := t.TempDir()
			try := func(name string, words func(argv ...string) []string) result {
				// The same directory each time, for programs tell its name.
				dir := filepath.Join(base, "work")
				if out, err := exec.Command("sh", "-c", "rm -rf "+dir+"; mkdir "+dir+"; cd "+dir+"; "+prepare).CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
				got := run(t, words("sh", "-c", s.script), func(cmd *exec.Cmd) {
					cmd.Dir = dir
					cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + base, "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1",
						"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_AUTHOR_DATE=2020-01-01T00:00:00Z",
						"GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b", "GIT_COMMITTER_DATE=2020-01-01T00:00:00Z"}
				})
				return got
			}
			want := try("native", func(argv ...string) []string { return argv })
			for seed := range seeds() {
				expr := fmt.Sprintf("%d:rate=0.3", seed)
				got := try(expr, func(argv ...string) []string { return chaotic(t, base, expr, argv...) })
				if !strings.Contains(got.stderr, "hit (") {
					t.Errorf("chaos=%s has hit no call:\n%s", expr, got.stderr)
				}
				all := got.stderr
				got.stderr = withoutReport(got.stderr)
				if got != want {
					t.Errorf("chaos=%s: got %v\nwant %v\nweather:\n%s", expr, got, want, all)
				}
			}
		})
	}
}

// withoutReport removes penumbra's lines.
func withoutReport(stderr string) string {
	var kept strings.Builder
	for line := range strings.Lines(stderr) {
		if !strings.HasPrefix(line, "penumbra: ") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// TestChaosRepeats: the same seed hits the same calls.
func TestChaosRepeats(t *testing.T) {
	ids := regexp.MustCompile(`\[\d+\]`)
	weather := func(seed int) string {
		got := run(t, chaotic(t, t.TempDir(), fmt.Sprintf("%d:rate=0.4", seed), "sh", "-c", "cp /bin/sh copy; (sort /etc/passwd > sorted); cksum copy"), in(t, nil))
		return ids.ReplaceAllString(got.stderr, "[]")
	}
	first := regexp.MustCompile(`/tmp/\S+`)
	a, b := first.ReplaceAllString(weather(11), "/tmp"), first.ReplaceAllString(weather(11), "/tmp")
	if a != b || !strings.Contains(a, "hit (") {
		t.Errorf("once\n%s\nand once\n%s", a, b)
	}
	if c := first.ReplaceAllString(weather(12), "/tmp"); c == strings.ReplaceAll(a, "seed 11", "seed 12") {
		t.Errorf("another seed, the same weather:\n%s", c)
	}
}

// TestShort cuts what a program copies to the length asked for.
func TestShort(t *testing.T) {
	for _, kind := range []testguest.Kind{testguest.Dynamic, testguest.I386} {
		path := testguest.Path(t, "readn_good", kind)
		for _, short := range []string{"1000", "half", "random"} {
			got := run(t, []string{penumbraAt(t), "trace", "-o", "/dev/null", "-e",
				"inject=read,write,readv,writev,preadv,pwritev,sendmsg,recvmsg,sendto,recvfrom:short=" + short, "-P", "/nonexistent", "true"}, nil)
			if got.status != "exit status 0" {
				t.Errorf("%s: %v", short, got)
			}
			// Messages of 1000 bytes, and programs on their way into memory, do
			// not bear all of that.
			got = run(t, []string{penumbraAt(t), "trace", "-o", "/dev/null", "-e",
				"inject=writev,preadv,pwritev,sendmsg,recvmsg,pwrite64,readv:short=" + short, "--", path}, nil)
			if (got != result{"ok\n", "", "exit status 0"}) {
				t.Errorf("%s, short=%s: %v", kind, short, got)
			}
		}
	}
}
