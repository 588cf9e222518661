package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/shadow/link"
	"penumbra/shadow/server"
	"penumbra/shadow/session"
	"penumbra/shadow/sockets"
)

// shadowOptions are shadow's flags.
type shadowOptions struct {
	stdio, single, resident bool
	listen                  []string

	exports   []server.Export
	clients   string
	cert      string
	files     int
	processes int
	sessions  int
	memory    int64
	lease     time.Duration
	idle      time.Duration
	audit     string
	policy    string
	journal   string
	allowRoot bool
	network   string // a sockets.Policy
	allowKill bool

	hosts, names []string
	force        bool
}

// defaultIdle is how long a shadow in the background stays without a session.
const defaultIdle = 5 * time.Minute

func shadowVerb() *verb {
	return &verb{
		name:  "shadow",
		args:  "[init [directory]]",
		short: "serve this machine's files to guests elsewhere",
		long: `
Be the shadow of guests on other machines: what they would do to files here is
done here, with the rights of the user who started the shadow, below the
directories that are exported. One of four flags says where clients come from:
--stdio for those that ssh has let in, --single for one alone, --listen for a
Unix socket or for TLS with certificates on both sides. With --stdio the shadow
itself is in the background, with one for each user and set of flags, so that
sessions outlive their links.

penumbra shadow init makes the certificates for TLS: an authority, a server's,
and one for each client, below directory or ~/.config/penumbra/authority. Where
there is an authority it adds what --host and --client ask for.`,
		examples: []example{
			{"penumbra shadow --listen=tls::7117 --export=/home/me:rw --export=/data:ro", "for those who have one of the clients' certificates"},
			{"penumbra shadow init --host=home.example.org --client=laptop", "make certificates, and say which belong where"},
			{"penumbra shadow --listen=unix:/run/user/1000/shadow --export=/home/me:rw", "for processes of the same user"},
			{"penumbra shadow --listen=tls::7117 --clients=clients --audit=audit.json", "what each may see stands in a file; note what they change"},
			{"penumbra run --shadow=ssh:me@home -- make", "elsewhere: ssh starts \"penumbra shadow --stdio\" here"},
		},
		words: func() []string { return []string{"init"} },
		setup: func(fs *flag.FlagSet) func(streams, []string) int {
			o := shadowOptions{}
			o.define(fs)
			return func(s streams, args []string) int {
				if len(args) == 0 {
					return o.serve(s)
				}
				if args[0] != "init" {
					return s.usage("shadow", fmt.Sprintf("unexpected argument %q: it is init or nothing", args[0]))
				}
				// Its flags may stand before and behind the directory.
				for rest, dir := args[1:], ""; ; rest, dir = rest[1:], rest[0] {
					var err error
					rest, err = parseFlags(fs, rest)
					switch {
					case errors.Is(err, flag.ErrHelp):
						return s.print(findVerb("shadow").help())
					case err != nil:
						return s.usage("shadow", err.Error())
					case len(rest) == 0:
						return o.init(s, dir)
					case dir != "":
						return s.usage("shadow", fmt.Sprintf("unexpected argument %q: init makes one directory, %s", rest[0], dir))
					}
				}
			}
		},
	}
}

