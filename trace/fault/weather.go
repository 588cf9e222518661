package fault

import (
	"hash/fnv"
	"slices"
	"time"

	"penumbra/abi"
	"penumbra/trace"
)

// The calls that weather is for, besides those that move bytes.
var (
	messageCalls = setOfNames("recvmmsg recvmmsg_time64 sendmmsg accept accept4")
	waitCalls    = setOfNames("wait4 waitpid waitid flock fcntl fcntl64 msgsnd msgrcv " +
		"poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64 epoll_wait epoll_pwait epoll_pwait2")
	openCalls  = setOfNames("open openat openat2 creat")
	syncCalls  = setOfNames("fsync fdatasync")
	pacedCalls = setOfNames("close connect rename renameat renameat2 unlink unlinkat")
)

const (
	// maxBarren bounds how often in a row a call fails without having got any
	// further, so that whoever tries again does get on.
	maxBarren = 3

	// A pipe takes a record of PIPE_BUF bytes whole or not at all, and the
	// reader of a record of the 512 that POSIX promises need not loop (pipe(7)).
	pipeBuf, posixPipeBuf = 4096, 512

	// A delay is from minPause to delaySteps microseconds longer.
	minPause   = 10 * time.Microsecond
	delaySteps = 2000

	// Delays suit every call. They step back for what suits fewer, but for one
	// of delayShare times.
	delayShare = 4
)

// affects returns the calls that a kind of weather is for.
func (ch *Chaos) affects(k kind) abi.Set {
	transfers := transferCalls()
	switch k {
	case kindShort:
		return transfers
	case kindEINTR:
		set := transfers.Union(messageCalls()).Union(waitCalls())
		if ch.regardless {
			set = set.Union(openCalls())
		}
		return set
	case kindEAGAIN:
		return transfers.Union(messageCalls())
	case kindDelay:
		return transfers.Union(messageCalls()).Union(waitCalls()).Union(openCalls()).Union(syncCalls()).Union(pacedCalls())
	case kindENOSPC:
		return transfers
	}
	return transfers.Union(syncCalls())
}

// aim sets the calls that any wanted kind is for.
func (ch *Chaos) aim() {
	var set abi.Set
	for k := range numKinds {
		if ch.kinds.has(k) {
			set = set.Union(ch.affects(k))
		}
	}
	ch.targets = set.Without(ch.calls.Invert())
}

// needs returns the calls that have to be seen.
func (ch *Chaos) needs() abi.Set {
	if ch.needsHandlers() {
		return ch.targets.Union(actionCalls()).Union(returnCalls())
	}
	return ch.targets
}

// needsHandlers reports whether the guest's signal handlers matter.
func (ch *Chaos) needsHandlers() bool { return ch != nil && ch.kinds.has(kindEINTR) && !ch.regardless }

// weather decides whether and how c is hit. The hit is nil if it is not.
func (p *Plan) weather(th *thread, c *trace.Call) (Fault, *hit) {
	ch := p.chaos
	if !ch.targets.Has(c.Syscall) {
		return Fault{}, nil
	}
	draw := mix(ch.Seed, th.path, hashOf(c.Syscall.Name), th.count(nil, c.Syscall))
	barren := th.barren[c.Syscall]
	th.barren[c.Syscall] = 0
	if float64(draw>>11)/(1<<53) >= ch.rate {
		return Fault{}, nil
	}
	s := p.survey(c, mix(draw, 1))
	var able []kind
	for k := range numKinds {
		if ch.kinds.has(k) && ch.affects(k).Has(c.Syscall) && (barren < maxBarren || !k.barren()) && s.allows(k) {
			able = append(able, k)
		}
	}
	if len(able) == 0 {
		return Fault{}, nil
	}
	if len(able) > 1 && mix(draw, 3)%delayShare != 0 {
		able = slices.DeleteFunc(able, func(k kind) bool { return k == kindDelay })
	}
	k := able[mix(draw, 2)%uint64(len(able))]
	if k.barren() {
		th.barren[c.Syscall] = barren + 1
	}
	return s.strike(k)
}

// hashOf returns a number that stands for a name (FNV-1a).
func hashOf(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}
