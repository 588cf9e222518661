package session

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// A counter is an Executor that counts how often each request was performed. The
// head of a request says what it wants: a number, and how the reply shall be.
type counter struct {
	mu     sync.Mutex
	times  map[uint64]int
	closed atomic.Bool
	hold   chan struct{} // requests of 'h' wait for it
	notice func([]byte) error
}

func newCounter() *counter { return &counter{times: map[uint64]int{}, hold: make(chan struct{})} }

func (c *counter) Execute(ctx context.Context, r *Request) Reply {
	n := binary.LittleEndian.Uint64(r.Head)
	c.mu.Lock()
	c.times[n]++
	c.mu.Unlock()
	switch r.Head[8] {
	case 'n':
		c.mu.Lock()
		notice := c.notice
		c.mu.Unlock()
		head, err := wire.AppendChange(nil, &wire.Change{Lease: uint32(n), Gone: true})
		if err != nil {
			panic(err)
		}
		_ = notice(head) // a link that broke is another test's
	case 'h':
		select {
		case <-c.hold:
		case <-ctx.Done():
			return Reply{Head: []byte("interrupted"), Keep: true}
		}
	case 'r': // may be repeated
		b, err := r.Buffer(len(r.Payload) + 100)
		if err != nil {
			return Reply{Head: []byte(err.Error())}
		}
		return Reply{Head: r.Head, Payload: [][]byte{b[:copy(b, r.Payload)]}}
	}
	return Reply{Head: r.Head, Payload: [][]byte{r.Payload}, Keep: true}
}

func (c *counter) Linked(notice func([]byte) error, _ Push) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notice = notice
}

func (c *counter) Close() { c.closed.Store(true) }

// ask returns a call for a counter, and where its reply will be.
func ask(n uint64, how byte, payload []byte) (call *Call, head *[]byte, got *[]byte) {
	head, got = new([]byte), new([]byte)
	return &Call{
		Head: append(binary.LittleEndian.AppendUint64(nil, n), how), Payload: [][]byte{payload},
		Place: func(h []byte, n int) ([][]byte, error) {
			*head, *got = h, make([]byte, n)
			return [][]byte{*got}, nil
		},
	}, head, got
}

// pair returns a server of one counter, and a configuration that reaches it by
// links that break after some bytes, if most is not 0.
func pair(t *testing.T, cfg ServerConfig, most int) (*Server, *counter, ClientConfig) {
	t.Helper()
	c := newCounter()
	cfg.Begin = func(string) (Executor, error) { return c, nil }
	s, err := NewServer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() {
		s.Close()
		wg.Wait()
	})
	var mu sync.Mutex
	random := rand.New(rand.NewSource(1))
	return s, c, ClientConfig{Lease: time.Minute, Dial: func(context.Context) (io.ReadWriteCloser, error) {
		a, b := net.Pipe()
		wg.Go(func() { _ = s.ServeLink(b, "me") })
		if most == 0 {
			return a, nil
		}
		mu.Lock()
		defer mu.Unlock()
		return &brittle{Conn: a, left: 50 + random.Intn(most)}, nil
	}}
}

// A brittle link breaks after some bytes, either way.
type brittle struct {
	net.Conn
	mu   sync.Mutex
	left int
}

func (b *brittle) spend(n int) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n = min(n, b.left)
	b.left -= n
	return n
}

func (b *brittle) Write(p []byte) (int, error) {
	n := b.spend(len(p))
	m, err := b.Conn.Write(p[:n])
	if n < len(p) {
		b.Close()
		return m, io.ErrClosedPipe
	}
	return m, err
}

func (b *brittle) Read(p []byte) (int, error) {
	n, err := b.Conn.Read(p)
	if m := b.spend(n); m < n {
		b.Close()
		return m, io.ErrClosedPipe
	}
	return n, err
}

func dialTest(t *testing.T, cfg ClientConfig) *Client {
	t.Helper()
	for attempt := 0; ; attempt++ {
		c, err := Dial(t.Context(), cfg)
		if err == nil {
			t.Cleanup(func() { c.Close() })
			return c
		}
		if attempt > 100 {
			t.Fatal(err)
		}
	}
}

