package view

import (
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"

	"penumbra/guest"
	"penumbra/module/scratch"
)

// The kernel looks for a program's dynamic linker where the program says, and not
// where the view has that. So what runs is a copy of the program that says where it
// really is. All else of the copy is the program's, also its name.

// relinked are these copies.
type relinked struct {
	mu   sync.Mutex
	dir  *scratch.Dir
	made map[relinkedAs]string // the host's path of the copy
	of   map[fileID][]string   // those of a file

	places sync.Map // of the programs in the view, by that path
}

type fileID struct{ dev, ino uint64 }

// relinkedAs is of what there is a copy, and under which name.
type relinkedAs struct {
	fileID
	size         int64
	mtime        unix.Timespec
	linker, name string
}

// relink returns the host's path of a copy of program, called name, that asks for
// linker. It reports false where t would not find that.
func (v *View) relink(t *guest.Thread, program, linker ref, name string) (string, bool) {
	path, ok := v.pathFor(t, linker.Place)
	if !ok || v.rootOf(t) != "/" || v.hostOf(t) != v.host {
		return "", false
	}
	at := v.spot(v.host, program.Place)
	fd, err := unix.Openat(at.dir, at.name, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return "", false
	}
	f := os.NewFile(uintptr(fd), program.Place)
	defer f.Close()
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return "", false
	}
	key := relinkedAs{fileID{st.Dev, st.Ino}, st.Size, st.Mtim, path, name}
	r := &v.relinked
	r.mu.Lock()
	defer r.mu.Unlock()
	host, ok := r.made[key]
	if !ok {
		if host, err = r.copy(f, &st, path, name); err != nil {
			return "", false
		}
		r.made[key] = host
		r.of[key.fileID] = append(r.of[key.fileID], host)
	}
	r.places.Store(host, program.Place)
	return host, true
}

// copy makes a copy.
func (r *relinked) copy(f *os.File, st *unix.Stat_t, linker, name string) (host string, err error) {
	if r.dir == nil {
		if r.dir, err = scratch.New(); err != nil {
			return "", err
		}
		r.made, r.of = map[relinkedAs]string{}, map[fileID][]string{}
	}
	dir := filepath.Join(r.dir.Path(), strconv.Itoa(len(r.made)))
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return "", err
	}
	_ = os.Chmod(r.dir.Path(), 0o711) // a guest may be another user
	host = filepath.Join(dir, name)
	to, err := os.OpenFile(host, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	defer to.Close()
	if _, err := io.Copy(to, f); err != nil {
		return "", err
	}
	if err := setLinker(to, st.Size, linker); err != nil {
		return "", err
	}
	if os.Geteuid() == 0 {
		_ = to.Chown(int(st.Uid), int(st.Gid))
	}
	if err := to.Chmod(os.FileMode(st.Mode & 0o777)); err != nil {
		return "", err
	}
	return host, nil
}

// setLinker has an ELF program of so many bytes ask for another dynamic linker, whose
// path is put behind its end.
func setLinker(f *os.File, size int64, path string) error {
	start := make([]byte, 64)
	if _, err := f.ReadAt(start, 0); err != nil {
		return err
	}
	header, at, err := interpreterHeader(f, start)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(append([]byte(path), 0), size); err != nil {
		return err
	}
	order, n := binary.LittleEndian, uint64(len(path)+1)
	if isWide(start) {
		order.PutUint64(header[8:], uint64(size))
		order.PutUint64(header[32:], n)
	} else {
		order.PutUint32(header[4:], uint32(size))
		order.PutUint32(header[16:], uint32(n))
	}
	_, err = f.WriteAt(header, at)
	return err
}

// runs reports whether a copy of the file of which st tells is being run.
func (r *relinked) runs(st *unix.Stat_t) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, host := range r.of[fileID{st.Dev, st.Ino}] {
		if inUse(unix.AT_FDCWD, host, unix.F_WRLCK) {
			return true
		}
	}
	return false
}

// inUse reports whether somebody has a file open in a way that keeps a lease of a kind
// from being had (fcntl(2)): for writing if that is F_RDLCK, at all, which includes to
// run it, if it is F_WRLCK.
func inUse(dir int, name string, kind int) bool {
	fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	// Who opens it meanwhile has the kernel send a signal: one that means nothing.
	_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETSIG, int(unix.SIGURG))
	_, err = unix.FcntlInt(uintptr(fd), unix.F_SETLEASE, kind)
	return err == unix.EAGAIN
}

// placeOfCopy returns the place of the program of which a path of the host is a copy.
func (v *View) placeOfCopy(host string) (string, bool) {
	place, ok := v.relinked.places.Load(host)
	if !ok {
		return "", false
	}
	return place.(string), true
}

// close removes all copies.
func (r *relinked) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dir == nil {
		return nil
	}
	return r.dir.Close()
}
