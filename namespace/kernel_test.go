package namespace

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// world is a random tree with random mounts, which the kernel has too: as bind
// mounts, seen by a thread in a mount namespace of its own.
type world struct {
	table  Table
	base   string // the tree's root, "/" to the walks
	sealed *thread
	bare   *thread // the same without the mounts
}

// thread runs functions on one thread, with a root of its own.
type thread struct{ jobs chan func() }

func startThread(setup func() error) (*thread, error) {
	th := &thread{make(chan func())}
	failed := make(chan error)
	go func() {
		runtime.LockOSThread() // it ends with the goroutine
		failed <- setup()
		for job := range th.jobs {
			job()
		}
	}()
	return th, <-failed
}

func (th *thread) do(job func()) {
	done := make(chan struct{})
	th.jobs <- func() { job(); close(done) }
	<-done
}

// resolve asks the kernel for what path names from dir: the canonical name, and
// the thing's identity.
func (th *thread) resolve(dir, path string, o Options) (place, identity string, e unix.Errno) {
	th.do(func() {
		if err := unix.Chdir(dir); err != nil {
			e = unix.EIO
			return
		}
		how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC}
		if !o.Follow {
			how.Flags |= unix.O_NOFOLLOW
		}
		for flag, on := range map[uint64]bool{unix.RESOLVE_NO_SYMLINKS: o.NoSymlinks, unix.RESOLVE_BENEATH: o.Beneath, unix.RESOLVE_NO_XDEV: o.NoCrossing} {
			if on {
				how.Resolve |= flag
			}
		}
		fd, err := unix.Openat2(unix.AT_FDCWD, path, &how)
		if err != nil {
			e = err.(unix.Errno)
			return
		}
		defer unix.Close(fd)
		var st unix.Stat_t
		_ = unix.Fstat(fd, &st)
		identity = fmt.Sprint(st.Dev, "/", st.Ino)
		var buf [4096]byte
		n, _ := unix.Readlink(fmt.Sprintf("/proc/self/task/%d/fd/%d", unix.Gettid(), fd), buf[:])
		place = string(buf[:n])
	})
	return
}

var names = []string{"a", "b", "c", "d"}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func randomPath(r *rand.Rand, longest int) string {
	var parts []string
	for range 1 + r.IntN(longest) {
		switch r.IntN(12) {
		case 0:
			parts = append(parts, ".")
		case 1, 2:
			parts = append(parts, "..")
		case 3:
			parts = append(parts, "")
		default:
			parts = append(parts, pick(r, names))
		}
	}
	p := strings.Join(parts, "/")
	if r.IntN(3) == 0 {
		p = "/" + p
	}
	if r.IntN(6) == 0 {
		p += "/"
	}
	return p
}

