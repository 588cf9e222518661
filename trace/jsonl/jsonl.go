// Package jsonl writes the events of a run as JSON, an object a line.
// docs/trace.schema.json describes the objects.
package jsonl

import (
	"strconv"
	"time"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
	"penumbra/trace/decode"
	"penumbra/trace/output"
)

// Sink is a trace.Sink that writes JSON.
type Sink struct {
	trace.Quiet
	out   *output.Output
	n     notation
	d     *decode.Decoder
	calls map[int]*begun // by thread
}

// begun is what is kept of a call that has begun.
type begun struct {
	call  *trace.Call
	saved decode.Saved
	n     notation
}

// Options say what the objects hold.
type Options struct {
	Strings int  // how many bytes of a string
	Whole   bool // all fields of a structure
	Files   int  // what descriptors are open on: 1 names, 2 all
}

// New returns a sink that writes to out.
func New(out *output.Output, opts Options) *Sink {
	d := decode.New(nil, opts.Strings)
	d.Whole, d.Files = opts.Whole, opts.Files
	return &Sink{out: out, d: d, calls: map[int]*begun{}}
}

// Enter keeps what is known of a call before it runs.
func (s *Sink) Enter(c *trace.Call) {
	if c.Hidden {
		return
	}
	b := s.calls[c.Thread.ID()]
	if b == nil {
		b = &begun{}
		s.calls[c.Thread.ID()] = b
	}
	b.call = c
	b.n.line = b.n.line[:0]
	b.n.begin()
	s.d.Out = &b.n
	s.d.Enter(c, &b.saved)
}

// Exit writes a call.
func (s *Sink) Exit(c *trace.Call) {
	b := s.calls[c.Thread.ID()]
	if b == nil || b.call != c {
		return
	}
	b.call = nil
	if c.Hidden {
		return
	}
	s.d.Out = &b.n
	s.d.Exit(c, &b.saved)
	b.n.end()
	line := s.head("call", c.Thread, c.Begin)
	line = appendCall(line, c)
	line = append(line, b.n.line...)
	s.write(c.Thread, s.appendResult(line, c, b))
}

// appendCall appends what a call is.
func appendCall(line []byte, c *trace.Call) []byte {
	line = appendString(append(line, `,"arch":`...), c.Arch.String())
	line = strconv.AppendInt(append(line, `,"number":`...), int64(c.Number), 10)
	return appendString(append(line, `,"name":`...), c.Name())
}

func (s *Sink) appendResult(line []byte, c *trace.Call, b *begun) []byte {
	line = append(line, `,"result":`...)
	switch {
	case c.Restarts():
		line = appendString(append(line, `null,"restart":`...), c.Err.Name())
	case c.Failed():
		line = appendString(append(line, `-1,"errno":`...), c.Err.Name())
	default:
		line = s.appendValue(strconv.AppendInt(line, c.Value, 10), c, b)
	}
	line = appendSeconds(append(line, `,"duration":`...), c.Duration())
	if c.Injected {
		line = append(line, `,"injected":true`...)
	}
	if c.Signal != 0 {
		line = appendString(append(line, `,"signal":`...), c.Signal.Name())
	}
	if c.Delay != 0 {
		line = appendSeconds(append(line, `,"delayed":`...), c.Delay)
	}
	return line
}

// appendValue appends what a result means, if that is more than its number,
// and what is told beside it.
func (s *Sink) appendValue(line []byte, c *trace.Call, b *begun) []byte {
	plain := len(line)
	n := notation{line: append(line, `,"decoded":`...)}
	start := len(n.line)
	n.value()
	s.d.Out = &n
	s.d.Result(c, &b.saved)
	n.close()
	if n.line[start] == '"' || n.line[start] == '{' {
		return n.line
	}
	end := len(n.line)
	if n.result != 0 {
		end = n.result
	}
	return append(n.line[:plain], n.line[end:]...)
}

// abandon writes a call that never returns.
func (s *Sink) abandon(t *guest.Thread) {
	b := s.calls[t.ID()]
	if b == nil || b.call == nil {
		return
	}
	c := b.call
	b.call = nil
	if c.Hidden {
		return
	}
	b.n.end()
	line := s.head("call", t, c.Begin)
	line = appendCall(line, c)
	line = append(line, b.n.line...)
	s.write(t, append(line, `,"result":null`...))
}

// head begins an object.
func (s *Sink) head(kind string, t *guest.Thread, at time.Time) []byte {
	line := appendString(append(s.n.line[:0], `{"type":`...), kind)
	line = append(line, `,"time":`...)
	line = appendSeconds(line, time.Duration(at.UnixNano()))
	line = strconv.AppendInt(append(line, `,"pid":`...), int64(t.Process().ID), 10)
	return strconv.AppendInt(append(line, `,"tid":`...), int64(t.ID()), 10)
}

// write ends an object and writes it.
func (s *Sink) write(t *guest.Thread, line []byte) {
	s.n.line = append(line, '}', '\n')
	s.out.Write(t.ID(), s.n.line)
}

// appendSeconds appends d in seconds, to the nanosecond.
func appendSeconds(b []byte, d time.Duration) []byte {
	b = strconv.AppendInt(b, int64(d/time.Second), 10)
	b = append(b, '.')
	frac := strconv.AppendInt(nil, int64(d%time.Second)+int64(time.Second), 10)
	return append(b, frac[1:]...)
}

// Forked writes that a thread was made.
func (s *Sink) Forked(parent, child *guest.Thread) {
	line := s.head("fork", child, time.Now())
	if parent != nil {
		line = strconv.AppendInt(append(line, `,"parent":`...), int64(parent.ID()), 10)
	}
	s.write(child, line)
}

// Execed writes that a process has a new program.
func (s *Sink) Execed(t *guest.Thread, former int) {
	if former != t.ID() {
		s.abandon(t)
		s.calls[t.ID()] = s.calls[former]
		delete(s.calls, former)
	}
	line := s.head("exec", t, time.Now())
	if former != t.ID() {
		line = strconv.AppendInt(append(line, `,"former":`...), int64(former), 10)
	}
	s.write(t, line)
}

// Signalled writes a signal.
func (s *Sink) Signalled(t *guest.Thread, sig trace.Signal) {
	line := s.head("signal", t, sig.Time)
	line = appendString(append(line, `,"signal":`...), sig.Number.Name())
	if sig.Info != nil {
		n := notation{line: append(line, `,"info":`...)}
		n.value()
		s.d.Out = &n
		s.d.SignalInfo(sig.Arch, sig.Info)
		n.close()
		line = n.line
	}
	s.write(t, line)
}

// Halted writes that a signal has stopped a thread.
func (s *Sink) Halted(t *guest.Thread, sig abi.Signal) {
	line := s.head("stop", t, time.Now())
	s.write(t, appendString(append(line, `,"signal":`...), sig.Name()))
}

// Ended writes the end of a thread.
func (s *Sink) Ended(t *guest.Thread, status uint32) {
	s.abandon(t)
	delete(s.calls, t.ID())
	line := s.head("exit", t, time.Now())
	if sig := status & 0x7f; sig != 0 {
		line = appendString(append(line, `,"signal":`...), abi.Signal(sig).Name())
	} else {
		line = strconv.AppendInt(append(line, `,"status":`...), int64(status>>8&0xff), 10)
	}
	s.write(t, line)
	s.out.End(t.ID())
}

// Detached writes that no more will come of a thread.
func (s *Sink) Detached(t *guest.Thread) {
	s.abandon(t)
	delete(s.calls, t.ID())
	s.write(t, s.head("detach", t, time.Now()))
	s.out.End(t.ID())
}
