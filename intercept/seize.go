package intercept

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/guest"
	"penumbra/internal/sys"
)

// optionsAttached lack PTRACE_O_EXITKILL: a guest that was there before its
// supervisor outlives it. PTRACE_O_TRACESECCOMP is the business of filters, of
// which none is ours.
const optionsAttached = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACEFORK |
	unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEEXEC

// seizeAll makes this thread the tracer of all threads of the processes pids.
func (t *tracer) seizeAll(pids []int) error {
	for _, a := range arches {
		t.every = t.every || t.guest.interests[a].any()
	}
	if err := t.startWaker(); err != nil {
		return fmt.Errorf("intercept: attach: %w", err)
	}
	for _, pid := range pids {
		if err := t.seizeProcess(pid); err != nil {
			return err
		}
	}
	return nil
}

// seizeProcess seizes a process's threads until there is none left to seize.
// Each is made to stop, and stays so meanwhile: it creates no more, and what it
// created before is found by the next pass. A pass over a list that changes
// may miss some (proc_task_readdir in fs/proc/base.c), hence the count.
func (t *tracer) seizeProcess(pid int) error {
	for seized := 0; ; {
		tids := threadsOf(pid)
		fresh := 0
		for _, tid := range tids {
			ok, err := t.seize(tid)
			if err != nil {
				return attachError(pid, tid, err)
			}
			if ok {
				fresh++
			}
		}
		seized += fresh
		s, err := guest.ReadStatus(pid)
		ended := err != nil || s.State == 'Z' && s.Threads <= 1
		switch {
		case ended && seized == 0:
			return attachError(pid, pid, unix.ESRCH)
		case ended:
			return nil
		case fresh == 0 && len(tids) >= s.Threads:
			return nil
		case fresh == 0:
			time.Sleep(time.Millisecond)
		}
	}
}

// threadsOf lists the threads of a process, as far as they can be seen at once.
func threadsOf(pid int) (tids []int) {
	dir, err := os.Open(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		if tid, err := strconv.Atoi(name); err == nil {
			tids = append(tids, tid)
		}
	}
	return tids
}

// seize seizes one thread and makes it stop. It reports false for one that was
// seized before, or has ended. What looks like a process's first thread, known
// already, may be another that took its id by an execve before it was seized
// itself: hence each is tried.
func (t *tracer) seize(tid int) (bool, error) {
	err := t.seizeWhileReaping(tid)
	for tries := 0; errors.Is(err, unix.EPERM) && t.tracees[tid] == nil; tries++ {
		s, gone := guest.ReadStatus(tid)
		if gone != nil || s.State == 'Z' || s.State == 'X' || s.Tracer == unix.Gettid() {
			return false, nil // ended, or created by one that is traced
		}
		// An ending thread is refused too, and what has its id a moment later
		// may be the process's first, by an execve.
		if s.Tracer != 0 || tries == 10 {
			return false, err
		}
		time.Sleep(time.Millisecond)
		err = t.seizeWhileReaping(tid)
	}
	switch {
	case errors.Is(err, unix.ESRCH), errors.Is(err, unix.EPERM):
		return false, nil
	case err != nil:
		return false, err
	}
	if t.tracees[tid] != nil {
		t.replace(&tracee{}, tid, tid)
	} else {
		t.enter(birth{}, tid)
	}
	t.tracees[tid].fresh = true
	sys.Interrupt(tid)
	return true, nil
}

// seizeWhileReaping seizes a thread. The kernel has that wait while another
// thread of the process executes a program, and has the execve wait until the
// tracer has reaped those threads that it ended. This thread cannot do both:
// another one of this process reaps.
func (t *tracer) seizeWhileReaping(tid int) error {
	const patience = 5 * time.Millisecond
	done, reaped := make(chan struct{}), make(chan map[int]unix.WaitStatus)
	reaper := time.AfterFunc(patience, func() { reaped <- t.reapUntil(done) })
	err := sys.Seize(tid, optionsAttached)
	if !reaper.Stop() {
		close(done)
		for ended, status := range <-reaped {
			t.exited(ended, status)
		}
	}
	return err
}

// reapUntil reaps tracees that have ended until done, and returns how.
func (t *tracer) reapUntil(done <-chan struct{}) map[int]unix.WaitStatus {
	ended := map[int]unix.WaitStatus{}
	for {
		for tid := range t.tracees {
			// Waiting would take the news of a stop as well.
			if s, err := guest.ReadStatus(tid); err != nil || s.State != 'Z' {
				continue
			}
			var status unix.WaitStatus
			if n, _ := unix.Wait4(tid, &status, unix.WNOHANG|unix.WALL, nil); n == tid {
				ended[tid] = status
			}
		}
		select {
		case <-done:
			return ended
		case <-time.After(time.Millisecond):
		}
	}
}
