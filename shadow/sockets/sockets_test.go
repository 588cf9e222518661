package sockets

import (
	"bytes"
	"errors"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// newTable returns a table for whom all paths mean what they say.
func newTable(t *testing.T) *Table {
	t.Helper()
	table := New(Config{Policy: All, Limit: 8, Whole: true,
		Place: func(path string) (int, string, error) {
			dir, err := unix.Open(filepath.Dir(path), unix.O_PATH|unix.O_CLOEXEC, 0)
			return dir, filepath.Base(path), err
		},
		Find: func(path string) (int, error) { return unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0) },
	})
	push := func(head, data []byte) error { return nil }
	table.Link(push)
	t.Cleanup(table.Close)
	return table
}

func perform(t *testing.T, table *Table, o wire.Op) error {
	t.Helper()
	return table.Perform(&o, new(wire.Result))
}

func mustPerform(t *testing.T, table *Table, o wire.Op) {
	t.Helper()
	if err := perform(t, table, o); err != nil {
		t.Fatalf("%v: %v", o.Code, err)
	}
}

func send(offset int64, data string) wire.Op {
	return wire.Op{Code: wire.Send, Sock: 1, Offset: offset, Data: [][]byte{[]byte(data)}}
}

// Pieces may overtake each other; none is taken twice, or where another is.
func TestPiecesInAnyOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	table := newTable(t)
	mustPerform(t, table, wire.Op{Code: wire.Socket, Sock: 1, Family: wire.FamilyUnix, Type: wire.SocketStream})
	mustPerform(t, table, wire.Op{Code: wire.Connect, Sock: 1, Addr: wire.Address{Family: wire.FamilyUnix, Name: path}})
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const one = wire.RecordCost + 3
	mustPerform(t, table, send(2*one, "ghi"))
	mustPerform(t, table, send(one, "def"))
	for offset, want := range map[int64]error{one: abi.EINVAL, -1: abi.EINVAL, wire.Window: abi.EINVAL} {
		if err := perform(t, table, send(offset, "xyz")); !errors.Is(err, want) {
			t.Errorf("at %d: %v, want %v", offset, err, want)
		}
	}
	mustPerform(t, table, send(0, "abc"))
	if err := perform(t, table, send(0, "abc")); !errors.Is(err, abi.EINVAL) {
		t.Errorf("once more: %v", err)
	}
	mustPerform(t, table, wire.Op{Code: wire.Shutdown, Sock: 1, Flags: wire.ShutdownWrite})
	got, err := io.ReadAll(c)
	if err != nil || string(got) != "abcdefghi" {
		t.Errorf("received %q, %v", got, err)
	}
}

// The kernel does not tell when the queue of a Unix socket, that is not the peer, has
// room again: a datagram for it has to be tried again.
func TestDatagramsForAFullSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	table := newTable(t)
	mustPerform(t, table, wire.Op{Code: wire.Socket, Sock: 1, Family: wire.FamilyUnix, Type: wire.SocketDatagram})
	const many = 500
	for i := range many { // more than any queue of Linux's holds
		o := send(int64(i)*(wire.RecordCost+1), string(rune('a'+i%26)))
		o.Addr = wire.Address{Family: wire.FamilyUnix, Name: path}
		mustPerform(t, table, o)
	}
	b := make([]byte, 2)
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	for i := range many {
		n, err := c.Read(b)
		if want := []byte{byte('a' + i%26)}; err != nil || !bytes.Equal(b[:n], want) {
			t.Fatalf("datagram %d: %q, %v, want %q", i, b[:n], err, want)
		}
	}
}

// What windows are larger by comes from one budget, and goes back to it.
func TestWindows(t *testing.T) {
	var b budget
	w := window{budget: &b}
	if w.size() != wire.Window {
		t.Errorf("at the begin %d", w.size())
	}
	w.passed(wire.Window - 1)
	if w.size() != wire.Window {
		t.Errorf("too early %d", w.size())
	}
	at := int64(0)
	for range 20 {
		at += w.size()
		w.passed(at)
	}
	if w.size() != wire.MaxWindow {
		t.Errorf("in the end %d", w.size())
	}
	var others []*window
	for range mostExtra/(wire.MaxWindow-wire.Window) + 1 {
		o := &window{budget: &b}
		o.reach(wire.MaxWindow)
		others = append(others, o)
	}
	if b.used.Load() != mostExtra || others[len(others)-1].size() != wire.Window {
		t.Errorf("%d are used, the last has %d", b.used.Load(), others[len(others)-1].size())
	}
	w.close()
	for _, o := range others {
		o.close()
	}
	if b.used.Load() != 0 {
		t.Errorf("%d are left", b.used.Load())
	}
}
