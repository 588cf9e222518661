package view

import (
	"encoding/binary"
	"path"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/namespace"
)

// maxScripts is how many scripts may be each other's interpreter (fs/exec.c).
const maxScripts = 5

// exec has execve(2) and execveat(2) run programs from mounts, and programs
// whose interpreter is there.
func (v *View) exec(c *intercept.Call, sh *shape) intercept.Verdict {
	p := sh.paths[0]
	path, err := v.pathOf(c, p.arg)
	if err != nil || path == "" {
		return v.execByFD(c, p.dirfdOf(c))
	}
	program, e := v.find(c, p.dirfdOf(c), path, sh.follows(c, p))
	switch {
	case e != 0 && program.Apart:
		return intercept.Fail(e)
	case e == 0 && program.Kind == namespace.Foreign:
		if e := v.fillWhole(program.Place); e != 0 {
			return intercept.Fail(e)
		}
		return intercept.Run
	case e != 0 || program.unknown:
		return intercept.Run
	}
	argv, apart, e := v.interpret(c, &program, path)
	switch {
	case e != 0:
		return intercept.Fail(e)
	case !apart:
		return intercept.Run
	}
	return v.rewriteExec(c, sh, program, argv)
}

// rewriteExec has c run program instead, with argv in front of the guest's
// arguments but the first.
func (v *View) rewriteExec(c *intercept.Call, sh *shape, program ref, argv []string) intercept.Verdict {
	at, e := v.runThere(c, sh, program)
	if e != 0 {
		return intercept.Fail(e)
	}
	if argv == nil {
		return intercept.Run
	}
	own, e := arguments(c, c.Args.Addr(sh.paths[0].arg+1))
	if e != 0 {
		return intercept.Fail(e)
	}
	words := make([]intercept.Word, 0, len(argv)+len(own))
	for _, text := range argv {
		if text == nameless && len(own) > 0 {
			words = append(words, own[0])
		} else {
			words = append(words, intercept.Word{Text: text})
		}
	}
	if len(own) > 1 {
		words = append(words, own[1:]...)
	}
	c.SetArgStrings(at+1, words)
	return intercept.Run
}

// runThere has c run a program. It returns which argument the path is then; argv is
// the next.
func (v *View) runThere(c *intercept.Call, sh *shape, program ref) (at int, e abi.Errno) {
	at = sh.paths[0].arg
	path, ok := program.copy, program.copy != ""
	if !ok {
		path, ok = v.pathFor(c.Thread, program.Place)
	}
	if ok {
		c.SetArgString(at, path)
		return at, 0
	}
	name, err := v.lendTree(c, program.Place)
	if err != nil {
		return at, errnoOf(err)
	}
	var flags uint64
	if sh.call.Name == "execveat" {
		flags = c.Args[4] &^ (unix.AT_EMPTY_PATH | unix.AT_SYMLINK_NOFOLLOW) // the path has been followed
	}
	number, _ := abi.ByName("execveat").On(c.Arch)
	c.SetNumber(number)
	c.SetArgString(1, name)
	for i, arg := range []uint64{c.Args[at+1], c.Args[at+2], flags} {
		c.SetArg(2+i, arg)
	}
	return 1, 0
}

// nameless stands for the guest's own argv[0] among new arguments. No string of
// C can be it.
const nameless = "\x00"

// find resolves the path of a program and has its content filled in.
func (v *View) find(c *intercept.Call, dirfd int32, path string, follow bool) (ref, abi.Errno) {
	v.foresee(c.Thread, dirfd, path, true)
	r, e := v.resolve(c, dirfd, path, namespace.Options{Follow: follow})
	if e == 0 && !r.unknown {
		e = v.fillProgram(r.Place)
	}
	return r, e
}

// fillProgram has all of a program there: the kernel reads it without a call.
func (v *View) fillProgram(place string) abi.Errno {
	if e := v.fill(place, true); e != 0 {
		return e
	}
	if m, _ := v.mountOf(place); m == nil || m.emulator == nil {
		return 0
	}
	return v.fillWhole(v.hostPath(place))
}

// execByFD readies a program that is run by its descriptor.
func (v *View) execByFD(c *intercept.Call, fd int32) intercept.Verdict {
	if len(v.emulators) == 0 {
		return intercept.Run
	}
	if f, st := v.emulated(c.Thread, fd); f != nil {
		if e := pinWhole(f, st); e != 0 {
			return intercept.Fail(e)
		}
	}
	return v.linkByFD(c, fd)
}

