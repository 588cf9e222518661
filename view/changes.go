package view

import (
	"errors"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/module"
)

// A change of a name in a tree that shows what is kept elsewhere is made there
// first, and then in the tree. What the kernel would refuse in the tree must be
// known before: the kernel's own checks are made here for the former.

// errNotDone is the error of a change that failed in the tree, whose verdict is
// known.
var errNotDone = errors.New("not done")

// change answers a call that changes something at the last of refs.
func (v *View) change(c *intercept.Call, sh *shape, refs []ref) intercept.Verdict {
	last := refs[len(refs)-1]
	wanted, isName := v.changeOf(c, sh, refs)
	switch {
	case !isName && attributes[sh.call.Name]:
		return v.alter(c, sh, refs[0])
	case !isName:
		return intercept.Fail(abi.EOPNOTSUPP) // an extended attribute, which nobody keeps
	case wanted.Op == module.Link && refs[0].mount != last.mount:
		return intercept.Fail(abi.EPERM) // of what has no name there
	case refs[0].Dots != "" || last.Dots != "" || wanted.Name == "" || len(refs) > 1 && wanted.To == "":
		return v.perform(c, sh, refs) // the kernel refuses it
	}
	c.Leave()
	if e := v.mayChange(c, wanted, refs); e != 0 {
		return intercept.Fail(e)
	}
	if wanted.Op == module.Rename && v.isSame(refs) {
		return v.perform(c, sh, refs)
	}
	var verdict intercept.Verdict
	err := last.mount.changer.Change(wanted.Change, func() error {
		if verdict = v.perform(c, sh, refs); verdict != intercept.Skip(0) {
			return errNotDone
		}
		return nil
	})
	if err != nil && err != errNotDone {
		return intercept.Fail(contentErrno(err))
	}
	return verdict
}

// asked is a change that a call asks for.
type asked struct {
	module.Change
	isDir bool   // to be removed
	flags uint64 // of renameat2(2)
	kind  uint64 // of mknod(2): the type of file
}

// changeOf reads a call that changes names.
func (v *View) changeOf(c *intercept.Call, sh *shape, refs []ref) (a asked, ok bool) {
	last := refs[len(refs)-1]
	a.Name = refs[0].mount.nameOf(refs[0].Place)
	if len(refs) > 1 {
		a.To = last.mount.nameOf(last.Place)
	}
	for i, arg := range sh.args {
		switch arg.Kind {
		case abi.KindMode:
			a.Mode = uint32(c.Args[i]) & 0o7777
			a.kind = c.Args[i] & unix.S_IFMT
		case abi.KindFlags:
			a.flags = c.Args[i]
		}
	}
	if sh.makes {
		if _, umask, err := status(c.Thread.ID()); err == nil {
			a.Mode &^= umask
		}
	}
	switch sh.call.Name {
	case "mkdir", "mkdirat":
		a.Op = module.Mkdir
	case "mknod", "mknodat":
		if a.Op = module.Create; a.kind != 0 && a.kind != unix.S_IFREG {
			a.Op, a.Mode = module.Mknod, a.Mode|uint32(a.kind)
		}
	case "symlink", "symlinkat":
		text, err := c.Memory().String(c.Args.Addr(0), unix.PathMax-1)
		if err != nil {
			text = "" // the kernel refuses that
		}
		a.Op, a.Text = module.Symlink, text
	case "link", "linkat":
		a.Op = module.Link
	case "rename", "renameat", "renameat2":
		a.Op = module.Rename
	case "unlink", "rmdir", "unlinkat":
		a.Op = module.Remove
		a.isDir = sh.call.Name == "rmdir" || sh.call.Name == "unlinkat" && a.flags&unix.AT_REMOVEDIR != 0
	default:
		return a, false
	}
	return a, true
}

// nameOf returns the name of a place of the mount in its tree, or "" for the
// root and for what is elsewhere.
func (m *mount) nameOf(place string) string {
	if m == nil || place == m.target {
		return ""
	}
	return m.relative(place)
}

// isSame reports whether a rename is between two names of one file.
func (v *View) isSame(refs []ref) bool {
	from, e1 := v.statRef(refs[0])
	to, e2 := v.statRef(refs[1])
	return e1 == 0 && e2 == 0 && from.Dev == to.Dev && from.Ino == to.Ino
}

func (v *View) statRef(r ref) (st unix.Stat_t, e abi.Errno) {
	at := v.spot(r.host, r.Place)
	if err := unix.Fstatat(at.dir, at.name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return st, errnoOf(err)
	}
	return st, 0
}
