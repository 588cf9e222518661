package iostat

import (
	"fmt"
	"time"
)

// A lane is what the timeline shows of a thread.
type lane struct {
	who
	tid   int
	total time.Duration // spent in calls
	line  *threadTimeline
	into  *lane // what it was merged into
}

// spent returns the time spent in calls, by what they did.
func (l *lane) spent() (sum threadBin) {
	for i := range l.line.bins {
		sum.add(&l.line.bins[i])
	}
	return sum
}

// TotalTime returns the time spent in all calls.
func (l *lane) TotalTime() time.Duration { return l.total }

// add adds what other spent.
func (l *lane) add(other *lane) {
	l.line.merge(other.line)
	l.total += other.total
}

// merge makes other a part of l.
func (l *lane) merge(other *lane) {
	l.add(other)
	other.line, other.into = nil, l
}

// threadLabel tells a thread from others of the same program.
func threadLabel(l *lane) string {
	if l.tid == l.pid {
		return fmt.Sprintf("pid %d", l.pid)
	}
	return fmt.Sprintf("thread %d of %d", l.tid, l.pid)
}

// spend enters a call that lasted from begin to end into the bins it spans.
func (l *lane) spend(what activity, begin, end time.Duration) {
	if l.into != nil {
		l = l.into
	}
	l.total += end - begin
	l.line.reach(end)
	for begin < end {
		b, left := l.line.at(begin)
		part := min(left, end-begin)
		b[what] += part
		begin += part
	}
}

// newLane begins to count for a thread.
func (c *Collector) newLane(w who, tid int) *lane {
	if len(c.lanes) >= maxThreads {
		kept, culled := cull(c.lanes, maxThreads*3/4)
		for _, l := range culled {
			c.otherLanes.merge(l)
		}
		c.lanes, c.mergedThreads = kept, c.mergedThreads+len(culled)
	}
	l := &lane{who: w, tid: tid, line: newTimeline[threadBin](threadBins)}
	c.lanes = append(c.lanes, l)
	return l
}
