package wire

import (
	"slices"

	"penumbra/abi"
)

// CWD in place of a directory's descriptor stands for the representative's
// working directory, and Any in place of a descriptor to be made for the lowest
// that is free.
const (
	CWD int32 = -1
	Any int32 = -1
)

// KeepID in place of a user or group leaves it as it is.
const KeepID = 1<<32 - 1

// A Request are operations that a representative performs one after the other.
// The first that fails is the last; descriptors that were opened until then are
// closed again.
type Request struct {
	Proc uint32 // the representative
	Ops  []Op
}

// An Op is an operation. Which fields it has says the table of layouts.
type Op struct {
	Code         Code
	FD           int32 // a descriptor, or the directory that Path is relative to
	Path         string
	FD2          int32 // the same for Path2, or the descriptor to be made
	Path2        string
	Flags        uint32
	Mode         uint32 // permissions, a mask of them, or what access asks for
	Kind         FileType
	Proc         uint32 // another representative
	Offset       int64
	Length       int64
	UID, GID     uint32
	Atime, Mtime Time
	Name         string // of an extended attribute
	ID           Identity
	Paths        []string
	Lease        uint32 // chosen by the client; 0 is none
	Sock         uint32 // a socket
	Family       Family
	Type         SocketType
	Addr         Address
	Option       Option
	PID          int32 // as kill(2) takes it
	Signal       uint32
	Protocol     uint32 // of a socket; 0 is its type's own
	Events       uint32
	Token        uint64 // what epoll_wait(2) tells of a descriptor
	Watch        int32  // of inotify(7)
	Offset2      int64  // of FD2; -1: it has none
	Interval     Time   // of a timer, as Value is
	Value        Time
	Data         [][]byte
}

// A Reply holds a result for each operation that was performed.
type Reply struct{ Results []Result }

// A Result is what became of an operation. Unless Errno is 0 it has no other
// fields.
type Result struct {
	Code   Code
	Errno  abi.Errno
	FD     int32
	Attr   Attr
	Path   string
	Path2  string
	Mode   uint32
	Offset int64
	Length int64
	End    bool
	FS     FSInfo
	Flags  uint32
	Proc   uint32
	Lease  uint32
	Addr   Address
	Addr2  Address
	// Chain is how a file is to be reached, as docs/methods.md describes it; that
	// will not change if Forever is set.
	Chain   string
	Forever bool
	Policy  bool // the shadow says how files are to be reached
	Now     Time // the clock's
	Tick    Time // its resolution
	Names   *MachineNames
	User    *Credentials
	Load    *MachineLoad
	Limits  *Bounds
	// Watch is one of inotify(7); Interval and Value are a timer's.
	Watch           int32
	Interval, Value Time
	Data            [][]byte
	// Size is the number of bytes that Data has in the payload, or that the payload
	// gets from elsewhere if Data is nil.
	Size int
}

// Err returns r's error number, or nil.
func (r *Result) Err() error {
	if r.Errno == 0 {
		return nil
	}
	return r.Errno
}

// Err returns the error of the operation that failed, or nil.
func (r *Reply) Err() error {
	if len(r.Results) == 0 {
		return abi.EIO
	}
	return r.Results[len(r.Results)-1].Err()
}

// Encode returns r's head, appended to b, and the payload.
func (r *Request) Encode(b []byte) (head []byte, payload [][]byte, err error) {
	c := coder{b: b}
	c.request(r)
	return c.b, c.data, c.err
}

// DecodeRequest decodes a request. Its data are slices of payload.
func DecodeRequest(head, payload []byte) (*Request, error) {
	c := coder{b: head, reading: true, payload: payload}
	r := new(Request)
	c.request(r)
	return r, c.end()
}

func (c *coder) request(r *Request) {
	c.u32(&r.Proc)
	n := uint8(len(r.Ops))
	if len(r.Ops) > MaxOps {
		c.fail("%d operations", len(r.Ops))
		return
	}
	c.u8(&n)
	if n == 0 || n > MaxOps {
		c.fail("%d operations", n)
		return
	}
	if c.reading {
		r.Ops = make([]Op, n)
	}
	for i := range r.Ops {
		if o := &r.Ops[i]; c.code(&o.Code) {
			for _, f := range layouts[o.Code].args {
				opFields[f](c, o)
			}
		}
	}
}

