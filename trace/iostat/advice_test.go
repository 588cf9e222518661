package iostat

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// times calls f n times with 0, 1, 2 …
func times(n int, f func(i uint64)) {
	for i := range n {
		f(uint64(i))
	}
}

// Each rule has to speak when it is time, and to be silent when it is not.
func TestAdvice(t *testing.T) {
	const pid, fd = 1, 3
	file := func(r *run, size int64, flags uint64) {
		r.exists("/f", size)
		r.open(pid, fd, "/f", flags)
	}
	pipe := func(r *run) { r.is(pid, fd, "pipe:[7]", unix.S_IFIFO) }
	socket := func(r *run) { r.is(pid, fd, "socket:[7]", unix.S_IFSOCK) }
	terminal := func(r *run) {
		r.is(pid, fd, "/dev/pts/1", unix.S_IFCHR)
		r.fds[slotKey(pid, fd)].rdev = unix.Mkdev(136, 1)
	}
	read := func(r *run, got int64, n uint64) { r.call(pid, "read", got, fd, 0x1000, n) }
	write := func(r *run, got int64, n uint64) { r.call(pid, "write", got, fd, 0x1000, n) }

	tests := []struct {
		name string
		run  func(r *run)
		want rule // "" for none
	}{
		{"bytes written to a file", func(r *run) {
			file(r, 0, unix.O_WRONLY)
			times(1001, func(uint64) { write(r, 1, 1) })
		}, tinyWrites},
		{"few bytes written", func(r *run) {
			file(r, 0, unix.O_WRONLY)
			times(999, func(uint64) { write(r, 1, 1) })
		}, ""},
		{"lines written", func(r *run) {
			file(r, 0, unix.O_WRONLY)
			times(5000, func(i uint64) { write(r, int64(33+i%7), 33+i%7) })
		}, ""},
		{"some bytes between blocks", func(r *run) {
			file(r, 0, unix.O_WRONLY)
			times(1500, func(uint64) {
				write(r, 1, 1)
				write(r, 65536, 65536)
				write(r, 65536, 65536)
			})
		}, ""},
		{"bytes written here and there", func(r *run) {
			file(r, 0, unix.O_WRONLY)
			times(5000, func(i uint64) { r.call(pid, "pwrite64", 1, fd, 0, 1, i*7919%100000) })
		}, ""},
		{"bytes written to standard error", func(r *run) {
			r.open(pid, 2, "/f", unix.O_WRONLY)
			times(5000, func(uint64) { r.call(pid, "write", 1, 2, 0, 1) })
		}, ""},
		{"bytes written to a terminal", func(r *run) {
			terminal(r)
			times(5000, func(uint64) { write(r, 1, 1) })
		}, ""},
		{"bytes written into a pipe", func(r *run) {
			pipe(r)
			times(1001, func(uint64) { write(r, 1, 1) })
		}, tinyWrites},
		{"wake-ups by a pipe, now and then", func(r *run) {
			pipe(r)
			r.gap = 2 * time.Millisecond
			times(5000, func(uint64) { write(r, 1, 1) })
		}, ""},
		{"wake-ups of itself by a pipe", func(r *run) {
			pipe(r)
			times(5000, func(uint64) {
				write(r, 1, 1)
				read(r, 1, 1)
			})
		}, ""},
		{"messages on a socket, now and then", func(r *run) {
			socket(r)
			r.gap = 2 * time.Millisecond
			times(5000, func(uint64) { write(r, 20, 20) })
		}, ""},
		{"bytes read from a file", func(r *run) {
			file(r, 1<<20, 0)
			times(1001, func(uint64) { read(r, 1, 1) })
		}, tinyReads},
		{"bytes read by pread", func(r *run) {
			file(r, 1<<20, 0)
			times(1001, func(i uint64) { r.call(pid, "pread64", 1, fd, 0, 1, i) })
		}, tinyReads},
		{"records looked up by pread", func(r *run) {
			file(r, 1<<20, 0)
			times(5000, func(i uint64) { r.call(pid, "pread64", 8, fd, 0, 8, i*7919%100000) })
		}, ""},
		{"an eventfd is read", func(r *run) {
			r.is(pid, fd, "anon_inode:[eventfd]", 0)
			times(5000, func(uint64) { read(r, 8, 8) })
		}, ""},

		{"a buffer of 4096 drained", func(r *run) {
			file(r, 0, unix.O_WRONLY)
			times(1001, func(uint64) { write(r, 4096, 4096) })
		}, smallBlocks},
		{"a buffer of 4096 filled", func(r *run) {
			file(r, 1<<30, 0)
			times(1001, func(uint64) { read(r, 4096, 4096) })
		}, smallBlocks},
		{"drained a few times", func(r *run) {
			file(r, 0, unix.O_WRONLY)
			times(900, func(uint64) { write(r, 4096, 4096) })
		}, ""},
		{"large blocks", func(r *run) {
			file(r, 1<<30, 0)
			times(5000, func(uint64) { read(r, 131072, 131072) })
		}, ""},
		{"pages of a database", func(r *run) {
			file(r, 1<<30, 0)
			times(5000, func(i uint64) { r.call(pid, "pread64", 4096, fd, 0, 4096, i*7919%5000*4096) })
		}, ""},
		{"blocks on a socket", func(r *run) {
			socket(r)
			times(5000, func(uint64) { write(r, 4096, 4096) })
		}, ""},

		{"a short read, then somewhere else", func(r *run) {
			file(r, 1000, 0)
			r.call(pid, "pread64", 50, fd, 0x1000, 100, 0)
			r.call(pid, "pread64", 100, fd, 0x1000, 100, 100)
		}, shortRead},
		{"a short read, then close", func(r *run) {
			file(r, 1000, 0)
			read(r, 50, 100)
			r.call(pid, "close", 0, fd)
		}, shortRead},
		{"a short read, then the end of the process", func(r *run) {
			file(r, 1000, 0)
			read(r, 50, 100)
			r.c.Ended(r.thread(pid), 0)
		}, shortRead},
		{"a short read, then a seek", func(r *run) {
			file(r, 1000, 0)
			read(r, 50, 100)
			r.call(pid, "lseek", 100, fd, 100, 0)
		}, shortRead},
		{"a short read, and the rest", func(r *run) {
			file(r, 1000, 0)
			read(r, 50, 100)
			r.call(pid, "read", 50, fd, 0x1032, 50)
			r.call(pid, "close", 0, fd)
		}, ""},
		{"a short read, tell, and the rest", func(r *run) {
			file(r, 1000, 0)
			read(r, 50, 100)
			r.call(pid, "lseek", 50, fd, 0, 1)
			r.call(pid, "read", 50, fd, 0x1032, 50)
		}, ""},
		{"a read as far as the end", func(r *run) {
			file(r, 150, 0)
			read(r, 100, 100)
			read(r, 50, 100)
			r.call(pid, "close", 0, fd)
		}, ""},
		{"a read as far as the end of a file that was cut meanwhile", func(r *run) {
			file(r, 1000, 0)
			r.names["/f"].size = 50
			read(r, 50, 100)
			r.call(pid, "close", 0, fd)
		}, ""},
		{"a file whose size is made up", func(r *run) {
			file(r, 4096, 0)
			delete(r.names, "/f")
			read(r, 8, 20)
			r.call(pid, "close", 0, fd)
		}, ""},
		{"a buffer filled as far as it went, till the end", func(r *run) {
			file(r, 10000, 0)
			read(r, 3000, 4096)
			read(r, 4096, 4096)
			read(r, 2904, 4096)
			read(r, 0, 4096)
			r.call(pid, "close", 0, fd)
		}, ""},
		{"what a pipe had", func(r *run) {
			pipe(r)
			read(r, 50, 4096)
			r.call(pid, "close", 0, fd)
		}, ""},
		{"records of a file torn apart", func(r *run) {
			file(r, 10000, 0)
			read(r, 100, 100)
			read(r, 40, 100)
			read(r, 100, 100)
		}, tornRecords},
		{"records of a pipe torn apart", func(r *run) {
			pipe(r)
			times(100, func(i uint64) {
				got := int64(100)
				if i%30 == 1 {
					got = 40
				}
				read(r, got, 100)
			})
		}, tornRecords},
		{"lines of a pipe in a buffer of 1000", func(r *run) {
			pipe(r)
			times(500, func(i uint64) { read(r, int64(i%50)+1, 1000) })
		}, ""},
		{"a pipe read in a buffer of an odd size", func(r *run) {
			pipe(r)
			times(100, func(i uint64) { read(r, 16320-int64(i%20/19), 16320) })
		}, ""},
		{"a short write, then close", func(r *run) {
			file(r, 0, unix.O_WRONLY)
			write(r, 50, 100)
			r.call(pid, "close", 0, fd)
		}, shortWrite},
		{"a short write, and the rest fails", func(r *run) {
			file(r, 0, unix.O_WRONLY)
			write(r, 50, 100)
			r.call(pid, "write", -int64(abi.ENOSPC), fd, 0x1032, 50)
			r.call(pid, "close", 0, fd)
		}, ""},
		{"a short write to a pipe, then something else", func(r *run) {
			pipe(r)
			r.call(pid, "write", 50, fd, 0x1000, 100)
			r.call(pid, "write", 10, fd, 0x9000, 10)
		}, shortWrite},
		{"a short write to a pipe, and the rest", func(r *run) {
			pipe(r)
			r.call(pid, "write", 50, fd, 0x1000, 100)
			r.call(pid, "write", 50, fd, 0x1032, 50)
			r.call(pid, "close", 0, fd)
		}, ""},
		{"the peer of a socket went", func(r *run) {
			socket(r)
			write(r, 50, 100)
			r.call(pid, "close", 0, fd)
		}, ""},

		{"renamed without fsync", func(r *run) { replace(r, "", "/new", "/old", true) }, renamed},
		{"renamed after fsync", func(r *run) { replace(r, "fsync", "/new", "/old", true) }, ""},
		{"renamed after fdatasync", func(r *run) { replace(r, "fdatasync", "/new", "/old", true) }, ""},
		{"renamed after sync", func(r *run) { replace(r, "sync", "/new", "/old", true) }, ""},
		{"renamed after sync_file_range", func(r *run) { replace(r, "sync_file_range", "/new", "/old", true) }, renamed},
		{"renamed to a new name", func(r *run) { replace(r, "", "/new", "/other", true) }, ""},
		{"nothing was written", func(r *run) { replace(r, "", "/new", "/old", false) }, ""},
		{"written with O_SYNC", func(r *run) {
			r.exists("/old", 10)
			r.open(pid, fd, "/new", unix.O_WRONLY|unix.O_SYNC)
			write(r, 10, 10)
			r.call(pid, "rename", 0, r.put([]byte("/new")), r.put([]byte("/old")))
		}, ""},
		{"the rename failed", func(r *run) {
			r.exists("/old", 10)
			r.open(pid, fd, "/new", unix.O_WRONLY)
			write(r, 10, 10)
			r.call(pid, "rename", -int64(abi.EXDEV), r.put([]byte("/new")), r.put([]byte("/old")))
		}, ""},

		{"written and read back by itself", func(r *run) { readBack(r, pid, pid, 40, true, false) }, readBackRule},
		{"written, read by another and removed", func(r *run) { readBack(r, pid, 2, 40, true, true) }, readBackRule},
		{"a product, read by another", func(r *run) { readBack(r, pid, 2, 40, true, false) }, ""},
		{"a little read back", func(r *run) { readBack(r, pid, pid, 10, true, true) }, ""},
		{"pages read back here and there", func(r *run) { readBack(r, pid, pid, 40, false, true) }, ""},

		{"opened again and again", func(r *run) {
			times(101, func(uint64) { file(r, 10, 0); r.call(pid, "close", 0, fd) })
		}, ""}, // a new file each time, see below
		{"the same file opened again and again", func(r *run) {
			r.exists("/f", 10)
			times(101, func(uint64) { r.open(pid, fd, "/f", 0); r.call(pid, "close", 0, fd) })
		}, reopened},
		{"opened by many processes", func(r *run) {
			r.exists("/f", 10)
			times(200, func(i uint64) { r.open(int(10+i), fd, "/f", 0) })
		}, ""},
		{"made again and again", func(r *run) {
			r.exists("/f", 10)
			times(200, func(uint64) { r.open(pid, fd, "/f", unix.O_CREAT|unix.O_TRUNC|unix.O_WRONLY) })
		}, ""},
		{"removed and opened again", func(r *run) {
			r.exists("/f", 10)
			times(200, func(uint64) {
				r.open(pid, fd, "/f", unix.O_CREAT|unix.O_RDWR)
				r.call(pid, "unlink", 0, r.put([]byte("/f")))
			})
		}, ""},

		{"a sync for each write", func(r *run) {
			file(r, 0, unix.O_WRONLY)
			times(50, func(uint64) { write(r, 100, 100); r.call(pid, "fsync", 0, fd) })
		}, syncEach},
		{"a few syncs", func(r *run) {
			file(r, 0, unix.O_WRONLY)
			times(49, func(uint64) { write(r, 100, 100); r.call(pid, "fsync", 0, fd) })
		}, ""},
		{"syncs for much", func(r *run) {
			file(r, 0, unix.O_WRONLY)
			times(200, func(uint64) { write(r, 1<<20, 1<<20); r.call(pid, "fsync", 0, fd) })
		}, ""},

		{"seeks to where it is", func(r *run) {
			file(r, 1<<20, 0)
			times(1000, func(i uint64) {
				r.call(pid, "lseek", int64(i*512), fd, i*512, 0)
				read(r, 512, 512)
			})
		}, idleSeeks},
		{"seeks elsewhere", func(r *run) {
			file(r, 1<<20, 0)
			times(2000, func(i uint64) {
				r.call(pid, "lseek", int64(i*1024), fd, i*1024, 0)
				read(r, 512, 512)
			})
		}, ""},

		{"a busy loop", func(r *run) {
			pipe(r)
			times(busyRun, func(uint64) { read(r, -int64(abi.EAGAIN), 100) })
		}, busyLoop},
		{"an event loop", func(r *run) {
			pipe(r)
			times(5000, func(uint64) { read(r, 100, 4096); read(r, -int64(abi.EAGAIN), 4096) })
		}, ""},
		{"a look now and then", func(r *run) {
			pipe(r)
			r.gap = 10 * time.Millisecond
			times(5000, func(uint64) { read(r, -int64(abi.EAGAIN), 100) })
		}, ""},
	}
	seen := map[rule]bool{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRun(t)
			tt.run(r)
			var want []string
			if tt.want != "" {
				want = []string{string(tt.want)}
			}
			if got := r.rules(); !slices.Equal(got, want) {
				t.Errorf("the advice is %q, want %q", got, want)
			}
			for _, a := range r.c.advise() {
				if a.Title == "" || a.Evidence == "" || a.Remedy == "" || strings.Contains(a.Evidence+a.Remedy+a.Title, "%!") {
					t.Errorf("incomplete: %+v", a)
				}
				t.Logf("%s\n%s\n%s\n%s", a.Title, a.Evidence, a.Remedy, a.saving())
			}
		})
		seen[tt.want] = true
	}
	for _, rule := range []rule{tinyWrites, tinyReads, smallBlocks, shortRead, shortWrite, tornRecords, renamed,
		readBackRule, reopened, syncEach, idleSeeks, busyLoop} {
		if !seen[rule] {
			t.Errorf("no test for %s", rule)
		}
	}
}