func TestEachRequestOnce(t *testing.T) {
	for _, compress := range []bool{false, true} {
		t.Run(fmt.Sprint("compress ", compress), func(t *testing.T) {
			_, counter, cfg := pair(t, ServerConfig{Compress: compress}, 30_000)
			var breaks atomic.Int32
			cfg.Compress, cfg.Slots = compress, 8
			cfg.Notice = func(err error) {
				if err != nil {
					breaks.Add(1)
				}
			}
			c := dialTest(t, cfg)
			var wg sync.WaitGroup
			for w := range 12 { // more than slots
				wg.Go(func() {
					for i := range 60 {
						n := uint64(w*1000 + i)
						payload := bytes.Repeat(fmt.Appendf(nil, "%d ", n), i%7*300)
						call, head, got := ask(n, "kr"[i%2], payload)
						if err := c.Do(t.Context(), call); err != nil {
							t.Errorf("%d: %v", n, err)
							return
						}
						if !bytes.Equal(*head, call.Head) || !bytes.Equal(*got, payload) {
							t.Errorf("%d: another reply, of %d bytes instead of %d", n, len(*got), len(payload))
						}
					}
				})
			}
			wg.Wait()
			counter.mu.Lock()
			defer counter.mu.Unlock()
			for w := range 12 {
				for i := 0; i < 60; i += 2 {
					if n := counter.times[uint64(w*1000+i)]; n != 1 {
						t.Errorf("%d was performed %d times", w*1000+i, n)
					}
				}
			}
			if breaks.Load() < 10 {
				t.Errorf("the link broke %d times only", breaks.Load())
			}
			t.Logf("the link broke %d times", breaks.Load())
		})
	}
}

// A cancelled call still gets its reply, which tells what happened.
func TestCancel(t *testing.T) {
	_, counter, cfg := pair(t, ServerConfig{}, 0)
	c := dialTest(t, cfg)
	ctx, cancel := context.WithCancel(t.Context())
	call, head, _ := ask(1, 'h', nil)
	done := make(chan error)
	go func() { done <- c.Do(ctx, call) }()
	for performed := 0; performed == 0; time.Sleep(time.Millisecond) {
		counter.mu.Lock()
		performed = counter.times[1]
		counter.mu.Unlock()
	}
	cancel()
	if err := <-done; err != nil || string(*head) != "interrupted" {
		t.Errorf("%q, %v", *head, err)
	}
	// The slot is free again.
	call, _, _ = ask(2, 'k', nil)
	if err := c.Do(t.Context(), call); err != nil {
		t.Error(err)
	}
}

// The link is down when a call comes and is cancelled: it was never sent.
func TestCancelBeforeSending(t *testing.T) {
	_, counter, cfg := pair(t, ServerConfig{}, 0)
	dial := cfg.Dial
	var down atomic.Bool
	broken := make(chan error, 10)
	var last io.Closer
	cfg.Dial = func(ctx context.Context) (io.ReadWriteCloser, error) {
		if down.Load() {
			return nil, errors.New("down")
		}
		rw, err := dial(ctx)
		last = rw
		return rw, err
	}
	cfg.Notice = func(err error) { broken <- err }
	c := dialTest(t, cfg)
	down.Store(true)
	last.Close()
	if err := <-broken; err == nil {
		t.Fatal("it did not break")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	call, _, _ := ask(1, 'k', nil)
	if err := c.Do(ctx, call); err != abi.EINTR {
		t.Errorf("cancelled: %v", err)
	}
	down.Store(false)
	call, _, _ = ask(2, 'k', nil)
	if err := c.Do(t.Context(), call); err != nil {
		t.Error(err)
	}
	counter.mu.Lock()
	defer counter.mu.Unlock()
	if counter.times[1] != 0 || counter.times[2] != 1 {
		t.Errorf("performed: %v", counter.times)
	}
}

// When the lease ends, the client's calls fail with EIO, and the server frees
// what it holds.
func TestLease(t *testing.T) {
	s, counter, cfg := pair(t, ServerConfig{Journal: t.TempDir()}, 0)
	dial := cfg.Dial
	first := true
	var link io.Closer
	cfg.Dial = func(ctx context.Context) (io.ReadWriteCloser, error) {
		if !first {
			return nil, errors.New("cable cut")
		}
		first = false
		rw, err := dial(ctx)
		link = rw
		return rw, err
	}
	cfg.Lease = time.Second
	c := dialTest(t, cfg)
	call, _, _ := ask(1, 'h', nil)
	done := make(chan error)
	go func() { done <- c.Do(t.Context(), call) }()
	link.Close()
	err := <-done
	var ended *EndedError
	if !errors.As(err, &ended) || !errors.Is(err, ErrLease) || !errors.Is(err, abi.EIO) || !strings.Contains(err.Error(), "cable cut") {
		t.Errorf("after the lease: %v", err)
	}
	<-c.Done()
	for deadline := time.Now().Add(20 * time.Second); !counter.closed.Load(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server still holds the session")
		}
	}
	journals, _ := filepath.Glob(filepath.Join(s.cfg.Journal, "*"))
	for deadline := time.Now().Add(20 * time.Second); len(journals) > 0; time.Sleep(time.Millisecond) {
		if journals, _ = filepath.Glob(filepath.Join(s.cfg.Journal, "*")); time.Now().After(deadline) {
			t.Fatal("its journal is still there")
		}
	}
}

