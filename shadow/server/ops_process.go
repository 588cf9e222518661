package server

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// opSpawn makes a representative. Its working directory is given by an absolute
// path; without one it has none.
func (t *task) opSpawn(o *wire.Op, r *wire.Result) error {
	if o.Path == "" {
		return t.spawn(o.Proc, nil, o.Mode&0o777)
	}
	b, err := t.base(nil, absolute(o.Path))
	if err != nil {
		return err
	}
	f, err := t.openCwd(b)
	if err != nil {
		return err
	}
	if err = f.tell(r); err == nil {
		err = t.spawn(o.Proc, f, o.Mode&0o777)
	}
	if err != nil {
		unix.Close(f.fd)
	}
	return err
}

// opExports tells what the client may see, and which of it is home.
func (t *task) opExports(_ *wire.Op, r *wire.Result) error {
	var b strings.Builder
	for _, e := range t.exports {
		fmt.Fprintln(&b, Export{e.name, e.readOnly})
	}
	if home, err := os.UserHomeDir(); err == nil && len(home) <= wire.MaxPath {
		r.Path = home
	}
	r.Policy, r.Data = t.server.cfg.Policy != nil, [][]byte{[]byte(b.String())}
	return nil
}

// absolute returns p, or "", which leads nowhere, if p is relative.
func absolute(p string) string {
	if p == "" || p[0] != '/' {
		return ""
	}
	return p
}

// openCwd opens a directory that may become a working directory.
func (t *task) openCwd(b base) (*file, error) {
	fd, e, err := t.open(b, unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.Faccessat2(fd, "", unix.X_OK, unix.AT_EMPTY_PATH|unix.AT_EACCESS); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &file{handle: handle{fd, e}, uses: 1}, nil
}

// tell says which directory f is.
func (f *file) tell(r *wire.Result) (err error) {
	if r.Attr, err = attrOf(f.fd); err == nil {
		r.Path, err = f.at.pathOf(f.fd)
	}
	return err
}

// opChdir changes the working directory to a path, or to a descriptor's directory
// if the path is empty.
func (t *task) opChdir(o *wire.Op, r *wire.Result) error {
	dir, err := t.directory(t.proc, o.FD)
	if err != nil {
		return err
	}
	defer t.done(dir)
	b := base{dir.fd, dir.at, "."}
	if o.Path == "" && dir.fd < 0 {
		return abi.ESTALE
	}
	if o.Path != "" {
		if b, err = t.base(&dir.handle, o.Path); err != nil {
			return err
		}
	}
	f, err := t.openCwd(b)
	if err != nil {
		return err
	}
	if err = f.tell(r); err != nil {
		unix.Close(f.fd)
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.procs[t.proc]
	if p == nil {
		t.drop(f)
		return abi.ESRCH
	}
	t.drop(p.cwd)
	p.cwd = f
	return nil
}

// opUmask changes the mask and returns the former one.
func (t *task) opUmask(o *wire.Op, r *wire.Result) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.procs[t.proc]
	if p == nil {
		return abi.ESRCH
	}
	r.Mode, p.umask = p.umask, o.Mode&0o777
	return nil
}

// umask returns the representative's mask.
func (t *task) umask() uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.procs[t.proc]; p != nil {
		return p.umask
	}
	return 0o777
}

func (t *task) opDup(o *wire.Op, r *wire.Result) error {
	f, err := t.file(o.Proc, o.FD)
	if err != nil {
		return err
	}
	if r.FD = o.FD; o.FD == o.FD2 && o.Proc == t.proc {
		t.done(f)
		return nil
	}
	if r.FD, err = t.install(t.proc, f, o.FD2); err != nil {
		t.done(f)
	}
	return err
}
