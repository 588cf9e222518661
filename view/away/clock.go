package away

import (
	"context"
	"sync"
	"time"

	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// A clock tells the shadow's time without asking each time: by how much its clock is
// ahead of this machine's is asked now and then. So it is off by half of what that
// round trip took, at most, and by what the two clocks drift apart meanwhile.
type clock struct {
	mu    sync.RWMutex
	ahead time.Duration
	doubt time.Duration // when it was asked
	asked time.Time
	tick  wire.Time
}

// An asker asks a clock, as client.Client.Clock does.
type asker func(ctx context.Context) (client.Clock, error)

const (
	// renewal is how often the shadow's clock is asked, and drift by how much two
	// clocks may drift apart: 500 parts in a million is what adjtimex(2) corrects.
	renewal = 16 * time.Second
	drift   = 500e-6
	// samples are taken each time; the one that took least is the truest.
	samples = 4
)

// begin sets the clock to what was told first.
func (k *clock) begin(told client.Clock) {
	k.ahead, k.doubt, k.asked, k.tick = told.Ahead, told.Doubt, time.Now(), told.Tick
}

// set asks for the time, so many times.
func (k *clock) set(ctx context.Context, ask asker, samples int) error {
	best := clock{doubt: time.Hour}
	for range samples {
		told, err := ask(ctx)
		if err != nil {
			return err
		}
		if told.Doubt < best.doubt {
			best.ahead, best.doubt, best.asked, best.tick = told.Ahead, told.Doubt, time.Now(), told.Tick
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	// What is known is kept as long as it is no worse, and not contradicted: the
	// guest's time does not jump with every measurement.
	off := (best.ahead - k.ahead).Abs()
	if k.asked.IsZero() || off > best.doubt+k.doubtNow() || best.doubt < k.doubtNow() {
		k.ahead, k.doubt, k.asked, k.tick = best.ahead, best.doubt, best.asked, best.tick
	}
	return nil
}

// doubtNow returns how far the time may be off. k.mu is held.
func (k *clock) doubtNow() time.Duration {
	return k.doubt + time.Duration(drift*float64(time.Since(k.asked)))
}

// keep asks again and again.
func (k *clock) keep(ctx context.Context, ask asker) {
	again := time.NewTicker(renewal)
	defer again.Stop()
	for {
		_ = k.set(ctx, ask, samples) // an error: the session is over, or it is asked again
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// now returns the shadow's time.
func (k *clock) now() wire.Time {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return wire.TimeOf(time.Now().Add(k.ahead))
}

// difference returns by how much the shadow's clock is ahead, or 0 if that is no more
// than it may be off.
func (k *clock) difference() time.Duration {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.ahead.Abs() <= k.doubtNow() {
		return 0
	}
	return k.ahead
}
