package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/sockets"
)

// shadowEnv has the test binary serve as a shadow, so that it can be killed.
const shadowEnv = "PENUMBRA_TEST_SHADOW"

// A shadowJob says what such a shadow serves.
type shadowJob struct {
	Socket, Journal string
	Exports         []server.Export
}

func TestMain(m *testing.M) {
	if text := os.Getenv(shadowEnv); text != "" {
		var job shadowJob
		if err := json.Unmarshal([]byte(text), &job); err != nil {
			panic(err)
		}
		fmt.Fprintln(os.Stderr, serveJob(job))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func newShadow(job shadowJob, compress bool, audit *slog.Logger) (*server.Server, error) {
	return server.New(server.Config{Exports: server.Only(job.Exports...), Journal: job.Journal,
		AllowRoot: true, Compress: compress, Audit: audit, Network: sockets.All})
}

func serveJob(job shadowJob) error {
	s, err := newShadow(job, false, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	if err != nil {
		return err
	}
	l, err := net.Listen("unix", job.Socket)
	if err != nil {
		return err
	}
	return s.Serve(l, server.SameUser)
}

// startShadow serves exports from this process, and returns how to reach it.
func startShadow(t testing.TB, compress bool, exports ...server.Export) func(context.Context) (io.ReadWriteCloser, error) {
	t.Helper()
	dir := t.TempDir()
	s, err := newShadow(shadowJob{Journal: dir, Exports: exports}, compress, nil)
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Serve(l, server.SameUser); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		l.Close()
		s.Close()
		wg.Wait()
	})
	return dialer(socket)
}

func dialer(socket string) func(context.Context) (io.ReadWriteCloser, error) {
	return func(ctx context.Context) (io.ReadWriteCloser, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", socket)
	}
}

// pipeTo returns how to reach a shadow without a socket.
func pipeTo(s *server.Server) func(context.Context) (io.ReadWriteCloser, error) {
	return func(context.Context) (io.ReadWriteCloser, error) {
		a, b := net.Pipe()
		go s.ServeLink(b, "tester")
		return a, nil
	}
}

// begin returns a client with one representative in dir.
func begin(t testing.TB, dial func(context.Context) (io.ReadWriteCloser, error), dir string, compress bool) *client.Process {
	t.Helper()
	c, err := client.Dial(t.Context(), client.Config{Dial: dial, Lease: time.Minute, Compress: compress})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	p, err := c.Spawn(t.Context(), dir, 0o022)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A mortal is a shadow in a process of its own.
type mortal struct {
	t   *testing.T
	job shadowJob
	cmd *exec.Cmd
}

func (m *mortal) start() {
	m.t.Helper()
	text, err := json.Marshal(m.job)
	if err != nil {
		m.t.Fatal(err)
	}
	_ = os.Remove(m.job.Socket)
	m.cmd = exec.Command("/proc/self/exe")
	m.cmd.Env = append(os.Environ(), shadowEnv+"="+string(text))
	m.cmd.Stderr = os.Stderr
	if err := m.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
}

// kill ends it as SIGKILL does.
func (m *mortal) kill() {
	_ = m.cmd.Process.Kill()
	_ = m.cmd.Wait()
}
