package view

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/sys"
	"penumbra/module"
)

// Who is not root cannot give files away, so that all of a tree belong to the guest's
// user on this machine. A guest that is told to be another, the one whose files they
// are elsewhere, would find that they are not its own.

// owner is whose a file is taken for of which that is not known.
type owner struct{ uid, gid uint32 }

// ShowOwners has stat(2) and the like tell the owners that files have where they are
// kept, and of new ones that they belong to that user. All these calls are answered
// then. It has to be called before the view is used.
func (v *View) ShowOwners(uid, gid uint32) {
	for _, t := range v.trees {
		if o, ok := t.(module.Owned); ok {
			v.owned = append(v.owned, o)
			o.KeepOwners()
		}
	}
	if len(v.owned) > 0 {
		v.owner = &owner{uid, gid}
	}
}

// tellsOwner lists the calls by descriptor that tell owners; those with a path are
// known by their shape.
var tellsOwner = map[string]bool{"fstat": true, "fstat64": true, "oldfstat": true}

// statOwned answers a call that tells whose a file is.
func (v *View) statOwned(c *intercept.Call, sh *shape) intercept.Verdict {
	var st unix.Stat_t
	var verdict intercept.Verdict
	path := ""
	if len(sh.paths) > 0 {
		p, err := sh.paths[0], error(nil)
		if path, err = v.pathOf(c, p.arg); err != nil {
			return intercept.Run
		}
		if path != "" {
			r, e := v.resolve(c, p.dirfdOf(c), path, sh.options(c, p))
			if e != 0 || r.unknown || r.mount == nil || !v.isOwned(r.mount) {
				return v.byPath(c, sh)
			}
			if st, e = v.statRef(r); e != 0 {
				return v.byPath(c, sh)
			}
			verdict = v.perform(c, sh, []ref{r})
		}
	}
	if path == "" {
		fd := c.Args.Int32(0)
		if len(sh.paths) > 0 && (fd == unix.AT_FDCWD || !emptyAllowed(c, sh)) {
			return intercept.Run
		}
		if unix.Stat(descriptorPath(c.Thread, fd), &st) != nil || !v.holds(&st) {
			return intercept.Run
		}
		verdict = v.performOn(c, sh, fd)
	}
	if verdict != intercept.Skip(0) {
		return verdict
	}
	return v.putOwner(c, sh, &st)
}

// performOn makes a call that asks about what a descriptor is open on.
func (v *View) performOn(c *intercept.Call, sh *shape, fd int32) intercept.Verdict {
	own, e := copyFD(c.Thread, fd)
	if e != 0 {
		return intercept.Fail(e)
	}
	defer unix.Close(own)
	f := v.frames.get()
	defer v.frames.put(f)
	args, bare := c.Args, *sh
	bare.args = slices.Clone(sh.args)
	bare.args[0].Kind = abi.KindInt
	outputs, e := f.placeBuffers(c, &bare, &args)
	if e != 0 {
		return intercept.Fail(e)
	}
	if args[0] = uint64(own); len(sh.paths) > 0 {
		args[sh.paths[0].arg] = f.put("")
	}
	result := sys.Perform(sh.arch, sh.number, args)
	return f.hand(c, sh, outputs, result)
}

func (v *View) isOwned(m *mount) bool {
	o, ok := m.tree.(module.Owned)
	return ok && o != nil
}

// holds reports whether a file is in a tree whose owners are known.
func (v *View) holds(st *unix.Stat_t) bool {
	for _, m := range v.mounts {
		if m.stat.Dev == st.Dev && v.isOwned(m) {
			return true
		}
	}
	return false
}

// putOwner corrects the structure that a call has filled.
func (v *View) putOwner(c *intercept.Call, sh *shape, st *unix.Stat_t) intercept.Verdict {
	uid, gid := v.owner.uid, v.owner.gid
	for _, o := range v.owned {
		if u, g, known := o.OwnerOf(st.Dev, st.Ino); known {
			uid, gid = uint32(u), uint32(g)
		}
	}
	for i, arg := range sh.args {
		if arg.Kind != abi.KindStruct || !strings.Contains(arg.Of, "stat") {
			continue
		}
		for name, id := range map[string]uint32{"uid": uid, "gid": gid} {
			field := arg.Layout.Field("st_" + name)
			if arg.Of == "statx" {
				field = arg.Layout.Field("stx_" + name)
			}
			b := make([]byte, arg.Layout.Size(c.Arch))
			at := c.Args.Addr(i)
			if _, err := c.Memory().ReadAt(b, at); err != nil {
				return intercept.Fail(abi.EFAULT)
			}
			field.Put(c.Arch, b, uint64(id))
			if _, err := c.Memory().WriteAt(b, at); err != nil {
				return intercept.Fail(abi.EFAULT)
			}
		}
	}
	return intercept.Skip(0)
}

// bareShape is that of a call without a path.
func bareShape(a abi.Arch, s *abi.Syscall) *shape {
	number, _ := s.On(a)
	return &shape{call: s, arch: a, number: number, args: s.ArgsOn(a), flags: -1}
}