func TestBye(t *testing.T) {
	_, counter, cfg := pair(t, ServerConfig{}, 0)
	c := dialTest(t, cfg)
	c.Close()
	if err := c.Err(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	call, _, _ := ask(1, 'k', nil)
	if err := c.Do(t.Context(), call); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	for deadline := time.Now().Add(20 * time.Second); !counter.closed.Load(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server still holds the session")
		}
	}
}

// A silent link counts as broken, though nobody closed it.
func TestSilence(t *testing.T) {
	_, _, cfg := pair(t, ServerConfig{}, 0)
	dial := cfg.Dial
	var links atomic.Int32
	cfg.Silence = 60 * time.Millisecond
	cfg.Dial = func(ctx context.Context) (io.ReadWriteCloser, error) {
		rw, err := dial(ctx)
		if links.Add(1) == 1 {
			return &deaf{ReadWriteCloser: rw, after: wire.HeaderSize + 42, closed: make(chan struct{})}, err
		}
		return rw, err
	}
	c := dialTest(t, cfg)
	call, _, _ := ask(1, 'k', nil)
	if err := c.Do(t.Context(), call); err != nil || links.Load() < 2 {
		t.Errorf("%d links, %v", links.Load(), err)
	}
}

// A deaf link hears nothing more after some bytes.
type deaf struct {
	io.ReadWriteCloser
	after  int
	once   sync.Once
	closed chan struct{}
}

func (d *deaf) Read(b []byte) (int, error) {
	if d.after == 0 {
		<-d.closed
		return 0, io.ErrClosedPipe
	}
	n, err := d.ReadWriteCloser.Read(b[:min(len(b), d.after)])
	d.after -= n
	return n, err
}

func (d *deaf) Close() error {
	d.once.Do(func() { close(d.closed) })
	return d.ReadWriteCloser.Close()
}

// raw speaks the protocol by hand.
type raw struct {
	t *testing.T
	*link
}

func rawLink(t *testing.T, cfg ClientConfig, hello wire.Hello) raw {
	t.Helper()
	rw, err := cfg.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := raw{t, newLink(rw)}
	t.Cleanup(r.close)
	if err := r.send(wire.Header{Kind: wire.KindHello}, hello.Encode()); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r raw) request(slot uint16, seq uint64, n uint64, how byte) {
	r.t.Helper()
	call, _, _ := ask(n, how, nil)
	if err := r.send(wire.Header{Kind: wire.KindRequest, Slot: slot, Seq: seq}, call.Head); err != nil {
		r.t.Error(err)
	}
}

func (r raw) expect(kind wire.Kind, slot uint16, seq uint64) []byte {
	r.t.Helper()
	h, head, err := r.head()
	if err != nil || h.Kind != kind || h.Slot != slot || h.Seq != seq {
		r.t.Fatalf("got %+v, %v", h, err)
	}
	return head
}

func (r raw) expectEnd() {
	r.t.Helper()
	if h, _, err := r.head(); err == nil {
		r.t.Errorf("got %+v in place of the end", h)
	}
}