// replace writes a file, makes it last by a call, and renames it.
func replace(r *run, sync, from, to string, written bool) {
	r.exists("/old", 10)
	r.open(1, 3, from, unix.O_WRONLY)
	if written {
		r.call(1, "write", 10, 3, 0, 10)
	}
	if sync != "" {
		r.call(1, sync, 0, 3)
	}
	r.call(1, "close", 0, 3)
	r.call(1, "renameat2", 0, atCWD, r.put([]byte(from)), atCWD, r.put([]byte(to)), 0)
}

// readBack writes blocks of 64 KiB and reads them.
func readBack(r *run, writer, reader int, blocks int, inOrder, remove bool) {
	const block = 65536
	r.exists("/tmp/f", 0)
	r.open(writer, 3, "/tmp/f", unix.O_RDWR)
	times(blocks, func(uint64) { r.call(writer, "write", block, 3, 0, block) })
	r.names["/tmp/f"].size = int64(blocks) * block
	r.open(reader, 4, "/tmp/f", 0)
	times(blocks, func(i uint64) {
		if !inOrder {
			i = i * 7 % uint64(blocks)
		}
		r.call(reader, "pread64", block, 4, 0, block, i*block)
	})
	if remove {
		r.call(writer, "unlinkat", 0, atCWD, r.put([]byte("/tmp/f")), 0)
	}
}

