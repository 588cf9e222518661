package access_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"penumbra/access"
)

func TestParseChain(t *testing.T) {
	tests := []struct {
		text, again string
		path        string
	}{
		{"local:", "local:", ""},
		{"local", "local:", ""},
		{"remote:/home/x/y", "remote:/home/x/y", "/home/x/y"},
		{"remote:/odd:(name),local:", "remote:/odd:(name),local:", "/odd:(name),local:"},
		{"buffer:(1m,64k):compress:remote:/home/x/y", "buffer:(1m,64k):compress:remote:/home/x/y", "/home/x/y"},
		{"buffer:(1048576,65536):/home/x", "buffer:(1m,64k):remote:/home/x", "/home/x"},
		{"buffer:(1000,10)", "buffer:(1000,10):remote:", ""},
		{"fetch", "fetch:remote:", ""},
		{"fetch:", "fetch:remote:", ""},
		{"append:buffer:local:/tmp/", "append:buffer:local:/tmp/", "/tmp/"},
		{"special:/dev/tty", "special:/dev/tty", "/dev/tty"},
		{"fetch:ioserver:https://me:pw@host:8080/a?b=c", "fetch:ioserver:https://me:pw@host:8080/a?b=c", "https://me:pw@host:8080/a?b=c"},
		{"ioserver:s3://bucket/50%", "ioserver:s3://bucket/50%", "s3://bucket/50%"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			c, err := access.ParseChain(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if c.String() != tt.again || c.Path != tt.path {
				t.Errorf("%q, path %q", c, c.Path)
			}
		})
	}
}

func TestParseChainErrors(t *testing.T) {
	tests := []struct {
		text   string
		column int
		reason string // a part of it
	}{
		{"", 1, "begin with a method"},
		{"/home/x", 1, "begin with a method"},
		{":local", 1, "missing before the colon"},
		{"bufer:remote:/x", 1, `did you mean "buffer"?`},
		{"buffer:remot:/x", 8, `did you mean "remote"?`},
		{"quantum:/x", 1, "there are local"},
		{"buffer:home/x", 8, "neither a method nor a path"},
		{"local:home/x", 7, "begin with /"},
		{"local:buffer:/x", 7, "has to come last"},
		{"buffer:append:/x", 8, "come first"},
		{"buffer:special:/dev/tty", 8, "stand alone"},
		{"buffer:fetch:buffer:/x", 14, "twice"},
		{"buffer(1m,64k):/x", 7, "colon is missing"},
		{"buffer:(1m,64k)/x", 16, "colon is missing"},
		{"buffer:(1m,64k:/x", 8, "not closed"},
		{"buffer:(1m):/x", 8, "takes (size,block)"},
		{"buffer:(1m,64q):/x", 12, "no block"},
		{"buffer:(0,64k):/x", 9, "no size"},
		{"buffer:(-1,64k):/x", 9, "no size"},
		{"buffer:(4k,64k):/x", 1, "no room"},
		{"buffer:(9999999g,64k):/x", 9, "no size"},
		{"compress:(9):/x", 10, "has no arguments"},
		{"ioserver:/x", 10, "a URL is wanted"},
		{"ioserver:htps://x/y", 10, "did you mean https?"},
		{"ioserver:ftp://x/y", 10, "a URL is wanted"},
		{"ioserver:https:///y", 10, "names no host"},
		{"ioserver:s3:///y", 10, "names no bucket"},
		{"ioserver:http://x:y/", 10, "no URL"},
		{"local:/a\x00b", 9, "NUL"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			c, err := access.ParseChain(tt.text)
			var e *access.ChainError
			if !errors.As(err, &e) {
				t.Fatalf("%v, %v", c, err)
			}
			if e.Column != tt.column || !strings.Contains(e.Reason, tt.reason) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestChainFor(t *testing.T) {
	tests := []struct{ chain, name, want string }{
		{"remote:", "/home/x", "/home/x"},
		{"remote:", "rel/x", "rel/x"},
		{"remote:/y", "/home/x", "/y"},
		{"remote:/y/", "/home/x", "/y/home/x"},
		{"remote:/y/", "/home/../../x", "/y/x"},
		{"ioserver:https://h/d/", "/a b/50%", "https://h/d/a%20b/50%25"},
		{"ioserver:s3://bucket/d/", "/a b/50%", "s3://bucket/d/a b/50%"},
	}
	for _, tt := range tests {
		c, err := access.ParseChain(tt.chain)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.For(tt.name); got != tt.want {
			t.Errorf("%s for %s: %s, want %s", tt.chain, tt.name, got, tt.want)
		}
	}
}

// What a chain prints is what it is.
func FuzzParseChain(f *testing.F) {
	for _, text := range []string{"buffer:(1m,64k):compress:remote:/home/x/y", "ioserver:https://a/b", "fetch", "append:local:/", "buffer:(1,1)", "special::"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := access.ParseChain(text)
		if err != nil {
			var e *access.ChainError
			if !errors.As(err, &e) || e.Column < 1 || e.Column > len(text)+1 || e.Reason == "" {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		again, err := access.ParseChain(c.String())
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%q: %#v, printed as %q: %#v, %v", text, c, c, again, err)
		}
	})
}
