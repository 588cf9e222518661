// Package link makes what a session goes over. A client reaches a shadow by a
// Target: a program that is started, as ssh, or a socket. A shadow waits for
// clients at a Listener, which authenticates them.
//
// A link by ssh has been authenticated by ssh, one by a Unix socket by the
// kernel, which knows whose process is at the other end, one by TLS 1.3 by
// certificates on both sides; Init makes these.
package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Patience is how long a first attempt to reach a shadow should take at most.
// Targets give up a connection that is not made by then by themselves.
const Patience = 20 * time.Second

// connecting is how long one connection may take to be made.
const connecting = 10 * time.Second

// A Target says where a shadow is. Parse makes one; the fields may be set before
// Dial is called.
type Target struct {
	// Exports are what a shadow shows that Dial itself starts, by ssh or as a demo,
	// in the form of server.ParseExport. Without any it shows all that its user
	// may see.
	Exports []string
	// Network says that such a shadow is to let its guest use the network, also if
	// it does not show everything.
	Network bool
	// Certificates is the directory of the certificates for TLS; see Init.
	// DefaultCertificates if empty.
	Certificates string
	// Program is the command penumbra, for a demo; /proc/self/exe if empty.
	Program string

	text, kind string
	rest       string // what follows the kind, checked
	dial       func(*Target, context.Context) (io.ReadWriteCloser, error)
}

// kinds are the kinds of targets.
var kinds = []struct {
	name, form string
	check      func(rest string) error // nil if nothing follows the name
	dial       func(*Target, context.Context) (io.ReadWriteCloser, error)
}{
	{"demo", "demo", nil, (*Target).dialDemo},
	{"ssh", "ssh:[USER@]HOST[:PORT]", checkSSH, (*Target).dialSSH},
	{"unix", "unix:PATH", checkPath, (*Target).dialUnix},
	{"tls", "tls:HOST:PORT", checkHostPort, (*Target).dialTLS},
	{"exec", "exec:COMMAND", checkCommand, (*Target).dialExec},
}

// Parse reads where a shadow is, as users write it:
//
//	demo                     a process here, with the same binary
//	ssh:[USER@]HOST[:PORT]   penumbra shadow --stdio on that host, started by ssh
//	unix:PATH                a Unix socket
//	tls:HOST:PORT            TLS 1.3, with certificates
//	exec:COMMAND             a shell command that is a link by its standard streams
//
// Nothing is looked up or opened.
func Parse(text string) (*Target, error) {
	name, rest, hasRest := strings.Cut(text, ":")
	var forms []string
	for _, k := range kinds {
		forms = append(forms, k.form)
		if k.name != name {
			continue
		}
		if hasRest != (k.check != nil) {
			return nil, fmt.Errorf("it is %s", k.form)
		}
		if hasRest {
			if err := k.check(rest); err != nil {
				return nil, fmt.Errorf("it is %s: %w", k.form, err)
			}
		}
		return &Target{text: text, kind: name, rest: rest, dial: k.dial}, nil
	}
	last := len(forms) - 1
	return nil, fmt.Errorf("it is %s or %s", strings.Join(forms[:last], ", "), forms[last])
}

// String returns t as it was parsed.
func (t *Target) String() string { return t.text }

// Starts reports whether Dial starts the shadow itself, with t.Exports.
func (t *Target) Starts() bool { return t.kind == "demo" || t.kind == "ssh" }

// Dial makes a link. It may be called again after one broke, and is what
// session.ClientConfig wants. It returns early when ctx is done; the link does not
// depend on that. A link by a program is a session.Explainer: why it failed is
// known when it breaks.
func (t *Target) Dial(ctx context.Context) (io.ReadWriteCloser, error) { return t.dial(t, ctx) }

func checkPath(path string) error {
	if path == "" {
		return errors.New("the path is missing")
	}
	return nil
}

func checkCommand(command string) error {
	if strings.TrimSpace(command) == "" {
		return errors.New("the command is missing")
	}
	return nil
}

func checkHostPort(text string) error {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		var bad *net.AddrError
		if errors.As(err, &bad) {
			return errors.New(bad.Err)
		}
		return err
	}
	return errors.Join(checkHost(host), checkPort(port))
}

func checkHost(host string) error {
	switch {
	case host == "":
		return errors.New("the host is missing")
	case isOption(host), strings.ContainsAny(host, `/@'"\`):
		return fmt.Errorf("%q is no name of a host", host)
	}
	return nil
}

// isOption reports whether a program might take text for an option, or for several
// words.
func isOption(text string) bool {
	return strings.HasPrefix(text, "-") || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

func checkPort(port string) error {
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("%q is no port: it is a number from 1 to 65535", port)
	}
	return nil
}