// define gives fs the flags that set o.
func (o *shadowOptions) define(fs *flag.FlagSet) {
	fs.BoolVar(&o.stdio, "stdio", false, "serve a client that is reached by standard input and\noutput: what ssh is to start")
	fs.BoolVar(&o.single, "single", false, "the same, but in this process, which ends with the\nlink")
	fs.BoolVar(&o.resident, "resident", false, "be the shadow in the background, which --stdio starts:\ndescriptor 3 is the socket where links come from")
	fs.Var(listenFlag{&o.listen}, "listen", "wait for clients at `ADDRESS`, which is unix:PATH or\ntls:[HOST]:PORT. It can be given repeatedly")
	fs.Var(exportFlag{&o.exports}, "export", "what clients may see: `PATH:rw` or PATH:ro. It can be\ngiven repeatedly. With --stdio and --single the\ndefault is /:rw")
	fs.Var(fileName{&o.clients}, "clients", "the `FILE` says what each client may see: a line for\neach, NAME PATH:rw ...")
	fs.Var(fileName{&o.cert}, "cert", "the certificates for tls: `DIR` has ca.pem, cert.pem\nand key.pem; ~/.config/penumbra/authority/server if not\ngiven")
	fs.Var(natural{&o.files, 1 << 20}, "files", "how many files a session may have open: `N` is 1024 if\nnot given")
	fs.Var(natural{&o.processes, 1 << 20}, "processes", "how many processes of a guest a session may stand for:\n`N` is 4096 if not given")
	fs.Var(natural{&o.sessions, 1 << 20}, "sessions", "how many sessions there may be: `N` is 256 if not given")
	fs.Var(sizeFlag{&o.memory}, "memory", "how many bytes of data a session may have under way:\n`SIZE` is 16M if not given")
	fs.Var(durationFlag{&o.lease}, "lease", "how long a session may be without a link, at most;\n`DURATION` is 1h if not given")
	fs.Var(durationFlag{&o.idle}, "idle", "how long a shadow in the background stays without a\nsession; `DURATION` is 5m if not given")
	fs.Var(fileName{&o.policy}, "policy", "the `FILE` says by which access methods files are to be\nreached, see penumbra-methods(1); it is read again when\nit changes")
	fs.Var(fileName{&o.audit}, "audit", "append to `FILE`, as JSON, who comes and goes, what is\nchanged, and what was refused")
	fs.Var(fileName{&o.journal}, "journal", "where to keep what a shadow must know of one that was\nkilled: `DIR` is ~/.local/state/penumbra/shadow if not\ngiven")
	fs.Var(&choice{&o.network, sockets.Policies()}, "network",
		"what clients may do by sockets: `WHAT` is none, client\n(reach others), or all (be reached, too). It is all with\n--stdio and --single if --export is /:rw, else none")
	fs.BoolVar(&o.allowRoot, "allow-root", false, "let clients do what root may do, if that is who you\nare")
	fs.BoolVar(&o.allowKill, "allow-kill", false, "let clients send signals to processes of this machine,\nas you may")
	fs.Var((*stringList)(&o.hosts), "host", "of init: `NAME` or address by which clients reach the\nshadow. It can be given repeatedly")
	fs.Var((*stringList)(&o.names), "client", "of init: the `NAME` of a client. It can be given\nrepeatedly")
	fs.BoolVar(&o.force, "force", false, "of init: make everything anew, also the authority")
}

// check returns what is wrong with how o's flags go together.
func (o *shadowOptions) check() error {
	ways := 0
	for _, way := range []bool{o.stdio, o.single, o.resident, len(o.listen) > 0} {
		if way {
			ways++
		}
	}
	switch {
	case ways == 0:
		return errors.New("where do clients come from? There are --stdio, --single and --listen, as in --listen=unix:/run/user/1000/shadow")
	case ways > 1:
		return errors.New("--stdio, --single, --resident and --listen do not go together")
	case len(o.hosts)+len(o.names) > 0 || o.force:
		return errors.New("--host, --client and --force are for penumbra shadow init")
	case len(o.listen) == 0 && (o.clients != "" || o.cert != ""):
		return errors.New("--clients and --cert are for --listen")
	case len(o.exports) > 0 && o.clients != "":
		return errors.New("--export is for all clients, and --clients for each: one of the two")
	case len(o.listen) > 0 && len(o.exports) == 0 && o.clients == "":
		return errors.New("what may clients see? There are --export, as in --export=/home/me:rw, and --clients")
	case o.idle != 0 && !o.stdio && !o.resident:
		return errors.New("--idle is for --stdio")
	case o.stdio && isTerminal(0):
		return errors.New("standard input is a terminal, and not a link to a client; --stdio is what ssh starts on behalf of \"penumbra run --shadow=ssh:HOST\"")
	case (o.stdio || o.single) && isNetwork(0):
		return errors.New("standard input is a network socket, and nobody has authenticated who is at its other end; there is --listen=tls:[HOST]:PORT")
	}
	return nil
}

