package view

import (
	"sync"
	"sync/atomic"
	"time"

	"penumbra/abi"
	"penumbra/namespace"
)

// stamp is a time by which knowledge ages.
type stamp time.Duration

var epoch = time.Now()

func now() stamp { return stamp(time.Since(epoch)) }

// freshness is how long it is believed that a name still is, or is not, a
// symbolic link. The guest's own changes are noticed at once; this bounds how
// late those by others are.
const freshness = stamp(25 * time.Millisecond)

func (s stamp) fresh() bool { return now()-s < freshness }

// pathCache remembers where paths led.
type pathCache struct {
	era atomic.Uint64 // counts changes that may turn a name into a link

	mu    sync.RWMutex
	known map[pathKey]pathFact
}

type pathKey struct {
	dir          origin // its place is "" for an absolute path
	path         string
	follow, name bool
	as           walker
}

// walker is how a path is walked.
type walker struct {
	who  *identity // that searches the directories, nil for this process's own
	host int       // descriptor of the host's root, in the thread's mount namespace
}

type pathFact struct {
	found namespace.Found
	errno abi.Errno
	era   uint64
	at    stamp
}

// maxFacts bounds the cache; it begins anew when it is full.
const maxFacts = 1 << 15

func (c *pathCache) get(k pathKey) (pathFact, bool) {
	c.mu.RLock()
	fact, ok := c.known[k]
	c.mu.RUnlock()
	return fact, ok && fact.era == c.era.Load() && fact.at.fresh()
}

// put enters what a walk that began in an era found.
func (c *pathCache) put(k pathKey, f pathFact) {
	f.at = now()
	if f.found.Kind != namespace.Symlink {
		// Whether it is there may change without notice: who asks has to look.
		f.found.Kind = namespace.Other
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxFacts {
		c.known = map[pathKey]pathFact{}
	}
	c.known[k] = f
}

// forget makes all that is known doubtful.
func (c *pathCache) forget() { c.era.Add(1) }
