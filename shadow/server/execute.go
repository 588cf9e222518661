package server

import (
	"context"
	"log/slog"
	"sync"

	"penumbra/abi"
	"penumbra/shadow/session"
	"penumbra/shadow/sockets"
	"penumbra/shadow/wire"
)

// An executor performs the requests of one session.
type executor struct {
	server  *Server
	client  string // its name
	exports []*export
	audit   *slog.Logger
	leases  *leases
	sockets *sockets.Table

	mu          sync.Mutex
	procs       map[uint32]*process
	descriptors int
	watchers    int // instances of inotify(7) that representatives have
	watches     int // of these
	opening     int // pipes for whose other end somebody waits
}

// A task is a request being performed.
type task struct {
	*executor
	ctx     context.Context
	proc    uint32
	request *session.Request
	keep    bool
	alone   bool          // it is a single operation
	part    *session.Part // that is the reply's payload, or nil
	opened  []int32       // to be closed again if a later operation fails
	leased  []*lease
	payload int // bytes of data so far
}

// An operation performs o and fills in r, whose code is set.
type operation func(t *task, o *wire.Op, r *wire.Result) error

// operations says how each operation is performed.
var operations = [...]operation{
	wire.Null:        func(*task, *wire.Op, *wire.Result) error { return nil },
	wire.Spawn:       (*task).opSpawn,
	wire.Fork:        func(t *task, o *wire.Op, _ *wire.Result) error { return t.fork(t.proc, o.Proc) },
	wire.Exit:        func(t *task, _ *wire.Op, _ *wire.Result) error { return t.exit(t.proc) },
	wire.Chdir:       (*task).opChdir,
	wire.Umask:       (*task).opUmask,
	wire.Dup:         (*task).opDup,
	wire.Close:       func(t *task, o *wire.Op, _ *wire.Result) error { return t.close(t.proc, o.FD) },
	wire.Open:        (*task).opOpen,
	wire.Reopen:      (*task).opReopen,
	wire.Stat:        (*task).opStat,
	wire.Readdir:     (*task).opReaddir,
	wire.Readlink:    (*task).opReadlink,
	wire.Read:        (*task).opRead,
	wire.Write:       (*task).opWrite,
	wire.Append:      (*task).opAppend,
	wire.Truncate:    (*task).opTruncate,
	wire.Allocate:    (*task).opAllocate,
	wire.Seek:        (*task).opSeek,
	wire.Rename:      (*task).opRename,
	wire.Link:        (*task).opLink,
	wire.Symlink:     (*task).opSymlink,
	wire.Mkdir:       (*task).opMkdir,
	wire.Mknod:       (*task).opMknod,
	wire.Rmdir:       (*task).opRmdir,
	wire.Unlink:      (*task).opUnlink,
	wire.Chmod:       (*task).opChmod,
	wire.Chown:       (*task).opChown,
	wire.Utimens:     (*task).opUtimens,
	wire.Getxattr:    (*task).opGetxattr,
	wire.Setxattr:    (*task).opSetxattr,
	wire.Listxattr:   (*task).opListxattr,
	wire.Removexattr: (*task).opRemovexattr,
	wire.Sync:        (*task).opSync,
	wire.Statfs:      (*task).opStatfs,
	wire.Access:      (*task).opAccess,
	wire.Lock:        (*task).opLock,
	wire.Method:      (*task).opMethod,
	wire.Unwatch:     (*task).opUnwatch,
	wire.Exports:     (*task).opExports,
	wire.Clock:       func(_ *task, _ *wire.Op, r *wire.Result) error { return tellTime(r) },
	wire.Names:       func(_ *task, _ *wire.Op, r *wire.Result) error { return tellNames(r) },
	wire.User:        func(_ *task, _ *wire.Op, r *wire.Result) error { return tellUser(r) },
	wire.Load:        func(_ *task, _ *wire.Op, r *wire.Result) error { return tellLoad(r) },
	wire.Limits:      (*task).opLimits,
	wire.Kill:        (*task).opKill,
	wire.Socket:      (*task).opSocket,
	wire.Bind:        (*task).opSocket,
	wire.Connect:     (*task).opSocket,
	wire.Listen:      (*task).opSocket,
	wire.Send:        (*task).opSocket,
	wire.Credit:      (*task).opSocket,
	wire.Shutdown:    (*task).opSocket,
	wire.SocketNames: (*task).opSocket,
	wire.GetOption:   (*task).opSocket,
	wire.SetOption:   (*task).opSocket,
	wire.Hangup:      (*task).opSocket,

	wire.Pipe:        (*task).opPipe,
	wire.Take:        (*task).opTake,
	wire.Put:         (*task).opPut,
	wire.Poll:        (*task).opPoll,
	wire.Pending:     (*task).opPending,
	wire.Endpoint:    (*task).opEndpoint,
	wire.EndPair:     (*task).opEndPair,
	wire.EndBind:     onEndpoint(func(e *sockets.Endpoint, c *sockets.Config, o *wire.Op, _ *wire.Result) error { return e.Bind(c, o) }),
	wire.EndConnect:  onEndpoint(func(e *sockets.Endpoint, c *sockets.Config, o *wire.Op, _ *wire.Result) error { return e.Connect(c, o) }),
	wire.EndListen:   onEndpoint(func(e *sockets.Endpoint, c *sockets.Config, o *wire.Op, _ *wire.Result) error { return e.Listen(c, o) }),
	wire.EndAccept:   (*task).opEndAccept,
	wire.EndSend:     onEndpoint((*sockets.Endpoint).Send),
	wire.EndReceive:  (*task).opEndReceive,
	wire.EndNames:    onEndpoint(func(e *sockets.Endpoint, _ *sockets.Config, _ *wire.Op, r *wire.Result) error { return e.Names(r) }),
	wire.EndShutdown: onEndpoint(func(e *sockets.Endpoint, _ *sockets.Config, o *wire.Op, _ *wire.Result) error { return e.Shutdown(o) }),
	wire.EndGetOption: onEndpoint(func(e *sockets.Endpoint, _ *sockets.Config, o *wire.Op, r *wire.Result) error {
		return e.GetOption(o, r)
	}),
	wire.EndSetOption: onEndpoint(func(e *sockets.Endpoint, c *sockets.Config, o *wire.Op, _ *wire.Result) error {
		return e.SetOption(c, o)
	}),
	wire.Counter:   (*task).opCounter,
	wire.Timer:     (*task).opTimer,
	wire.Arm:       (*task).opArm,
	wire.Remaining: (*task).opRemaining,
	wire.Watcher:   (*task).opWatcher,
	wire.Watch:     (*task).opWatch,
	wire.Ignore:    (*task).opIgnore,
	wire.Gathering: (*task).opGathering,
	wire.Enlist:    (*task).opEnlist,
	wire.Gather:    (*task).opGather,
	wire.Transfer:  (*task).opTransfer,
}

