package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/shadow/client"
	"penumbra/shadow/link"
	"penumbra/shadow/wire"
)

// A home is a machine with a shadow, as far as these tests care: directories of
// its own, and a command that starts a shadow there.
type home struct {
	t      *testing.T
	dir    string
	files  string // what is exported
	audit  string
	shadow []string // the command and the flags that every shadow has
}

func newHome(t *testing.T) *home {
	t.Helper()
	dir, err := os.MkdirTemp("", "home") // t.TempDir's are too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	h := &home{t: t, dir: dir, files: filepath.Join(dir, "files"), audit: filepath.Join(dir, "audit")}
	for _, d := range []string{h.files, filepath.Join(dir, "run")} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range map[string]string{"XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state", "XDG_RUNTIME_DIR": "run"} {
		t.Setenv(name, filepath.Join(dir, value))
	}
	h.shadow = []string{penumbraAt(t), "shadow", "--audit=" + h.audit}
	if os.Geteuid() == 0 {
		h.shadow = append(h.shadow, "--allow-root")
	}
	return h
}

// sessions returns how many sessions the shadows began, and how many of them had
// been another shadow's.
func (h *home) sessions() (begun, recovered int) {
	text, _ := os.ReadFile(h.audit) // none without a session
	for line := range bytes.Lines(text) {
		var entry struct {
			Message   string `json:"msg"`
			Recovered *bool
		}
		if err := json.Unmarshal(line, &entry); err != nil {
			h.t.Errorf("audit log: %v in %s", err, line)
		}
		if entry.Message == "session" && entry.Recovered != nil {
			begun++
			if *entry.Recovered {
				recovered++
			}
		}
	}
	return begun, recovered
}

// serve starts a shadow that listens, and returns where, and how to kill it.
func (h *home) serve(flags ...string) (where string, kill func()) {
	h.t.Helper()
	cmd := exec.Command(h.shadow[0], append(h.shadow[1:], flags...)...)
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	h.t.Cleanup(kill)
	line := make([]byte, 4096)
	n, _ := stderr.Read(line)
	where, ok := strings.CutPrefix(strings.TrimSpace(string(line[:n])), "penumbra: shadow: clients are served at ")
	if !ok {
		h.t.Fatalf("the shadow said %q", line[:n])
	}
	return where, kill
}

// parse returns the flags that args set.
func parseShadow(t *testing.T, args ...string) *shadowFlags {
	t.Helper()
	f := &shadowFlags{}
	fs := flag.NewFlagSet("run", flag.ContinueOnError)
	f.define(fs)
	if _, err := parseFlags(fs, args); err != nil {
		t.Fatal(err)
	}
	if err := f.check(); err != nil {
		t.Fatal(err)
	}
	f.demoProgram(penumbraAt(t))
	return f
}

// demoProgram has a demo be another program than this one, which is a test.
func (f *shadowFlags) demoProgram(path string) {
	target := *f.target
	target.Program = path
	f.target = &target
}

