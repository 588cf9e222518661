package fetch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// A Cache is a directory of copies, which several processes may use at once. Of
// equal files it has one copy:
//
//	objects/12/3456…  a copy, named by its SHA-256
//	names/ab/cdef…    says for a file, as it was once, which copy it had
//	partial/          what is being made
//
// Everything is made in partial and renamed: what has a name is whole. What a
// crash or somebody's hand may have damaged, its hash tells: each process looks at
// each copy once, and again when it was touched.
type Cache struct {
	dir   string
	limit int64

	mu       sync.Mutex
	verified map[string]mark // by hash
	size     int64           // as it was last counted, and what was added
	counted  int64           // size when it was last counted; -1 if it was not
}

// A mark is by what one sees that nobody has touched a file.
type mark struct {
	ino         uint64
	size        int64
	mtime, time unix.Timespec
}

func markOf(f *os.File) (mark, error) {
	var st unix.Stat_t
	err := unix.Fstat(int(f.Fd()), &st)
	return mark{st.Ino, st.Size, st.Mtim, st.Ctim}, err
}

// DefaultLimit is how many bytes a cache has if nobody says otherwise.
const DefaultLimit = 4 << 30

// DefaultDir returns where the user's cache is: below XDG_CACHE_HOME, or ~/.cache.
func DefaultDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("fetch: find a place for the cache: %w", err)
	}
	return filepath.Join(dir, "penumbra", "files"), nil
}

// NewCache returns the cache in a directory, which it makes if it does not exist.
// It holds some bytes more than limit at most; 0 means that there is no limit.
func NewCache(dir string, limit int64) (*Cache, error) {
	for _, sub := range []string{"objects", "names", "partial"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("fetch: make a cache: %w", err)
		}
	}
	return &Cache{dir: dir, limit: limit, verified: map[string]mark{}, counted: -1}, nil
}

func hashOf(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// path returns where what is called by a hash is.
func (c *Cache) path(kind, hash string) string {
	return filepath.Join(c.dir, kind, hash[:2], hash[2:])
}

// lookup returns the copy that a file had, nil if it is not there any more.
func (c *Cache) lookup(key string) *os.File {
	text, err := os.ReadFile(c.path("names", key))
	if err != nil || len(text) != 2*sha256.Size {
		return nil
	}
	hash := string(text)
	if _, err := hex.DecodeString(hash); err != nil {
		return nil
	}
	f, err := os.Open(c.path("objects", hash))
	if err != nil {
		return nil
	}
	if !c.verify(f, hash) {
		// Whoever finds it first takes it away. Another has perhaps put a good one
		// there meanwhile: then that is fetched again, too.
		_ = os.Remove(c.path("objects", hash))
		f.Close()
		return nil
	}
	c.used(f)
	return f
}

// verify reports whether a copy is what its name says.
func (c *Cache) verify(f *os.File, hash string) bool {
	before, err := markOf(f)
	if err != nil {
		return false
	}
	c.mu.Lock()
	known := c.verified[hash] == before
	c.mu.Unlock()
	if known {
		return true
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, before.size)); err != nil {
		return false
	}
	return hex.EncodeToString(h.Sum(nil)) == hash && c.remember(hash, before)
}

func (c *Cache) remember(hash string, m mark) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.verified[hash] = m
	return true
}

// A download is a copy that is being made, and hashed.
type download struct {
	cache *Cache
	host  *os.File
	hash  hash.Hash
	size  int64
}

func (c *Cache) begin() (*download, error) {
	host, err := os.CreateTemp(filepath.Join(c.dir, "partial"), "")
	if err != nil {
		return nil, err
	}
	// Who sweeps the directory leaves alone what is locked.
	if err := unix.Flock(int(host.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		host.Close()
		return nil, err
	}
	return &download{cache: c, host: host, hash: sha256.New()}, nil
}

func (d *download) Write(p []byte) (int, error) {
	n, err := d.host.Write(p)
	d.hash.Write(p[:n])
	d.size += int64(n)
	return n, err
}

func (d *download) discard() {
	os.Remove(d.host.Name())
	d.host.Close()
}

// keep returns the copy, open for reading, and puts it into the cache under key,
// unless that is "", or it is larger than the cache may be.
func (d *download) keep(key string) (*os.File, error) {
	defer d.discard()
	// Read-only, and a program: whoever gets it may want to execute it.
	if err := d.host.Chmod(0o555); err != nil {
		return nil, err
	}
	f, err := os.Open(d.host.Name())
	if err != nil || key == "" || d.cache.limit > 0 && d.size > d.cache.limit {
		return f, err
	}
	hash := hex.EncodeToString(d.hash.Sum(nil))
	_ = d.cache.add(d, f, hash, key) // if it cannot be kept, it is fetched again
	return f, nil
}

// add puts a copy in its place, and notes whose it is.
func (c *Cache) add(d *download, f *os.File, hash, key string) error {
	place := c.path("objects", hash)
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return err
	}
	if err := os.Rename(d.host.Name(), place); err != nil {
		return err
	}
	m, err := markOf(f) // renaming it counts as touching it
	if err != nil {
		return err
	}
	c.remember(hash, m)
	if err := c.note(key, hash); err != nil {
		return err
	}
	return c.added(d.size)
}

// note says which copy a file has.
func (c *Cache) note(key, hash string) error {
	place := c.path("names", key)
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Join(c.dir, "partial"), "")
	if err != nil {
		return err
	}
	_, err = f.WriteString(hash)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), place)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
