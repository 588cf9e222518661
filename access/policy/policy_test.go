package policy

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"penumbra/shadow/wire"
)

func TestGlobs(t *testing.T) {
	tests := []struct {
		glob, match, not string // names, separated by spaces
	}{
		{"/a", "/a", "/ab /a/b /"},
		{"/a/*", "/a/b /a/.x /a/", "/a /a/b/c"},
		{"/a/?.c", "/a/x.c", "/a/.c /a/xy.c /a//.c"},
		{"/a/**", "/a/b /a/b/c /a/", "/a /ab"},
		{"/a{,/**}", "/a /a/b/c", "/ab"},
		{"**/x", "/x /a/x /a/b/x", "/ax /x/y"},
		{"**/*.so{,.*}", "/lib/x.so /lib/x.so.1.2", "/lib/x.sort /lib/xso"},
		{"/a/**/z", "/a/z /a/b/z /a/b/c/z", "/a/bz /z"},
		{"/**z", "/z /a/bz", "/a/zb"},
		{"/[a-cx]", "/a /c /x", "/d /ab //"},
		{"/[!a-c]", "/d", "/a //"},
		{"/[]x]", "/] /x", "/a"},
		{"/[!]x]", "/a", "/] /x"},
		{"/{a,b{c,d}}/e", "/a/e /bc/e /bd/e", "/b/e /c/e"},
		{`/a\*\{`, "/a*{", "/ab{"},
		{"/a.c+(x)$", "/a.c+(x)$", "/abc+(x)$"},
		{"/ü?", "/üä", "/ü"},
		{"/a,b}", "/a,b}", "/a"},
	}
	for _, tt := range tests {
		t.Run(tt.glob, func(t *testing.T) {
			re, err := compile(tt.glob)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range strings.Fields(tt.match) {
				if !re.MatchString(name) {
					t.Errorf("does not match %s: %v", name, re)
				}
			}
			for _, name := range strings.Fields(tt.not) {
				if re.MatchString(name) {
					t.Errorf("matches %s: %v", name, re)
				}
			}
		})
	}
}

func TestMethod(t *testing.T) {
	r, err := Parse("p", `# a comment
/home/me/secret/**   local:   forever # one more
/home/me/**/*.gz	compress:buffer:remote:
/home/me/**          buffer:(1m,64k):remote:/srv/
"/my docs/\"x\"/**"  "ioserver:https://host/my docs/"

/home/me/secret/y    remote:
`)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name       string
		executable bool
		chain      string
		forever    bool
		line       int
	}{
		{"/home/me/secret/y", false, "local:", true, 2},
		{"/home/me/a/b.gz", false, "compress:buffer:remote:", false, 3},
		{"/home/me/a/b", true, "buffer:(1m,64k):remote:/srv/", false, 4},
		{`/my docs/"x"/y`, false, "ioserver:https://host/my docs/", false, 5},
		{"/proc", false, "local:", true, 0},
		{"/proc/self/maps", false, "local:", true, 0},
		{"/process", false, "buffer:remote:", false, 0},
		{"/usr/lib/python3/os.py", false, "fetch:remote:", false, 0},
		{"/lib64/ld.so", false, "fetch:remote:", false, 0},
		{"/usr/local/bin/x", false, "fetch:remote:", false, 0},
		{"/opt/x/y/lib/z", false, "fetch:remote:", false, 0},
		{"/srv/libx.so.1", false, "fetch:remote:", false, 0},
		{"/srv/run", true, "fetch:remote:", false, 0},
		{"/srv/data", false, "buffer:remote:", false, 0},
	}
	for _, tt := range tests {
		a := r.Method(tt.name, tt.executable)
		if a.Chain.String() != tt.chain || a.Forever != tt.forever || a.Line != tt.line {
			t.Errorf("%s: %v %+v", tt.name, a.Chain, a)
		}
		if none := (*Rules)(nil).Method(tt.name, tt.executable); tt.line == 0 && none.Chain.String() != tt.chain {
			t.Errorf("%s without a policy: %v", tt.name, none.Chain)
		}
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		line   string
		column int
		reason string
	}{
		{"/a", 3, "a method is missing"},
		{"  *.c local:", 3, "as in **/*.c"},
		{"/a/[b local:", 4, "bracket is not closed"},
		{"/a/{b,{c} local:", 4, "brace is not closed"},
		{"/a/[z-a] local:", 4, "no range"},
		{"/a/[+-9] local:", 4, "slash"},
		{`/a\`, 4, "method is missing"},
		{`/a\ local:`, 3, "follows the backslash"},
		{"/a bufer:", 4, `did you mean "buffer"?`},
		{"/a  buffer:remot:", 12, `did you mean "remote"?`},
		{"/a local: for", 11, `did you mean "forever"?`},
		{"/a local: forever forever", 19, "nothing but forever"},
		{"/my docs/** local:", 5, "neither a method nor a path"},
		{`"/a local:`, 1, "quote is not closed"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			_, err := Parse("p", "# first\n"+tt.line+"\n/b local:\n")
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%v", err)
			}
			if e.File != "p" || e.Line != 2 || e.Column != tt.column || !strings.Contains(e.Reason, tt.reason) {
				t.Error(err)
			}
		})
	}
	_, err := Parse("p", "/a x:\n/b local:\n/c y:")
	if err == nil || strings.Count(err.Error(), "\n") != 1 || !strings.HasPrefix(err.Error(), "p:1:4: ") {
		t.Errorf("%v", err)
	}
}