// Execute implements session.Executor.
func (x *executor) Execute(ctx context.Context, r *session.Request) session.Reply {
	request, err := wire.DecodeRequest(r.Head, r.Payload)
	if err != nil {
		x.audit.Warn("malformed request", "error", err)
		return encode(&wire.Reply{Results: []wire.Result{{Code: wire.Null, Errno: abi.EINVAL}}}, false)
	}
	t := &task{executor: x, ctx: ctx, proc: request.Proc, request: r, keep: !request.Repeatable(), alone: len(request.Ops) == 1}
	singular := 0
	for i := range request.Ops {
		if request.Ops[i].Singular() {
			singular++
		}
	}
	var reply wire.Reply
	for i := range request.Ops {
		o := &request.Ops[i]
		result := wire.Result{Code: o.Code}
		if singular > 1 {
			result.Errno = abi.EINVAL // the journal has room for one
		} else {
			result.Errno = wire.ErrnoOf(t.perform(o, &result))
		}
		x.record(request.Proc, o, result.Errno)
		reply.Results = append(reply.Results, result)
		if result.Errno != 0 {
			t.undo()
			break
		}
	}
	x.leases.before(request.Ops)
	out := encode(&reply, t.keep)
	out.Part = t.part
	if len(t.leased) > 0 {
		out.Deliver = func(send func() error) { x.leases.deliver(t.leased, send) }
	}
	return out
}

// perform performs an operation. What does not fit into the reply is ENOMEM.
func (t *task) perform(o *wire.Op, r *wire.Result) error {
	err := operations[o.Code](t, o, r)
	for _, b := range r.Data {
		t.payload += len(b)
	}
	if err == nil && t.payload > wire.MaxPayload {
		err = abi.ENOMEM
	}
	if err != nil {
		r.Data = nil
	}
	return err
}

// undo closes what the request has opened, and ends the leases that it began.
func (t *task) undo() {
	for _, fd := range t.opened {
		_ = t.close(t.proc, fd)
	}
	for _, le := range t.leased {
		t.leases.giveUp(le.number)
	}
}

func encode(r *wire.Reply, keep bool) session.Reply {
	head, payload, err := r.Encode(nil)
	if err != nil {
		// A name of this machine's that the protocol has no room for.
		last := &r.Results[len(r.Results)-1]
		*last = wire.Result{Code: last.Code, Errno: abi.EOVERFLOW}
		head, payload, err = (&wire.Reply{Results: r.Results[len(r.Results)-1:]}).Encode(nil)
		if err != nil {
			panic(err) // a code and an error number can be encoded
		}
	}
	return session.Reply{Head: head, Payload: payload, Keep: keep}
}

// record tells the audit log of changes, and of what was not permitted.
func (x *executor) record(proc uint32, o *wire.Op, errno abi.Errno) {
	level := slog.LevelInfo
	switch {
	case errno == abi.EACCES || errno == abi.EPERM || errno == abi.EROFS:
		level = slog.LevelWarn
	case !o.Changes() && o.Code != wire.Kill:
		level = slog.LevelDebug
	}
	if !x.audit.Enabled(context.Background(), level) {
		return
	}
	args := []any{"op", o.Code.String(), "proc", proc}
	if o.Path != "" {
		args = append(args, "path", o.Path)
	}
	if o.Addr.Family != wire.FamilyNone {
		args = append(args, "addr", o.Addr.String())
	}
	if o.Path2 != "" {
		args = append(args, "path2", o.Path2)
	}
	if o.Code == wire.Kill {
		args = append(args, "pid", o.PID, "signal", o.Signal)
	}
	if errno != 0 {
		args = append(args, "errno", errno.Name())
	}
	x.audit.Log(context.Background(), level, "operation", args...)
}

// Close implements session.Executor.
func (x *executor) Close() {
	x.mu.Lock()
	ids := make([]uint32, 0, len(x.procs))
	for id := range x.procs {
		ids = append(ids, id)
	}
	x.mu.Unlock()
	for _, id := range ids {
		_ = x.exit(id)
	}
	x.leases.close()
	x.sockets.Close()
	closeExports(x.exports)
}
