package intercept

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"penumbra/guest"
	"penumbra/internal/kernel"
)

// Attach makes running processes, with all their threads, a guest; what they
// create from then on belongs to it too. The policy decides about their calls
// as about those of a started guest, with these differences: every call stops
// its thread twice, whatever the policy's interest, since no filter sorts them;
// all of them come to Enter one at a time, and every verdict works for those of
// Interest Answer too. The processes may use ptrace and privileges as before.
// One that has a seccomp filter of its own which kills for unknown calls dies
// of Skip, since the filter is asked about a call of number -1.
//
// An id may be that of any thread of a process. Attach fails for a process that
// does not exist (ESRCH), for what the kernel does not permit (EPERM: see
// ptrace(2), "Ptrace access mode checking"), for kernel threads, for this
// process and for its ancestors, which may wait for it and would be waited for.
// Then none is traced. A child of this process can be attached, but its end is
// told by the guest's Wait alone: nobody else may wait for it.
//
// When this process ends, however it does, the guest goes on untraced.
func Attach(config Config, pids ...int) (*Guest, error) {
	if len(pids) == 0 {
		return nil, errors.New("intercept: attach: no process was named")
	}
	groups, err := attachable(pids)
	if err != nil {
		return nil, err
	}
	g := newGuest(config)
	g.attached, g.first = true, groups[0]
	started := make(chan error)
	onMortalThread(func() { g.superviseAttached(groups, started) })
	if err := <-started; err != nil {
		<-g.done
		return nil, err
	}
	return g, nil
}

// superviseAttached seizes processes and serves them until they have ended or
// are let go. Its thread is the tracer, and ends with it.
func (g *Guest) superviseAttached(pids []int, started chan<- error) {
	t := newTracer(g)
	err := t.seizeAll(pids)
	if err != nil {
		t.detach()
	} else {
		started <- nil
	}
	t.serve()
	tid := unix.Gettid()
	go func() {
		if t.detaching {
			awaitThreadEnd(tid)
		}
		if err != nil {
			started <- err
		}
		close(g.done)
	}()
}

// attachable returns the processes that ids belong to, each once, if they can
// be attached as far as this process knows itself.
func attachable(ids []int) (groups []int, err error) {
	own, err := ancestry()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		group, _, err := guest.Lineage(id)
		switch {
		case err != nil || group == 0:
			return nil, attachError(id, id, unix.ESRCH)
		case group == os.Getpid():
			return nil, fmt.Errorf("intercept: attach to process %d: it is the one that would trace", id)
		case slices.Contains(own, group):
			return nil, fmt.Errorf("intercept: attach to process %d (%s): it is an ancestor of the one that would trace, and the two would wait for each other",
				id, commandOf(group))
		case guest.IsKernelThread(group):
			return nil, fmt.Errorf("intercept: attach to process %d (%s): it is a thread of the kernel", id, commandOf(group))
		}
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
	}
	return groups, nil
}

// ancestry returns the ids of this process's ancestors.
func ancestry() (pids []int, err error) {
	for pid := os.Getpid(); pid > 1; {
		if _, pid, err = guest.Lineage(pid); err != nil {
			return nil, fmt.Errorf("intercept: attach: find this process's ancestors: %w", err)
		}
		pids = append(pids, pid)
	}
	return pids, nil
}

// attachError explains why thread tid of process pid cannot be attached.
func attachError(pid, tid int, err error) error {
	wrap := func(why string) error {
		return fmt.Errorf("intercept: attach to process %d%s: %w", pid, why, err)
	}
	if !errors.Is(err, unix.EPERM) {
		return wrap("")
	}
	name := commandOf(pid)
	if s, _ := guest.ReadStatus(tid); s.Tracer != 0 {
		return wrap(fmt.Sprintf(" (%s): process %d (%s) traces it already", name, s.Tracer, commandOf(s.Tracer)))
	}
	if limit := kernel.TraceLimit(); limit != "" {
		return wrap(fmt.Sprintf(" (%s): %s", name, limit))
	}
	return wrap(fmt.Sprintf(" (%s): it is another user's, or more privileged than this process", name))
}
