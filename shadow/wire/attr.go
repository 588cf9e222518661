package wire

import (
	"strings"
	"time"
)

// FileType is the type of a file, as the protocol numbers it.
type FileType uint8

const (
	TypeUnknown FileType = iota
	TypeRegular
	TypeDirectory
	TypeSymlink
	TypeFIFO
	TypeSocket
	TypeCharDevice
	TypeBlockDevice
	typeEnd
)

// Time is a point in time: seconds since 1970, and nanoseconds. In a request to
// set times Nsec may be TimeNow or TimeOmit.
type Time struct {
	Sec  int64
	Nsec uint32
}

// Values of Time.Nsec with the meaning of UTIME_NOW and UTIME_OMIT; utimensat(2).
const (
	TimeNow  = 1<<30 - 1
	TimeOmit = 1<<30 - 2
)

// Go returns t as Go has it.
func (t Time) Go() time.Time { return time.Unix(t.Sec, int64(t.Nsec)) }

// TimeOf returns t as the protocol has it.
func TimeOf(t time.Time) Time { return Time{t.Unix(), uint32(t.Nanosecond())} }

// An Identity tells a file from all others, also from a later one that has the
// same inode number.
type Identity struct {
	Dev, Ino uint64
	Birth    Time // zero where the file system does not know
}

// Attr are the attributes of a file; statx(2).
type Attr struct {
	Type                FileType
	Perm                uint16 // permissions, set-id bits, sticky bit: the 12 bits of POSIX
	Nlink               uint32
	UID, GID            uint32
	Size                int64 // bytes
	Blocks              int64 // of 512 bytes
	BlockSize           uint32
	RdevMajor           uint32 // of devices
	RdevMinor           uint32
	ID                  Identity
	Atime, Mtime, Ctime Time
}

func (c *coder) time(t *Time) {
	c.i64(&t.Sec)
	c.u32(&t.Nsec)
	if t.Nsec >= 1e9 && t.Nsec != TimeNow && t.Nsec != TimeOmit {
		c.fail("%d nanoseconds", t.Nsec)
	}
}

func (c *coder) identity(id *Identity) {
	c.u64(&id.Dev)
	c.u64(&id.Ino)
	c.time(&id.Birth)
}

func (c *coder) attr(a *Attr) {
	c.fileType(&a.Type)
	c.u16(&a.Perm)
	if a.Perm > 0o7777 {
		c.fail("permissions %#o", a.Perm)
	}
	c.u32(&a.Nlink)
	c.u32(&a.UID)
	c.u32(&a.GID)
	c.i64(&a.Size)
	c.i64(&a.Blocks)
	c.u32(&a.BlockSize)
	c.u32(&a.RdevMajor)
	c.u32(&a.RdevMinor)
	c.identity(&a.ID)
	c.time(&a.Atime)
	c.time(&a.Mtime)
	c.time(&a.Ctime)
}

// A Dirent is an entry of a directory. Cookie is where the next readdir goes on
// behind it. HasAttr is false for . and .., and for what went away meanwhile.
// Held says that the lease tells of changes of Attr. Link is what a link says, or
// empty if that cannot be read.
type Dirent struct {
	Name    string
	Ino     uint64
	Type    FileType
	Cookie  int64
	HasAttr bool
	Held    bool
	Attr    Attr
	Link    string
}

func (c *coder) dirent(d *Dirent) {
	c.text(&d.Name, MaxName)
	if d.Name == "" || strings.Contains(d.Name, "/") {
		c.fail("entry %q", d.Name)
	}
	c.u64(&d.Ino)
	c.fileType(&d.Type)
	c.i64(&d.Cookie)
	c.described(&d.HasAttr, &d.Held, &d.Attr, &d.Link)
}

// described codes what is known of a name: nothing (0), its attributes (1), or
// attributes that are held by a lease (2); with those of a link, what it says.
func (c *coder) described(has, held *bool, a *Attr, link *string) {
	var known uint8
	switch {
	case *has && *held:
		known = 2
	case *has:
		known = 1
	}
	c.u8(&known)
	if known > 2 {
		c.fail("description %d", known)
	}
	if *has, *held = known > 0, known == 2; !*has {
		return
	}
	if c.attr(a); a.Type == TypeSymlink {
		c.text(link, MaxPath)
	}
}

// AppendDirent appends an encoded entry to b, the data of a readdir's result.
func AppendDirent(b []byte, d *Dirent) ([]byte, error) {
	c := coder{b: b}
	c.dirent(d)
	return c.b, c.err
}

// DecodeDirents decodes the data of a readdir's result.
func DecodeDirents(b []byte) ([]Dirent, error) {
	var all []Dirent
	c := coder{b: b, reading: true}
	for len(c.b) > 0 {
		var d Dirent
		c.dirent(&d)
		all = append(all, d)
	}
	return all, c.err
}

// FSInfo describes a file system; statfs(2). Sizes are in blocks.
type FSInfo struct {
	Type                        uint64 // the magic number
	BlockSize                   uint32 // bytes
	Blocks, Free, Available     uint64
	Files, FilesFree            uint64
	NameLength                  uint32
	ReadOnly, NoExec, NoSetUser bool
}

func (c *coder) fsinfo(f *FSInfo) {
	c.u64(&f.Type)
	c.u32(&f.BlockSize)
	c.u64(&f.Blocks)
	c.u64(&f.Free)
	c.u64(&f.Available)
	c.u64(&f.Files)
	c.u64(&f.FilesFree)
	c.u32(&f.NameLength)
	c.boolean(&f.ReadOnly)
	c.boolean(&f.NoExec)
	c.boolean(&f.NoSetUser)
}
