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
	"time"

	"golang.org/x/sys/unix"

	"penumbra/intercept"
)

// A pidList is a flag that names processes, several at once or one by one.
type pidList []int

func (l *pidList) String() string { return "" }

func (l *pidList) Set(value string) error {
	if strings.TrimSpace(value) == "" {
		return valueError("no process is named: is what you look for running?") // -p "$(pidof it)"
	}
	for word := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' }) {
		pid, err := strconv.Atoi(word)
		if err != nil || pid <= 0 {
			return valueError(fmt.Sprintf("%q is no process id", word))
		}
		*l = append(*l, pid)
	}
	return nil
}

// attach traces the processes of -p under policy until they end or a signal says
// to let them go, and returns an exit status.
func (j *traceJob) attach(policy *traced) (exit int) {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(stop)
	pids := j.options.pids
	g, err := intercept.Attach(intercept.Config{Policy: policy, Notice: j.say}, pids...)
	if err != nil {
		return j.fail("trace: "+strings.TrimPrefix(err.Error(), "intercept: "), exitFailure)
	}
	if j.options.quiet == 0 {
		j.say(fmt.Sprintf("attached to %s; Ctrl-C detaches", processList(pids)))
	}
	ended := make(chan struct{})
	go j.detachOn(stop, g, ended)
	if _, err = g.Wait(); err != nil {
		exit = j.fail("trace: "+err.Error(), exitFailure)
	}
	close(ended)
	policy.letGo()
	return max(exit, j.end())
}

// detachOn lets g go when a signal says so, or when what is all the trace is for
// cannot be written any more. A tracer that hangs, because it writes to
// where nobody reads, does not hear of that: then another signal ends this
// process, and the kernel lets go.
func (j *traceJob) detachOn(stop <-chan os.Signal, g *intercept.Guest, ended <-chan struct{}) {
	const patience = time.Second
	var broken <-chan struct{}
	if len(j.reports) == 0 && j.plan == nil {
		broken = j.out.Broken()
	}
	select {
	case <-stop:
	case <-broken:
	case <-ended:
		return
	}
	g.Detach()
	select {
	case <-time.After(patience):
	case <-ended:
		return
	}
	select {
	case s := <-stop:
		dieBySignal(unix.Signal(s.(syscall.Signal)))
	case <-ended:
	}
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
