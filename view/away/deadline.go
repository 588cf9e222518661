package away

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"penumbra/abi"
	"penumbra/intercept"
)

// A call that waits until a time of day is given the shadow's time in a remote mode,
// and this machine's kernel waits by its own: so the deadline is shifted by as much as
// the clocks differ. Deadlines by other clocks are this machine's from the start.

// Deadlines are the calls that may have such a deadline, and by which arguments that
// shows.
var Deadlines = []intercept.Refinement{
	{Call: "clock_nanosleep", Arg: 1, Bits: absolute, Interest: intercept.Observe},
	{Call: "clock_nanosleep_time64", Arg: 1, Bits: absolute, Interest: intercept.Observe},
	{Call: "timer_settime", Arg: 1, Bits: absolute, Interest: intercept.Observe},
	{Call: "timer_settime64", Arg: 1, Bits: absolute, Interest: intercept.Observe},
	{Call: "timerfd_settime", Arg: 1, Bits: absolute, Interest: intercept.Observe},
	{Call: "timerfd_settime64", Arg: 1, Bits: absolute, Interest: intercept.Observe},
	{Call: "futex", Arg: 1, Bits: futexRealtime, Interest: intercept.Observe},
	{Call: "futex_time64", Arg: 1, Bits: futexRealtime, Interest: intercept.Observe},
}

const (
	absolute      = 1   // TIMER_ABSTIME, TFD_TIMER_ABSTIME
	futexRealtime = 256 // FUTEX_CLOCK_REALTIME, linux/futex.h
)

// HasDeadline reports whether a call is one of Deadlines.
func HasDeadline(s *abi.Syscall) bool {
	for _, d := range Deadlines {
		if d.Call == s.Name {
			return true
		}
	}
	return false
}

// Shift shifts the deadline of c, if it has one by the time of day and the clocks
// differ by more than is known of them.
func (g *Guest) Shift(c *intercept.Call) {
	ahead := g.clock.difference()
	i := deadlineOf(c)
	if ahead == 0 || i < 0 || c.Args[i] == 0 || !c.Observed() {
		return
	}
	layout := c.Syscall.ArgsOn(c.Arch)[i].Layout
	b := make([]byte, layout.Size(c.Arch))
	if _, err := c.Memory().ReadAt(b, c.Args.Addr(i)); err != nil {
		return // which is EFAULT
	}
	prefix := ""
	if layout.Field("it_value") != nil {
		prefix = "it_value."
	}
	seconds, nanoseconds := layout.Field(prefix+"tv_sec"), layout.Field(prefix+"tv_nsec")
	at := time.Unix(int64(seconds.Get(c.Arch, b)), int64(nanoseconds.Get(c.Arch, b)))
	if at.Equal(time.Unix(0, 0)) && prefix != "" {
		return // it disarms the timer
	}
	if at = at.Add(-ahead); at.Unix() < 0 {
		at = time.Unix(0, 1) // it has passed
	}
	seconds.Put(c.Arch, b, uint64(at.Unix()))
	nanoseconds.Put(c.Arch, b, uint64(at.Nanosecond()))
	c.SetArgString(i, string(b))
}

// deadlineOf returns the argument of c that holds a deadline by the time of day, or -1.
func deadlineOf(c *intercept.Call) int {
	name, _, _ := strings.Cut(c.Syscall.Name, "_time64")
	switch strings.TrimSuffix(name, "64") {
	case "clock_nanosleep":
		if isRealtime(c.Args.Int32(0)) {
			return 2
		}
	case "timer_settime":
		if clockIn(fmt.Sprintf("/proc/%d/timers", c.Thread.Process().ID), "ID: "+strconv.Itoa(int(c.Args.Int32(0))), "ClockID:") {
			return 2
		}
	case "timerfd_settime":
		if clockIn(fmt.Sprintf("/proc/%d/fdinfo/%d", c.Thread.ID(), c.Args.Int32(0)), "", "clockid:") {
			return 2
		}
	case "futex":
		return 3
	}
	return -1
}

// clockIn reports whether a file of procfs names a clock of the time of day, behind
// the line begin.
func clockIn(file, begin, label string) bool {
	b, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	begun := begin == ""
	for line := range bytes.Lines(b) {
		text := strings.TrimSpace(string(line))
		begun = begun || text == begin
		if value, ok := strings.CutPrefix(text, label); ok && begun {
			id, err := strconv.Atoi(strings.TrimSpace(value))
			return err == nil && isRealtime(int32(id))
		}
	}
	return false
}
