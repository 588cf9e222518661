package main

import (
	"context"
	"errors"
	"time"
)

// errSkipped says that a sample cannot be taken for want of something that is
// not installed, as opposed to a tool that fails.
var errSkipped = errors.New("not measured")

// A schedule deals out a row's rounds among the tools.
type schedule struct {
	rounds int
	budget time.Duration // for one row
	now    func() time.Time
}

// measure takes a row's samples, all tools in turn. A tool that has used up its
// share of the budget sits out the remaining rounds, and so does one that
// failed: what is slow or broken does not keep the others from precision.
func (s schedule) measure(ctx context.Context, h *harness, r row, tools []tool) result {
	res := make(result)
	var taking []tool
	for _, t := range tools {
		switch {
		case !r.on(t):
		case t.missing != "":
			res[t.name] = samples{err: errSkipped}
		default:
			res[t.name] = samples{values: make(map[int]float64)}
			taking = append(taking, t)
		}
	}
	if len(taking) == 0 {
		return res
	}
	share := s.budget / time.Duration(len(taking))
	h.sample = min(share/time.Duration(s.rounds)/2, longestLoop)
	// Caches are filled, and fixtures made, outside the count. What fails here
	// fails in round one again and is reported there.
	_, _ = r.measure(ctx, h, taking[0])
	used := make(map[string]time.Duration)
	for round := range s.rounds {
		for i := range taking {
			t := taking[(round+i)%len(taking)]
			if res[t.name].err != nil || used[t.name] >= share || ctx.Err() != nil {
				continue
			}
			start := s.now()
			value, err := r.measure(ctx, h, t)
			used[t.name] += s.now().Sub(start)
			if err != nil {
				res[t.name] = samples{values: res[t.name].values, err: err}
				continue
			}
			res[t.name].values[round] = value
		}
	}
	return res
}
