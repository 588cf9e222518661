package sockets

import (
	"os"
	"sync"
	"syscall"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// A socket is one here, and the two flows between it and the client.
type socket struct {
	table  *Table
	id     uint32
	family wire.Family
	kind   wire.SocketType
	file   *os.File
	raw    syscall.RawConn

	order sync.Mutex

	mu      sync.Mutex
	changed sync.Cond // of what is below

	name    string // of a Unix socket, as the client has said it
	backlog int    // of one that listens; 0: it does not
	reading bool   // somebody reads from it
	closing bool

	// The flow to the client.
	next    int64 // where the next record begins
	allowed int64 // where the client's credit ends
	out     window
	kept    []kept

	// The flow from the client.
	received int64 // where its next piece begins
	written  int64 // what the kernel has taken
	told     int64 // where the client knows that it may go
	in       window
	queue    []piece
	early    map[int64]piece // those that have overtaken others, by offset
	ahead    int64           // how much of the flow they are
	draining bool
	ends     bool // it is shut down when the queue is empty
	broken   abi.Errno
}

// kept is a record that the client may ask for again.
type kept struct {
	record wire.Record
	data   []byte
}

func (k *kept) end() int64 { return k.record.Offset + wire.RecordCost + int64(len(k.data)) }

func newSocket(t *Table, fd int, family wire.Family, kind wire.SocketType) *socket {
	s := &socket{table: t, family: family, kind: kind, file: os.NewFile(uintptr(fd), "socket"), allowed: wire.Window, told: wire.Window,
		out: window{budget: &t.budget}, in: window{budget: &t.budget}}
	s.changed.L = &s.mu
	s.raw, _ = s.file.SyscallConn() // it is open
	return s
}

// tell sends a record to the client, in its turn.
func (s *socket) tell(r wire.Record, data []byte) {
	s.order.Lock()
	defer s.order.Unlock()
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return
	}
	r.Sock, r.Offset = s.id, s.next
	k := kept{r, data}
	s.next = k.end()
	s.kept = append(s.kept, k)
	s.mu.Unlock()
	s.push(&k)
}

// push sends a record. An error is not its: the client will ask for it again.
func (s *socket) push(k *kept) {
	head, err := k.record.Encode()
	push := s.table.push.Load()
	if err == nil && push != nil {
		_ = (*push)(head, k.data)
	}
}

// room waits until the client has credit for need bytes of data, and returns how
// many it has; or false if nobody wants them any more.
func (s *socket) room(need int) (int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.closing {
		if n := s.allowed - s.next - wire.RecordCost; n >= int64(need) {
			return int(n), true
		}
		s.changed.Wait()
	}
	return 0, false
}

// credit takes note of what the client has, and how much more it can take.
func (s *socket) credit(o *wire.Op) error {
	s.mu.Lock()
	if o.Offset > s.next || o.Length > wire.MaxWindow || o.Flags&^wire.CreditResend != 0 {
		s.mu.Unlock()
		return abi.EINVAL
	}
	for len(s.kept) > 0 && s.kept[0].end() <= o.Offset {
		s.kept[0] = kept{}
		s.kept = s.kept[1:]
	}
	s.out.reach(o.Length)
	s.allowed = max(s.allowed, o.Offset+min(o.Length, s.out.size()))
	s.changed.Broadcast()
	s.mu.Unlock()
	if o.Flags&wire.CreditResend == 0 {
		return nil
	}
	s.order.Lock()
	defer s.order.Unlock()
	s.mu.Lock()
	again := append([]kept(nil), s.kept...)
	s.mu.Unlock()
	for i := range again {
		s.push(&again[i])
	}
	return nil
}
