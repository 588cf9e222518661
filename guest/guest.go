// Package guest is the supervisor's picture of a guest: its processes and
// threads, and the memory they work in.
package guest

import (
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// Thread is one thread of the guest. Its id, like every id here, is the one
// that the supervisor's own process-id namespace gives it.
type Thread struct {
	id    int
	table *Table

	once    sync.Once
	process *Process
}

// Process is a thread group of the guest.
type Process struct {
	ID int

	mu  sync.Mutex
	mem *os.File // /proc/<pid>/mem, once KeepMemory has opened it
}

// ID returns the thread's id.
func (t *Thread) ID() int { return t.id }

// Process returns the process that t belongs to. It is looked up when it is
// first asked for; of a thread that has died by then nothing more can be
// learnt, and it counts as a process of its own.
func (t *Thread) Process() *Process {
	t.once.Do(func() {
		pid := t.id
		if !isFirst(t.id) {
			if group, _, err := Lineage(t.id); err == nil {
				pid = group
			}
		}
		t.process = t.table.process(pid)
	})
	return t.process
}

// isFirst reports whether a thread has the id of its process: which costs less than
// to read which one that is.
func isFirst(tid int) bool {
	err := unix.Tgkill(tid, tid, 0)
	return err == nil || err == unix.EPERM
}

// Memory returns the memory that t works in.
func (t *Thread) Memory() Memory { return Memory{t} }

func (t *Thread) String() string { return strconv.Itoa(t.id) }

// Table holds the living threads of a guest. Its methods may be called from
// several goroutines at once.
type Table struct {
	// Name, if not nil, returns how t knows the file that a link of /proc/<tid>,
	// such as "fd/3" or "cwd", leads to, which the host knows by path. It is set
	// before there are threads.
	Name func(t *Thread, link, path string) string

	mu        sync.RWMutex
	threads   map[int]*Thread
	processes map[int]*Process
}

// NewTable returns an empty table.
func NewTable() *Table {
	return &Table{threads: map[int]*Thread{}, processes: map[int]*Process{}}
}

// Add enters the thread id, or returns the one already there.
func (tb *Table) Add(id int) *Thread {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	t := tb.threads[id]
	if t == nil {
		t = &Thread{id: id, table: tb}
		tb.threads[id] = t
	}
	return t
}

// Get returns the thread id, or nil.
func (tb *Table) Get(id int) *Thread {
	tb.mu.RLock()
	defer tb.mu.RUnlock()
	return tb.threads[id]
}

// Find returns the thread id, or, if the table does not hold it, a picture of
// it that is not entered.
func (tb *Table) Find(id int) *Thread {
	if t := tb.Get(id); t != nil {
		return t
	}
	return &Thread{id: id, table: NewTable()}
}

// Len returns the number of threads.
func (tb *Table) Len() int {
	tb.mu.RLock()
	defer tb.mu.RUnlock()
	return len(tb.threads)
}

// Remove forgets a thread that has ended.
func (tb *Table) Remove(id int) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	delete(tb.threads, id)
	if p := tb.processes[id]; p != nil {
		p.release()
		delete(tb.processes, id)
	}
}

// Exec enters what an execve by thread former leaves of its process: one
// thread, whose id is the process's, with memory of its own.
func (tb *Table) Exec(former, pid int) *Thread {
	tb.Remove(former)
	tb.Remove(pid)
	return tb.Add(pid)
}

func (tb *Table) process(id int) *Process {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	p := tb.processes[id]
	if p == nil {
		p = &Process{ID: id}
		tb.processes[id] = p
	}
	return p
}
