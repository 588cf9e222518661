package vft

import (
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Bound has content that could be fetched again taken out of the placeholders when
// there are more than limit bytes of it, first what was not read for long. What
// calls under way, mappings and programs need stays, and what is not written back.
// Zero means no bound.
func (t *Table) Bound(limit int64) { t.limit.Store(limit) }

// fetched notes that n bytes have come.
func (t *Table) fetched(n int64) {
	const often = 16 // the bound may be exceeded by that part
	if limit := t.limit.Load(); limit > 0 && t.came.Add(n) > limit/often && t.shedding.CompareAndSwap(false, true) {
		t.came.Store(0)
		go func() {
			t.shed(limit)
			t.shedding.Store(false)
		}()
	}
}

// shed takes out what is too much.
func (t *Table) shed(limit int64) {
	type use struct {
		*File
		last  time.Time
		bytes int64
	}
	var files []use
	var all int64
	t.mu.RLock()
	for _, f := range t.files {
		f.mu.Lock()
		if n := f.present.count * BlockSize; n > 0 {
			files = append(files, use{f, f.read, n})
			all += n
		}
		f.mu.Unlock()
	}
	t.mu.RUnlock()
	slices.SortFunc(files, func(a, b use) int { return a.last.Compare(b.last) })
	for _, f := range files {
		if all <= limit-limit/8 {
			return
		}
		all -= f.shed(all - limit + limit/4)
	}
}

// shed takes out blocks of want bytes, as far as that is possible, and returns how
// many bytes that were. What a reader has just passed, or comes to next, stays.
func (f *File) shed(want int64) (shed int64) {
	f.gate.RLock()
	defer f.gate.RUnlock()
	host, _, err := f.acquire()
	if err != nil {
		return 0
	}
	defer f.release()
	f.mu.Lock()
	candidates := f.present.list()
	near := span{f.next - leastAhead, endOf(f.next, mostAhead)}
	if f.read.Before(time.Now().Add(-time.Second)) {
		near = span{}
	}
	f.mu.Unlock()
	for len(candidates) > 0 && shed < want {
		run := f.takeRun(candidates, near)
		if run.to == run.from {
			candidates = candidates[1:]
			continue
		}
		candidates = candidates[blocksIn(run.to)-run.from/BlockSize:]
		if !f.punch(host, run) {
			return shed // it is being executed
		}
		shed += run.to - run.from
	}
	return shed
}

// takeRun returns the blocks that follow one another at the begin of list and that
// nobody needs, and has them count as being fetched.
func (f *File) takeRun(list []int64, near span) (run span) {
	f.mu.Lock()
	defer f.mu.Unlock()
	run = span{list[0] * BlockSize, list[0] * BlockSize}
	done := make(chan struct{})
	for i, b := range list {
		block := span{b * BlockSize, min((b+1)*BlockSize, f.origin)}
		if b != list[0]+int64(i) || !f.present.has(b) || f.needs(block) || (spans{near}).overlaps(block) {
			break
		}
		f.present.remove(b)
		f.filling[b] = done
		run.to = block.to
	}
	return run
}

// punch makes a run a hole, or, if that cannot be, has it present again.
func (f *File) punch(host *os.File, run span) bool {
	err := punchHole(host, run)
	f.mu.Lock()
	defer f.mu.Unlock()
	var done chan struct{}
	for b := run.from / BlockSize; b < blocksIn(run.to); b++ {
		done = f.filling[b]
		delete(f.filling, b)
		if err != nil {
			f.present.add(b)
		}
	}
	close(done)
	return err == nil
}

// punchHole does so behind the back of whoever looks at the placeholder's times.
func punchHole(host *os.File, run span) error {
	var before unix.Stat_t
	if err := unix.Fstat(int(host.Fd()), &before); err != nil {
		return fmt.Errorf("vft: stat a placeholder: %w", err)
	}
	to, err := reopen(host, before.Mode)
	if err != nil {
		return fmt.Errorf("vft: open a placeholder: %w", err)
	}
	defer to.Close()
	if err := unix.Fallocate(int(to.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, run.from, run.to-run.from); err != nil {
		return fmt.Errorf("vft: take content out of a placeholder: %w", err)
	}
	keep := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, before.Mtim}
	return unix.UtimesNanoAt(unix.AT_FDCWD, link(host), keep, 0)
}
