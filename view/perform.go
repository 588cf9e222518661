package view

import (
	"encoding/binary"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/sys"
)

// frame is the memory for the arguments of a call that is made for a guest.
type frame struct {
	arena *sys.Arena
	used  int
	fds   []int // to be closed
}

const (
	frameSize = 256 << 10
	// maxBuffer bounds a buffer: no call with a path moves more (an extended
	// attribute's value and list have at most 64 KiB, limits.h).
	maxBuffer = 64<<10 + 4096
)

// frames are those that no call needs now: as many as calls were made at once.
type frames struct {
	mu   sync.Mutex
	free []*frame
}

func (p *frames) get() *frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free) - 1; n >= 0 {
		f := p.free[n]
		p.free = p.free[:n]
		return f
	}
	arena, err := sys.NewArena(frameSize)
	if err != nil {
		panic(fmt.Sprintf("view: map memory for calls: %v", err)) // as Go's own allocator would
	}
	return &frame{arena: arena}
}

// put takes back the frame of a call that is over.
func (p *frames) put(f *frame) {
	for _, fd := range f.fds {
		unix.Close(fd)
	}
	f.fds, f.used = f.fds[:0], 0
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, f)
}

func (p *frames) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.free {
		f.arena.Close()
	}
	p.free = nil
}

// take returns n bytes of the frame and their address.
func (f *frame) take(n int) ([]byte, uint64) {
	const align = 16
	at := (f.used + align - 1) &^ (align - 1)
	f.used = at + n
	return f.arena.Bytes()[at : at+n : at+n], f.arena.Address() + uint64(at)
}

// put stores a string and returns its address.
func (f *frame) put(s string) uint64 {
	b, at := f.take(len(s) + 1)
	b[copy(b, s)] = 0
	return at
}

// output is memory that a call writes.
type output struct {
	bytes []byte
	to    abi.Addr
}

// perform makes c here, with its paths leading to spots.
func (v *View) perform(c *intercept.Call, sh *shape, refs []ref) intercept.Verdict {
	f := v.frames.get()
	defer v.frames.put(f)
	args := c.Args
	if e := v.placePaths(f, sh, refs, &args); e != 0 {
		return intercept.Fail(e)
	}
	outputs, e := f.placeBuffers(c, sh, &args)
	if e != 0 {
		return intercept.Fail(e)
	}
	restore, other, e := v.become(c.Thread, sh.makes, sh.asks && !effective(c, sh))
	if e != 0 {
		return intercept.Fail(e)
	}
	if !c.Alive() {
		restore()
		return intercept.Run // nobody is there any more
	}
	number := sh.number
	if sh.asks && other {
		// The kernel would ask about the real user of this process.
		number, args = effectiveAccess(sh, args)
	}
	result := sys.Perform(sh.arch, number, args)
	restore()
	return f.hand(c, sh, outputs, result)
}

// hand gives the guest what a call has come to.
func (f *frame) hand(c *intercept.Call, sh *shape, outputs []output, result int64) intercept.Verdict {
	if result >= 0 {
		for _, o := range outputs {
			if sh.call.Returns == abi.KindBytes {
				o.bytes = o.bytes[:min(int64(len(o.bytes)), result)]
			}
			if _, err := c.Memory().WriteAt(o.bytes, o.to); err != nil {
				return intercept.Fail(abi.EFAULT)
			}
		}
	}
	return intercept.Skip(result)
}

// placePaths points the path arguments to names of the spots. The first is
// reached from the working directory of this thread.
func (v *View) placePaths(f *frame, sh *shape, refs []ref, args *abi.Args) abi.Errno {
	for i, p := range sh.paths {
		at := v.spot(refs[i].host, refs[i].Place)
		name := at.name
		if i == 0 {
			if err := unix.Fchdir(at.dir); err != nil {
				return errnoOf(err)
			}
		} else {
			name = fmt.Sprintf("/proc/self/fd/%d/%s", at.dir, name)
		}
		switch {
		case p.names && refs[i].Dots != "":
			name += "/" + refs[i].Dots
		case refs[i].Slash:
			name += "/"
		}
		if len(name) >= unix.PathMax {
			return abi.ENAMETOOLONG
		}
		args[p.arg] = f.put(name)
		if p.dirfd >= 0 {
			args[p.dirfd] = uint64(uint32(0xffffff9c)) // AT_FDCWD
		}
	}
	return 0
}

