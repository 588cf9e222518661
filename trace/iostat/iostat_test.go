package iostat

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/vft/descriptors"
)

func TestTransfers(t *testing.T) {
	const fd = 3
	tests := []struct {
		name string
		call func(*run)
		want Stats // compared by what is set
	}{
		{"read", func(r *run) { r.call(1, "read", 100, fd, 0, 4096) }, Stats{Bytes: [2]uint64{100}}},
		{"write", func(r *run) { r.call(1, "write", 7, fd, 0, 7) }, Stats{Bytes: [2]uint64{0, 7}}},
		{"pread64", func(r *run) { r.call(1, "pread64", 10, fd, 0, 10, 50) }, Stats{Bytes: [2]uint64{10}}},
		{"writev", func(r *run) { r.call(1, "writev", 30, fd, r.words(0, 10, 0, 20), 2) }, Stats{Bytes: [2]uint64{0, 30}}},
		{"vector of i386", func(r *run) {
			r.callOn(abi.I386, 1, "writev", 30, fd, r.words(10<<32, 20<<32), 2)
		}, Stats{Bytes: [2]uint64{0, 30}}},
		{"sendmmsg", func(r *run) {
			msgs := make([]byte, 128)
			msgs[56], msgs[64+56] = 5, 6
			r.call(1, "sendmmsg", 2, fd, r.put(msgs), 2, 0)
		}, Stats{Bytes: [2]uint64{0, 11}}},
		{"peeked bytes stay", func(r *run) { r.call(1, "recvfrom", 9, fd, 0, 100, unix.MSG_PEEK) }, Stats{}},
		{"failed", func(r *run) { r.call(1, "read", -int64(abi.EIO), fd, 0, 9) }, Stats{Errors: []ErrorCount{{abi.EIO, 1}}}},
		{"interrupted", func(r *run) { r.call(1, "read", -int64(abi.EINTR), fd, 0, 9) }, Stats{Interrupted: 1}},
		{"to be made again", func(r *run) { r.call(1, "read", -int64(abi.ERESTARTSYS), fd, 0, 9) }, Stats{Interrupted: 1}},
		{"mapped", func(r *run) { r.call(1, "mmap", 0x7000, 0, 8192, 1, 2, fd, 0) }, Stats{Mapped: 8192}},
		{"mapped memory", func(r *run) { r.call(1, "mmap", 0x7000, 0, 8192, 1, unix.MAP_ANONYMOUS|2, ^uint64(0), 0) }, Stats{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRun(t)
			r.open(1, fd, "/f", unix.O_RDWR)
			tt.call(r)
			for what, got := range map[string]*Stats{"file": &r.file("/f").Stats, "process": &r.c.processes[0].Stats} {
				if got.Bytes != tt.want.Bytes || got.Mapped != tt.want.Mapped || got.Interrupted != tt.want.Interrupted ||
					fmt.Sprint(got.Errors) != fmt.Sprint(tt.want.Errors) {
					t.Errorf("%s: got %+v, want %+v", what, got, tt.want)
				}
			}
		})
	}
}

func TestCopiesBelongToBothFiles(t *testing.T) {
	r := newRun(t)
	r.exists("/from", 1000)
	r.open(1, 3, "/from", 0)
	r.open(1, 4, "/to", unix.O_WRONLY)
	r.call(1, "copy_file_range", 600, 3, 0, 4, 0, 4096, 0)
	r.call(1, "sendfile", 400, 4, 3, 0, 4096)
	from, to := r.file("/from"), r.file("/to")
	if from.Bytes != [2]uint64{1000, 0} || to.Bytes != [2]uint64{0, 1000} {
		t.Errorf("moved %v and %v bytes", from.Bytes, to.Bytes)
	}
	if from.Sequential[in] != 1 || to.Sequential[out] != 1 {
		t.Errorf("the second did not continue the first: %v, %v", from.Sequential, to.Sequential)
	}
	if got := from.Time[Read] + to.Time[Write]; got != 2*r.took {
		t.Errorf("two calls of %v count as %v", r.took, got)
	}
	if from.Short[in] != 1 {
		t.Errorf("%d short reads; the first is one, the second met the end of the file", from.Short[in])
	}
}

