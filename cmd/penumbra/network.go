package main

import (
	"path"
	"path/filepath"
	"slices"

	"penumbra/intercept"
	"penumbra/network"
	"penumbra/view"
)

// openNetwork makes the network of the shadow that of a guest that sees v.
func (h *shadowView) openNetwork(v *view.View) {
	h.network = network.New(network.Config{
		Client: h.client,
		User:   h.machine.User,
		Place: func(c *intercept.Call, name string, make bool) (string, bool) {
			place, tree, ok := v.SocketPlace(c, name, make)
			return place, ok && slices.ContainsFunc(h.shown, func(s shownTree) bool { return s.tree == tree })
		},
		Connect: v.Connect,
		Send:    v.Send,
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
