package intercept_test

import (
	"fmt"
	"log"
	"os"
	"sync/atomic"

	"penumbra/abi"
	"penumbra/intercept"
)

// counter counts the calls that may create a file, and lets them run.
type counter struct{ opened atomic.Int32 }

func (p *counter) Interest(_ abi.Arch, s *abi.Syscall) intercept.Interest {
	if s != nil && s.Name == "openat" {
		return intercept.Answer
	}
	return intercept.Ignore
}

func (p *counter) Enter(c *intercept.Call) intercept.Verdict {
	const oCreat = 0o100
	if c.Args[2]&oCreat != 0 {
		p.opened.Add(1)
	}
	return intercept.Run
}

func (p *counter) Exit(*intercept.Call) {}

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	policy := &counter{}
	g, err := intercept.Start(intercept.Config{
		Program: intercept.Program{
			Path: "/bin/sh",
			Argv: []string{"sh", "-c", "for i in 1 2 3; do : >$i; done"},
			Dir:  dir,
		},
		Policy: policy,
	})
	if err != nil {
		log.Fatal(err)
	}
	status, err := g.Wait()
	fmt.Println("status", status.ExitStatus(), err, "created", policy.opened.Load())
	// Output: status 0 <nil> created 3
}