// grow fills dir with names, three levels deep.
func grow(r *rand.Rand, dir string, depth int) error {
	for _, name := range names {
		at := filepath.Join(dir, name)
		var err error
		switch kind := r.IntN(10); {
		case kind < 4 && depth > 0:
			if err = os.Mkdir(at, 0o755); err == nil {
				err = grow(r, at, depth-1)
			}
		case kind < 6:
			err = os.WriteFile(at, nil, 0o644)
		case kind < 9:
			if text := randomPath(r, 3); text != "" {
				err = os.Symlink(text, at)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pristine is where the tree is seen without the mounts, for their sources.
const pristine = "/.pristine"

// newWorld makes a world of some mounts; of a mount's Tree, a string, the place
// is the source, without mounts.
func newWorld(t *testing.T, r *rand.Rand) *world {
	w := &world{base: t.TempDir()}
	if err := grow(r, w.base, 3); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/proc", pristine} {
		if err := os.Mkdir(w.base+name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	chroot := func() error {
		if err := unix.Chroot(w.base); err != nil {
			return err
		}
		return unix.Chdir("/")
	}
	private := func() error {
		if err := unix.Unshare(unix.CLONE_FS | unix.CLONE_NEWNS); err != nil {
			return err
		}
		if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
			return err
		}
		if err := unix.Mount("/proc", w.base+"/proc", "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return err
		}
		if err := unix.Mount(w.base, w.base+pristine, "", unix.MS_BIND, ""); err != nil {
			return err
		}
		return chroot()
	}
	var err error
	if w.sealed, err = startThread(private); err == nil {
		w.bare, err = startThread(private)
	}
	if err != nil {
		t.Skipf("needs CAP_SYS_ADMIN for mounts to compare with: %v", err)
	}
	t.Cleanup(func() { close(w.sealed.jobs); close(w.bare.jobs) })
	for tries, wanted := 0, 1+r.IntN(4); tries < 100 && len(w.table.Mounts()) < wanted; tries++ {
		w.mount(r)
	}
	return w
}

// mount binds one random place to another, if both are of a kind.
func (w *world) mount(r *rand.Rand) {
	source, target := randomPath(r, 3), randomPath(r, 4)
	from, _, e1 := w.bare.resolve("/", source, Options{Follow: true})
	to, _, e2 := w.sealed.resolve("/", target, Options{Follow: true})
	if e1 != 0 || e2 != 0 || to == "/" || Below("/proc", to) || from == "/" {
		return
	}
	var err error
	w.sealed.do(func() { err = unix.Mount(pristine+from, to, "", unix.MS_BIND, "") })
	if err == nil {
		w.table.Add(&Mount{Target: to, Tree: from})
	}
}

// host returns where a place of the view really is.
func (w *world) host(place string) string {
	m, rel := w.table.Find(place)
	if m == nil {
		return place
	}
	return Join(m.Tree.(string), rel)
}

func (w *world) look(place string) (Entry, abi.Errno) {
	name := w.base + w.host(place)
	info, err := os.Lstat(name)
	switch {
	case os.IsNotExist(err):
		return Entry{}, 0
	case err != nil:
		return Entry{}, abi.EIO
	case info.IsDir():
		return Entry{Kind: Directory}, 0
	case info.Mode()&os.ModeSymlink != 0:
		text, _ := os.Readlink(name)
		return Entry{Kind: Symlink, Link: text}, 0
	}
	return Entry{Kind: Other}, 0
}

// TestWalkLikeTheKernel compares walks with the kernel's through the same mounts.
func TestWalkLikeTheKernel(t *testing.T) {
	for seed := range uint64(25) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			w := newWorld(t, r)
			for range 400 {
				w.compare(t, r)
			}
		})
	}
}

func (w *world) compare(t *testing.T, r *rand.Rand) {
	dir, _, e := w.sealed.resolve("/", randomPath(r, 4), Options{Follow: true})
	if e != 0 {
		dir = "/"
	}
	if entry, _ := w.look(dir); entry.Kind != Directory || Below("/proc", dir) {
		dir = "/"
	}
	path := randomPath(r, 6)
	o := Options{Follow: r.IntN(2) == 0, NoSymlinks: r.IntN(8) == 0, Beneath: r.IntN(8) == 0, NoCrossing: r.IntN(8) == 0}
	found, got := w.table.Walk(w.look, Start{Dir: dir, Root: "/"}, path, o)
	if got == 0 && found.Kind == Missing {
		got = abi.ENOENT
	}
	want, identity, errno := w.sealed.resolve(dir, path, o)
	what := fmt.Sprintf("%q from %q with %+v, mounts %v", path, dir, o, w.mounts())
	switch {
	case abi.Errno(errno) != got:
		t.Errorf("%s: error %v (%+v), the kernel's is %v", what, got, found, errno)
		return
	case errno == 0 && found.Place != want:
		t.Errorf("%s: %q, the kernel says %q", what, found.Place, want)
		return
	}
	if found.Apart || o.NoSymlinks || o.Beneath || o.NoCrossing {
		return
	}
	_, alone, errno := w.bare.resolve(w.host(dir), path, o)
	if abi.Errno(errno) != got || got == 0 && alone != identity {
		t.Errorf("%s: not apart, but without mounts the kernel finds %v %s, not %v %s", what, errno, alone, got, identity)
	}
}

func (w *world) mounts() (list []string) {
	for _, m := range w.table.Mounts() {
		list = append(list, fmt.Sprint(m.Tree, ":", m.Target))
	}
	return list
}
