// Package text prints the events of a run as strace(1) does, line for line.
package text

import (
	"fmt"
	"time"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
	"penumbra/trace/decode"
	"penumbra/trace/output"
)

// Options say how lines look. Those of strace(1) are given in parentheses.
type Options struct {
	Strings  int  // how many bytes of a string are shown (-s)
	Whole    bool // show all of a structure (-v)
	Files    int  // show what descriptors are open on: 1 names, 2 all (-y, -yy)
	Hex      int  // strings in hexadecimal: 1 unprintable ones, 2 all (-x, -xx)
	Column   int  // where results begin (-a)
	Clock    Clock
	Relative bool // the time since the line before (-r)
	Elapsed  bool // the time in the call (-T)
	IP       bool // the instruction that made the call (-i)
	Number   bool // the number of the call (-n)
	// Bracketed says that a line names its thread as [pid 123], and only while
	// there are several: for a terminal.
	Bracketed bool

	// AtEnd prints a call only when it has ended, so that Hidden may depend on
	// how it did.
	AtEnd bool
	// Signals says which signals are printed, if not nil.
	Signals func(abi.Signal) bool
	// NoExits leaves out the lines that tell the end of a thread (-qq).
	NoExits bool
	// Gloss adds a comment in plain words to a call's line, if not nil.
	Gloss func(*trace.Call) string
}

// Clock says how lines tell the time of day.
type Clock uint8

const (
	NoClock      Clock = iota
	Seconds            // 12:34:56 (-t)
	Microseconds       // 12:34:56.123456 (-tt)
	Epoch              // 1700000000.123456 (-ttt)
)

// Printer is a trace.Sink that prints.
type Printer struct {
	trace.Quiet
	opts  Options
	out   *output.Output
	open  *line // the line that the shared output ends in, unfinished
	n     *notation
	d     *decode.Decoder
	lines map[int]*line // by thread id
	alive int           // threads
	last  time.Time     // of the line before, for Relative
}

// line is what a printer keeps of a thread.
type line struct {
	thread *guest.Thread
	call   *trace.Call
	number int // of the call that it made last
	name   string
	saved  decode.Saved
	whole  bool   // all arguments have been written
	open   bool   // its own output ends in it, unfinished
	column int    // where what has been written of the line ends
	staged []byte // what is written of it, if it appears only at its end
}

// NewPrinter returns a printer of lines to out.
func NewPrinter(out *output.Output, opts Options) *Printer {
	n := &notation{hex: hexStyle(opts.Hex)}
	d := decode.New(n, opts.Strings)
	d.Whole, d.Files = opts.Whole, opts.Files
	return &Printer{opts: opts, out: out, n: n, d: d, lines: map[int]*line{}}
}

func (p *Printer) lineOf(t *guest.Thread) *line {
	l := p.lines[t.ID()]
	if l == nil {
		l = &line{thread: t}
		p.lines[t.ID()] = l
	}
	return l
}

// Enter writes the begin of a call's line.
func (p *Printer) Enter(c *trace.Call) {
	if c.Hidden {
		return
	}
	l := p.lineOf(c.Thread)
	before := l.name
	l.call, l.number, l.name = c, c.Number, c.Name()
	p.begin(l, c.Begin)
	p.n.line = append(append(p.n.line, c.Name()...), '(')
	p.n.fresh = true
	if c.Syscall == restartCall && before != "" {
		p.n.line = append(append(append(p.n.line, "<... resuming interrupted "...), before...), " ...>"...)
	}
	p.d.Enter(c, &l.saved)
	l.whole = p.d.Done(&l.saved)
	if !l.whole && !p.n.fresh && !l.saved.Loose() {
		p.n.line = append(p.n.line, ", "...)
		p.n.fresh = true
	}
	p.pause(l)
}

// restartCall goes on with the call that the thread made before.
var restartCall = abi.ByName("restart_syscall")

// Exit writes the rest of a call's line.
func (p *Printer) Exit(c *trace.Call) {
	l := p.lines[c.Thread.ID()]
	if l == nil || l.call != c {
		return
	}
	if c.Hidden {
		l.call = nil
		return
	}
	p.resume(l, c)
	p.n.fresh = !l.saved.Loose()
	p.d.Exit(c, &l.saved)
	p.result(l, c)
	p.end(l)
	l.call = nil
}

// result writes what stands right of the arguments.
func (p *Printer) result(l *line, c *trace.Call) {
	n := p.n
	n.line = append(n.line, ')')
	p.pad(l)
	n.line = append(n.line, "= "...)
	switch {
	case c.Restarts():
		n.line = append(n.line, "? "...)
		n.line = append(append(n.line, c.Err.Name()...), " ("...)
		n.line = append(append(n.line, restarts[c.Err]...), ')')
	case c.Failed():
		n.line = append(n.line, "-1 "...)
		n.line = append(append(n.line, c.Err.Name()...), " ("...)
		n.line = append(append(n.line, c.Err.Error()...), ')')
	default:
		p.d.Result(c, &l.saved)
	}
	if c.Injected {
		n.line = append(n.line, " (INJECTED)"...)
	}
	if c.Delay != 0 {
		n.line = append(n.line, " (DELAYED)"...)
	}
	if p.opts.Elapsed {
		n.line = fmt.Appendf(n.line, " <%.6f>", c.Duration().Seconds())
	}
	if p.opts.Gloss != nil {
		if gloss := p.opts.Gloss(c); gloss != "" {
			n.line = append(append(n.line, "  # "...), gloss...)
		}
	}
}

