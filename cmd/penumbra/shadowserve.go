package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"

	"penumbra/access/policy"
	"penumbra/shadow/link"
	"penumbra/shadow/resident"
	"penumbra/shadow/server"
	"penumbra/shadow/sockets"
)

// serve is the shadow, or brings a link to the one in the background.
func (o *shadowOptions) serve(s streams) int {
	if err := o.check(); err != nil {
		return s.usage("shadow", err.Error())
	}
	if os.Geteuid() == 0 && !o.allowRoot {
		// The server says so, too; but root's directories would be in the user's way.
		return s.fail("shadow: "+server.ErrRoot.Error(), exitFailure)
	}
	err := o.complete()
	switch {
	case err != nil:
	case o.stdio:
		err = o.join()
	default:
		err = o.run(s)
	}
	if err != nil {
		return s.fail("shadow: "+err.Error(), exitFailure)
	}
	return 0
}

// run serves from this process, until a signal ends it or there is nothing to do
// any more. The sessions that it has then go on with a successor.
func (o *shadowOptions) run(s streams) error {
	shadow, closeAudit, err := o.open(s)
	if err != nil {
		return err
	}
	defer closeAudit()
	defer shadow.Close()
	// Most of its memory is buffers, which are used again: to collect what is not
	// costs little, and what waits for that would be twice as much.
	debug.SetGCPercent(30)
	ctx, stop := untilSignal()
	defer stop()
	switch {
	case o.single:
		rw := resident.Streams(0, 1)
		defer context.AfterFunc(ctx, shadow.Close)()
		_ = shadow.ServeLink(rw, ownName()) // the client knows better what it wants to say about it
		return nil
	case o.resident:
		return o.reside(ctx, shadow)
	}
	return o.listenAll(ctx, s, shadow)
}

// ownName is that of clients which only this user can be.
func ownName() string { return server.UserName(uint32(os.Geteuid())) }

// untilSignal returns a context that ends with SIGTERM, and SIGINT unless that is
// ignored, as in the background of a shell. A second signal ends the process.
func untilSignal() (context.Context, func()) {
	signals := []os.Signal{syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGINT) {
		signals = append(signals, syscall.SIGINT)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// open makes the shadow.
func (o *shadowOptions) open(s streams) (shadow *server.Server, closeAudit func() error, err error) {
	exports := server.Only(o.exports...)
	if o.clients != "" {
		exports = server.ClientsFile(o.clients)
	}
	if err := o.checkExports(); err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(o.journal, 0o700); err != nil {
		return nil, nil, fmt.Errorf("journal: %w", err)
	}
	network, err := sockets.ParsePolicy(o.network)
	if err != nil {
		return nil, nil, err
	}
	config := server.Config{Network: network, Exports: exports, Journal: o.journal, Lease: o.lease, Memory: o.memory, Sessions: o.sessions,
		Compress: true, Files: o.files, Processes: o.processes, AllowRoot: o.allowRoot, AllowKill: o.allowKill}
	if o.policy != "" {
		rules, err := policy.Open(o.policy, func(err error) { s.say(fmt.Sprintf("shadow: %v; the policy stays what it was", err)) })
		if err != nil {
			return nil, nil, err
		}
		config.Policy = rules.Method
	}
	closeAudit = func() error { return nil }
	if o.audit != "" {
		f, err := os.OpenFile(o.audit, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
		if err != nil {
			return nil, nil, fmt.Errorf("audit log: %w", err)
		}
		config.Audit, closeAudit = slog.New(slog.NewJSONHandler(f, nil)), f.Close
	}
	if shadow, err = server.New(config); err != nil {
		return nil, nil, errors.Join(err, closeAudit())
	}
	return shadow, closeAudit, nil
}

// checkExports finds what would go wrong when a client comes.
func (o *shadowOptions) checkExports() error {
	if o.clients == "" {
		return server.CheckExports(o.exports)
	}
	clients, err := server.ReadClients(o.clients)
	if err != nil {
		return err
	}
	for name, exports := range clients {
		if err := server.CheckExports(exports); err != nil {
			return fmt.Errorf("clients: %s: client %q: %w", o.clients, name, err)
		}
	}
	return nil
}

// listenAll serves those who come to the listeners.
func (o *shadowOptions) listenAll(ctx context.Context, s streams, shadow *server.Server) error {
	var listeners []*link.Listener
	defer func() {
		for _, l := range listeners {
			l.Close()
		}
	}()
	for _, where := range o.listen {
		l, err := link.Listen(where, o.cert)
		if err != nil {
			return err
		}
		listeners = append(listeners, l)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var serving sync.WaitGroup
	for _, l := range listeners {
		defer context.AfterFunc(ctx, func() { l.Close() })()
		serving.Go(func() { cancel(shadow.Serve(l, l.Authenticate)) })
		s.say("shadow: clients are served at " + l.String())
	}
	serving.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// reside serves those who come to the socket that join has made.
func (o *shadowOptions) reside(ctx context.Context, shadow *server.Server) error {
	place, err := resident.Find(o.arguments())
	if err != nil {
		return err
	}
	return place.Serve(ctx, os.NewFile(3, "socket"), resident.Service{
		Link: func(rw io.ReadWriteCloser) { _ = shadow.ServeLink(rw, ownName()) },
		Busy: func() bool { return shadow.Sessions() > 0 },
		Idle: o.idle,
	})
}

// join brings the link of standard input and output to the shadow in the
// background.
func (o *shadowOptions) join() error {
	place, err := resident.Find(o.arguments())
	if err != nil {
		return err
	}
	return place.Join(0, 1, o.background)
}

// background starts the shadow in the background. It must hold nothing that others
// wait for the end of: sshd does for that of each pipe it has given.
func (o *shadowOptions) background(socket *os.File) (why func() error, err error) {
	var said bytes.Buffer
	cmd := exec.Command("/proc/self/exe", append([]string{"shadow", "--resident"}, o.arguments()...)...)
	cmd.Args[0] = "penumbra"
	cmd.Dir = "/"
	cmd.Stderr = &said
	cmd.ExtraFiles = []*os.File{socket}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a shadow in the background: %w", err)
	}
	return func() error {
		err := cmd.Wait()
		if text := strings.TrimSpace(said.String()); text != "" {
			return errors.New(strings.TrimPrefix(text, "penumbra: shadow: "))
		}
		return err
	}, nil
}
