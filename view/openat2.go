package view

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/sys"
)

// howSize is the size of a struct open_how (openat2(2)) as far as it is known
// here; howMost is the most that the kernel takes from a younger program.
const (
	howSize = 24
	howMost = 4096
)

// openByHow answers openat2(2). Whether it asks for an O_PATH descriptor, which the
// notify door cannot hand over, no filter can see: its flags lie in memory.
func (v *View) openByHow(c *intercept.Call, sh *shape) intercept.Verdict {
	if o, err := v.readOpening(c, sh); err == nil && o.flags&unix.O_PATH == 0 && !c.Passed() {
		return intercept.Pass
	}
	return v.open(c, sh)
}

// readHow reads the struct open_how that argument arg points to. An error means
// that it is the kernel's to refuse.
func (v *View) readHow(c *intercept.Call, arg int, o *opening) error {
	size := c.Args[arg+1]
	if size < howSize || size > howMost {
		return errUnreadable
	}
	f := v.frames.get()
	defer v.frames.put(f)
	how, at := f.take(int(size))
	if _, err := c.Memory().ReadAt(how, c.Args.Addr(arg)); err != nil {
		return errUnreadable
	}
	// The kernel comes to the path last: what fails for another reason than an
	// empty one would fail with any.
	if sys.Perform(native, unix.SYS_OPENAT2, abi.Args{0, f.put(""), at, size}) != -int64(abi.ENOENT) {
		return errUnreadable
	}
	o.flags, o.mode = int(binary.LittleEndian.Uint64(how)), uint32(binary.LittleEndian.Uint64(how[8:]))
	resolve := binary.LittleEndian.Uint64(how[16:])
	o.NoSymlinks = resolve&unix.RESOLVE_NO_SYMLINKS != 0
	o.NoMagicLinks = resolve&unix.RESOLVE_NO_MAGICLINKS != 0
	o.Beneath = resolve&unix.RESOLVE_BENEATH != 0
	o.NoCrossing = resolve&unix.RESOLVE_NO_XDEV != 0
	o.inRoot = resolve&unix.RESOLVE_IN_ROOT != 0
	return nil
}
