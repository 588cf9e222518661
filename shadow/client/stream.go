package client

import (
	"context"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// The methods of this file are about descriptors without positions: pipes, sockets,
// and what else one waits for. None of them waits: what has to is EAGAIN, and
// Client.Await waits. Numbers of new descriptors are the caller's to choose, as for
// OpenAs. A shadow that is started anew knows nothing of them: they are ESTALE.

// Pipe makes a pipe with the ends r and w.
func (p *Process) Pipe(ctx context.Context, r, w int32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Pipe, FD: r, FD2: w})
	return err
}

// Take reads what there is, at most wire.MaxKept bytes.
func (f *File) Take(ctx context.Context, b []byte) (int, error) {
	b = b[:min(len(b), wire.MaxKept)]
	r, err := f.p.c.one(ctx, f.p.id, [][]byte{b}, wire.Op{Code: wire.Take, FD: f.fd, Length: int64(len(b))})
	if err != nil {
		return 0, err
	}
	return r.Size, nil
}

// Put writes as much as there is room for, at most wire.MaxPayload bytes.
func (f *File) Put(ctx context.Context, b []byte) (int, error) {
	r, err := f.one(ctx, wire.Op{Code: wire.Put, Data: [][]byte{b[:min(len(b), wire.MaxPayload)]}})
	if err != nil {
		return 0, err
	}
	return int(r.Length), nil
}

// Pending returns how many bytes there are to be read.
func (f *File) Pending(ctx context.Context) (int64, error) {
	r, err := f.one(ctx, wire.Op{Code: wire.Pending})
	if err != nil {
		return 0, err
	}
	return r.Length, nil
}

// Endpoint makes a socket. EACCES: the shadow permits none.
func (p *Process) Endpoint(ctx context.Context, fd int32, family wire.Family, kind wire.SocketType, protocol uint32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Endpoint, Family: family, Type: kind, Protocol: protocol, FD2: fd})
	return err
}

// EndPair makes two Unix sockets that are connected.
func (p *Process) EndPair(ctx context.Context, kind wire.SocketType, a, b int32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.EndPair, Type: kind, FD: a, FD2: b})
	return err
}

// Bind gives a socket a name.
func (f *File) Bind(ctx context.Context, a wire.Address) error {
	_, err := f.one(ctx, wire.Op{Code: wire.EndBind, Addr: a})
	return err
}

// Connect begins to connect, or says what became of that: EINPROGRESS, EALREADY,
// EISCONN.
func (f *File) Connect(ctx context.Context, a wire.Address) error {
	_, err := f.one(ctx, wire.Op{Code: wire.EndConnect, Addr: a})
	return err
}

// Listen lets others connect.
func (f *File) Listen(ctx context.Context, backlog int64) error {
	_, err := f.one(ctx, wire.Op{Code: wire.EndListen, Length: backlog})
	return err
}

// Accept makes fd a connection that has come, and returns whose it is.
func (f *File) Accept(ctx context.Context, fd int32) (wire.Address, error) {
	r, err := f.one(ctx, wire.Op{Code: wire.EndAccept, FD2: fd})
	if err != nil {
		return wire.Address{}, err
	}
	return r.Addr, nil
}

// SendMessage sends a message, or as many bytes as there is room for. flags are
// wire.Message*.
func (f *File) SendMessage(ctx context.Context, b []byte, flags uint32, to wire.Address) (int, error) {
	r, err := f.one(ctx, wire.Op{Code: wire.EndSend, Flags: flags, Addr: to, Data: [][]byte{b}})
	if err != nil {
		return 0, err
	}
	return int(r.Length), nil
}

// A Received is what there is to know of a message: how long it is, or what of it has
// been received, its flags and whose it is.
type Received struct {
	Length int64
	Size   int
	Flags  uint32
	From   wire.Address
}

// ReceiveMessage receives into b, at most wire.MaxKept bytes.
func (f *File) ReceiveMessage(ctx context.Context, b []byte, flags uint32) (Received, error) {
	b = b[:min(len(b), wire.MaxKept)]
	r, err := f.p.c.one(ctx, f.p.id, [][]byte{b}, wire.Op{Code: wire.EndReceive, FD: f.fd, Flags: flags, Length: int64(len(b))})
	if err != nil {
		return Received{}, err
	}
	return Received{Length: r.Length, Size: r.Size, Flags: r.Flags, From: r.Addr}, nil
}

// Names returns a socket's name and its peer's.
func (f *File) Names(ctx context.Context) (own, peer wire.Address, err error) {
	r, err := f.one(ctx, wire.Op{Code: wire.EndNames})
	if err != nil {
		return own, peer, err
	}
	return r.Addr, r.Addr2, nil
}

