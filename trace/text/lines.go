package text

import (
	"fmt"
	"strconv"
	"time"

	"penumbra/guest"
	"penumbra/trace"
)

// begin starts a line of its own for a thread, after ending what has been left
// unfinished.
func (p *Printer) begin(l *line, at time.Time) {
	p.n.line = p.n.line[:0]
	if !p.opts.AtEnd {
		p.interrupt(l)
	}
	p.leader(l, at)
}

// leader appends what stands left of a line.
func (p *Printer) leader(l *line, at time.Time) {
	l.column = 0
	p.n.line = p.appendPID(p.n.line, l.thread.ID())
	p.n.line = p.appendTimes(p.n.line, at)
	if p.opts.Number {
		p.n.line = fmt.Appendf(p.n.line, "[%4d] ", l.number)
	}
	if p.opts.IP {
		p.n.line = p.appendIP(p.n.line, l.call)
	}
}

// interrupt ends the unfinished line where a thread's lines go, if there is one.
func (p *Printer) interrupt(l *line) {
	open := p.open
	if p.out.Separate() {
		open = l
	}
	if open != nil && open.open {
		p.out.Write(open.thread.ID(), []byte(" <unfinished ...>\n"))
		open.open = false
	}
}

// pause leaves a thread's line as it is until the call has ended.
func (p *Printer) pause(l *line) {
	l.column = len(p.n.line)
	if p.opts.AtEnd {
		l.staged = append(l.staged[:0], p.n.line...)
		return
	}
	p.out.Write(l.thread.ID(), p.n.line)
	p.open, l.open = l, true
}

// resume goes on with a thread's line, in a new one if another came between.
func (p *Printer) resume(l *line, c *trace.Call) {
	p.n.line = p.n.line[:0]
	switch {
	case p.opts.AtEnd:
		p.n.line = append(p.n.line, l.staged...)
		l.column = 0
	case l.open:
	default:
		p.interrupt(l)
		p.leader(l, c.End)
		p.n.line = append(append(append(p.n.line, "<... "...), c.Name()...), " resumed>"...)
	}
}

// end ends a line.
func (p *Printer) end(l *line) {
	p.n.line = append(p.n.line, '\n')
	p.out.Write(l.thread.ID(), p.n.line)
	l.open = false
}

// event writes a line that is about no call.
func (p *Printer) event(t *guest.Thread, at time.Time, write func()) {
	l := p.lineOf(t)
	p.interrupt(l)
	// Its own call, if it has begun one, goes on in another line.
	call, column := l.call, l.column
	l.call = nil
	p.n.line = p.n.line[:0]
	p.leader(l, at)
	write()
	p.end(l)
	l.call, l.column = call, column
}

// appendPID appends the id of the thread that a line is about, as strace does:
// in a file always, on a terminal while there is more than one.
func (p *Printer) appendPID(b []byte, tid int) []byte {
	const width = 5
	switch {
	case p.out.Separate():
		return b
	case !p.opts.Bracketed:
		start := len(b)
		b = strconv.AppendInt(b, int64(tid), 10)
		for len(b)-start < width {
			b = append(b, ' ')
		}
		return append(b, ' ')
	case p.alive > 1:
		return fmt.Appendf(b, "[pid %*d] ", width, tid)
	}
	return b
}

func (p *Printer) appendTimes(b []byte, at time.Time) []byte {
	switch p.opts.Clock {
	case Seconds:
		b = at.AppendFormat(b, "15:04:05 ")
	case Microseconds:
		b = at.AppendFormat(b, "15:04:05.000000 ")
	case Epoch:
		b = fmt.Appendf(b, "%d.%06d ", at.Unix(), at.Nanosecond()/1000)
	}
	if p.opts.Relative {
		since := time.Duration(0)
		if !p.last.IsZero() {
			since = at.Sub(p.last)
		}
		p.last = at
		b = fmt.Appendf(b, "%6d.%06d ", int(since.Seconds()), since.Microseconds()%1e6)
	}
	return b
}

// appendIP appends where a call is made; of events that are none it is not
// known.
func (p *Printer) appendIP(b []byte, c *trace.Call) []byte {
	if c == nil {
		return append(b, "[????????????????] "...)
	}
	return fmt.Appendf(b, "[%016x] ", uint64(c.IP))
}
