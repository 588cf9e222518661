package intercept

import (
	"os"
	"testing"

	"penumbra/abi"
)

type all struct {
	i Interest
	n int
}

func (p *all) Interest(a abi.Arch, s *abi.Syscall) Interest {
	if p.i == Answer && s != nil && s.NoReturn && s.Name != "exit" && s.Name != "exit_group" {
		return Ignore
	}
	return p.i
}
func (p *all) Enter(c *Call) Verdict {
	if p.i == Observe {
		return Watch
	}
	return Run
}
func (p *all) Exit(c *Call) {}

func TestRun(t *testing.T) {
	for _, p := range []Policy{nil, &all{i: Answer}, &all{i: Observe}} {
		g, err := Start(Config{Program: Program{Path: "/bin/sh", Argv: []string{"sh", "-c", "echo hi; ls /|wc -l; python3 -c 'import os; print(os.getpid()>0)'; exit 3"}, Env: os.Environ()}, Policy: p})
		if err != nil {
			t.Fatal(err)
		}
		st, err := g.Wait()
		t.Logf("%T %v %v %v", p, st, st.ExitStatus(), err)
	}
}