func TestDescriptors(t *testing.T) {
	type step func(r *run)
	open := func(fd int32, name string) step { return func(r *run) { r.open(1, fd, name, unix.O_RDWR) } }
	openCloexec := func(fd int32, name string) step {
		return func(r *run) { r.open(1, fd, name, unix.O_RDWR|unix.O_CLOEXEC) }
	}
	exec := func(r *run) { r.c.Execed(r.thread(1), 1) }
	write := func(tid int, fd uint64) step { return func(r *run) { r.call(tid, "write", 1, fd, 0, 1) } }
	call := func(name string, value int64, args ...uint64) step {
		return func(r *run) { r.call(1, name, value, args...) }
	}
	behind := func(pid int, fd int32, name string) step {
		return func(r *run) { r.is(pid, fd, name, unix.S_IFREG) }
	}
	tests := []struct {
		name  string
		steps []step
		want  map[string]uint64 // bytes written
	}{
		{"met when used", []step{behind(1, 5, "/g"), write(1, 5)}, map[string]uint64{"/g": 1}},
		{"dup", []step{open(3, "/f"), call("dup", 7, 3), write(1, 7)}, map[string]uint64{"/f": 1}},
		{"dup2", []step{open(3, "/f"), open(4, "/g"), call("dup2", 4, 3, 4), write(1, 4)}, map[string]uint64{"/f": 1, "/g": 0}},
		{"dup2 upon itself", []step{open(3, "/f"), call("dup2", 3, 3, 3), write(1, 3)}, map[string]uint64{"/f": 1}},
		{"F_DUPFD", []step{open(3, "/f"), call("fcntl", 10, 3, unix.F_DUPFD_CLOEXEC, 10), write(1, 10)}, map[string]uint64{"/f": 1}},
		{"F_GETFD makes nothing", []step{open(3, "/f"), behind(1, 1, "/g"), call("fcntl", 1, 3, unix.F_GETFD), write(1, 1)}, map[string]uint64{"/f": 0, "/g": 1}},
		{"close", []step{open(3, "/f"), call("close", 0, 3), behind(1, 3, "/g"), write(1, 3)}, map[string]uint64{"/f": 0, "/g": 1}},
		{"close_range", []step{open(3, "/f"), call("close_range", 0, 3, 0xffffffff, 0), behind(1, 3, "/g"), write(1, 3)}, map[string]uint64{"/f": 0, "/g": 1}},
		{"fork copies", []step{open(3, "/f"), func(r *run) {
			r.c.Forked(r.thread(1), r.thread(2))
			r.call(2, "close", 0, 3)
		}, write(1, 3)}, map[string]uint64{"/f": 1}},
		{"a child's descriptors are its parent's", []step{open(3, "/f"), func(r *run) {
			r.c.Forked(r.thread(1), r.thread(2))
		}, write(2, 3)}, map[string]uint64{"/f": 1}},
		{"threads share", []step{open(3, "/f"), func(r *run) {
			r.procs[2] = 1
			r.c.Forked(r.thread(1), r.thread(2))
			r.call(2, "close", 0, 3)
		}, behind(1, 3, "/g"), write(1, 3)}, map[string]uint64{"/f": 0, "/g": 1}},
		{"CLONE_FILES shares", []step{open(3, "/f"), func(r *run) {
			clone := r.begin(abi.AMD64, 1, "clone", unix.CLONE_FILES)
			r.c.Forked(r.thread(1), r.thread(2))
			r.end(clone, 2)
			r.call(2, "close", 0, 3)
		}, behind(1, 3, "/g"), write(1, 3)}, map[string]uint64{"/f": 0, "/g": 1}},
		{"clone3 with CLONE_FILES", []step{open(3, "/f"), func(r *run) {
			clone := r.begin(abi.AMD64, 1, "clone3", r.words(unix.CLONE_FILES), 88)
			r.c.Forked(r.thread(1), r.thread(2))
			r.end(clone, 2)
			r.call(2, "close", 0, 3)
		}, behind(1, 3, "/g"), write(1, 3)}, map[string]uint64{"/f": 0, "/g": 1}},
		{"unshare divides", []step{open(3, "/f"), func(r *run) {
			r.procs[2] = 1
			r.c.Forked(r.thread(1), r.thread(2))
			r.call(2, "unshare", 0, unix.CLONE_FILES)
			r.call(2, "close", 0, 3)
		}, write(1, 3)}, map[string]uint64{"/f": 1}},
		{"exec closes", []step{openCloexec(3, "/f"), exec, behind(1, 3, "/g"), write(1, 3)}, map[string]uint64{"/f": 0, "/g": 1}},
		{"exec by another thread", []step{openCloexec(3, "/f"), func(r *run) {
			r.procs[2] = 1
			r.c.Forked(r.thread(1), r.thread(2))
			r.c.Execed(r.thread(1), 2)
		}, behind(1, 3, "/g"), write(1, 3)}, map[string]uint64{"/f": 0, "/g": 1}},
		{"exec leaves", []step{open(3, "/f"), call("fcntl", 0, 3, unix.F_SETFD, unix.FD_CLOEXEC), call("fcntl", 0, 3, unix.F_SETFD, 0), exec, write(1, 3)}, map[string]uint64{"/f": 1}},
		{"F_SETFD", []step{open(3, "/f"), call("fcntl", 0, 3, unix.F_SETFD, unix.FD_CLOEXEC), exec, behind(1, 3, "/g"), write(1, 3)}, map[string]uint64{"/f": 0, "/g": 1}},
		{"dup3", []step{open(3, "/f"), call("dup3", 7, 3, 7, unix.O_CLOEXEC), exec, write(1, 3), behind(1, 7, "/g"), write(1, 7)}, map[string]uint64{"/f": 1, "/g": 1}},
		{"close_range for exec", []step{open(3, "/f"), call("close_range", 0, 3, 9, unix.CLOSE_RANGE_CLOEXEC), write(1, 3), exec, behind(1, 3, "/g"), write(1, 3)}, map[string]uint64{"/f": 1, "/g": 1}},
		{"what exec has closed without a word", []step{open(3, "/f"), behind(1, 3, "/g"), exec, write(1, 3)}, map[string]uint64{"/f": 0, "/g": 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRun(t)
			for _, s := range tt.steps {
				s(r)
			}
			for name, want := range tt.want {
				if got := r.file(name).Bytes[out]; got != want {
					t.Errorf("%d bytes were written to %s, want %d", got, name, want)
				}
			}
		})
	}
}

