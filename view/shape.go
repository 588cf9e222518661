package view

import (
	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/namespace"
)

// shape is what a view has to know of a system call to answer it by its paths.
// It is read off the table of calls.
type shape struct {
	call   *abi.Syscall
	arch   abi.Arch
	number int
	args   []abi.Arg
	paths  []pathArg
	// flags is the argument whose bit unfollow or follow says whether a link at
	// the path's end is followed, or -1.
	flags            int
	unfollow, follow uint64
	// empty is the argument whose bit AT_EMPTY_PATH has an empty path mean the
	// descriptor, or -1.
	empty int
	traits
}

// pathArg is an argument that is a path.
type pathArg struct {
	arg, dirfd int // dirfd is -1 if it starts from the working directory
	// names: it says what is to be made, removed or renamed. A link at its end
	// is not followed, whatever comes behind it.
	names    bool
	noFollow bool
}

// traits are what the table of calls does not say.
type traits struct {
	makes   bool // a file, with permissions that the umask bounds
	removes bool // or renames
	changes bool // the tree: not on a read-only mount
	relinks bool // may put a link where there was none
	refused bool // is not made in a mount's tree
	looks   bool // only asks what there is
	asks    bool // access(2): only asks what may be done
}

func traitsOf(name string) traits {
	switch name {
	case "mkdir", "mkdirat", "mknod", "mknodat":
		return traits{makes: true, changes: true}
	case "symlink", "symlinkat", "link", "linkat":
		return traits{changes: true, relinks: true}
	case "rename", "renameat", "renameat2":
		return traits{removes: true, changes: true, relinks: true}
	case "unlink", "unlinkat", "rmdir":
		return traits{removes: true, changes: true}
	case "chmod", "fchmodat", "fchmodat2", "chown", "lchown", "chown32", "lchown32", "fchownat",
		"truncate", "truncate64", "utime", "utimes", "futimesat", "utimensat", "utimensat_time64",
		"setxattr", "lsetxattr", "setxattrat", "removexattr", "lremovexattr", "removexattrat", "file_setattr":
		return traits{changes: true}
	case "mount", "umount", "umount2", "pivot_root", "move_mount", "open_tree", "open_tree_attr",
		"mount_setattr", "fspick", "swapon", "swapoff", "acct", "quotactl", "uselib":
		return traits{refused: true}
	case "stat", "lstat", "newfstatat", "stat64", "lstat64", "fstatat64", "oldstat", "oldlstat", "statx":
		return traits{looks: true}
	case "access", "faccessat", "faccessat2":
		return traits{looks: true, asks: true}
	}
	return traits{}
}

// shapeOf returns the shape of s on a, or nil if it has no path.
func shapeOf(a abi.Arch, s *abi.Syscall) *shape {
	number, _ := s.On(a)
	sh := &shape{call: s, arch: a, number: number, args: s.ArgsOn(a), flags: -1, empty: -1, traits: traitsOf(s.Name)}
	for i, arg := range sh.args {
		if arg.Kind == abi.KindPath {
			sh.paths = append(sh.paths, pathArg{arg: i, dirfd: arg.At, noFollow: arg.NoFollow})
		}
		sh.readFlags(i, arg)
	}
	if len(sh.paths) == 0 {
		return nil
	}
	for i := range sh.paths {
		sh.paths[i].names = sh.makes || sh.removes || sh.relinks
	}
	if s.Name == "link" || s.Name == "linkat" {
		sh.paths[0].names = false // the old name is looked up
	}
	return sh
}

// readFlags notes which bits of argument i, if it has such, say what a path means.
func (sh *shape) readFlags(i int, arg abi.Arg) {
	if arg.Kind != abi.KindFlags {
		return
	}
	for _, name := range []string{"AT_SYMLINK_NOFOLLOW", "IN_DONT_FOLLOW", "FAN_MARK_DONT_FOLLOW"} {
		if bit, ok := arg.Set.Value(name, sh.arch); ok {
			sh.flags, sh.unfollow = i, bit
		}
	}
	if bit, ok := arg.Set.Value("AT_SYMLINK_FOLLOW", sh.arch); ok {
		sh.flags, sh.follow = i, bit
	}
	if _, ok := arg.Set.Value("AT_EMPTY_PATH", sh.arch); ok {
		sh.empty = i
	}
}

// follows reports whether c follows a link at the end of its path p.
func (sh *shape) follows(c *intercept.Call, p pathArg) bool {
	if p.names {
		return false
	}
	if sh.flags >= 0 {
		bits := c.Args[sh.flags]
		if bits&sh.unfollow != 0 {
			return false
		}
		if bits&sh.follow != 0 {
			return true
		}
	}
	return !p.noFollow
}

func (sh *shape) options(c *intercept.Call, p pathArg) namespace.Options {
	return namespace.Options{Follow: sh.follows(c, p), Name: p.names}
}

// isDescriptor reports whether the path p of c, which is empty or a null pointer,
// means the descriptor. (Calls that set times know the latter, utimensat(2).)
func (sh *shape) isDescriptor(c *intercept.Call, p pathArg) bool {
	if c.Args[p.arg] == 0 {
		switch sh.call.Name {
		case "futimesat", "utimensat", "utimensat_time64":
			return true
		}
	}
	return sh.empty >= 0 && c.Args[sh.empty]&unix.AT_EMPTY_PATH != 0
}

// dirfd returns the descriptor that path p of c starts from.
func (p pathArg) dirfdOf(c *intercept.Call) int32 {
	if p.dirfd < 0 {
		return unix.AT_FDCWD
	}
	return c.Args.Int32(p.dirfd)
}
