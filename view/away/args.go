package away

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/intercept"
	"penumbra/shadow/wire"
)

// arg returns the index of the argument of a name, or -1.
func arg(c *intercept.Call, name string) int {
	for i, a := range c.Syscall.ArgsOn(c.Arch) {
		if a.Name == name {
			return i
		}
	}
	return -1
}

// number returns the 64-bit number that an argument is, or two halves are.
func number(c *intercept.Call, name string) int64 {
	i := arg(c, name)
	if c.Arch.PointerSize() == 8 {
		return int64(c.Args[i])
	}
	if high := arg(c, name+"_hi"); high >= 0 {
		return int64(c.Args[high]<<32 | c.Args[i]&0xffffffff)
	}
	return int64(c.Args.Int32(i))
}

// flags returns the value of an argument, 0 if the call has none of that name.
func flags(c *intercept.Call, name string) uint64 {
	if i := arg(c, name); i >= 0 {
		return c.Args[i]
	}
	return 0
}

// A name is a path of a call and the directory that it starts from.
type name struct {
	dir    int32 // of the representative, or wire.CWD
	path   string
	follow bool // a link at its end
}

// names reads the paths of a call. An empty one is kept where the call has the flag
// AT_EMPTY_PATH, and is ENOENT elsewhere.
func names(c *intercept.Call) (all []name, e abi.Errno) {
	at := uint64(0) // flags of the calls whose name ends in at
	for i, a := range c.Syscall.ArgsOn(c.Arch) {
		if a.Kind != abi.KindFlags {
			continue
		}
		for _, word := range []string{"AT_EMPTY_PATH", "AT_SYMLINK_NOFOLLOW", "AT_SYMLINK_FOLLOW"} {
			if _, ok := a.Set.Value(word, c.Arch); ok {
				at = c.Args[i]
			}
		}
	}
	empty := at&unix.AT_EMPTY_PATH != 0
	for i, a := range c.Syscall.ArgsOn(c.Arch) {
		if a.Kind != abi.KindPath {
			continue
		}
		n := name{dir: wire.CWD, follow: !a.NoFollow && at&unix.AT_SYMLINK_NOFOLLOW == 0 || at&unix.AT_SYMLINK_FOLLOW != 0}
		if a.At >= 0 {
			if fd := c.Args.Int32(a.At); fd != unix.AT_FDCWD {
				n.dir = fd
			}
		}
		if c.Args[i] == 0 && a.At >= 0 && (c.Syscall.Name == "utimensat" || c.Syscall.Name == "utimensat_time64" || empty) {
			all = append(all, n) // the descriptor itself
			continue
		}
		var err error
		if n.path, err = c.Memory().String(c.Args.Addr(i), unix.PathMax-1); err != nil {
			return nil, errnoOf(err)
		}
		if n.path == "" && !empty {
			return nil, abi.ENOENT
		}
		all = append(all, n)
	}
	return all, 0
}

// at returns the protocol's flags for following n's last name or not.
func (n name) at() uint32 {
	if n.follow {
		return 0
	}
	return wire.AtNoFollow
}

func errnoOf(err error) abi.Errno {
	if e := wire.ErrnoOf(err); e != abi.EIO {
		return e
	}
	return abi.EFAULT
}

// A Piece is memory of the guest that a call reads or writes.
type Piece struct {
	At   abi.Addr
	Size int
}

// maxPieces is UIO_MAXIOV (linux/uio.h).
const maxPieces = 1024

// Pieces reads an array of count struct iovec. What is beyond most bytes is left
// out.
func Pieces(c *intercept.Call, at abi.Addr, count, most int) ([]Piece, abi.Errno) {
	if count < 0 || count > maxPieces {
		return nil, abi.EINVAL
	}
	word := c.Arch.PointerSize()
	b := make([]byte, count*2*word)
	if _, err := c.Memory().ReadAt(b, at); err != nil {
		return nil, abi.EFAULT
	}
	value := func(i int) uint64 {
		if word == 4 {
			return uint64(binary.LittleEndian.Uint32(b[i*4:]))
		}
		return binary.LittleEndian.Uint64(b[i*8:])
	}
	var all []Piece
	for i := range count {
		size := value(2*i + 1)
		if int64(size) < 0 || word == 4 && int32(size) < 0 {
			return nil, abi.EINVAL
		}
		size = min(size, uint64(most))
		most -= int(size)
		all = append(all, Piece{abi.Addr(value(2 * i)), int(size)})
	}
	return all, 0
}

// Gather reads what pieces hold.
func Gather(c *intercept.Call, pieces []Piece) ([]byte, abi.Errno) {
	n := 0
	for _, p := range pieces {
		n += p.Size
	}
	b := make([]byte, 0, n)
	for _, p := range pieces {
		b = b[:len(b)+p.Size]
		if _, err := c.Memory().ReadAt(b[len(b)-p.Size:], p.At); err != nil {
			return nil, abi.EFAULT
		}
	}
	return b, 0
}

// scatter writes b to pieces.
func scatter(m guest.Memory, pieces []Piece, b []byte) abi.Errno {
	for _, p := range pieces {
		n := min(p.Size, len(b))
		if n > 0 {
			if _, err := m.WriteAt(b[:n], p.At); err != nil {
				return abi.EFAULT
			}
		}
		b = b[n:]
	}
	return 0
}
