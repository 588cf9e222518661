package sys

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// TestWriteMapped writes everywhere in a file, over holes and over what is there.
func TestWriteMapped(t *testing.T) {
	for _, dir := range []string{"/dev/shm", t.TempDir()} {
		t.Run(dir, func(t *testing.T) {
			file, err := os.CreateTemp(dir, "mapped")
			if err != nil {
				t.Skip(err)
			}
			defer file.Close()
			os.Remove(file.Name())
			const size = 1<<20 + 777
			want := make([]byte, size)
			if err := file.Truncate(size); err != nil {
				t.Fatal(err)
			}
			var before, after unix.Stat_t
			if err := unix.Fstat(int(file.Fd()), &before); err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(1, 2))
			for range 300 {
				off := random.IntN(size)
				if random.IntN(2) == 0 {
					off &^= os.Getpagesize() - 1
				}
				b := make([]byte, 1+random.IntN(min(200_000, size-off)))
				for i := range b {
					b[i] = byte(random.Uint32())
				}
				copy(want[off:], b)
				if err := WriteMapped(int(file.Fd()), b, int64(off)); err != nil {
					t.Fatalf("%d bytes at %d: %v", len(b), off, err)
				}
				if random.IntN(10) == 0 {
					hole := random.IntN(size)
					n := random.IntN(size - hole)
					clear(want[hole : hole+n])
					if err := unix.Fallocate(int(file.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, int64(hole), int64(n)+1); err != nil {
						t.Fatal(err)
					}
					clear(want[hole : hole+n+1])
				}
			}
			got, err := os.ReadFile("/proc/self/fd/" + strconv.Itoa(int(file.Fd())))
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("the file is not what was written: %v", err)
			}
			if err := WriteMapped(int(file.Fd()), make([]byte, 2*os.Getpagesize()), size+int64(os.Getpagesize())-size%int64(os.Getpagesize())); err != unix.EFAULT {
				t.Errorf("behind the end: %v, want EFAULT", err)
			}
			if unix.Fstat(int(file.Fd()), &after) != nil || after.Size != before.Size {
				t.Errorf("the size is %d, was %d", after.Size, before.Size)
			}
		})
	}
}

// TestWriteMappedTimes looks at the times of a file in a tmpfs, which have to stay.
func TestWriteMappedTimes(t *testing.T) {
	file, err := os.CreateTemp("/dev/shm", "mapped")
	if err != nil {
		t.Skip(err)
	}
	defer file.Close()
	os.Remove(file.Name())
	var fs unix.Statfs_t
	if unix.Fstatfs(int(file.Fd()), &fs) != nil || fs.Type != unix.TMPFS_MAGIC {
		t.Skip("/dev/shm is no tmpfs")
	}
	if err := file.Truncate(1 << 20); err != nil {
		t.Fatal(err)
	}
	old := []unix.Timespec{{Sec: 1}, {Sec: 1}}
	if err := unix.UtimesNanoAt(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(int(file.Fd())), old, 0); err != nil {
		t.Fatal(err)
	}
	var before, after unix.Stat_t
	_ = unix.Fstat(int(file.Fd()), &before)
	for _, at := range []int64{0, 4096, 100_000, 0, 65536} {
		if err := WriteMapped(int(file.Fd()), bytes.Repeat([]byte{7}, 70_001), at); err != nil {
			t.Fatal(err)
		}
	}
	_ = unix.Fstat(int(file.Fd()), &after)
	if before.Mtim != after.Mtim || before.Ctim != after.Ctim {
		t.Errorf("the times were %v and %v, are %v and %v", before.Mtim, before.Ctim, after.Mtim, after.Ctim)
	}
}