// fakeSSH puts an ssh into PATH which runs the command here.
func fakeSSH(h *home) {
	dir := filepath.Join(h.dir, "bin")
	write(h.t, h.dir, "bin/ssh", `#!/bin/sh
while [ $# -gt 0 ]; do
	case $1 in
	--) break ;;
	esac
	shift
done
if [ "$2" = nowhere ]; then
	echo "ssh: Could not resolve hostname nowhere: Name or service not known" >&2
	exit 255
fi
shift 2
sh -c "$*"
`, 0o755)
	h.t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

// quoted returns words for a shell.
func quoted(words ...string) string {
	var all []string
	for _, w := range words {
		all = append(all, shellQuote(w))
	}
	return strings.Join(all, " ")
}

// having returns the processes whose command lines have all these texts. One has to
// be a path of this test's, lest others be found.
func having(t *testing.T, texts ...string) (pids []int) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		b, _ := os.ReadFile(line) // an error: it has ended
		lacks := func(text string) bool { return !strings.Contains(string(b), text) }
		var pid int
		if _, err := fmt.Sscanf(line, "/proc/%d/", &pid); err == nil && pid != os.Getpid() && !slices.ContainsFunc(texts, lacks) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// TestShadowLinks reaches a shadow in every way that there is, breaks the link, or
// kills the shadow, in the midst of a session, and goes on with what was open.
func TestShadowLinks(t *testing.T) {
	killAll := func(h *home, texts ...string) {
		pids := having(h.t, texts...)
		if len(pids) == 0 {
			h.t.Fatalf("no process has %q in its command line", texts)
		}
		for _, pid := range pids {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
	tests := []struct {
		name string
		// reach returns the flags for the client, and what breaks the link.
		reach func(h *home) (args []string, breakIt func())
		// recovered: what breaks is the shadow.
		recovered int
		unaudited bool
	}{
		{"demo", func(h *home) ([]string, func()) {
			return []string{"--shadow=demo", "--export=" + h.files + ":rw"}, func() { killAll(h, "--export="+h.files) }
		}, 1, true},
		{"ssh, link broken", func(h *home) ([]string, func()) {
			fakeSSH(h)
			h.t.Setenv(link.EnvShadowCommand, quoted(append(h.shadow, "--stdio", "--idle=1s")...))
			return []string{"--shadow=ssh:me@home:22", "--export=" + h.files + ":rw"},
				func() { killAll(h, "\x00--stdio\x00", h.audit) }
		}, 0, false},
		{"ssh, shadow killed", func(h *home) ([]string, func()) {
			fakeSSH(h)
			h.t.Setenv(link.EnvShadowCommand, quoted(append(h.shadow, "--stdio", "--idle=1s")...))
			return []string{"--shadow=ssh:home", "--export=" + h.files + ":rw"},
				func() { killAll(h, "\x00--resident\x00", h.audit) }
		}, 1, false},
		{"unix, shadow killed", func(h *home) ([]string, func()) {
			flags := []string{"--listen=unix:" + filepath.Join(h.dir, "socket"), "--export=" + h.files + ":rw"}
			where, kill := h.serve(flags...)
			return []string{"--shadow=" + where}, func() {
				kill()
				_, kill = h.serve(flags...)
			}
		}, 1, false},
		{"tls, link broken", func(h *home) ([]string, func()) {
			h.certify()
			where, _ := h.serve("--listen=tls:127.0.0.1:0", "--export="+h.files+":rw")
			p := newRelay(h.t, "tcp", "127.0.0.1:0", strings.TrimPrefix(where, "tls:"))
			return []string{"--shadow=tls:" + p.address(), "--shadow-cert=" + h.clientDir("a")}, p.cut
		}, 0, false},
		{"exec", func(h *home) ([]string, func()) {
			return []string{"--shadow=exec:exec " + quoted(append(h.shadow, "--single", "--export="+h.files+":rw")...)},
				func() { killAll(h, "--export="+h.files) }
		}, 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHome(t)
			args, breakIt := tt.reach(h)
			f := parseShadow(t, args...)
			broken := make(chan error, 64)
			c, _, err := f.dial(t.Context(), func(err error) {
				if err != nil {
					broken <- err
				}
			}, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
			p, err := c.Spawn(t.Context(), h.files, 0o022)
			if err != nil {
				t.Fatal(err)
			}
			file := createIn(t, p, "file")
			const rounds = 3
			for i := range rounds {
				if _, _, err := file.Append(t.Context(), fmt.Appendf(nil, "%d\n", i)); err != nil {
					t.Fatal(err)
				}
				breakIt()
				<-broken
			}
			if _, _, err := file.Append(t.Context(), []byte("end\n")); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(filepath.Join(h.files, "file")); err != nil || string(got) != "0\n1\n2\nend\n" {
				t.Errorf("file has %q, %v", got, err)
			}
			if begun, recovered := h.sessions(); !tt.unaudited && (begun != 1+tt.recovered*rounds || recovered != tt.recovered*rounds) {
				t.Errorf("%d sessions were begun, %d of them recovered; want %d and %d", begun, recovered, 1+tt.recovered*rounds, tt.recovered*rounds)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func createIn(t *testing.T, p *client.Process, name string) *client.File {
	t.Helper()
	file, _, err := p.Open(t.Context(), wire.CWD, name, wire.OpenRead|wire.OpenWrite|wire.OpenCreate, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// certify makes certificates for the clients a and b.
func (h *home) certify() {
	h.t.Helper()
	out, err := exec.Command(h.shadow[0], "shadow", "init", "--host=127.0.0.1", "--client=a", "--client=b").CombinedOutput()
	if err != nil {
		h.t.Fatalf("%v\n%s", err, out)
	}
}

func (h *home) clientDir(name string) string {
	return filepath.Join(h.dir, "config", "penumbra", "authority", "clients", name)
}

// A relay passes connections on until it cuts them.
type relay struct {
	listener net.Listener
	mu       sync.Mutex
	conns    []net.Conn
}

func newRelay(t *testing.T, network, address, target string) *relay {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{listener: l}
	t.Cleanup(func() {
		l.Close()
		r.cut()
	})
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", target)
			if err != nil {
				in.Close()
				continue
			}
			r.mu.Lock()
			r.conns = append(r.conns, in, out)
			r.mu.Unlock()
			go pass(in, out)
			go pass(out, in)
		}
	}()
	return r
}

func pass(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	to.Close()
}

func (r *relay) address() string { return r.listener.Addr().String() }

func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		c.Close()
	}
	r.conns = nil
}

// TestShadowOutOfReach tries what cannot work: each has one clear message, and is
// given up at once, though the lease is an hour.
func TestShadowOutOfReach(t *testing.T) {
	tests := []struct {
		name  string
		reach func(h *home) []string
		want  string
	}{
		{"no socket", func(h *home) []string {
			return []string{"--shadow=unix:/nonexistent/socket"}
		}, `^shadow unix:/nonexistent/socket: reach the shadow: dial unix /nonexistent/socket: connect: no such file or directory$`},
		{"dead socket", func(h *home) []string {
			where, kill := h.serve("--listen=unix:"+filepath.Join(h.dir, "socket"), "--export="+h.files+":rw")
			kill()
			return []string{"--shadow=" + where}
		}, `: reach the shadow: dial unix .*/socket: connect: connection refused: no shadow listens there any more$`},
		{"no such command", func(h *home) []string {
			return []string{"--shadow=exec:nonexistent-command"}
		}, `^shadow exec:nonexistent-command: .*nonexistent-command: (not found|Permission denied) \(/bin/sh: exit status 127\)$`},
		{"says nothing", func(h *home) []string { return []string{"--shadow=exec:true"} },
			`^shadow exec:true: /bin/sh ended: exit status 0$`},
		{"not a shadow", func(h *home) []string {
			return []string{"--shadow=exec:echo 'Welcome to this machine, and enjoy it!'; sleep 1"}
		}, `greet the shadow: malformed message: .*: is this a shadow\?$`},
		{"no host of ssh", func(h *home) []string {
			fakeSSH(h)
			return []string{"--shadow=ssh:nowhere"}
		}, `^shadow ssh:nowhere: ssh: Could not resolve hostname nowhere: Name or service not known \(ssh: exit status 255\)$`},
		{"penumbra not there", func(h *home) []string {
			fakeSSH(h)
			h.t.Setenv(link.EnvShadowCommand, "nonexistent-penumbra shadow --stdio")
			return []string{"--shadow=ssh:home"}
		}, `(not found|Permission denied) \(ssh: exit status 127\); penumbra has to be installed there; if it is not in PATH, set PENUMBRA_SHADOW_COMMAND=`},
		{"no ssh", func(h *home) []string {
			h.t.Setenv(link.EnvSSH, "nonexistent-ssh -v")
			return []string{"--shadow=ssh:home"}
		}, `"nonexistent-ssh": executable file not found in \$PATH: install it, or name it by PENUMBRA_SSH$`},
		{"export that is not there, by ssh", func(h *home) []string {
			fakeSSH(h)
			h.t.Setenv(link.EnvShadowCommand, quoted(append(h.shadow, "--stdio", "--idle=1s")...))
			return []string{"--shadow=ssh:home", "--export=/nonexistent:ro"}
		}, `^shadow ssh:home: export /nonexistent:ro: lstat /nonexistent: no such file or directory \(ssh: exit status 1\)$`},
		{"export that is not there, demo", func(h *home) []string {
			return []string{"--shadow=demo", "--export=/nonexistent:ro"}
		}, `^shadow demo: export /nonexistent:ro: lstat /nonexistent: no such file or directory \(penumbra: exit status 1\)$`},
		{"nobody there", func(h *home) []string {
			h.certify()
			return []string{"--shadow=tls:127.0.0.1:1", "--shadow-cert=" + h.clientDir("a")}
		}, `^shadow tls:127.0.0.1:1: reach the shadow: dial tcp 127.0.0.1:1: connect: connection refused$`},
		{"no certificate", func(h *home) []string {
			return []string{"--shadow=tls:127.0.0.1:1"}
		}, `reach the shadow: certificates in .*/config/penumbra/shadow: open .*/ca.pem: no such file or directory: "penumbra shadow init" makes them$`},
		{"key that others may read", func(h *home) []string {
			h.certify()
			if err := os.Chmod(filepath.Join(h.clientDir("a"), "key.pem"), 0o644); err != nil {
				h.t.Fatal(err)
			}
			return []string{"--shadow=tls:127.0.0.1:1", "--shadow-cert=" + h.clientDir("a")}
		}, `others may read key.pem: chmod 600 it$`},
		{"certificate of another authority", func(h *home) []string {
			where := h.serveTLS()
			other := newHome(h.t)
			other.certify()
			return []string{"--shadow=" + where, "--shadow-cert=" + other.clientDir("a")}
		}, `the shadow's certificate is not one that .*/clients/a/ca.pem certifies: tls: failed to verify certificate: x509: certificate signed by unknown authority`},
		{"certificate that the shadow does not know", func(h *home) []string {
			where := h.serveTLS()
			other := newHome(h.t)
			other.certify()
			copyFile(h.t, filepath.Join(h.clientDir("a"), "ca.pem"), filepath.Join(other.clientDir("a"), "ca.pem"))
			return []string{"--shadow=" + where, "--shadow-cert=" + other.clientDir("a")}
		}, `the shadow does not accept the certificate in .*/clients/a: .*remote error: tls: unknown certificate authority$`},
		{"a server's certificate in place of a client's", func(h *home) []string {
			where := h.serveTLS()
			return []string{"--shadow=" + where, "--shadow-cert=" + filepath.Join(h.dir, "config", "penumbra", "authority", "server")}
		}, `the shadow does not accept the certificate in .*/server: .*remote error: tls: bad certificate$`},
		{"another name", func(h *home) []string {
			where := h.serveTLS()
			return []string{"--shadow=" + strings.Replace(where, "127.0.0.1", "localhost", 1), "--shadow-cert=" + h.clientDir("a")}
		}, `the shadow's certificate is for others: .*; on its machine: penumbra shadow init --host=localhost$`},
		{"TLS where there is none", func(h *home) []string {
			h.certify()
			return []string{"--shadow=tls:" + answering(h.t, "220 mail.example.org\r\n"), "--shadow-cert=" + h.clientDir("a")}
		}, `what listens there does not speak TLS: tls: first record does not look like a TLS handshake$`},
		{"hangs up", func(h *home) []string {
			h.certify()
			return []string{"--shadow=tls:" + answering(h.t, ""), "--shadow-cert=" + h.clientDir("a")}
		}, `TLS handshake: the other side hung up: `},
		{"no TLS where there is", func(h *home) []string {
			r := newRelay(h.t, "unix", filepath.Join(h.dir, "relay"), strings.TrimPrefix(h.serveTLS(), "tls:"))
			return []string{"--shadow=unix:" + r.address()}
		}, `: it hung up without an answer: greet the shadow: EOF$`},
		{"client that is not in the file", func(h *home) []string {
			h.certify()
			clients := write(h.t, h.dir, "clients", "a "+h.files+":rw\n", 0o600)
			where, _ := h.serve("--listen=tls:127.0.0.1:0", "--clients="+clients)
			return []string{"--shadow=" + where, "--shadow-cert=" + h.clientDir("b")}
		}, `: the shadow refuses: nothing is exported to client "b"$`},
		{"too many sessions", func(h *home) []string {
			where, _ := h.serve("--listen=unix:"+filepath.Join(h.dir, "socket"), "--export="+h.files+":rw", "--sessions=1")
			c, _, err := parseShadow(h.t, "--shadow="+where).dial(h.t.Context(), nil, nil)
			if err != nil {
				h.t.Fatal(err)
			}
			h.t.Cleanup(func() { c.Close() })
			return []string{"--shadow=" + where}
		}, `: the shadow refuses for now: the shadow serves 1 sessions already$`},
		{"another version", func(h *home) []string {
			return []string{"--shadow=unix:" + refusing(h, "the shadow speaks version 9 of the protocol, the client 1 to 1")}
		}, `: the shadow refuses: the shadow speaks version 9 of the protocol, the client 1 to 1$`},
		{"another user's", func(h *home) []string {
			if os.Geteuid() != 0 {
				h.t.Skip("needs root, to be two users")
			}
			return []string{"--shadow=unix:" + socketOf(h, 65534)}
		}, `: user 65534 listens there, and this is user 0$`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := parseShadow(t, tt.reach(newHome(t))...)
			c, _, err := f.dial(t.Context(), nil, nil)
			if err == nil {
				c.Close()
				t.Fatal("a session began")
			}
			if !regexp.MustCompile(tt.want).MatchString(err.Error()) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q\nwant  %s", err, tt.want)
			}
		})
	}
}

// serveTLS serves with certificates for a and b, and returns where.
func (h *home) serveTLS() string {
	h.t.Helper()
	h.certify()
	where, _ := h.serve("--listen=tls:127.0.0.1:0", "--export="+h.files+":rw")
	return where
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// answering listens, answers what comes with text, and hangs up.
func answering(t *testing.T, text string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, text)
			conn.Close()
		}
	}()
	return l.Addr().String()
}

// refusing is a shadow that refuses every client.
func refusing(h *home, why string) (path string) {
	h.t.Helper()
	path = filepath.Join(h.dir, "refusing")
	l, err := net.Listen("unix", path)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			head := wire.Refuse{Why: why}.Encode()
			_, _ = conn.Write(append(wire.Header{Kind: wire.KindRefuse, Head: uint32(len(head))}.Append(nil), head...))
			_, _ = io.Copy(io.Discard, conn)
			conn.Close()
		}
	}()
	return path
}

