package intercept_test

import (
	"maps"
	"slices"
	"sync"
	"testing"

	"penumbra/abi"
	"penumbra/intercept"
)

// refining is a policy that is interested in calls with some arguments alone.
type refining struct {
	*policy
	list []intercept.Refinement
}

func (r refining) Refine() []intercept.Refinement { return r.list }

// TestRefine has a program set several masks, of which some are asked about.
func TestRefine(t *testing.T) {
	for name, tt := range map[string]struct {
		refinement intercept.Refinement
		want       []uint64
	}{
		"bits":  {intercept.Refinement{Bits: 0o040}, []uint64{0o044, 0o077}},
		"value": {intercept.Refinement{Value: 0o011}, []uint64{0o011}},
		"none":  {intercept.Refinement{Value: 0o111}, nil},
	} {
		for _, interest := range []intercept.Interest{intercept.Answer, intercept.Observe} {
			asked := func(layered bool) []uint64 {
				var mu sync.Mutex
				masks := map[uint64]bool{}
				r := refining{&policy{
					interest: func(abi.Arch, *abi.Syscall) intercept.Interest { return intercept.Ignore },
					enter: func(c *intercept.Call) intercept.Verdict {
						mu.Lock()
						defer mu.Unlock()
						masks[c.Args[0]] = true
						return intercept.Run
					},
					exit: func(*intercept.Call) {},
				}, []intercept.Refinement{tt.refinement}}
				r.list[0].Call, r.list[0].Interest = "umask", interest
				var p intercept.Policy = r
				if layered {
					p = intercept.Layers(&policy{
						interest: only("umask", intercept.Observe),
						enter:    func(*intercept.Call) intercept.Verdict { return intercept.Watch },
						exit:     func(*intercept.Call) {},
					}, r)
				}
				if out := outputOf(t, p, "/bin/sh", "-c", "for m in 077 011 044 007; do umask $m; umask; done"); out != "0077\n0011\n0044\n0007\n" {
					t.Errorf("%s: printed %q", name, out)
				}
				mu.Lock()
				defer mu.Unlock()
				return slices.Sorted(maps.Keys(masks))
			}
			for _, layered := range []bool{false, true} {
				if got := asked(layered); !slices.Equal(got, tt.want) {
					t.Errorf("%s, interest %d, in layers %t: asked about %#o, want %#o", name, interest, layered, got, tt.want)
				}
			}
		}
	}
}