// linkByFD is link for a program that is run by its descriptor.
func (v *View) linkByFD(c *intercept.Call, fd int32) intercept.Verdict {
	program := v.refOf(c.Thread, namespace.Found{Place: v.placeOfFD(c.Thread.ID(), fd), Apart: true})
	if c.Syscall.Name != "execveat" || program.unknown || program.mount == nil {
		return intercept.Run
	}
	h, err := v.readHead(c.Thread, program.Place)
	if err != nil || h.linker == "" {
		return intercept.Run
	}
	if _, _, e := v.link(c, &program, program.Place, program.Place, h, nil, true); e != 0 {
		return intercept.Fail(e)
	}
	if program.copy != "" {
		c.SetArgString(1, program.copy)
		c.SetArg(4, c.Args[4]&^unix.AT_EMPTY_PATH)
	}
	return intercept.Run
}

// interpret follows the first lines of scripts, and an ELF program's request
// for a dynamic linker, as the kernel does. It returns the arguments that stand
// in the place of argv[0], nil for the guest's own, and whether the kernel would
// run something else than the view has. The program to run replaces program.
func (v *View) interpret(c *intercept.Call, program *ref, path string) (argv []string, apart bool, e abi.Errno) {
	apart = program.Apart
	called := path // the kernel calls a process by the script
	for range maxScripts {
		h, err := v.readHead(c.Thread, program.Place)
		if err != nil {
			return nil, apart, 0 // the kernel will say why
		}
		name, argument := h.script()
		if name == "" {
			return v.link(c, program, called, path, h, argv, apart)
		}
		if e := v.mayExecute(c, program.Place); e != 0 {
			return nil, apart, e
		}
		first := []string{name}
		if argument != "" {
			first = append(first, argument)
		}
		argv = append(append(first, path), argv[min(1, len(argv)):]...)
		next, e := v.find(c, unix.AT_FDCWD, name, true)
		switch {
		case e != 0 && (next.Apart || apart):
			return nil, true, e
		case e != 0 || next.unknown:
			return nil, false, 0
		}
		apart = apart || next.Apart
		*program, path = next, name
	}
	return nil, true, abi.ELOOP
}

// link has a program run by its dynamic linker where that really is, if the kernel
// would not find it.
func (v *View) link(c *intercept.Call, program *ref, called, name string, h head, argv []string, apart bool) ([]string, bool, abi.Errno) {
	if h.linker == "" {
		return argv, apart, 0
	}
	r, e := v.find(c, unix.AT_FDCWD, h.linker, true)
	switch {
	case e != 0 && r.Apart:
		return nil, true, e
	case e != 0 || r.unknown || !r.Apart:
		return argv, apart, 0
	}
	if e := v.mayExecute(c, program.Place); e != 0 {
		return nil, true, e
	}
	if copy, ok := v.relink(c.Thread, *program, r, path.Base(called)); ok {
		program.copy = copy
		return argv, true, 0
	}
	first := nameless
	if len(argv) > 0 {
		first = argv[0]
	}
	// Both of Linux's C libraries have a linker that takes this option.
	with := []string{h.linker, "--argv0", first, name}
	if len(argv) > 0 {
		with = append(with, argv[1:]...)
	}
	*program = r
	return with, true, 0
}

// mayExecute makes the checks that are lost when an interpreter, or a copy, is run in
// a program's place.
func (v *View) mayExecute(c *intercept.Call, place string) abi.Errno {
	if e := v.permitted(c, place); e != 0 {
		return e
	}
	at := v.spot(v.hostOf(c.Thread), place)
	if inUse(at.dir, at.name, unix.F_RDLCK) {
		return abi.ETXTBSY
	}
	return 0
}

// permitted asks whether c's thread may execute a file.
func (v *View) permitted(c *intercept.Call, place string) abi.Errno {
	restore, _, e := v.become(c.Thread, false, false)
	if e != 0 {
		return e
	}
	defer restore()
	at := v.spot(v.hostOf(c.Thread), place)
	var st unix.Stat_t
	if err := unix.Fstatat(at.dir, at.name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return errnoOf(err)
	}
	if st.Mode&0o111 == 0 || unix.Faccessat(at.dir, at.name, unix.X_OK, unix.AT_EACCESS) != nil {
		return abi.EACCES
	}
	return 0
}

// arguments reads the addresses of the strings of argv.
func arguments(c *intercept.Call, at abi.Addr) ([]intercept.Word, abi.Errno) {
	const most = 1 << 20 // the kernel's bound is the stack's size
	var words []intercept.Word
	if at == 0 {
		return nil, 0
	}
	word := c.Arch.PointerSize()
	b := make([]byte, 8)
	for len(words) < most {
		if _, err := c.Memory().ReadAt(b[:word], at+abi.Addr(len(words)*word)); err != nil {
			return nil, abi.EFAULT
		}
		pointer := binary.LittleEndian.Uint64(b)
		if pointer == 0 {
			return words, 0
		}
		words = append(words, intercept.Word{At: abi.Addr(pointer)})
	}
	return nil, abi.E2BIG
}
