package away

import (
	"context"
	"errors"
	"testing"
	"time"

	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// answers is an asker that says one thing after the other, the last for ever.
func answers(all ...[2]time.Duration) asker {
	i := 0
	return func(context.Context) (client.Clock, error) {
		a := all[min(i, len(all)-1)]
		i++
		return client.Clock{Ahead: a[0], Doubt: a[1], Tick: wire.Time{Nsec: 1}}, nil
	}
}

func TestClockTakesTheTruest(t *testing.T) {
	var k clock
	if err := k.set(t.Context(), answers([2]time.Duration{time.Hour, 50 * time.Millisecond}, [2]time.Duration{2 * time.Hour, time.Millisecond}, [2]time.Duration{time.Hour, time.Second}), samples); err != nil {
		t.Fatal(err)
	}
	if k.ahead != 2*time.Hour || k.difference() != 2*time.Hour {
		t.Errorf("ahead by %v", k.ahead)
	}
	if off := k.now().Go().Sub(time.Now().Add(2 * time.Hour)).Abs(); off > time.Minute {
		t.Errorf("the time is off by %v", off)
	}
}

func TestClockKeepsWhatIsNotContradicted(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name         string
		ahead, doubt time.Duration
		want         time.Duration
	}{
		{"worse, and agrees", 1020 * ms, 30 * ms, 1000 * ms},
		{"worse, but disagrees", 2000 * ms, 30 * ms, 2000 * ms},
		{"better", 1005 * ms, 5 * ms, 1005 * ms},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := clock{ahead: 1000 * ms, doubt: 10 * ms, asked: time.Now()}
			if err := k.set(t.Context(), answers([2]time.Duration{test.ahead, test.doubt}), samples); err != nil {
				t.Fatal(err)
			}
			if k.ahead != test.want {
				t.Errorf("ahead by %v, want %v", k.ahead, test.want)
			}
		})
	}
}

func TestClockOfTheSameMachine(t *testing.T) {
	k := clock{ahead: 3 * time.Microsecond, doubt: 5 * time.Microsecond, asked: time.Now()}
	if d := k.difference(); d != 0 {
		t.Errorf("a difference of %v", d)
	}
	lost := errors.New("lost")
	err := k.set(t.Context(), func(context.Context) (client.Clock, error) { return client.Clock{}, lost }, samples)
	if !errors.Is(err, lost) || k.ahead != 3*time.Microsecond {
		t.Errorf("%v, ahead by %v", err, k.ahead)
	}
}