func isTerminal(fd int) bool {
	_, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	return err == nil
}

// isNetwork reports whether fd is a socket by which other machines may come.
func isNetwork(fd int) bool {
	domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
	return err == nil && domain != unix.AF_UNIX
}

// complete sets the defaults that a configuration has, and makes its paths ones
// that mean the same from everywhere.
func (o *shadowOptions) complete() error {
	if len(o.exports) == 0 && o.clients == "" {
		o.exports = []server.Export{{Path: "/"}}
	}
	if o.network == "" {
		o.network = o.usualNetwork().String()
	}
	if o.lease == 0 {
		o.lease = session.DefaultLease
	}
	if o.idle == 0 {
		o.idle = defaultIdle
	}
	if o.journal == "" {
		dir, err := stateDir()
		if err != nil {
			return err
		}
		o.journal = filepath.Join(dir, "shadow")
	}
	var err error
	for _, path := range []*string{&o.journal, &o.audit, &o.clients, &o.policy} {
		if *path != "" && err == nil {
			*path, err = filepath.Abs(*path)
		}
	}
	return err
}

// usualNetwork returns what clients may do by sockets if nobody says so. Who has
// logged in, and is not confined to some directories, may do so anyway.
func (o *shadowOptions) usualNetwork() sockets.Policy {
	if len(o.listen) == 0 && slices.Equal(o.exports, []server.Export{{Path: "/"}}) {
		return sockets.All
	}
	return sockets.None
}

// stateDir is where penumbra keeps what has to last; XDG Base Directory
// Specification.
func stateDir() (string, error) {
	dir := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("where is the journal to be kept? %w: name a directory by --journal", err)
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "penumbra"), nil
}

// arguments returns the flags for a shadow in the background that is configured as
// o. They are also what tells one such from another.
func (o *shadowOptions) arguments() []string {
	all := []string{"--lease=" + o.lease.String(), "--idle=" + o.idle.String(), "--journal=" + o.journal, "--network=" + o.network}
	for _, e := range o.exports {
		all = append(all, "--export="+e.String())
	}
	for _, n := range []struct {
		flag  string
		value int64
	}{{"--files=", int64(o.files)}, {"--processes=", int64(o.processes)}, {"--sessions=", int64(o.sessions)}, {"--memory=", o.memory}} {
		if n.value != 0 {
			all = append(all, n.flag+strconv.FormatInt(n.value, 10))
		}
	}
	if o.audit != "" {
		all = append(all, "--audit="+o.audit)
	}
	if o.policy != "" {
		all = append(all, "--policy="+o.policy)
	}
	if o.allowRoot {
		all = append(all, "--allow-root")
	}
	if o.allowKill {
		all = append(all, "--allow-kill")
	}
	return all
}

// An exportFlag collects exports.
type exportFlag struct{ list *[]server.Export }

func (f exportFlag) String() string { return "" }

func (f exportFlag) Set(text string) error {
	e, err := server.ParseExport(text)
	if err != nil {
		return valueError(err.Error())
	}
	*f.list = append(*f.list, e)
	return nil
}

// A listenFlag collects where a shadow listens.
type listenFlag struct{ list *[]string }

func (f listenFlag) String() string { return "" }

func (f listenFlag) Set(where string) error {
	if err := link.CheckListen(where); err != nil {
		return valueError(err.Error())
	}
	*f.list = append(*f.list, where)
	return nil
}

// A sizeFlag is a number of bytes.
type sizeFlag struct{ n *int64 }

func (f sizeFlag) String() string { return "" }

func (f sizeFlag) Set(text string) (err error) {
	*f.n, err = parseSize(text)
	return err
}

// A durationFlag is a time of a second or more.
type durationFlag struct{ d *time.Duration }

func (f durationFlag) String() string { return "" }

func (f durationFlag) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Second {
		return valueError("it is a second or more, such as 30s, 10m or 1h30m")
	}
	*f.d = d
	return nil
}
