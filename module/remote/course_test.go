package remote

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Whoever goes through a directory in some order has to wait for few.
func TestCourse(t *testing.T) {
	const n = 2000
	listed := make([]string, n)
	for i, j := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		listed[i] = fmt.Sprintf("f%04d", j)
	}
	sorted := slices.Sorted(slices.Values(listed))
	backwards := slices.Clone(listed)
	slices.Reverse(backwards)
	var every2nd, random []string
	for i := 0; i < n; i += 2 {
		every2nd = append(every2nd, sorted[i])
	}
	for i := range 20 {
		random = append(random, listed[i*97%n])
	}
	for _, tt := range []struct {
		name           string
		way            []string
		bytes          int64
		misses, wasted int
	}{
		{"as listed", listed, 1 << 30, 2, 0},
		{"backwards", backwards, 1 << 30, 2, 0},
		{"sorted", sorted, 1 << 30, 2, 0},
		{"every second", every2nd, 1 << 30, 2, n},
		{"here and there, of much", random, 1 << 30, 20, 0},
		{"here and there, of little", random, 1000, 3, n},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, fetched, misses, wasted := newCourse(listed, tt.bytes, 1, 2), map[string]bool{}, 0, 0
			for _, name := range tt.way {
				if !fetched[name] {
					misses++
				}
				for _, other := range c.next(name, fetched[name], 1<<20) {
					if fetched[other] || other == name {
						t.Fatalf("%s is fetched again", other)
					}
					fetched[other] = true
					wasted++
				}
			}
			for _, name := range tt.way {
				if fetched[name] {
					wasted--
				}
			}
			if misses > tt.misses || wasted > tt.wasted {
				t.Errorf("%d misses, %d fetched in vain", misses, wasted)
			}
		})
	}
	if c := newCourse(listed, 0, 1, 2); c.next("unknown", false, 1) != nil {
		t.Error("an unknown name has a next")
	}
}