func TestSlots(t *testing.T) {
	_, counter, cfg := pair(t, ServerConfig{Slots: 4}, 0)
	hello := wire.Hello{Oldest: 1, Newest: 1, Session: wire.ID{1}, Slots: 9, Lease: 60}
	r := rawLink(t, cfg, hello)
	w, err := wire.DecodeWelcome(r.expect(wire.KindWelcome, 0, 0))
	if err != nil || w.Slots != 4 {
		t.Fatalf("%+v, %v", w, err)
	}
	r.request(1, 1, 11, 'k')
	r.expect(wire.KindReply, 1, 1)
	r.request(1, 1, 11, 'k') // again: the reply was kept
	r.expect(wire.KindReply, 1, 1)
	r.request(1, 2, 12, 'r')
	r.expect(wire.KindReply, 1, 2)
	r.request(1, 2, 12, 'r') // again: performed again
	r.expect(wire.KindReply, 1, 2)
	r.request(1, 1, 11, 'k') // an echo: no reply
	r.request(2, 1, 13, 'h')
	r.request(2, 1, 13, 'h') // again, while it is performed
	close(counter.hold)
	r.expect(wire.KindReply, 2, 1)
	counter.mu.Lock()
	for n, want := range map[uint64]int{11: 1, 12: 2, 13: 1} {
		if counter.times[n] != want {
			t.Errorf("%d was performed %d times", n, counter.times[n])
		}
	}
	counter.mu.Unlock()

	hello.Epoch = w.Epoch
	for name, bad := range map[string]func(raw){
		"a number is left out": func(r raw) { r.request(1, 9, 1, 'k') },
		"no such slot":         func(r raw) { r.request(4, 1, 1, 'k') },
		"a reply":              func(r raw) { r.send(wire.Header{Kind: wire.KindReply}, nil) },
		"a hello":              func(r raw) { r.send(wire.Header{Kind: wire.KindHello}, hello.Encode()) },
		"a ping with content":  func(r raw) { r.send(wire.Header{Kind: wire.KindPing}, []byte("x")) },
		"compressed unasked": func(r raw) {
			r.send(wire.Header{Kind: wire.KindRequest, Slot: 3, Seq: 1, Flags: wire.FlagZstd}, []byte("x"), []byte("x"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := rawLink(t, cfg, hello)
			r.expect(wire.KindWelcome, 0, 0)
			bad(r)
			r.expectEnd()
		})
	}
	// A second link takes the session over, with what it knows.
	a := rawLink(t, cfg, hello)
	a.expect(wire.KindWelcome, 0, 0)
	b := rawLink(t, cfg, hello)
	b.expect(wire.KindWelcome, 0, 0)
	a.expectEnd()
	b.request(2, 1, 13, 'h')
	b.expect(wire.KindReply, 2, 1)
	// Nobody else has that session.
	hello.Session = wire.ID{2}
	c := rawLink(t, cfg, hello)
	c.expect(wire.KindRefuse, 0, 0)
}

// A notice that was sent before a reply has been told when the call returns, and a
// link that breaks is told, too.
func TestNotices(t *testing.T) {
	_, _, cfg := pair(t, ServerConfig{}, 0)
	var mu sync.Mutex
	var told []wire.Change
	cfg.Changed = func(all []wire.Change) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, all...)
	}
	var conn io.ReadWriteCloser
	dial := cfg.Dial
	cfg.Dial = func(ctx context.Context) (io.ReadWriteCloser, error) {
		rw, err := dial(ctx)
		mu.Lock()
		defer mu.Unlock()
		conn = rw
		return rw, err
	}
	c := dialTest(t, cfg)
	var want []wire.Change
	for n := range uint64(50) {
		if n%10 == 9 {
			mu.Lock()
			broken := conn
			mu.Unlock()
			broken.Close()
			want = append(want, wire.Change{All: true})
			for { // until it is told: what is sent before might be told twice
				mu.Lock()
				seen := len(told) == len(want)
				mu.Unlock()
				if seen {
					break
				}
				time.Sleep(time.Millisecond)
			}
		}
		call, _, _ := ask(n, 'n', nil)
		if err := c.Do(t.Context(), call); err != nil {
			t.Fatal(err)
		}
		want = append(want, wire.Change{Lease: uint32(n), Gone: true})
		mu.Lock()
		got := slices.Clone(told)
		mu.Unlock()
		if !slices.Equal(got, want) {
			t.Fatalf("told %+v, sent %+v", got, want)
		}
	}
}

