package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// fakeRow is a row whose samples take a set time on a clock of its own.
type fakeRow struct {
	clock time.Time
	costs map[string]time.Duration
	calls []string
}

func (f *fakeRow) now() time.Time { return f.clock }

func (f *fakeRow) measure(_ context.Context, _ *harness, t tool) (float64, error) {
	f.calls = append(f.calls, t.name)
	f.clock = f.clock.Add(f.costs[t.name])
	if t.name == "broken" {
		return 0, errors.New("broken")
	}
	return f.costs[t.name].Seconds(), nil
}

func TestScheduleSharesTheBudget(t *testing.T) {
	fake := &fakeRow{costs: map[string]time.Duration{native: time.Second, "slow": 3 * time.Second}}
	tools := []tool{{name: native}, {name: "slow"}, {name: "broken"}, {name: "gone", missing: "not installed"}, {name: "other"}}
	r := row{measure: fake.measure, on: func(t tool) bool { return t.name != "other" }}
	plan := schedule{rounds: 4, budget: 15 * time.Second, now: fake.now}
	res := plan.measure(t.Context(), &harness{}, r, tools)

	for name, rounds := range map[string]int{native: 4, "slow": 2, "broken": 0, "gone": 0} {
		if got := len(res[name].values); got != rounds {
			t.Errorf("%s took part in %d rounds, want %d", name, got, rounds)
		}
	}
	if err := res["broken"].err; err == nil || errors.Is(err, errSkipped) {
		t.Errorf("the broken tool's error is %v", err)
	}
	if err := res["gone"].err; !errors.Is(err, errSkipped) {
		t.Errorf("the missing tool's error is %v", err)
	}
	if _, ok := res["other"]; ok {
		t.Error("a tool that the row does not want was measured")
	}
	// The first call fills caches; each round then begins with another tool.
	want := []string{native, native, "slow", "broken", "slow", native, native, native}
	if !slices.Equal(fake.calls, want) {
		t.Errorf("order of the samples:\n got %v\nwant %v", fake.calls, want)
	}
}

func TestScheduleStopsWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	fake := &fakeRow{costs: map[string]time.Duration{native: time.Second}}
	r := row{measure: fake.measure, on: everyTool}
	res := schedule{rounds: 3, budget: time.Minute, now: fake.now}.measure(ctx, &harness{}, r, []tool{{name: native}})
	if got := len(res[native].values); got != 0 {
		t.Errorf("%d samples after the interrupt", got)
	}
}