// socketOf returns a socket at which a process of another user listens, that
// everyone may connect to.
func socketOf(h *home, uid uint32) string {
	h.t.Helper()
	dir := filepath.Join(h.dir, "theirs")
	for _, d := range []string{h.dir, dir} {
		_ = os.Mkdir(d, 0o755)
		if err := os.Chmod(d, 0o755); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := os.Chown(dir, int(uid), int(uid)); err != nil {
		h.t.Fatal(err)
	}
	path := filepath.Join(dir, "socket")
	cmd := exec.Command(h.shadow[0], "shadow", "--listen=unix:"+path, "--export=/:ro", "--journal="+filepath.Join(dir, "journal"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line := make([]byte, 4096)
	if n, _ := stderr.Read(line); !bytes.Contains(line[:n], []byte("clients are served")) {
		h.t.Fatalf("the shadow said %q", line[:n])
	}
	return path
}

// Each client sees what its line says, under the name in its certificate.
func TestShadowClients(t *testing.T) {
	h := newHome(t)
	h.certify()
	for _, name := range []string{"a", "b"} {
		write(t, h.files, name+"/file", "of "+name, 0o600)
	}
	clients := write(t, h.dir, "clients", fmt.Sprintf("a %s/a:rw %s/b:ro\nb %s/b:rw\n", h.files, h.files, h.files), 0o600)
	where, _ := h.serve("--listen=tls:127.0.0.1:0", "--clients="+clients)
	tests := []struct {
		client, file string
		read, write  string // errors
	}{
		{"a", "a/file", "<nil>", "<nil>"},
		{"a", "b/file", "<nil>", "EROFS"},
		{"b", "a/file", "EACCES", "EACCES"},
		{"b", "b/file", "<nil>", "<nil>"},
	}
	for _, tt := range tests {
		t.Run(tt.client+" "+tt.file, func(t *testing.T) {
			c, _, err := parseShadow(t, "--shadow="+where, "--shadow-cert="+h.clientDir(tt.client), "--compress").dial(t.Context(), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			p, err := c.Spawn(t.Context(), filepath.Join(h.files, tt.client), 0o022)
			if err != nil {
				t.Fatal(err)
			}
			name := func(err error) string {
				if err == nil {
					return "<nil>"
				}
				return client.Errno(err).Name()
			}
			path := filepath.Join(h.files, tt.file)
			if _, _, err := p.Open(t.Context(), wire.CWD, path, wire.OpenRead, 0); name(err) != tt.read {
				t.Errorf("open for reading: %v, want %s", err, tt.read)
			}
			if _, _, err := p.Open(t.Context(), wire.CWD, path, wire.OpenWrite, 0); name(err) != tt.write {
				t.Errorf("open for writing: %v, want %s", err, tt.write)
			}
		})
	}
}

// What an ended session held is not kept from the next, and a shadow that is told
// to end leaves nothing behind.
func TestShadowResidentEnds(t *testing.T) {
	h := newHome(t)
	fakeSSH(h)
	h.t.Setenv(link.EnvShadowCommand, quoted(append(h.shadow, "--stdio", "--idle=1s")...))
	f := parseShadow(t, "--shadow=ssh:home", "--export="+h.files+":rw")
	inBackground := func() []int { return having(t, "\x00--resident\x00", h.audit) }
	dial := func() *client.Client {
		c, _, err := f.dial(t.Context(), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first, second := dial(), dial()
	residents := inBackground()
	if len(residents) != 1 {
		t.Fatalf("%d shadows in the background for two clients", len(residents))
	}
	for _, c := range []*client.Client{first, second} {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	awaitEnd(t, residents[0]) // --idle
	third := dial()
	defer third.Close()
	residents = inBackground()
	if len(residents) != 1 {
		t.Fatalf("%d shadows in the background", len(residents))
	}
	if err := unix.Kill(residents[0], unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	awaitEnd(t, residents[0])
	p, err := third.Spawn(t.Context(), h.files, 0) // by another one
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Stat(t.Context(), wire.CWD, ".", 0); err != nil {
		t.Error(err)
	}
	if again := inBackground(); len(again) != 1 || again[0] == residents[0] {
		t.Errorf("the shadows in the background are now %v, and %v was ended", again, residents)
	}
}

// awaitEnd waits for the end of a process that is not a child.
func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return // it has ended
	}
	defer unix.Close(fd)
	for {
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(patience.Milliseconds()))
		if err != unix.EINTR {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
	}
}

// A demo's throughput must not depend on how it is reached: large data in both
// directions, and what came back is what went.
func TestShadowDemoData(t *testing.T) {
	h := newHome(t)
	c, _, err := parseShadow(t, "--shadow=demo", "--export="+h.files+":rw").dial(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p, err := c.Spawn(t.Context(), h.files, 0)
	if err != nil {
		t.Fatal(err)
	}
	file := createIn(t, p, "large")
	data := make([]byte, 5<<20+77)
	if _, err := rand.Read(data); err != nil {
		t.Fatal(err)
	}
	if n, err := file.WriteAt(t.Context(), data, 0); n != len(data) || err != nil {
		t.Fatal(n, err)
	}
	got := make([]byte, len(data))
	if n, err := file.ReadAt(t.Context(), got, 0); n != len(data) || err != nil || !bytes.Equal(got, data) {
		t.Error("read back: ", n, err, bytes.Equal(got, data))
	}
}

// What inetd would start has not been authenticated by anybody.
func TestShadowAtNetworkSocket(t *testing.T) {
	h := newHome(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	file, err := conn.(*net.TCPConn).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, how := range []string{"--stdio", "--single"} {
		got := run(t, append(h.shadow, how), func(cmd *exec.Cmd) { cmd.Stdin = file })
		if got.status != "exit status 2" || !strings.Contains(got.stderr, "nobody has authenticated") {
			t.Errorf("%s: %s", how, got)
		}
	}
}

func TestShadowFlagsTogether(t *testing.T) {
	tests := []struct {
		line, want string
	}{
		{"", ""},
		{"--shadow=demo --export=/:ro --lease=1m", ""},
		{"--shadow=ssh:h --export=/:ro", ""},
		{"--lease=1m", "there is no --shadow"},
		{"--shadow=unix:/s --export=/:ro", "unix:/s shows what it was told to"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			f := &shadowFlags{}
			fs := flag.NewFlagSet("run", flag.ContinueOnError)
			f.define(fs)
			if _, err := parseFlags(fs, strings.Fields(tt.line)); err != nil {
				t.Fatal(err)
			}
			err := f.check()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// A first attempt ends early with its context.
func TestShadowDialCancelled(t *testing.T) {
	newHome(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, target := range []string{"demo", "exec:sleep 60"} {
		if c, _, err := parseShadow(t, "--shadow="+target).dial(ctx, nil, nil); err == nil {
			c.Close()
			t.Errorf("%s: a session began", target)
		}
	}
}
