package view

import (
	"fmt"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/namespace"
)

// Inner implements intercept.Insider. A view that is not asked, being a layer,
// has nothing to tell.
func (v *View) Inner() *intercept.Inner {
	if v.inner == nil && len(v.mounts) > 0 {
		v.openInner()
	}
	return v.inner
}

// hidden are names of procfs that are not what the kernel takes them for,
// beside those below /proc itself, for whoever works there.
var hidden = []string{"proc", "..", "cwd", "exe", "mountinfo", "mounts", "maps", "smaps"}

// openInner lets the guest pass calls by itself, where the machine can do that.
// Without, each of them is looked at here.
func (v *View) openInner() {
	door, err := intercept.NewInner()
	if err != nil {
		return
	}
	v.inner = door
	for _, name := range hidden {
		door.Name(name)
	}
	for _, m := range v.mounts {
		door.Name(path.Base(m.target))
	}
	v.keepListings()
	v.keepContent()
	var may intercept.InnerFlags
	if v.table.At("/") == nil {
		may |= intercept.InnerAbsolute
	}
	if !v.fills && !v.split {
		may |= intercept.InnerLookHere | intercept.InnerLookAt
	}
	if !v.fills && !v.split && !v.bound && !v.guarded {
		may |= intercept.InnerOpenHere | intercept.InnerOpenAt
	}
	door.Pass(may)
}

// keepListings has directories pass that hold no target of a mount which does
// not exist.
func (v *View) keepListings() {
	if len(v.phantom) == 0 {
		return
	}
	for dir := range v.phantom {
		at := v.spot(v.host, dir)
		var st unix.Stat_t
		if unix.Fstatat(at.dir, at.name, &st, 0) == nil {
			v.inner.Keep(st.Ino)
		}
	}
	v.inner.ByFile("getdents64")
}

// contentByFile are the calls that use the content of one file, by descriptor.
var contentByFile = []string{"read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2",
	"lseek", "ftruncate", "fallocate", "fsync", "fdatasync", "sync_file_range", "close", "fcntl", "flock", "ioctl", "mmap"}

// keepContent has files pass that are not emulated.
func (v *View) keepContent() {
	if len(v.emulators) == 0 {
		return
	}
	for _, e := range v.emulators {
		e.Files().Watch(v.inner.Keep)
	}
	for _, name := range contentByFile {
		v.inner.ByFile(name)
	}
}

// teach tells the inner door of the directory that a path of c leads through.
// The era is one in which the place that the path starts from was true.
func (v *View) teach(c *intercept.Call, era uint64, dirfd int32, key pathKey, led namespace.Found) {
	var start uint64
	if key.dir.place != "" {
		if dirfd != unix.AT_FDCWD || key.dir.apart || namespace.Below("/proc", key.dir.place) {
			return
		}
		if start = v.inner.Start(c.Thread, era, v.mayFrom(key.dir.place)); start == 0 {
			return
		}
	}
	if key.follow && !namespace.Below("/proc", led.Place) {
		v.inner.LearnWhole(start, key.path)
	}
	i := strings.LastIndexByte(key.path, '/')
	if i <= 0 {
		return
	}
	dir := key.path[:i]
	literal := dir
	if key.dir.place != "" {
		literal = namespace.Join(key.dir.place, dir)
	}
	way := v.lead(c, pathKey{dir: key.dir, path: dir, follow: true, as: key.as})
	if way.errno == 0 && !way.found.Apart && way.found.Place == literal && !namespace.Below("/proc", literal) {
		v.inner.Learn(start, dir)
	}
}

// mayFrom returns what may pass from a working directory.
func (v *View) mayFrom(place string) intercept.InnerFlags {
	m, _ := v.mountOf(place)
	if m != nil && (!m.Private || m.ReadOnly || m.filler != nil) {
		return 0
	}
	return intercept.InnerLookHere | intercept.InnerOpenHere
}

// moved notes that a working directory may have become another.
func (v *View) moved() {
	v.cwdEra.Add(1)
	if v.inner != nil {
		v.inner.Moved()
	}
}

// forget makes all that is known of paths doubtful.
func (v *View) forget() {
	v.paths.forget()
	if v.inner != nil {
		v.inner.Forget()
	}
}

// leaveAbsolute keeps absolute paths of t's process from passing: they begin
// elsewhere now.
func (v *View) leaveAbsolute(t *guest.Thread) {
	if v.inner == nil {
		return
	}
	if err := v.inner.Restrict(t, ^intercept.InnerAbsolute); err != nil {
		v.warn("inner door", fmt.Sprintf("process %d changed its root directory, and may see the machine's files where there are mounts: %v", t.ID(), err))
	}
}