func TestReload(t *testing.T) {
	name := filepath.Join(t.TempDir(), "policy")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(name, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	put("/x bufer:")
	if _, err := Open(name, nil); err == nil {
		t.Error("a file with a mistake")
	}
	put("/x local:")
	var failures []error
	f, err := Open(name, func(err error) { failures = append(failures, err) })
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	f.now = func() time.Time { return now }
	check := func(want string, failed int) {
		t.Helper()
		if chain, _ := f.Method("someone", "/x", wire.Attr{}); chain != want || len(failures) != failed {
			t.Errorf("%s instead of %s, %v", chain, want, failures)
		}
	}
	check("local:", 0)
	put("/x remote: # another size")
	check("local:", 0) // it was looked at less than a second ago
	now = now.Add(2 * often)
	check("remote:", 0)
	put("/x lokal:")
	now = now.Add(2 * often)
	check("remote:", 1)
	now = now.Add(2 * often)
	check("remote:", 1) // that was told
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * often)
	check("remote:", 2)
	now = now.Add(2 * often)
	check("remote:", 2)
	put("/x special: # it is back")
	now = now.Add(2 * often)
	check("special:", 2)
}

func TestExecutable(t *testing.T) {
	name := filepath.Join(t.TempDir(), "policy")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		attr wire.Attr
		want string
	}{
		{wire.Attr{Type: wire.TypeRegular, Perm: 0o755}, "fetch:remote:"},
		{wire.Attr{Type: wire.TypeRegular, Perm: 0o644}, "buffer:remote:"},
		{wire.Attr{Type: wire.TypeDirectory, Perm: 0o755}, "buffer:remote:"},
		{wire.Attr{}, "buffer:remote:"},
	} {
		if got, _ := f.Method("", "/srv/x", tt.attr); got != tt.want {
			t.Errorf("%+v: %s", tt.attr, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{Defaults, "/a local: forever\n", "\"/a b\\\"\" remote:/x", "/[!a-z]{,x,{y}} fetch:", "/a\\", "[", "/[]", "/[!]", "/{"} {
		f.Add(text, "/a/b")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		r, err := Parse("p", text)
		if err == nil {
			if a := r.Method(name, false); len(a.Chain.Links) == 0 {
				t.Errorf("%q: no answer", text)
			}
			return
		}
		var e *Error
		lines := strings.Split(text, "\n")
		if !errors.As(err, &e) || e.Line < 1 || e.Line > len(lines) || e.Column < 1 || e.Column > len(lines[e.Line-1])+2 {
			t.Errorf("%q: %v", text, err)
		}
	})
}
