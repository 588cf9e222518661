package intercept_test

import (
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/inner"
	"penumbra/internal/testguest"
)

// insider is a policy that counts the calls with paths that it hears of, and
// whose inner door knows the way to a directory.
type insider struct {
	door  *intercept.Inner
	dir   string
	heard atomic.Int32
}

func (p *insider) Inner() *intercept.Inner { return p.door }

func (p *insider) Interest(_ abi.Arch, s *abi.Syscall) intercept.Interest {
	if s == nil {
		return intercept.Ignore
	}
	for _, name := range append(inner.Calls, inner.Instead) {
		if s.Name == name {
			return intercept.Answer
		}
	}
	return intercept.Ignore
}

func (p *insider) Enter(c *intercept.Call) intercept.Verdict {
	p.heard.Add(1)
	p.door.Learn(0, p.dir) // it is forgotten after a while
	return intercept.Run
}

func (p *insider) Exit(*intercept.Call) {}

// Once a place has made a call with a path, it passes the next by itself.
func TestInnerDoorPasses(t *testing.T) {
	if !inner.Available {
		t.Skip("there is no inner door on this architecture")
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	const times, calls = 2000, 4
	for _, k := range []testguest.Kind{testguest.Dynamic, testguest.Static, testguest.StaticPIE, testguest.Musl, testguest.Go} {
		for _, c := range []struct {
			name  string
			flags intercept.InnerFlags
			most  int32 // calls that are heard of
		}{
			{"passes", intercept.InnerAbsolute, times},
			{"no flag", intercept.InnerOpenHere, 2 * times * calls},
			{"forbidden name", intercept.InnerAbsolute, 2 * times * calls},
		} {
			t.Run(string(k)+" "+c.name, func(t *testing.T) {
				door, err := intercept.NewInner()
				if err != nil {
					t.Skip(err)
				}
				defer door.Close()
				door.Pass(c.flags)
				p := &insider{door: door, dir: filepath.Dir(path)}
				if c.name == "forbidden name" {
					door.Name("file")
				}
				guest := testguest.Path(t, "stat_loop", k)
				if out := outputOf(t, p, guest, path, "2000"); out != "ok\n" {
					t.Fatalf("%q", out)
				}
				heard := p.heard.Load()
				if k == testguest.Musl {
					heard -= times // its open can be cancelled, and is left alone
				}
				if heard > c.most || c.most > times*calls && heard < times*calls-times {
					t.Errorf("heard of %d calls of %d", heard, times*calls)
				}
			})
		}
	}
}
