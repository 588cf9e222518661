package main

import (
	"os"
	"sync"

	"penumbra/guest"
	"penumbra/mode"
	"penumbra/view"
	"penumbra/view/away"
	"penumbra/view/modes"
)

// guestModes are the syscall modes of a guest.
type guestModes struct {
	policy *modes.Policy
	away   *away.Guest // or nil
	start  *view.View  // by which the guest finds its program, or nil
	closed sync.Once
}

// modeFlag is the value of --mode.
type modeFlag struct{ mode **mode.Mode }

func (f modeFlag) String() string { return "" }

func (f modeFlag) Set(text string) error {
	m, err := mode.Parse(text)
	if err != nil {
		return valueError(err.Error())
	}
	*f.mode = &m
	return nil
}

// defaultMode is the mode in which the guest starts.
func (o *runOptions) defaultMode() mode.Mode {
	if o.mode != nil {
		return *o.mode
	}
	return mode.Mode{Remote: o.shadow.target != nil, Mapped: true}
}

// startsRemote reports whether the program is the shadow's.
func (o *runOptions) startsRemote() bool { return o.defaultMode().Remote }

// openModes returns the modes of a guest that has a shadow, or was given one, and
// nil for others: they make no call dearer that has none.
func (o *runOptions) openModes(s streams, v *view.View, h *shadowView) (*guestModes, error) {
	if h == nil && o.mode == nil {
		return nil, nil
	}
	m := &guestModes{}
	config := modes.Config{View: v, Default: o.defaultMode(), Notice: s.say}
	if h != nil {
		var err error
		if m.away, err = away.New(away.Config{Client: h.client, Machine: h.machine, Start: h.placeOf(v), Notice: s.say}); err != nil {
			return nil, err
		}
		if user, mine := m.away.User(); !mine && os.Geteuid() != 0 {
			v.ShowOwners(user.UID, user.GID)
		}
		config.Shadow, config.IsShadows = m.away, h.isTarget
		if o.shadow.network != networkLocal {
			h.openNetwork(v)
			config.Network = h.network
		}
	}
	var err error
	if m.policy, err = modes.New(config); err != nil {
		m.close()
		return nil, err
	}
	m.start = m.policy.ViewOf(config.Default)
	if h != nil && !config.Default.Remote {
		return m, o.startLocal(m.start)
	}
	return m, nil
}

// startLocal has a guest with a shadow start among this machine's files.
func (o *runOptions) startLocal(v *view.View) error {
	dir := o.chdir
	if dir == "" {
		var err error
		if dir, err = os.Getwd(); err != nil {
			return err
		}
	}
	return startIn(v, dir)
}

// close gives the modes up, once the guest has ended.
func (m *guestModes) close() {
	m.closed.Do(func() {
		if m.away != nil {
			m.away.Close()
		}
		if m.policy != nil {
			_ = m.policy.Close()
		}
	})
}

// isTarget reports whether the shadow is why something is mounted at a place.
func (h *shadowView) isTarget(target string) bool {
	for _, m := range h.mounts {
		if m.Target == target {
			return true
		}
	}
	return false
}

// placeOf returns what tells where a thread is, in an export: in its working
// directory, at home, or in the first.
func (h *shadowView) placeOf(v *view.View) func(t *guest.Thread) string {
	return func(t *guest.Thread) string {
		if place := v.WorkingDirectory(t); place != "" && h.isTarget(v.TargetOf(place)) {
			return place
		}
		if h.start != "" && h.isTarget(v.TargetOf(h.start)) {
			return h.start
		}
		return h.mounts[0].Target
	}
}