// Whoever receives a descriptor, or is found to have one in common with another,
// shares the offset; and a file is closed when the last has gone.
func TestSharedDescriptors(t *testing.T) {
	message := func(r *run, fds ...uint32) uint64 {
		control := make([]byte, 16, 16+4*len(fds))
		binary.LittleEndian.PutUint64(control, uint64(16+4*len(fds)))
		binary.LittleEndian.PutUint32(control[8:], unix.SOL_SOCKET)
		binary.LittleEndian.PutUint32(control[12:], unix.SCM_RIGHTS)
		for _, fd := range fds {
			control = binary.LittleEndian.AppendUint32(control, fd)
		}
		return r.words(0, 0, 0, 0, r.put(control), uint64(len(control)), 0)
	}
	tests := []struct {
		name string
		hand func(r *run)
	}{
		{"sent", func(r *run) {
			r.call(1, "sendmsg", 1, 9, message(r, 8, 3), 0)
			r.call(1, "close", 0, 3)
			r.call(2, "recvmsg", 1, 9, message(r, 7, 5), 0)
		}},
		{"met", func(r *run) {
			r.sameAs = map[int]int{slotKey(2, 5): slotKey(1, 3)}
			r.call(2, "lseek", 10, 5, 10, 0)
			r.call(1, "close", 0, 3)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRun(t)
			var closed []string
			r.c.Closed = func(f *descriptors.File) {
				closed = append(closed, fmt.Sprintf("%s %+v", f.Name, f.Summary()))
			}
			r.open(1, 3, "/f", unix.O_RDWR)
			r.c.Forked(nil, r.thread(2))
			r.call(1, "read", 10, 3, 0, 10)
			r.is(2, 5, "/f", unix.S_IFREG)
			tt.hand(r)
			if len(closed) != 0 {
				t.Errorf("closed %q", closed)
			}
			r.call(2, "read", 10, 5, 0, 10)
			if f := r.file("/f"); f.Sequential[in] != 1 {
				t.Errorf("%d reads in order, want 1", f.Sequential[in])
			}
			r.c.Ended(r.thread(2), 0)
			if len(closed) != 1 || !strings.Contains(closed[0], "/f {Opens:1 Reads:2 Writes:0") || !strings.Contains(closed[0], "Read:20 ") {
				t.Errorf("closed %q", closed)
			}
		})
	}
}

