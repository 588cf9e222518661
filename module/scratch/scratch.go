// Package scratch keeps directories of the host that hold a tree for the time
// of a run, in memory where the host has a place for that.
package scratch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	prefix   = "penumbra-"
	lockName = "lock"
	treeName = "tree"
)

// Dir is a directory that is removed when it is closed. Should the process be
// killed before, the next one that makes a Dir in the same place removes it.
type Dir struct {
	path string
	lock *os.File
}

// New makes a Dir in memory if it can, else in the directory for temporary files.
func New() (*Dir, error) {
	base := inMemory()
	if base == "" {
		base = os.TempDir()
	}
	return newIn(base)
}

// NewLarge makes a Dir for what memory may be too small for: on a disk if there
// is one for temporary files.
func NewLarge() (*Dir, error) {
	const forLarge = "/var/tmp" // file-hierarchy(7)
	base := os.TempDir()
	if isTmpfs(base) && !isTmpfs(forLarge) && unix.Access(forLarge, unix.W_OK) == nil {
		base = forLarge
	}
	return newIn(base)
}

func newIn(base string) (*Dir, error) {
	sweep(base)
	base, err := filepath.Abs(base)
	if err == nil {
		base, err = filepath.EvalSymlinks(base)
	}
	if err != nil {
		return nil, fmt.Errorf("scratch directory: %w", err)
	}
	const tries = 100
	for n := 1; ; n++ {
		path, err := os.MkdirTemp(base, prefix)
		if err != nil {
			return nil, fmt.Errorf("scratch directory: %w", err)
		}
		d := &Dir{path: path}
		if err = d.fill(); err == nil {
			return d, nil
		}
		_ = d.Close()
		// Another process that sweeps may take a directory for one that was left
		// behind, as long as its lock is not held.
		if swept := errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.EWOULDBLOCK); !swept || n == tries {
			return nil, fmt.Errorf("scratch directory: %w", err)
		}
	}
}

func (d *Dir) fill() (err error) {
	if os.Geteuid() == 0 {
		// A guest of root's may become another user.
		if err := os.Chmod(d.path, 0o711); err != nil {
			return err
		}
	}
	if d.lock, err = os.OpenFile(filepath.Join(d.path, lockName), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	if err := unix.Flock(int(d.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return err
	}
	return os.Mkdir(d.Path(), 0o700)
}

// Path returns the directory that is the caller's.
func (d *Dir) Path() string { return filepath.Join(d.path, treeName) }

// Close removes d and all that is in it.
func (d *Dir) Close() error {
	err := removeAll(d.path)
	if d.lock != nil {
		d.lock.Close()
	}
	return err
}

// removeAll is os.RemoveAll for trees with directories that nobody may write, and
// with what was mounted there, which stays as it is.
func removeAll(path string) error {
	if err := unmountBelow(path); err != nil {
		return err
	}
	if os.RemoveAll(path) == nil {
		return nil
	}
	_ = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() {
			_ = os.Chmod(name, 0o700)
		}
		return nil
	})
	return os.RemoveAll(path)
}

// unmountBelow takes all from a tree that is mounted there.
func unmountBelow(path string) error {
	list, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil // nobody could have mounted anything
	}
	lines := strings.Split(string(list), "\n")
	for _, line := range slices.Backward(lines) {
		const place = 4 // proc_pid_mountinfo(5)
		words := strings.Fields(line)
		if len(words) <= place {
			continue
		}
		at := unescape(words[place])
		if !strings.HasPrefix(at, path+"/") {
			continue
		}
		if err := unix.Unmount(at, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW); err != nil {
			return &os.PathError{Op: "unmount", Path: at, Err: err}
		}
	}
	return nil
}

// unescape reads a path as the kernel writes it in such a list.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace

// inMemory returns a directory on a tmpfs where programs may be run, or "".
func inMemory() string {
	const shm, noExec = "/dev/shm", 8 // statfs(2)
	var st unix.Statfs_t
	if !isTmpfs(shm) || unix.Statfs(shm, &st) != nil || st.Flags&noExec != 0 || unix.Access(shm, unix.W_OK) != nil {
		return ""
	}
	return shm
}

func isTmpfs(dir string) bool {
	var st unix.Statfs_t
	return unix.Statfs(dir, &st) == nil && st.Type == unix.TMPFS_MAGIC
}

// sweep removes the directories of processes that are gone.
func sweep(base string) {
	locks, _ := filepath.Glob(filepath.Join(base, prefix+"*", lockName))
	for _, name := range locks {
		// Without following a link that somebody else put there.
		fd, err := unix.Open(name, unix.O_RDWR|unix.O_NOFOLLOW|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		if err != nil {
			continue
		}
		var st unix.Stat_t
		mine := unix.Fstat(fd, &st) == nil && int(st.Uid) == os.Geteuid()
		if mine && !errors.Is(unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK) {
			_ = removeAll(filepath.Dir(name))
		}
		unix.Close(fd)
	}
}
