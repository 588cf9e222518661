package fetch

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// usedWithin is how exactly it is known when a copy was last used.
const usedWithin = time.Hour

// used notes that a copy was used, as its access time: reading does not change
// that on every file system. That counts as touching the copy, so it is done
// seldom.
func (c *Cache) used(f *os.File) {
	var st unix.Stat_t
	if unix.Fstat(int(f.Fd()), &st) != nil || time.Since(time.Unix(st.Atim.Unix())) < usedWithin {
		return
	}
	before, err := markOf(f)
	if err != nil {
		return
	}
	now := unix.NsecToTimespec(time.Now().UnixNano())
	keep := unix.Timespec{Nsec: unix.UTIME_OMIT}
	if unix.UtimesNanoAt(unix.AT_FDCWD, f.Name(), []unix.Timespec{now, keep}, 0) != nil {
		return
	}
	after, err := markOf(f)
	if err != nil || after.mtime != before.mtime || after.ino != before.ino {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for hash, m := range c.verified {
		if m == before {
			c.verified[hash] = after
		}
	}
}

// recount is the part of the limit by which the cache may grow before it is looked
// at again: other processes add to it, too.
const recount = 32

// added counts what was added, and makes room if that is too much.
func (c *Cache) added(n int64) error {
	if c.limit == 0 {
		return nil
	}
	c.mu.Lock()
	c.size += n
	due := c.counted < 0 || c.size > c.limit || c.size-c.counted > c.limit/recount
	c.mu.Unlock()
	if !due {
		return nil
	}
	size, err := c.evict()
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.size, c.counted = size, size
	c.mu.Unlock()
	return nil
}

// A copied is a copy in the cache.
type copied struct {
	path string
	size int64
	used int64 // nanoseconds
}

// evict throws out what was not used for longest until the cache is well below its
// limit, and returns its size. One process does it at a time; copies that are open
// stay what they are until they are closed.
func (c *Cache) evict() (int64, error) {
	lock, err := os.OpenFile(filepath.Join(c.dir, "evicting"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return 0, err
	}
	defer lock.Close()
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		return 0, err
	}
	copies, size, err := c.copies()
	if err != nil {
		return 0, err
	}
	if size <= c.limit {
		return size, nil
	}
	slices.SortFunc(copies, func(a, b copied) int { return cmp.Compare(a.used, b.used) })
	for _, o := range copies {
		if size <= c.limit-c.limit/8 {
			break
		}
		if err := os.Remove(o.path); err == nil {
			size -= o.size
		}
	}
	c.sweep()
	return size, nil
}

// copies returns all copies, and how many bytes they have.
func (c *Cache) copies() (all []copied, size int64, err error) {
	err = filepath.WalkDir(filepath.Join(c.dir, "objects"), func(path string, d fs.DirEntry, err error) error {
		var st unix.Stat_t
		if err != nil || !d.Type().IsRegular() || unix.Lstat(path, &st) != nil {
			return nil // another process has taken it away
		}
		all = append(all, copied{path, st.Size, max(st.Atim.Nano(), st.Mtim.Nano())})
		size += st.Size
		return nil
	})
	return all, size, err
}

// sweep takes away what says nothing any more: names of copies that are gone, and
// what those have left who were killed while they made it.
func (c *Cache) sweep() {
	_ = filepath.WalkDir(filepath.Join(c.dir, "names"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		hash, err := os.ReadFile(path)
		if err == nil && len(hash) > 2 {
			_, err = os.Lstat(c.path("objects", string(hash)))
		}
		if err != nil {
			_ = os.Remove(path)
		}
		return nil
	})
	entries, _ := os.ReadDir(filepath.Join(c.dir, "partial"))
	for _, e := range entries {
		name := filepath.Join(c.dir, "partial", e.Name())
		info, err := e.Info()
		if err != nil || time.Since(info.ModTime()) < usedWithin {
			continue
		}
		if f, err := os.Open(name); err == nil {
			if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
				_ = os.Remove(name)
			}
			f.Close()
		}
	}
}
