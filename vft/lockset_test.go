package vft

import (
	"math/rand/v2"
	"testing"
)

// strengths is what a lockSet is, byte by byte: 0 none, 1 shared, 2 exclusive.
type strengths [24]int

func strength(l Lock) int {
	if l.Exclusive {
		return 2
	}
	return 1
}

func (s lockSet) strengths(t *testing.T) (all strengths) {
	t.Helper()
	last := int64(0)
	for _, l := range s {
		if l.From < last || l.From >= l.To {
			t.Fatalf("out of order, or overlapping: %v", s)
		}
		last = l.To
		for b := l.From; b < l.To; b++ {
			all[b] = strength(l)
		}
	}
	return all
}

func randomLock(r *rand.Rand) Lock {
	from := r.Int64N(23)
	return Lock{ByRange, r.IntN(2) == 0, from, from + 1 + r.Int64N(24-from-1+1)}
}

// TestLockSet compares with what is so for each byte.
func TestLockSet(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var s, needed lockSet
		for range r.IntN(5) {
			s = s.with(randomLock(r))
			needed = needed.with(randomLock(r))
		}
		was, l := s.strengths(t), randomLock(r)
		more := s.with(l).strengths(t)
		lacks := s.lacks(l).strengths(t)
		less := s.without(l).strengths(t)
		rest, want := s, needed.strengths(t)
		for _, spare := range s.beyond(needed) {
			rest = rest.without(spare)
		}
		left := rest.strengths(t)
		for b := range was {
			in := int64(b) >= l.From && int64(b) < l.To
			wantMore, wantLacks, wantLess := was[b], 0, was[b]
			if in && was[b] < strength(l) {
				wantMore, wantLacks = strength(l), strength(l)
			}
			if in && l.Exclusive {
				wantLess = min(was[b], 1)
			} else if in {
				wantLess = 0
			}
			if more[b] != wantMore || lacks[b] != wantLacks || less[b] != wantLess || left[b] != min(was[b], want[b]) {
				t.Fatalf("byte %d of %v and %v: with %d, want %d; lacks %d, want %d; without %d, want %d; of it %v needs %d, left is %d",
					b, s, l, more[b], wantMore, lacks[b], wantLacks, less[b], wantLess, needed, want[b], left[b])
			}
		}
	}
}

func TestRange(t *testing.T) {
	for _, tt := range []struct {
		off, n, to, length int64
	}{{0, 0, maxOffset, 0}, {5, 3, 8, 3}, {5, 0, maxOffset, 0}, {1 << 62, 1<<63 - 1, maxOffset, 0}} {
		if l := Range(true, tt.off, tt.n); l.From != tt.off || l.To != tt.to || l.Length() != tt.length {
			t.Errorf("Range(%d, %d): %+v, length %d", tt.off, tt.n, l, l.Length())
		}
	}
}
