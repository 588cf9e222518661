package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"penumbra/shadow/client"
	"penumbra/shadow/link"
	"penumbra/shadow/server"
	"penumbra/shadow/session"
)

// shadowFlags say which shadow a guest has and how it is reached.
type shadowFlags struct {
	target   *link.Target // nil: there is none
	lease    time.Duration
	cert     string
	exports  []server.Export
	compress bool
	network  string // networkShadow, networkLocal, or not given
}

// The values of --network.
const (
	networkShadow = "shadow" // that of the machine of the shadow
	networkLocal  = "local"  // this machine's
)

// define gives fs the flags that set f.
func (f *shadowFlags) define(fs *flag.FlagSet) {
	fs.Var(targetFlag{&f.target}, "shadow",
		"where the guest's files are: `TARGET` is\n"+
			"ssh:[USER@]HOST[:PORT], tls:HOST:PORT, unix:PATH,\n"+
			"exec:COMMAND, or demo, which is a shadow here")
	fs.Var(durationFlag{&f.lease}, "lease", "how long the shadow may be out of reach before the\nguest gets errors; `DURATION` is 1h if not given")
	fs.Var(fileName{&f.cert}, "shadow-cert", "the certificates for tls: `DIR` has ca.pem, cert.pem\nand key.pem; ~/.config/penumbra/shadow if not given")
	fs.Var(exportFlag{&f.exports}, "export", "what a shadow by ssh, or a demo, shows: `PATH:rw` or\nPATH:ro. It can be given repeatedly; /:rw if not")
	fs.Var(&choice{&f.network, []string{networkShadow, networkLocal}}, "network",
		"`WHERE` the guest's network is: shadow, the machine of\nthe shadow, or local, this one. It is shadow if not\ngiven")
	fs.BoolVar(&f.compress, "compress", false, "compress what goes to the shadow and back")
}

// check returns what is wrong with how f's flags go together.
func (f *shadowFlags) check() error {
	switch {
	case f.target == nil && (f.lease != 0 || f.cert != "" || len(f.exports) > 0 || f.compress || f.network != ""):
		return errors.New("--lease, --shadow-cert, --export, --network and --compress are about a shadow, and there is no --shadow")
	case f.target != nil && len(f.exports) > 0 && !f.target.Starts():
		return fmt.Errorf("--export is for a shadow that is started by ssh or as a demo; %s shows what it was told to", f.target)
	}
	return nil
}

// dial begins a session with the shadow. If that cannot be reached at once it is an
// error; only later its client waits, for as long as the lease is. notice, if not
// nil, is told of each link that breaks (and why), and of the one after it (nil);
// changed is that of client.Config.
func (f *shadowFlags) dial(ctx context.Context, notice func(error), changed func([]client.Change)) (*client.Client, *client.Machine, error) {
	target := *f.target
	target.Certificates = f.cert
	for _, e := range f.exports {
		target.Exports = append(target.Exports, e.String())
	}
	target.Network = f.network == networkShadow
	lease := f.lease
	if lease == 0 {
		lease = session.DefaultLease
	}
	ctx, cancel := context.WithTimeout(ctx, link.Patience)
	defer cancel()
	c, machine, err := client.Begin(ctx, client.Config{Dial: target.Dial, Lease: lease, Compress: f.compress, Notice: notice, Changed: changed})
	switch {
	case err == nil:
		return c, machine, nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = fmt.Errorf("no answer within %v", link.Patience) // err is that the link was closed for that
	case errors.Is(err, io.EOF):
		err = fmt.Errorf("it hung up without an answer: %w", err)
	}
	return nil, nil, fmt.Errorf("shadow %s: %w", f.target, err)
}

// A targetFlag is where a shadow is.
type targetFlag struct{ target **link.Target }

func (f targetFlag) String() string { return "" }

func (f targetFlag) Set(text string) error {
	t, err := link.Parse(text)
	if err != nil {
		return valueError(err.Error())
	}
	*f.target = t
	return nil
}
