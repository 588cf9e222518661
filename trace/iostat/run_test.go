package iostat

import (
	"encoding/binary"
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/trace"
)

// A run is a made-up run of programs that a Collector watches: files in a
// tree, descriptors, and memory at made-up addresses. Calls take 10 µs and
// begin 1 µs after the last one, unless a test says otherwise.
type run struct {
	t       testing.TB
	c       *Collector
	threads *guest.Table
	procs   map[int]int     // thread to process
	fds     map[int]*behind // what a descriptor is, by thread and number
	names   map[string]*node
	memory  map[abi.Addr][]byte
	now     time.Time
	took    time.Duration
	gap     time.Duration
	lookups int
	sameAs  map[int]int // descriptors that name one description
}

// behind is what a lookup of a descriptor finds.
type behind struct{ found }

type node struct {
	id   fileID
	size int64
}

func newRun(t testing.TB) *run {
	start := time.Unix(1e9, 0)
	r := &run{t: t, threads: guest.NewTable(), procs: map[int]int{}, fds: map[int]*behind{},
		names: map[string]*node{}, memory: map[abi.Addr][]byte{}, now: start,
		took: 10 * time.Microsecond, gap: time.Microsecond}
	r.c = newCollector(r, []string{"test"}, start)
	return r
}

func slotKey(tid int, fd int32) int { return tid<<16 | int(fd) }

func (r *run) process(t *guest.Thread) int {
	if pid, ok := r.procs[t.ID()]; ok {
		return pid
	}
	return t.ID()
}
func (r *run) program(pid int) string { return fmt.Sprintf("prog%d", pid) }
func (r *run) descriptor(t *guest.Thread, fd int32, fresh bool) (found, bool) {
	r.lookups++
	if o := r.fds[slotKey(r.process(t), fd)]; o != nil {
		return o.found, true
	}
	return found{}, false
}
func (r *run) descriptors(t *guest.Thread) (fds []int32) {
	for key := range r.fds {
		if tid := r.process(t); key>>16 == tid {
			fds = append(fds, int32(key&0xffff))
		}
	}
	return fds
}
func (r *run) same(t *guest.Thread, fd int32, other *guest.Thread, otherFD int32) bool {
	return r.sameAs[slotKey(r.process(t), fd)] == slotKey(r.process(other), otherFD)
}
func (r *run) size(t *guest.Thread, fd int32) (int64, bool) {
	if o := r.fds[slotKey(r.process(t), fd)]; o != nil {
		if n := r.names[o.link]; n != nil {
			return n.size, true
		}
	}
	return 0, false
}
func (r *run) socket(t *guest.Thread, fd int32, accepted bool) (string, bool) { return "", false }
func (r *run) named(t *guest.Thread, at int32, name string) (fileID, bool) {
	if !strings.HasPrefix(name, "/") {
		name = path.Join("/cwd", name)
	}
	if n := r.names[name]; n != nil {
		return n.id, true
	}
	return fileID{}, false
}
func (r *run) directory(t *guest.Thread, at int32) (string, bool) { return "/cwd", true }
func (r *run) read(t *guest.Thread, p []byte, at abi.Addr) bool {
	return copy(p, r.memory[at]) == len(p)
}
func (r *run) text(t *guest.Thread, at abi.Addr) (string, bool) {
	b, ok := r.memory[at]
	return string(b), ok
}

// thread returns the thread of that id.
func (r *run) thread(tid int) *guest.Thread { return r.threads.Add(tid) }

// call makes a call of x86-64 by a thread, which returns a value or, if that
// is negative, fails.
func (r *run) call(tid int, name string, value int64, args ...uint64) {
	r.t.Helper()
	r.callOn(abi.AMD64, tid, name, value, args...)
}

func (r *run) callOn(a abi.Arch, tid int, name string, value int64, args ...uint64) {
	r.t.Helper()
	call := r.begin(a, tid, name, args...)
	r.end(call, value)
}

func (r *run) begin(a abi.Arch, tid int, name string, args ...uint64) *trace.Call {
	r.t.Helper()
	s := abi.ByName(name)
	nr, ok := s.On(a)
	if !ok {
		r.t.Fatalf("%v has no %s", a, name)
	}
	if !Calls().Has(s) {
		r.t.Fatalf("%s is not among the calls that are seen", name)
	}
	call := &trace.Call{Thread: r.thread(tid), Arch: a, Number: nr, Syscall: s}
	copy(call.Args[:], args)
	r.now = r.now.Add(r.gap)
	call.Begin = r.now
	r.c.Enter(call)
	return call
}

func (r *run) end(call *trace.Call, value int64) {
	r.now = r.now.Add(r.took)
	call.End = r.now
	if value < 0 {
		call.Err = abi.Errno(-value)
	} else {
		call.Value = value
	}
	r.c.Exit(call)
}

// put stores bytes in memory and returns where.
func (r *run) put(b []byte) uint64 {
	at := abi.Addr(0x10000 + 0x1000*len(r.memory))
	r.memory[at] = b
	return uint64(at)
}

func (r *run) words(words ...uint64) uint64 {
	var b []byte
	for _, w := range words {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return r.put(b)
}

var inode uint64

// exists makes a regular file.
func (r *run) exists(name string, size int64) *node {
	inode++
	n := &node{fileID{1, inode}, size}
	r.names[name] = n
	return n
}

// is makes a descriptor of a process refer to something.
func (r *run) is(pid int, fd int32, link string, mode uint32) {
	f := found{link: link, mode: mode}
	if n := r.names[link]; n != nil {
		f.id, f.size = n.id, n.size
	} else {
		inode++
		f.id = fileID{2, inode}
	}
	r.fds[slotKey(pid, fd)] = &behind{f}
}

// open opens a regular file, which is made if it is not there.
func (r *run) open(tid int, fd int32, name string, flags uint64) {
	r.t.Helper()
	if r.names[name] == nil {
		r.exists(name, 0)
	}
	r.is(r.process(r.thread(tid)), fd, name, unix.S_IFREG)
	r.call(tid, "openat", int64(fd), atCWD, r.put([]byte(name)), flags)
}

const atCWD = 0xffffff9c // as a register holds it

// file returns the sums of a file.
func (r *run) file(name string) *file {
	r.t.Helper()
	f := r.c.files[name]
	if f == nil {
		r.t.Fatalf("no file is named %q", name)
	}
	return f
}

// rules returns the names of the advice, in order.
func (r *run) rules() (names []string) {
	for _, a := range r.c.advise() {
		names = append(names, a.Rule)
	}
	return names
}
