package link

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	const all = "it is demo, ssh:[USER@]HOST[:PORT], unix:PATH, tls:HOST:PORT or exec:COMMAND"
	tests := []struct {
		text, wrong string // what the error says, "" if there is none
	}{
		{"demo", ""},
		{"demo:", "it is demo"},
		{"demo:x", "it is demo"},
		{"ssh:home", ""},
		{"ssh:me@home", ""},
		{"ssh:me@home:2222", ""},
		{"ssh:me@[::1]:22", ""},
		{"ssh:[::1]", ""},
		{"ssh", "it is ssh:[USER@]HOST[:PORT]"},
		{"ssh:", "the host is missing"},
		{"ssh:@home", "the user before @ is missing"},
		{"ssh:me@", "the host is missing"},
		{"ssh:::1", "an IPv6 address stands in brackets"},
		{"ssh:home:", `"" is no port`},
		{"ssh:home:ssh", `"ssh" is no port`},
		{"ssh:home:65536", `"65536" is no port`},
		{"ssh:home:0", `"0" is no port`},
		{"ssh:[::1", "is neither HOST:PORT nor [ADDRESS]:PORT"},
		{"ssh:-oProxyCommand=x", `"-oProxyCommand=x" is no name of a host`},
		{"ssh:-x@home", `"-x" is no name of a user`},
		{"ssh:ho me", `"ho me" is no name of a host`},
		{"ssh:ho\nme", "is no name of a host"},
		{"unix:/run/shadow", ""},
		{"unix:relative", ""},
		{"unix:", "the path is missing"},
		{"unix", "it is unix:PATH"},
		{"tls:home:7117", ""},
		{"tls:[::1]:7117", ""},
		{"tls:home", "missing port in address"},
		{"tls:home:", `"" is no port`},
		{"tls::7117", "the host is missing"},
		{"tls:::1:7117", "too many colons in address"},
		{"exec:nc home 1", ""},
		{"exec: ", "the command is missing"},
		{"", all},
		{"home", all},
		{"SSH:home", all},
		{"tcp:home:1", all},
		{"/run/shadow", all},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			target, err := Parse(tt.text)
			switch {
			case tt.wrong == "" && err != nil:
				t.Error(err)
			case tt.wrong == "" && target.String() != tt.text:
				t.Errorf("it has become %s", target)
			case tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)):
				t.Errorf("error %v, want %s", err, tt.wrong)
			}
		})
	}
}

func TestSSHCommand(t *testing.T) {
	tests := []struct {
		target, ssh, remote string
		exports             []string
		first               []string
		last                []string // the rest, behind the usual options
	}{
		{"home", "", "", nil, []string{"ssh"}, []string{"--", "home", "penumbra shadow --stdio"}},
		{"me@home:22", "", "", []string{"/a b:rw", "/it's:ro"}, []string{"ssh"},
			[]string{"-p22", "-lme", "--", "home", `penumbra shadow --stdio '--export=/a b:rw' '--export=/it'\''s:ro'`}},
		{"a@b@[::1]", "ssh -F file", "nice penumbra shadow --stdio", nil, []string{"ssh", "-F", "file"},
			[]string{"-la@b", "--", "::1", "nice penumbra shadow --stdio"}},
	}
	for _, tt := range tests {
		t.Run(tt.target, func(t *testing.T) {
			t.Setenv(EnvSSH, tt.ssh)
			t.Setenv(EnvShadowCommand, tt.remote)
			a, err := parseSSH(tt.target)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := a.command((&Target{Exports: tt.exports}).flags()), slices.Concat(tt.first, sshOptions, tt.last); !slices.Equal(got, want) {
				t.Errorf("%q\nwant %q", got, want)
			}
		})
	}
}

// Whatever is typed, ssh must not take it for an option.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"ssh:me@home:22", "ssh:-o", "ssh:[-o]", "ssh:a@-b", "ssh:[::1]:22", "tls:h:1", "unix:/x", "exec:x", "demo"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		target, err := Parse(text)
		if err != nil || target.kind != "ssh" {
			return
		}
		a, err := parseSSH(target.rest)
		if err != nil {
			t.Fatal(err)
		}
		argv := a.command((&Target{Exports: nil}).flags())
		i := slices.Index(argv, "--")
		if i != len(argv)-3 || argv[i+1] == "" || argv[i+1][0] == '-' {
			t.Errorf("%q makes %q", text, argv)
		}
	})
}

func TestCheckListen(t *testing.T) {
	tests := []struct{ where, wrong string }{
		{"unix:/x", ""},
		{"tls::7117", ""},
		{"tls:127.0.0.1:0", ""},
		{"tls:[::]:7117", ""},
		{"unix:", "the path is missing"},
		{"tls:7117", "it is tls:[ADDRESS]:PORT"},
		{"tls::x", `"x" is no port`},
		{"tcp::7117", "a listening shadow without authentication is refused"},
		{":7117", "a listening shadow without authentication is refused"},
		{"", "a listening shadow without authentication is refused"},
	}
	for _, tt := range tests {
		t.Run(tt.where, func(t *testing.T) {
			err := CheckListen(tt.where)
			if (err == nil) != (tt.wrong == "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("error %v, want %q", err, tt.wrong)
			}
		})
	}
}

func TestTail(t *testing.T) {
	var said tail
	for _, text := range []string{strings.Repeat("x", 2*tailSize), "\none\n\npenumbra: shadow: tw", "o\r\nthree\nfour\nfive"} {
		if n, err := said.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatal(n, err)
		}
	}
	if got, want := said.String(), "two; three; four; five"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
