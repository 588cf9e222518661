package view

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestMountList(t *testing.T) {
	v := newView(t, "/penumbra-test/with blank")
	for _, tt := range []struct{ file, line string }{
		{"mounts", `tmpfs /penumbra-test/with\040blank tmpfs rw,relatime 0 0`},
		{"mountinfo", ` / /penumbra-test/with\040blank rw,relatime - tmpfs tmpfs rw`},
	} {
		name := fmt.Sprintf("/proc/%d/%s", os.Getpid(), tt.file)
		native, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		list := v.mountList(name, native)
		if strings.Count(string(list), tt.line+"\n") != 1 {
			t.Errorf("%s lacks %q:\n%s", tt.file, tt.line, list)
		}
		if !strings.HasPrefix(string(list), string(native)) {
			t.Errorf("%s lacks what the machine has", tt.file)
		}
	}
}

func TestPlaces(t *testing.T) {
	v := newView(t, "/penumbra-test/a/b")
	m := v.mounts[len(v.mounts)-1]
	yes, no := func() bool { return true }, func() bool { return false }
	for host, want := range map[string]string{
		m.root: "/penumbra-test/a/b", m.root + "/x/y": "/penumbra-test/a/b/x/y", m.root + "x": m.root + "x", "/etc": "/etc", "/": "/",
	} {
		for _, through := range []func() bool{yes, no} {
			if got := v.placeOf(host, through); got != want {
				t.Errorf("%s is seen at %s, want %s", host, got, want)
			}
		}
		if got := v.hostPath(want); got != host {
			t.Errorf("%s is at %s, want %s", want, got, host)
		}
	}
}