// Between the moment when the kernel closes a descriptor and that when close
// is seen to return, another thread may get the number.
func TestCloseOvertaken(t *testing.T) {
	r := newRun(t)
	r.procs[2] = 1
	r.open(1, 3, "/old", 0)
	r.c.Forked(r.thread(1), r.thread(2))
	closing := r.begin(abi.AMD64, 1, "close", 3)
	r.open(2, 3, "/new", unix.O_WRONLY)
	r.end(closing, 0)
	r.call(1, "write", 5, 3, 0, 5)
	if got := r.file("/new").Bytes[out]; got != 5 {
		t.Errorf("the new file got %d bytes, want 5", got)
	}
	if got := r.file("/old").Calls[Close]; got != 1 {
		t.Errorf("the old one was closed %d times", got)
	}
}

func TestLearntOnce(t *testing.T) {
	r := newRun(t)
	r.open(1, 3, "/f", 0)
	for range 1000 {
		r.call(1, "read", 0, 3, 0, 10)
	}
	if r.lookups != 1 {
		t.Errorf("%d lookups, want 1", r.lookups)
	}
}

func TestOffsets(t *testing.T) {
	tests := []struct {
		name                       string
		run                        func(r *run)
		dir                        direction
		wantPlaced, wantSequential uint64
	}{
		{"read on", func(r *run) {
			for range 5 {
				r.call(1, "read", 10, 3, 0, 10)
			}
		}, in, 4, 4},
		{"pread on", func(r *run) {
			for i := range uint64(5) {
				r.call(1, "pread64", 10, 3, 0, 10, i*10)
			}
		}, in, 4, 4},
		{"pread backwards", func(r *run) {
			for i := range uint64(5) {
				r.call(1, "pread64", 10, 3, 0, 10, 50-i*10)
			}
		}, in, 4, 0},
		{"pread leaves the offset alone", func(r *run) {
			r.call(1, "pread64", 10, 3, 0, 10, 500)
			r.call(1, "read", 10, 3, 0, 10)
			r.call(1, "pread64", 10, 3, 0, 10, 10)
		}, in, 2, 1},
		{"seek and read", func(r *run) {
			r.call(1, "read", 10, 3, 0, 10)
			r.call(1, "lseek", 100, 3, 100, 0)
			r.call(1, "read", 10, 3, 0, 10)
			r.call(1, "read", 10, 3, 0, 10)
		}, in, 2, 1},
		{"seek of i386", func(r *run) {
			r.call(1, "read", 10, 3, 0, 10)
			r.callOn(abi.I386, 1, "_llseek", 0, 3, 0, 100, r.words(100), 0)
			r.call(1, "read", 10, 3, 0, 10)
		}, in, 1, 0},
		{"large offsets of i386", func(r *run) {
			r.callOn(abi.I386, 1, "pread64", 10, 3, 0, 10, 0xfffffffc, 1)
			r.callOn(abi.I386, 1, "pread64", 10, 3, 0, 10, 6, 2)
		}, in, 1, 1},
		{"a copy of the descriptor shares the offset", func(r *run) {
			r.call(1, "read", 10, 3, 0, 10)
			r.call(1, "dup", 4, 3)
			r.call(1, "read", 10, 4, 0, 10)
		}, in, 1, 1},
		{"reads and writes apart", func(r *run) {
			for i := range uint64(5) {
				r.call(1, "pread64", 10, 3, 0, 10, i*10)
				r.call(1, "pwrite64", 10, 3, 0, 10, i*10)
			}
		}, out, 4, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRun(t)
			r.exists("/f", 1<<40)
			r.open(1, 3, "/f", unix.O_RDWR)
			tt.run(r)
			f := r.file("/f")
			if f.Placed[tt.dir] != tt.wantPlaced || f.Sequential[tt.dir] != tt.wantSequential {
				t.Errorf("%d of %d in order, want %d of %d", f.Sequential[tt.dir], f.Placed[tt.dir], tt.wantSequential, tt.wantPlaced)
			}
		})
	}
}