func TestSavings(t *testing.T) {
	r := newRun(t)
	r.open(1, 3, "/f", unix.O_WRONLY)
	times(65537, func(uint64) { r.call(1, "write", 1, 3, 0, 1) })
	a := r.c.advise()[0]
	if a.Saved != 65535 || a.Saves != 65535*r.took {
		t.Errorf("saves %d calls and %v, want %d and %v", a.Saved, a.Saves, 65535, 65535*r.took)
	}
}

func TestFindingsAreBounded(t *testing.T) {
	r := newRun(t)
	times(3*maxFindings, func(i uint64) {
		old := "/old" + number(i)
		r.exists(old, 10)
		replace(r, "", "/new"+number(i), old, true)
		replace(r, "", "/again"+number(i), old, true)
	})
	if len(r.c.findings) != maxFindings || r.c.findings[0].count != 2 || r.c.lostFindings != 4*maxFindings {
		t.Errorf("%d findings, the first %d times, %d lost", len(r.c.findings), r.c.findings[0].count, r.c.lostFindings)
	}
}

func BenchmarkRead(b *testing.B)    { benchmark(b, "read", 4096, 3, 0x1000, 4096) }
func BenchmarkPwrite(b *testing.B)  { benchmark(b, "pwrite64", 4096, 3, 0x1000, 4096, 0) }
func BenchmarkLseek(b *testing.B)   { benchmark(b, "lseek", 0, 3, 0, 0) }
func BenchmarkRefused(b *testing.B) { benchmark(b, "read", -int64(abi.EAGAIN), 3, 0x1000, 4096) }

func benchmark(b *testing.B, name string, value int64, args ...uint64) {
	r := newRun(b)
	r.exists("/f", 1<<40)
	r.open(1, 3, "/f", unix.O_RDWR)
	call := r.begin(abi.AMD64, 1, name, args...)
	r.end(call, value)
	b.ReportAllocs()
	for b.Loop() {
		call.Begin = call.End.Add(r.gap)
		r.c.Enter(call)
		call.End = call.Begin.Add(r.took)
		r.c.Exit(call)
	}
}

// What a call costs must not grow, nor leave anything behind.
func TestNoAllocations(t *testing.T) {
	for _, name := range []string{"read", "write", "pread64", "lseek"} {
		r := newRun(t)
		r.exists("/f", 1<<40)
		r.open(1, 3, "/f", unix.O_RDWR)
		call := r.begin(abi.AMD64, 1, name, 3, 0x1000, 100, 0)
		r.end(call, 100)
		if n := testing.AllocsPerRun(1000, func() {
			call.Begin = call.End.Add(r.gap)
			r.c.Enter(call)
			call.End = call.Begin.Add(r.took)
			r.c.Exit(call)
		}); n > 0 {
			t.Errorf("%s allocates %v times a call", name, n)
		}
	}
}
