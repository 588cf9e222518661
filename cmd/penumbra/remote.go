package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"penumbra/access"
	"penumbra/access/fetch"
	"penumbra/module/mirror"
	"penumbra/module/remote"
	"penumbra/network"
	"penumbra/shadow/client"
	"penumbra/view"
)

// localDirs are what a guest has from here though all other files are a shadow's:
// they are about this machine and the processes on it.
var localDirs = []string{"/proc", "/sys", "/dev"}

// A shownTree shows an export.
type shownTree struct {
	path string
	tree *mirror.Tree
}

// A shadowView is what a guest sees of its shadow.
type shadowView struct {
	client  *client.Client
	machine *client.Machine
	mounts  []view.Mount
	// start is where the guest begins if the shadow lacks the working directory.
	start string
	trees []*remote.FS
	shown []shownTree
	// network is the guest's, or nil: then it is this machine's.
	network *network.Network
	told    atomic.Pointer[[]*remote.FS]
	lost    atomic.Bool // something could not be written back

	access remote.Access
}

// cacheLimit bounds, in bytes, what is kept of fetched files from run to run.
const cacheLimit = 4 << 30

// openCache returns the cache of fetched files.
func openCache() (*fetch.Cache, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	return fetch.NewCache(path.Join(dir, "penumbra"), cacheLimit)
}

// open reaches the shadow.
func (f *shadowFlags) open(s streams, verbose, aggravate bool) (*shadowView, error) {
	h := &shadowView{access: remote.Access{Shadow: f.target.String(), Cache: sync.OnceValues(openCache), Aggravate: aggravate}}
	if isTerminal(2) {
		h.access.Progress = showProgress
	}
	if verbose {
		h.access.Told = func(name string, chain access.Chain, why string) {
			s.say(fmt.Sprintf("%s: %s (%s)", name, chain, why))
		}
	}
	notice := func(err error) {
		if err != nil {
			s.say(fmt.Sprintf("the link to shadow %s broke (%v); trying again for as long as the lease is", f.target, err))
		} else {
			s.say(fmt.Sprintf("shadow %s is there again", f.target))
		}
	}
	var err error
	if h.client, h.machine, err = f.dial(context.Background(), notice, h.changed); err != nil {
		return nil, err
	}
	if err := h.mount(f.target.String(), s); err != nil {
		closeTrees(h.mounts)
		h.close()
		return nil, fmt.Errorf("shadow %s: %w", f.target, err)
	}
	return h, nil
}

// showProgress shows a transfer on the last line of the terminal, or takes that away.
func showProgress(p remote.Progress) {
	const clear = "\r\x1b[K"
	if p.Name == "" {
		fmt.Fprint(os.Stderr, clear)
		return
	}
	what := "from"
	if p.Write {
		what = "to"
	}
	mib := float64(p.Bytes) / (1 << 20)
	fmt.Fprintf(os.Stderr, "%spenumbra: %.0f MiB %s the shadow, %.1f MiB/s: %s", clear, mib, what, mib/p.Took.Seconds(), p.Name)
}

// changed hands on what has changed at the shadow.
func (h *shadowView) changed(all []client.Change) {
	if trees := h.told.Load(); trees != nil {
		for _, t := range *trees {
			t.Hear(all)
		}
	}
}

// mount makes a tree of each export.
func (h *shadowView) mount(source string, s streams) error {
	exports := &h.machine.Exports
	h.start, h.access.Policy = exports.Home, exports.Policy
	slices.SortFunc(exports.List, func(a, b client.Export) int { return len(a.Path) - len(b.Path) })
	processes, err := h.spawn(exports.List)
	if err != nil {
		return err
	}
	for i, e := range exports.List {
		failed := func(name string, err error) {
			h.lost.Store(true)
			s.say(fmt.Sprintf("%s cannot be written back: %v", path.Join(e.Path, name), err))
		}
		tree, fs, err := remote.New(processes[i], source+" "+e.Path, e.Path, h.access, failed)
		if err != nil {
			return fmt.Errorf("export %s: %w", e.Path, err)
		}
		h.mounts = append(h.mounts, view.Mount{Target: e.Path, Tree: tree, ReadOnly: e.ReadOnly})
		h.trees, h.shown = append(h.trees, fs), append(h.shown, shownTree{e.Path, tree})
		if e.Path == "/" {
			for _, dir := range localDirs {
				h.mounts = append(h.mounts, view.Mount{Target: dir})
			}
		}
	}
	h.told.Store(&h.trees)
	return nil
}

// spawn makes a representative in each export, all in one round trip.
func (h *shadowView) spawn(exports []client.Export) ([]*client.Process, error) {
	processes, errs := make([]*client.Process, len(exports)), make([]error, len(exports))
	var wg sync.WaitGroup
	for i, e := range exports {
		wg.Go(func() {
			if processes[i], errs[i] = h.client.Spawn(context.Background(), e.Path, 0); errs[i] != nil {
				errs[i] = fmt.Errorf("export %s: %w", e.Path, errs[i])
			}
		})
	}
	wg.Wait()
	return processes, errors.Join(errs...)
}

// begin says where the guest starts: in the working directory, or, if the shadow
// has all files but not that one, in its user's home.
func (h *shadowView) begin(v *view.View, dir string) error {
	if dir == "" {
		var err error
		if dir, err = os.Getwd(); err == nil {
			_, err = v.HostPath(dir)
		}
		if err == nil {
			return nil
		}
		if dir = h.start; dir == "" {
			dir = "/"
		}
	}
	return startIn(v, dir)
}

// startIn has the guest start in a directory of the view.
func startIn(v *view.View, dir string) error {
	host, err := v.HostPath(dir)
	if err == nil {
		var info os.FileInfo
		if info, err = os.Stat(host); err == nil && !info.IsDir() {
			err = syscall.ENOTDIR
		}
	}
	if err != nil {
		return fmt.Errorf("start in %q: %w", dir, err)
	}
	if !path.IsAbs(dir) {
		here, err := os.Getwd()
		if err != nil {
			return fmt.Errorf("start in %q: %w", dir, err)
		}
		dir = path.Join(here, dir)
	}
	v.Begin(dir)
	return nil
}

// ended reports why the session ended too early, or nil.
func (h *shadowView) ended() error {
	select {
	case <-h.client.Done():
		return h.client.Err()
	default:
		return nil
	}
}

// close ends the session. What is to be written back was, by the view's end.
func (h *shadowView) close() {
	if h.network != nil {
		h.network.Close()
	}
	_ = h.client.Close()
}

// exit ends the session after a run that would exit with status, and returns the
// status that tells of what went wrong with the shadow.
func (h *shadowView) exit(s streams, status int) int {
	err := h.ended()
	h.close()
	switch {
	case err != nil:
		s.say(fmt.Sprintf("the shadow was lost: %v", err))
		return exitShadow
	case h.lost.Load() && status == 0:
		return exitFailure
	}
	return status
}
