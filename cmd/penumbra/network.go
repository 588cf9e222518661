package main

import (
	"path"
	"path/filepath"
	"slices"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/network"
	"penumbra/view"
)

// A networkedView is what a guest sees whose network is the shadow's: calls about
// sockets the network answers, and what it leaves is the view's.
type networkedView struct {
	*view.View
	network *network.Network
}

// Interest implements intercept.Policy.
func (v *networkedView) Interest(a abi.Arch, s *abi.Syscall) intercept.Interest {
	return max(v.network.Interest(a, s), v.View.Interest(a, s))
}

// Refine implements intercept.Refiner.
func (v *networkedView) Refine() []intercept.Refinement {
	return slices.Concat(v.network.Refine(), v.View.Refine())
}

// Enter implements intercept.Policy.
func (v *networkedView) Enter(c *intercept.Call) intercept.Verdict {
	if verdict, ok := v.network.Enter(c); ok {
		return verdict
	}
	return v.View.Enter(c)
}

// connect gives the guest the network of the shadow.
func (h *shadowView) connect(v *view.View) {
	h.network = network.New(network.Config{
		Client: h.client,
		Place: func(c *intercept.Call, name string, make bool) (string, bool) {
			place, tree, ok := v.SocketPlace(c, name, make)
			return place, ok && slices.ContainsFunc(h.shown, func(s shownTree) bool { return s.tree == tree })
		},
		Made: func(place string) {
			h.made(place)
			v.SocketMade()
		},
	})
}

// made has the directory of a new socket be looked at again: the shadow's leases do
// not tell of those that the guest has made itself.
func (h *shadowView) made(place string) {
	for _, s := range h.shown {
		if rel, err := filepath.Rel(s.path, path.Dir(place)); err == nil && filepath.IsLocal(rel) {
			s.tree.Stale(rel)
		}
	}
}

// seenBy returns the policy that answers the calls of a guest which sees v.
func (h *shadowView) seenBy(v *view.View) intercept.Policy {
	if h == nil || h.network == nil {
		return v
	}
	return &networkedView{v, h.network}
}