// code codes an operation's code, and reports whether there is such an operation.
func (c *coder) code(code *Code) bool {
	u := uint8(*code)
	c.u8(&u)
	if *code = Code(u); c.err == nil && !code.valid() {
		c.fail("operation %d", u)
	}
	return c.err == nil
}

// Encode returns r's head, appended to b, and the payload.
func (r *Reply) Encode(b []byte) (head []byte, payload [][]byte, err error) {
	c := coder{b: b}
	c.reply(r)
	return c.b, c.data, c.err
}

// DecodeReply decodes a reply's head. Its data, of which it gives the sizes only,
// follow each other in the payload, which has payload bytes.
func DecodeReply(head []byte, payload int) (*Reply, error) {
	c := coder{b: head, reading: true}
	r := new(Reply)
	c.reply(r)
	for i := range r.Results {
		payload -= r.Results[i].Size
	}
	if c.err == nil && payload != 0 {
		c.fail("the payload differs by %d bytes from what the results have", payload)
	}
	return r, c.end()
}

func (c *coder) reply(r *Reply) {
	n := uint8(len(r.Results))
	c.u8(&n)
	if n == 0 || n > MaxOps {
		c.fail("%d results", n)
		return
	}
	if c.reading {
		r.Results = make([]Result, n)
	}
	for i := range r.Results {
		o := &r.Results[i]
		if !c.code(&o.Code) {
			return
		}
		errno := uint16(o.Errno)
		c.u16(&errno)
		if o.Errno = abi.Errno(errno); o.Errno != 0 {
			if errno >= 512 || i != len(r.Results)-1 {
				c.fail("error %d of operation %d of %d", errno, i+1, n)
			}
			continue
		}
		for _, f := range layouts[o.Code].results {
			resultFields[f](c, o)
		}
	}
}

// Singular reports whether o must not be performed twice, since the second time
// would do something else than the first.
func (o *Op) Singular() bool {
	switch o.Code {
	case Rename, Link, Symlink, Mkdir, Mknod, Rmdir, Unlink, Removexattr, Append, Kill:
		return true
	case Setxattr:
		return o.Flags&XattrCreate != 0
	case Open:
		return o.Flags&OpenExclusive != 0 && o.Flags&OpenCreate != 0
	}
	return false
}

// Repeatable reports whether r can be performed again with nothing lost or done
// twice, so that its reply need not be kept: it changes no file, and no
// descriptor that it opens stays open.
func (r *Request) Repeatable() bool {
	var open []int32
	for i := range r.Ops {
		o := &r.Ops[i]
		switch {
		case layouts[o.Code].reads:
		case o.Code == Open && o.FD2 != Any && o.Flags&(OpenCreate|OpenTruncate) == 0:
			open = append(open, o.FD2)
		case o.Code == Close && slices.Contains(open, o.FD):
			open = slices.DeleteFunc(open, func(fd int32) bool { return fd == o.FD })
		default:
			return false
		}
	}
	return len(open) == 0
}

// Opens reports whether o gives the representative a descriptor that it has not got
// from another.
func (o *Op) Opens() bool {
	switch o.Code {
	case Open, Pipe, Endpoint, EndPair, EndAccept, Counter, Timer, Watcher, Gathering:
		return true
	}
	return false
}

// Changes reports whether o may change a file or a directory, or has to do with
// others by a socket.
func (o *Op) Changes() bool {
	switch o.Code {
	case Open:
		return o.Flags&(OpenWrite|OpenCreate|OpenTruncate) != 0
	case Write, Append, Truncate, Allocate, Rename, Link, Symlink, Mkdir, Mknod, Rmdir, Unlink,
		Chmod, Chown, Utimens, Setxattr, Removexattr, Bind, Connect, Listen, EndBind, EndConnect, EndListen:
		return true
	}
	return false
}
