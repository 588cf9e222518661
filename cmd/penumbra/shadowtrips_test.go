package main

import (
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"penumbra/shadow/wire"
)

// What is between passes a client's frames on to a shadow, and keeps what is asked.
type between struct {
	mu   sync.Mutex
	asks []wire.Request
}

func (b *between) serve(t *testing.T, socket, target string) {
	t.Helper()
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("unix", target)
			if err != nil {
				in.Close()
				return
			}
			go func() {
				_, _ = io.Copy(in, out)
				in.Close()
			}()
			b.pass(out, in)
			out.Close()
		}
	}()
}

// pass passes frames on until the client hangs up.
func (b *between) pass(out io.Writer, in io.Reader) {
	for {
		h, err := wire.ReadHeader(in)
		if err != nil {
			return
		}
		content := make([]byte, h.Head+h.Payload)
		if _, err := io.ReadFull(in, content); err != nil {
			return
		}
		if q, err := wire.DecodeRequest(content[:h.Head], content[h.Head:]); h.Kind == wire.KindRequest && err == nil {
			b.mu.Lock()
			b.asks = append(b.asks, *q)
			b.mu.Unlock()
		}
		if _, err := out.Write(append(h.Append(nil), content...)); err != nil {
			return
		}
	}
}

// Before a program runs that has nothing to do with the shadow's files, the shadow is
// asked twice, the first time with the greeting (see client.Begin).
func TestShadowStartTrips(t *testing.T) {
	h := newHome(t)
	where, _ := h.serve("--listen=unix:"+filepath.Join(h.dir, "socket"), "--export="+h.files+":rw")
	var b between
	socket := filepath.Join(h.dir, "between")
	b.serve(t, socket, where[len("unix:"):])
	if out, err := exec.Command(penumbraAt(t), "run", "--shadow=unix:"+socket, "--", "true").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var asked []wire.Code
	for _, q := range b.asks {
		if len(q.Ops) > 1 || q.Ops[0].Code != wire.Clock { // that is asked again in the background
			asked = append(asked, q.Ops[0].Code)
		}
	}
	if len(asked) != 2 || asked[0] != wire.Exports || asked[1] != wire.Spawn {
		t.Errorf("asked for %v, want exports and the like, and a representative", asked)
	}
}
