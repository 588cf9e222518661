package link

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
)

// The environment says how ssh is called, where that is not the usual way.
const (
	// EnvSSH is the program, and arguments of its own if need be, with blanks
	// between them; ssh in PATH if it is not set.
	EnvSSH = "PENUMBRA_SSH"
	// EnvShadowCommand is the command on the other machine; DefaultShadowCommand if
	// it is not set. The flags for exports are added to it.
	EnvShadowCommand = "PENUMBRA_SHADOW_COMMAND"
)

// DefaultShadowCommand is the command that ssh runs.
const DefaultShadowCommand = "penumbra shadow --stdio"

// An sshAddress is what follows ssh: in a target.
type sshAddress struct{ user, host, port string }

func parseSSH(text string) (a sshAddress, err error) {
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		a.user, text = text[:i], text[i+1:]
		switch {
		case a.user == "":
			return a, errors.New("the user before @ is missing")
		case isOption(a.user):
			return a, fmt.Errorf("%q is no name of a user", a.user)
		}
	}
	a.host = text
	switch bracketed := strings.HasPrefix(text, "["); {
	case bracketed && strings.HasSuffix(text, "]"):
		a.host = text[1 : len(text)-1]
	case bracketed, strings.Count(text, ":") == 1:
		if a.host, a.port, err = net.SplitHostPort(text); err != nil {
			return a, fmt.Errorf("%q is neither HOST:PORT nor [ADDRESS]:PORT", text)
		}
		if err := checkPort(a.port); err != nil {
			return a, err
		}
	case strings.Count(text, ":") > 1:
		return a, fmt.Errorf("%q has several colons: an IPv6 address stands in brackets, as in [::1]:22", text)
	}
	return a, checkHost(a.host)
}

func checkSSH(text string) error {
	_, err := parseSSH(text)
	return err
}

// sshOptions keep ssh from doing what a link has no use for: asking questions,
// forwarding, waiting for minutes.
var sshOptions = []string{"-T", "-a", "-x",
	"-oBatchMode=yes", "-oConnectTimeout=10", "-oLogLevel=ERROR", "-oClearAllForwardings=yes", "-oRemoteCommand=none"}

// command returns the command line.
func (a sshAddress) command(flags []string) []string {
	argv := append(strings.Fields(cmp.Or(os.Getenv(EnvSSH), "ssh")), sshOptions...)
	if a.port != "" {
		argv = append(argv, "-p"+a.port)
	}
	if a.user != "" {
		argv = append(argv, "-l"+a.user)
	}
	remote := cmp.Or(os.Getenv(EnvShadowCommand), DefaultShadowCommand)
	for _, flag := range flags {
		remote += " '" + strings.ReplaceAll(flag, "'", `'\''`) + "'"
	}
	return append(argv, "--", a.host, remote)
}

func (t *Target) dialSSH(ctx context.Context) (io.ReadWriteCloser, error) {
	a, err := parseSSH(t.rest)
	if err != nil {
		return nil, err
	}
	argv := a.command(t.flags())
	if _, err := exec.LookPath(argv[0]); err != nil {
		return nil, fmt.Errorf("%w: install it, or name it by %s", err, EnvSSH)
	}
	return start(ctx, exec.Command(argv[0], argv[1:]...), hintSSH)
}

// hintSSH says what to do about a failure of ssh, or of the command there, whose
// status ssh passes on.
func hintSSH(status int, said string) string {
	switch {
	case status == 127:
		return fmt.Sprintf("penumbra has to be installed there; if it is not in PATH, set %s=\"/path/to/%s\"", EnvShadowCommand, DefaultShadowCommand)
	case status == 255 && strings.Contains(said, "ermission denied"):
		return "ssh must be able to log in without asking, by a key or an agent"
	case status == 255 && strings.Contains(said, "ost key verification failed"):
		return "log in by ssh once, to see and accept the host's key"
	}
	return ""
}