func TestStats(t *testing.T) {
	r := newRun(t)
	r.open(1, 3, "/f", 0)
	r.call(1, "newfstatat", 0, 3, r.put([]byte{}), 0, unix.AT_EMPTY_PATH)
	r.call(1, "fstat", 0, 3, 0)
	r.call(1, "newfstatat", 0, atCWD, r.put([]byte("/f")), 0, 0)
	r.call(1, "statx", -int64(abi.ENOENT), atCWD, r.put([]byte("/g")), 0, 0)
	if f := r.file("/f"); f.Calls[Manage] != 2 || f.Calls[Name] != 0 {
		t.Errorf("the file: %v", f.Calls)
	}
	if p := r.c.processes[0]; p.Calls[Name] != 2 || p.TotalErrors() != 1 {
		t.Errorf("the process: %v", p.Stats)
	}
}

func TestAppendedIsInOrder(t *testing.T) {
	r := newRun(t)
	r.exists("/log", 1000)
	r.open(1, 3, "/log", unix.O_WRONLY|unix.O_APPEND)
	r.open(1, 4, "/log", unix.O_WRONLY|unix.O_APPEND)
	for range 10 {
		r.call(1, "write", 10, 3, 0, 10)
	}
	f := r.file("/log")
	if f.Sequential[out] != 9 || f.size != 1100 {
		t.Errorf("%d in order, size %d; want 9, 1100", f.Sequential[out], f.size)
	}
}

func TestNotOpened(t *testing.T) {
	r := newRun(t)
	r.call(1, "openat", -int64(abi.ENOENT), atCWD, r.put([]byte("sub/gone")), 0)
	r.call(1, "openat", -int64(abi.ENOENT), atCWD, r.put([]byte("/gone")), 0)
	r.call(1, "openat", -int64(abi.ENOENT), atCWD, 0xdead, 0) // unreadable
	for _, name := range []string{"/cwd/sub/gone", "/gone"} {
		if f := r.file(name); f.TotalErrors() != 1 || f.kind != Missing {
			t.Errorf("%s: %+v", name, f.Stats)
		}
	}
	if got := r.c.processes[0].TotalErrors(); got != 3 {
		t.Errorf("the process has %d errors, want 3", got)
	}
}

// However much a run does, what is kept has a bound, and nothing is lost from
// the sums.
func TestBounds(t *testing.T) {
	r := newRun(t)
	const files, procs = 5 * maxFiles, 3 * maxProcesses
	for i := range files {
		pid := 10 + i%procs
		r.open(pid, 3, fmt.Sprintf("/f%d", i), unix.O_RDWR)
		r.call(pid, "write", 1, 3, 0, 1)
		r.call(pid, "close", 0, 3)
		if i >= files-procs {
			r.c.Ended(r.thread(pid), 0)
		}
		clear(r.memory)
		clear(r.names)
	}
	if n := len(r.c.files); n > maxFiles {
		t.Errorf("%d files are kept, at most %d may be", n, maxFiles)
	}
	if n := len(r.c.inodes); n > maxFiles {
		t.Errorf("%d inodes are kept, at most %d may be", n, maxFiles)
	}
	if n := len(r.c.processes); n > maxProcesses {
		t.Errorf("%d processes are kept, at most %d may be", n, maxProcesses)
	}
	if n := len(r.c.lanes); n > maxThreads {
		t.Errorf("%d lanes are kept, at most %d may be", n, maxThreads)
	}
	if n := len(r.c.threads) + len(r.c.living); n != 0 {
		t.Errorf("%d threads and processes live on", n)
	}
	var sum Stats
	for _, f := range r.c.files {
		sum.merge(&f.Stats)
	}
	sum.merge(&r.c.others.Stats)
	if sum.Bytes[out] != files || sum.Calls[Open] != files || len(r.c.files)+r.c.merged != files {
		t.Errorf("of %d files %d bytes, %d opens and %d names are left", files, sum.Bytes[out], sum.Calls[Open], len(r.c.files)+r.c.merged)
	}
	if got := r.c.sums().Bytes[out]; got != files {
		t.Errorf("the processes wrote %d bytes, want %d", got, files)
	}
	var spent time.Duration
	for _, l := range append(r.c.lanes, r.c.otherLanes) {
		for _, part := range l.spent() {
			spent += part
		}
	}
	if want := sum.TotalTime(); spent != want {
		t.Errorf("the timeline holds %v, want %v", spent, want)
	}
}

