package fault

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/trace"
)

const (
	maxLines    = 20 // hits told one by one
	maxRecent   = 3  // hits told of a process that failed
	maxFailures = 10 // failed processes told of

	// delayed is the label of calls to which nothing else happened.
	delayed = "delayed"
)

// A hit is a call that met with a fault.
type hit struct {
	process int
	where   string // the command and its process
	call    string // the call and its file
	what    string // what was done to it
	label   string // under which it is counted

	onlyShort bool              // nothing but moves was done to it
	moves     uint64            // of a call cut short: what it moves if there is enough
	finish    func(*trace.Call) // called when it has ended, if not nil
}

// newHit describes what happens to c by f, and by k if its call is cut short.
func newHit(c *trace.Call, f Fault, k cut) *hit {
	pid := c.Thread.Process().ID
	h := &hit{process: pid, where: nameOf(pid), call: describe(c), moves: k.moves, finish: k.finish}
	var done []string
	note := func(label, format string, args ...any) {
		h.label = cmp.Or(h.label, label)
		done = append(done, fmt.Sprintf(format, args...))
	}
	switch {
	case f.Faked && f.Err != 0:
		note(f.Err.Name(), "%s", f.Err.Name())
	case f.Faked:
		note("results", "result %d", f.Value)
	case k.moves > 0:
		note("short", "%d of %d bytes", k.moves, k.of)
	}
	if f.Signal != 0 {
		note(f.Signal.Name(), "%s", f.Signal.Name())
	}
	if f.Before != 0 {
		note(delayed, "delayed by %v", f.Before)
	}
	if f.After != 0 {
		note(delayed, "result delayed by %v", f.After)
	}
	h.what = strings.Join(done, ", ")
	h.onlyShort = k.moves > 0 && len(done) == 1
	return h
}

// describe returns a call with the descriptor or path that it is about.
func describe(c *trace.Call) string {
	for i, a := range c.Syscall.ArgsOn(c.Arch) {
		switch a.Kind {
		case abi.KindFD:
			fd := c.Args.Int32(i)
			file := c.Thread.File(int(fd))
			if file == nil {
				return fmt.Sprintf("%s(%d)", c.Name(), fd)
			}
			name := file.Path
			if file.Deleted {
				name += " (deleted)"
			}
			return fmt.Sprintf("%s(%d<%s>)", c.Name(), fd, printable(name))
		case abi.KindPath:
			if path, err := c.Memory().String(c.Args.Addr(i), unix.PathMax); err == nil {
				return fmt.Sprintf("%s(%q)", c.Name(), path)
			}
		}
	}
	return c.Name()
}

// printable returns s so that it keeps to its line, whatever bytes it has.
func printable(s string) string {
	quoted := fmt.Sprintf("%q", s)
	return quoted[1 : len(quoted)-1]
}

// nameOf returns a process's command and id.
func nameOf(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		return fmt.Sprintf("process %d", pid)
	}
	return fmt.Sprintf("%s[%d]", printable(strings.TrimSuffix(string(b), "\n")), pid)
}

func (h *hit) String() string { return fmt.Sprintf("%s %s: %s", h.where, h.call, h.what) }

// report is what is told at the end.
type report struct {
	options Options
	used    map[*Injection]bool
	total   int
	counts  map[string]int
	first   []*hit
	delays  []*hit         // the first of those
	recent  map[int][]*hit // of each living process
	failed  []failure
	unnamed int // failures beyond maxFailures
}

// failure is the end of a process that had been hit.
type failure struct {
	end  string
	hits []*hit
}

func newReport(o Options) report {
	return report{options: o, used: map[*Injection]bool{}, counts: map[string]int{}, recent: map[int][]*hit{}}
}

func (r *report) add(h *hit) {
	r.total++
	r.counts[h.label]++
	list := &r.first
	if h.label == delayed {
		list = &r.delays
	}
	if len(*list) < maxLines {
		*list = append(*list, h)
	}
	recent := r.recent[h.process]
	if len(recent) > 0 && (recent[0].label == delayed) != (h.label == delayed) {
		// A delay is the last to have been the cause.
		if h.label == delayed {
			return
		}
		recent = nil
	}
	recent = append(recent, h)
	r.recent[h.process] = recent[max(0, len(recent)-maxRecent):]
}

// ended notes the end of a thread, and if it is the end of a process that had
// been hit, how that ended.
func (r *report) ended(tid int, status uint32) {
	hits := r.recent[tid]
	delete(r.recent, tid)
	if len(hits) == 0 || status == 0 {
		return
	}
	if hits[0].label == delayed && r.total > r.counts[delayed] {
		return // an unlikely cause, where others had worse
	}
	if len(r.failed) == maxFailures {
		r.unnamed++
		return
	}
	r.failed = append(r.failed, failure{endOf(status), hits})
}

// endOf says how a process with a status as of wait(2) ended.
func endOf(status uint32) string {
	w := unix.WaitStatus(status)
	if w.Signaled() {
		return "was killed by " + abi.Signal(w.Signal()).Name()
	}
	return fmt.Sprintf("exited with status %d", w.ExitStatus())
}

// Report writes what weather there was: how many calls were hit, the first of
// them, the processes that ended badly with the calls last hit of each, and how
// to have the same weather again. Every line begins with "penumbra: ". The
// error is the writer's.
func (p *Plan) Report(w io.Writer) error {
	r := &p.report
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "penumbra: "+format+"\n", args...) }
	if ch := p.chaos; ch != nil {
		line("chaos seed %d: %s", ch.Seed, r.summary())
	} else if r.total > 0 {
		line("%s", r.summary())
	}
	// Delays are told one by one only if there is nothing worse.
	list, of := r.first, r.total-r.counts[delayed]
	if of == 0 {
		list, of = r.delays, r.total
	}
	for _, h := range list {
		line("  %s", h)
	}
	if more := of - len(list); more > 0 {
		line("  and %d more", more)
	}
	for _, i := range p.injections {
		if !r.used[i] {
			line("%s has hit no call", i.expr)
		}
	}
	for _, f := range r.failed {
		line("%s %s; the last calls hit of it:", f.hits[0].where, f.end)
		for _, h := range f.hits {
			line("  %s: %s", h.call, h.what)
		}
	}
	if r.unnamed > 0 {
		line("%d more processes that were hit ended badly", r.unnamed)
	}
	if p.chaos != nil && r.total > 0 {
		line("the same weather again: --chaos=%s", p.chaos)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// summary counts the hits, the most frequent kind first.
func (r *report) summary() string {
	if r.total == 0 {
		return "no call hit"
	}
	labels := slices.SortedFunc(maps.Keys(r.counts), func(a, b string) int {
		return cmp.Or(r.counts[b]-r.counts[a], strings.Compare(a, b))
	})
	for i, label := range labels {
		labels[i] = fmt.Sprintf("%d %s", r.counts[label], label)
	}
	calls := "calls"
	if r.total == 1 {
		calls = "call"
	}
	return fmt.Sprintf("%d %s hit (%s)", r.total, calls, strings.Join(labels, ", "))
}
