package main

import (
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"penumbra/intercept"
)

// A pidList is a flag that names processes, several at once or one by one.
type pidList []int

func (l *pidList) String() string { return "" }

func (l *pidList) Set(value string) error {
	for word := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' }) {
		pid, err := strconv.Atoi(word)
		if err != nil || pid <= 0 {
			return valueError(fmt.Sprintf("%q is no process id", word))
		}
		*l = append(*l, pid)
	}
	return nil
}

// attach traces running processes under policy until they end or a signal says
// to let them go, and returns an exit status.
func attach(s streams, policy *traced, pids []int, quiet bool) int {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(stop)
	g, err := intercept.Attach(intercept.Config{
		Policy: policy,
		Notice: func(m string) { fmt.Fprintf(s.err, "penumbra: %s\n", m) },
	}, pids...)
	if err != nil {
		return s.fail("trace: "+strings.TrimPrefix(err.Error(), "intercept: "), exitFailure)
	}
	if !quiet {
		fmt.Fprintf(s.err, "penumbra: attached to %s; Ctrl-C detaches\n", processList(pids))
	}
	ended := make(chan struct{})
	go func() {
		select {
		case <-stop:
			g.Detach()
		case <-ended:
		}
	}()
	_, err = g.Wait()
	close(ended)
	if err != nil {
		return s.fail("trace: "+err.Error(), exitFailure)
	}
	policy.letGo()
	return 0
}

func processList(pids []int) string {
	if len(pids) == 1 {
		return fmt.Sprintf("process %d", pids[0])
	}
	return fmt.Sprintf("processes %s", strings.Trim(strings.ReplaceAll(fmt.Sprint(pids), " ", ", "), "[]"))
}

// letGo tells of the threads that go on without being traced.
func (p *traced) letGo() {
	for _, tid := range slices.Sorted(maps.Keys(p.current)) {
		c := p.current[tid]
		if c.begun {
			c.Hidden = c.Hidden || p.filter.hidesEnd(&c.Call, endDetached)
		}
		p.sinks.Detached(c.Thread)
	}
}