// Shutdown ends directions of a socket: wire.Shutdown*.
func (f *File) Shutdown(ctx context.Context, how uint32) error {
	_, err := f.one(ctx, wire.Op{Code: wire.EndShutdown, Flags: how})
	return err
}

// Option returns the value of a socket's option.
func (f *File) Option(ctx context.Context, o wire.Option) ([]byte, error) {
	return f.p.c.fetch(ctx, f.p.id, wire.Op{Code: wire.EndGetOption, FD: f.fd, Option: o})
}

// SetOption sets an option of a socket.
func (f *File) SetOption(ctx context.Context, o wire.Option, value []byte) error {
	_, err := f.one(ctx, wire.Op{Code: wire.EndSetOption, Option: o, Data: [][]byte{value}})
	return err
}

// Counter makes fd a counter; eventfd(2).
func (p *Process) Counter(ctx context.Context, fd int32, initial uint32, semaphore bool) error {
	o := wire.Op{Code: wire.Counter, Length: int64(initial), FD2: fd}
	if semaphore {
		o.Flags = wire.CounterSemaphore
	}
	_, err := p.one(ctx, o)
	return err
}

// Timer makes fd a timer by one of wire.Clock*; timerfd_create(2).
func (p *Process) Timer(ctx context.Context, fd int32, clock uint32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Timer, Flags: clock, FD2: fd})
	return err
}

// Arm sets a timer, and returns how it was set before; timerfd_settime(2). flags are
// wire.Arm*.
func (f *File) Arm(ctx context.Context, flags uint32, interval, value wire.Time) (oldInterval, oldValue wire.Time, err error) {
	r, err := f.one(ctx, wire.Op{Code: wire.Arm, Flags: flags, Interval: interval, Value: value})
	if err != nil {
		return interval, value, err
	}
	return r.Interval, r.Value, nil
}

// Remaining returns how a timer is set; timerfd_gettime(2).
func (f *File) Remaining(ctx context.Context) (interval, value wire.Time, err error) {
	r, err := f.one(ctx, wire.Op{Code: wire.Remaining})
	if err != nil {
		return interval, value, err
	}
	return r.Interval, r.Value, nil
}

// Watcher makes fd tell what happens to files; inotify_init(2).
func (p *Process) Watcher(ctx context.Context, fd int32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Watcher, FD2: fd})
	return err
}

// Watch has f watch what a path leads to; inotify_add_watch(2).
func (f *File) Watch(ctx context.Context, path string, events uint32) (int32, error) {
	r, err := f.p.one(ctx, wire.Op{Code: wire.Watch, FD2: f.fd, Path: path, Events: events})
	if err != nil {
		return 0, err
	}
	return r.Watch, nil
}

// Ignore ends a watch; inotify_rm_watch(2).
func (f *File) Ignore(ctx context.Context, watch int32) error {
	_, err := f.p.one(ctx, wire.Op{Code: wire.Ignore, FD2: f.fd, Watch: watch})
	return err
}

// Gathering makes fd a descriptor of epoll(7).
func (p *Process) Gathering(ctx context.Context, fd int32) error {
	_, err := p.one(ctx, wire.Op{Code: wire.Gathering, FD2: fd})
	return err
}

// Enlist changes what f tells of a descriptor; epoll_ctl(2). how is one of
// wire.Enlist*.
func (f *File) Enlist(ctx context.Context, how uint32, fd int32, events uint32, token uint64) error {
	_, err := f.one(ctx, wire.Op{Code: wire.Enlist, Flags: how, FD2: fd, Events: events, Token: token})
	return err
}

// Gather returns what is ready, of at most so many descriptors.
func (f *File) Gather(ctx context.Context, most int64) ([]wire.Gathered, error) {
	b, err := f.p.c.fetch(ctx, f.p.id, wire.Op{Code: wire.Gather, FD: f.fd, Length: most})
	if err != nil {
		return nil, err
	}
	all, err := wire.DecodeGathered(b)
	if err != nil {
		return nil, abi.EIO
	}
	return all, nil
}

// Transfer has up to length bytes go from f to another descriptor. An offset of -1
// is that of a descriptor without positions.
func (f *File) Transfer(ctx context.Context, from int64, out *File, to, length int64, flags uint32) (int64, error) {
	r, err := f.one(ctx, wire.Op{Code: wire.Transfer, Offset: from, FD2: out.fd, Offset2: to, Length: length, Flags: flags})
	if err != nil {
		return 0, err
	}
	return r.Length, nil
}