// placeBuffers copies into the frame what the other arguments point to.
func (f *frame) placeBuffers(c *intercept.Call, sh *shape, args *abi.Args) ([]output, abi.Errno) {
	var outputs []output
	for i, arg := range sh.args {
		switch {
		case arg.Kind == abi.KindFD:
			fd, e := copyFD(c.Thread, c.Args.Int32(i))
			if e != 0 {
				return nil, e
			}
			f.fds = append(f.fds, fd)
			args[i] = uint64(fd)
		case arg.Kind == abi.KindString && args[i] != 0:
			s, err := c.Memory().String(c.Args.Addr(i), unix.PathMax-1)
			if err != nil {
				return nil, errnoOf(err)
			}
			args[i] = f.put(s)
		case (arg.Kind == abi.KindBuffer || arg.Kind == abi.KindStruct) && args[i] != 0:
			b, at := f.take(extent(c, sh, arg))
			if arg.Dir&abi.In != 0 {
				if _, err := c.Memory().ReadAt(b, c.Args.Addr(i)); err != nil {
					return nil, abi.EFAULT
				}
			}
			args[i] = at
			switch {
			case arg.Of == "xattr_args":
				value, e := f.placeValue(c, sh, b)
				if e != 0 {
					return nil, e
				}
				outputs = append(outputs, value...)
			case arg.Dir&abi.Out != 0:
				outputs = append(outputs, output{b, c.Args.Addr(i)})
			}
		}
	}
	return outputs, 0
}

// placeValue copies into the frame what a struct xattr_args (setxattrat(2)) points
// to. One that is too short to do so the kernel refuses.
func (f *frame) placeValue(c *intercept.Call, sh *shape, structure []byte) ([]output, abi.Errno) {
	const valueAt, sizeAt, known = 0, 8, 16
	if len(structure) < known {
		return nil, 0
	}
	from := abi.Addr(binary.LittleEndian.Uint64(structure[valueAt:]))
	if from == 0 {
		return nil, 0
	}
	b, at := f.take(int(min(binary.LittleEndian.Uint32(structure[sizeAt:]), maxBuffer)))
	binary.LittleEndian.PutUint64(structure[valueAt:], at)
	if !sh.changes {
		return []output{{b, from}}, 0
	}
	if _, err := c.Memory().ReadAt(b, from); err != nil {
		return nil, abi.EFAULT
	}
	return nil, 0
}

// extent returns the size of the memory that an argument points to.
func extent(c *intercept.Call, sh *shape, arg abi.Arg) int {
	element := 1
	if arg.Kind == abi.KindStruct {
		element = abi.LayoutOf(arg.Of).Size(sh.arch)
	}
	n := int64(element)
	switch arg.Length {
	case abi.LengthBytes:
		n = int64(int32(min(c.Args[arg.Len], maxBuffer)))
	case abi.LengthElements:
		n *= int64(min(c.Args[arg.Len], maxBuffer))
	case abi.LengthTrailing:
		n += int64(min(c.Args[arg.Len], maxBuffer))
	case abi.LengthFixed:
		n *= int64(arg.Fixed)
	}
	return int(min(max(n, 0), maxBuffer))
}

// effective reports whether an access(2) of the guest asks for its effective
// identity.
func effective(c *intercept.Call, sh *shape) bool {
	return sh.call.Name == "faccessat2" && c.Args[sh.flags]&unix.AT_EACCESS != 0
}

// effectiveAccess returns the call that asks about the ids for file access.
func effectiveAccess(sh *shape, args abi.Args) (int, abi.Args) {
	number, _ := abi.ByName("faccessat2").On(sh.arch)
	flags := uint64(unix.AT_EACCESS)
	if sh.call.Name == "access" {
		args[0], args[1], args[2] = uint64(uint32(0xffffff9c)), args[0], args[1]
	} else if sh.call.Name == "faccessat2" {
		flags |= args[3]
	}
	args[3] = flags
	return number, args
}