// restarts says what becomes of a call that a signal interrupted.
var restarts = map[abi.Errno]string{
	abi.ERESTARTSYS:           "To be restarted if SA_RESTART is set",
	abi.ERESTARTNOINTR:        "To be restarted",
	abi.ERESTARTNOHAND:        "To be restarted if no handler",
	abi.ERESTART_RESTARTBLOCK: "Interrupted by signal",
}

// pad moves on to the column of results, by one blank at least.
func (p *Printer) pad(l *line) {
	p.n.line = append(p.n.line, ' ')
	for l.column+len(p.n.line) < p.opts.Column {
		p.n.line = append(p.n.line, ' ')
	}
}

// Signalled writes a line about a signal.
func (p *Printer) Signalled(t *guest.Thread, s trace.Signal) {
	if p.opts.Signals != nil && !p.opts.Signals(s.Number) {
		return
	}
	p.event(t, s.Time, func() {
		p.n.line = append(append(p.n.line, "--- "...), s.Number.Name()...)
		if s.Info != nil {
			p.n.line = append(p.n.line, ' ')
			p.d.SignalInfo(s.Arch, s.Info)
		}
		p.n.line = append(p.n.line, " ---"...)
	})
}

// Halted writes a line about a thread that a signal stopped.
func (p *Printer) Halted(t *guest.Thread, s abi.Signal) {
	if p.opts.Signals != nil && !p.opts.Signals(s) {
		return
	}
	p.event(t, time.Now(), func() {
		p.n.line = append(append(append(p.n.line, "--- stopped by "...), s.Name()...), " ---"...)
	})
}

// Forked counts a new thread.
func (p *Printer) Forked(_, _ *guest.Thread) { p.alive++ }

// Execed ends the lines of the thread whose place the one that made the execve
// takes.
func (p *Printer) Execed(t *guest.Thread, former int) {
	l := p.lines[former]
	if former == t.ID() || l == nil {
		return
	}
	if old := p.lines[t.ID()]; old != nil {
		p.superseded(old, former)
	}
	delete(p.lines, former)
	l.thread = t
	p.lines[t.ID()] = l
}

// superseded ends the lines of a thread which another's execve has ended.
func (p *Printer) superseded(l *line, by int) {
	if l.call != nil {
		p.abandon(l)
	}
	if !p.opts.NoExits {
		p.event(l.thread, time.Now(), func() {
			p.n.line = fmt.Appendf(p.n.line, "+++ superseded by execve in pid %d +++", by)
		})
	}
	p.forget(l.thread)
}

// Ended writes the last line of a thread.
func (p *Printer) Ended(t *guest.Thread, status uint32) {
	if l := p.lines[t.ID()]; l != nil && l.call != nil {
		p.abandon(l)
	}
	if !p.opts.NoExits {
		p.event(t, time.Now(), func() { p.n.line = appendEnd(p.n.line, status) })
	}
	p.forget(t)
}

func (p *Printer) forget(t *guest.Thread) {
	p.alive--
	p.out.End(t.ID())
	delete(p.lines, t.ID())
}

// abandon ends the line of a call that will never return.
func (p *Printer) abandon(l *line) {
	c := l.call
	c.End = time.Now()
	if c.Hidden {
		l.call = nil
		return
	}
	p.resume(l, c)
	if !l.whole {
		p.n.line = append(p.n.line, " <unfinished ...>"...)
	}
	p.n.line = append(p.n.line, ')')
	p.pad(l)
	p.n.line = append(p.n.line, '=', ' ', '?')
	p.end(l)
	l.call = nil
}

func appendEnd(b []byte, status uint32) []byte {
	const coreFlag = 0x80
	if s := status & 0x7f; s != 0 {
		b = append(append(b, "+++ killed by "...), abi.Signal(s).Name()...)
		if status&coreFlag != 0 {
			b = append(b, " (core dumped)"...)
		}
		return append(b, " +++"...)
	}
	return fmt.Appendf(b, "+++ exited with %d +++", status>>8&0xff)
}

// Detached ends the line that a thread has begun.
func (p *Printer) Detached(t *guest.Thread) {
	l := p.lines[t.ID()]
	if l != nil && l.call != nil && !p.opts.AtEnd {
		l.call.End = time.Now()
		p.resume(l, l.call)
		p.n.line = append(p.n.line, " <detached ...>"...)
		p.end(l)
		l.call = nil
	}
	p.out.End(t.ID())
}