// A descriptor outlives that its file was merged into the others.
func TestMergedWhileOpen(t *testing.T) {
	r := newRun(t)
	r.open(1, 3, "/idle", unix.O_WRONLY)
	for i := range 2 * maxFiles {
		r.open(1, 4, fmt.Sprintf("/f%d", i), unix.O_WRONLY)
		r.call(1, "write", 1, 4, 0, 1)
	}
	if r.c.files["/idle"] != nil {
		t.Fatal("the idle file is still kept by itself")
	}
	before := r.c.others.Bytes[out]
	r.call(1, "write", 100, 3, 0, 100)
	if got := r.c.others.Bytes[out] - before; got != 100 {
		t.Errorf("the others got %d bytes, want 100", got)
	}
}

func TestTextIsNarrow(t *testing.T) {
	r := newRun(t)
	r.open(1, 3, "/a/very/long/name/"+string(bytes.Repeat([]byte("x"), 300)), unix.O_WRONLY)
	r.open(1, 4, "/evil\x1b[31m\xff<script>", unix.O_WRONLY)
	for range 2000 {
		r.call(1, "write", 1, 3, 0, 1)
		r.call(1, "write", 1, 4, 0, 1)
	}
	var b bytes.Buffer
	if err := r.c.Text(&b); err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(b.Bytes()) {
		if n := len(bytes.Runes(bytes.TrimRight(line, "\n"))); n > columns {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if bytes.ContainsAny(b.Bytes(), "\x1b\xff") {
		t.Error("a name got through that moves the cursor or is no UTF-8")
	}
	t.Logf("\n%s", b.String())
}

// Ten times as many calls take no more memory.
func TestMemoryIsFlat(t *testing.T) {
	r := newRun(t)
	for fd := range int32(20) {
		r.exists(fmt.Sprintf("/f%d", fd), 1<<40)
		r.open(1, fd, fmt.Sprintf("/f%d", fd), unix.O_RDWR)
	}
	call := r.begin(abi.AMD64, 1, "pread64", 3, 0x1000, 100, 0)
	r.end(call, 100)
	work := func(n uint64) {
		for i := range n {
			call.Args = abi.Args{i % 20, 0x1000, 1 << (i % 30), i * 7919 % (1 << 40)}
			call.Value = int64(call.Args[2])
			call.Begin = call.End.Add(r.gap)
			r.c.Enter(call)
			call.End = call.Begin.Add(time.Duration(i%1000) * time.Microsecond)
			r.c.Exit(call)
		}
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	work(50_000)
	before := heap()
	work(500_000)
	if after := heap(); after > before+64<<10 {
		t.Errorf("500,000 calls left %d bytes behind", after-before)
	}
	runtime.KeepAlive(r)
}

func TestNothingSeen(t *testing.T) {
	r := newRun(t)
	var b bytes.Buffer
	if err := r.c.Text(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(htmlOf(t, r), "nothing here looks wasteful") {
		t.Error("the page does not say that there is no advice")
	}
}