func TestJournal(t *testing.T) {
	dir := t.TempDir()
	id := wire.ID{7}
	j, err := openJournal(dir, id, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openJournal(dir, id, true); !errors.Is(err, errBusy) {
		t.Errorf("while it is open: %v", err)
	}
	fact := Fact{Exists: true, ID: wire.Identity{Dev: 1, Ino: 2, Birth: wire.Time{Sec: 3, Nsec: 4}}, Other: wire.Identity{Ino: 5}, Size: 6, At: wire.Time{Sec: 7}}
	outcome := Outcome{Errno: abi.ENOENT, Length: 1, Offset: 2, ID: wire.Identity{Ino: 9}}
	e := j.entry(3, 10, false, false)
	if err := errors.Join(e.Intend(fact, true), e.Performed(outcome)); err != nil {
		t.Fatal(err)
	}
	j.close(false)
	if j, err = openJournal(dir, id, true); err != nil {
		t.Fatal(err)
	}
	e = j.entry(3, 10, true, false)
	if e.Fact == nil || *e.Fact != fact || e.Outcome == nil || *e.Outcome != outcome || e.Doubt {
		t.Errorf("got %+v", e)
	}
	for name, e := range map[string]*Entry{"another slot": j.entry(2, 10, true, false), "another request": j.entry(3, 11, true, false), "not again": j.entry(3, 10, false, false)} {
		if e.Fact != nil || e.Outcome != nil || e.Doubt {
			t.Errorf("%s: got %+v", name, e)
		}
	}
	if e := j.entry(3, 11, true, true); !e.Doubt {
		t.Error("no doubt after the machine's end")
	}
	// A note that was written in part counts for nothing.
	if _, err := j.file.WriteAt([]byte("xx"), e.place(true)+40); err != nil {
		t.Fatal(err)
	}
	if e := j.entry(3, 10, true, false); e.Fact == nil || e.Outcome != nil {
		t.Errorf("torn: %+v", e)
	}
	name := j.file.Name()
	j.close(true)
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	if j, err = openJournal(dir, id, true); err != nil {
		t.Fatal(err)
	}
	if e := j.entry(3, 10, true, false); !e.Doubt {
		t.Error("no doubt though the journal is lost")
	}
}

// Whatever bytes come, the server neither panics nor waits for ever.
func FuzzDecodeLink(f *testing.F) {
	hello := (&wire.Hello{Oldest: 1, Newest: 1, Slots: 4, Lease: 60}).Encode()
	first := append(wire.Header{Kind: wire.KindHello, Head: uint32(len(hello))}.Append(nil), hello...)
	f.Add([]byte{}, false)
	f.Add(wire.Header{Kind: wire.KindRequest, Slot: 1, Seq: 1, Head: 9}.Append(nil), true)
	f.Add(append(wire.Header{Kind: wire.KindPing}.Append(nil), wire.Header{Kind: wire.KindBye}.Append(nil)...), true)
	f.Add(append(wire.Header{Kind: wire.KindRequest, Slot: 1, Payload: 3, Flags: wire.FlagZstd}.Append(nil), "abc"...), true)
	f.Fuzz(func(t *testing.T, b []byte, greet bool) {
		s, err := NewServer(ServerConfig{Compress: true, Begin: func(string) (Executor, error) { return echo{}, nil }})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if greet {
			b = append(append([]byte(nil), first...), b...)
		}
		_ = s.ServeLink(&recording{r: bytes.NewReader(b)}, "fuzz")
	})
}

type echo struct{}

func (echo) Linked(func([]byte) error, Push) {}

func (echo) Execute(_ context.Context, r *Request) Reply { return Reply{Head: r.Head} }
func (echo) Close()                                      {}

// A recording is a link that says what it says, and takes everything.
type recording struct{ r io.Reader }

func (r *recording) Read(b []byte) (int, error)  { return r.r.Read(b) }
func (r *recording) Write(b []byte) (int, error) { return len(b), nil }
func (r *recording) Close() error                { return nil }
