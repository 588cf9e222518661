package away

import (
	"encoding/binary"
	"math"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/wire"
)

// values are what a structure is to hold, by the names of its fields.
type values map[string]uint64

// encode lays out the structure that argument i of c points to. Fields that are
// not named are zero. A number that has no room is EOVERFLOW; of a user or group
// that is 65534, as the kernel has it.
func encode(c *intercept.Call, i int, v values) ([]byte, abi.Errno) {
	layout := c.Syscall.ArgsOn(c.Arch)[i].Layout
	b := make([]byte, layout.Size(c.Arch))
	for name, value := range v {
		f := layout.Field(name)
		if f == nil || f.Offset(c.Arch) < 0 {
			continue
		}
		f.Put(c.Arch, b, value)
		if f.Get(c.Arch, b) == value {
			continue
		}
		if f.Kind != abi.KindUid && f.Kind != abi.KindGid {
			return nil, abi.EOVERFLOW
		}
		f.Put(c.Arch, b, overflowID)
	}
	return b, 0
}

// overflowID stands for users and groups that have no room (user_namespaces(7)).
const overflowID = 65534

// give writes b to where argument i points and returns the verdict of success.
func give(c *intercept.Call, i int, b []byte) intercept.Verdict {
	if _, err := c.Memory().WriteAt(b, c.Args.Addr(i)); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	return intercept.Skip(0)
}

// answer gives a structure.
func answer(c *intercept.Call, i int, v values) intercept.Verdict {
	b, e := encode(c, i, v)
	if e != 0 {
		return intercept.Fail(e)
	}
	return give(c, i, b)
}

// timeValues returns a time as the fields of timespec or timeval have it.
func timeValues(t wire.Time) values {
	return values{"tv_sec": uint64(t.Sec), "tv_nsec": uint64(t.Nsec), "tv_usec": uint64(t.Nsec / 1000)}
}

// put stores a number of so many bytes at the end of b.
func put(b []byte, size int, v uint64) []byte {
	switch size {
	case 2:
		if v > math.MaxUint16 {
			v = overflowID
		}
		return binary.LittleEndian.AppendUint16(b, uint16(v))
	case 4:
		return binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return binary.LittleEndian.AppendUint64(b, v)
}

// device returns a device's number as the C library composes it (makedev(3)).
func device(major, minor uint32) uint64 {
	return uint64(major&0xfffff000)<<32 | uint64(major&0xfff)<<8 | uint64(minor&0xffffff00)<<12 | uint64(minor&0xff)
}

// statValues returns attributes as the fields of all kinds of struct stat have them.
func statValues(a *wire.Attr) values {
	return values{
		"st_dev": a.ID.Dev, "st_ino": a.ID.Ino, "__st_ino": a.ID.Ino & 0xffffffff, "st_mode": uint64(a.Mode()), "st_nlink": uint64(a.Nlink),
		"st_uid": uint64(a.UID), "st_gid": uint64(a.GID), "st_rdev": device(a.RdevMajor, a.RdevMinor),
		"st_size": uint64(a.Size), "st_blksize": uint64(a.BlockSize), "st_blocks": uint64(a.Blocks),
		"st_atime": uint64(a.Atime.Sec), "st_atime_nsec": uint64(a.Atime.Nsec),
		"st_mtime": uint64(a.Mtime.Sec), "st_mtime_nsec": uint64(a.Mtime.Nsec),
		"st_ctime": uint64(a.Ctime.Sec), "st_ctime_nsec": uint64(a.Ctime.Nsec),
	}
}

// statxValues returns attributes as the fields of struct statx have them.
func statxValues(a *wire.Attr) values {
	const basic, birth = 0x7ff, 0x800 // STATX_BASIC_STATS, STATX_BTIME
	v := values{
		"stx_mask": basic, "stx_blksize": uint64(a.BlockSize), "stx_nlink": uint64(a.Nlink), "stx_uid": uint64(a.UID), "stx_gid": uint64(a.GID),
		"stx_mode": uint64(a.Mode()), "stx_ino": a.ID.Ino, "stx_size": uint64(a.Size), "stx_blocks": uint64(a.Blocks),
		"stx_rdev_major": uint64(a.RdevMajor), "stx_rdev_minor": uint64(a.RdevMinor),
		"stx_dev_major": a.ID.Dev >> 8 & 0xfff, "stx_dev_minor": a.ID.Dev&0xff | a.ID.Dev>>12&0xffffff00,
	}
	for name, t := range map[string]wire.Time{"stx_atime": a.Atime, "stx_btime": a.ID.Birth, "stx_ctime": a.Ctime, "stx_mtime": a.Mtime} {
		v[name+".tv_sec"], v[name+".tv_nsec"] = uint64(t.Sec), uint64(t.Nsec)
	}
	if a.ID.Birth != (wire.Time{}) {
		v["stx_mask"] |= birth
	}
	return v
}

// statfsValues returns what is known of a file system as the fields of struct statfs
// have it.
func statfsValues(f *wire.FSInfo) values {
	const readOnly, noSetUser, noExec, valid = 1, 2, 8, 0x20 // statfs(2)
	flags := uint64(valid)
	for _, bit := range []struct {
		set   bool
		value uint64
	}{{f.ReadOnly, readOnly}, {f.NoSetUser, noSetUser}, {f.NoExec, noExec}} {
		if bit.set {
			flags |= bit.value
		}
	}
	return values{"f_type": f.Type, "f_bsize": uint64(f.BlockSize), "f_blocks": f.Blocks, "f_bfree": f.Free, "f_bavail": f.Available,
		"f_files": f.Files, "f_ffree": f.FilesFree, "f_namelen": uint64(f.NameLength), "f_frsize": uint64(f.BlockSize), "f_flags": flags}
}
