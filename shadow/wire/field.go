package wire

// opFields code the fields of operations by their names in docs/protocol.md.
var opFields = map[string]func(*coder, *Op){
	"fd":     func(c *coder, o *Op) { c.i32(&o.FD) },
	"path":   func(c *coder, o *Op) { c.text(&o.Path, MaxPath) },
	"fd2":    func(c *coder, o *Op) { c.i32(&o.FD2) },
	"path2":  func(c *coder, o *Op) { c.text(&o.Path2, MaxPath) },
	"open":   func(c *coder, o *Op) { c.flags("open", o, openEnd) },
	"at":     func(c *coder, o *Op) { c.flags("path", o, atEnd) },
	"flags":  func(c *coder, o *Op) { c.flags("operation", o, 8) },
	"lock":   func(c *coder, o *Op) { c.flags("lock", o, lockEnd) },
	"mode":   func(c *coder, o *Op) { c.mode(&o.Mode) },
	"kind":   func(c *coder, o *Op) { c.fileType(&o.Kind) },
	"proc":   func(c *coder, o *Op) { c.u32(&o.Proc) },
	"offset": func(c *coder, o *Op) { c.i64(&o.Offset); c.natural(o.Offset) },
	"cookie": func(c *coder, o *Op) { c.i64(&o.Offset) },
	"length": func(c *coder, o *Op) { c.i64(&o.Length); c.natural(o.Length) },
	"uid":    func(c *coder, o *Op) { c.u32(&o.UID) },
	"gid":    func(c *coder, o *Op) { c.u32(&o.GID) },
	"atime":  func(c *coder, o *Op) { c.time(&o.Atime) },
	"mtime":  func(c *coder, o *Op) { c.time(&o.Mtime) },
	"name":   func(c *coder, o *Op) { c.text(&o.Name, MaxName) },
	"id":     func(c *coder, o *Op) { c.identity(&o.ID) },
	"lease":  func(c *coder, o *Op) { c.u32(&o.Lease) },
	"paths":  func(c *coder, o *Op) { c.paths(&o.Paths) },
	"data":   func(c *coder, o *Op) { c.bulk(&o.Data) },
	"sock":   func(c *coder, o *Op) { c.u32(&o.Sock) },
	"family": func(c *coder, o *Op) { c.family(&o.Family) },
	"type":   func(c *coder, o *Op) { c.socketType(&o.Type) },
	"addr":   func(c *coder, o *Op) { c.address(&o.Addr) },
	"option": func(c *coder, o *Op) { c.option(&o.Option) },
	"pid":    func(c *coder, o *Op) { c.i32(&o.PID) },
	"signal": func(c *coder, o *Op) { c.signal(&o.Signal) },

	"protocol": func(c *coder, o *Op) { c.u32(&o.Protocol) },
	"message":  func(c *coder, o *Op) { c.flags("message", o, messageEnd) },
	"events":   func(c *coder, o *Op) { c.u32(&o.Events) },
	"token":    func(c *coder, o *Op) { c.u64(&o.Token) },
	"watch":    func(c *coder, o *Op) { c.i32(&o.Watch) },
	"cookie2":  func(c *coder, o *Op) { c.i64(&o.Offset2) },
	"interval": func(c *coder, o *Op) { c.time(&o.Interval) },
	"value":    func(c *coder, o *Op) { c.time(&o.Value) },
}

// resultFields do the same for results.
var resultFields = map[string]func(*coder, *Result){
	"fd":     func(c *coder, r *Result) { c.i32(&r.FD) },
	"attr":   func(c *coder, r *Result) { c.attr(&r.Attr) },
	"path":   func(c *coder, r *Result) { c.text(&r.Path, MaxPath) },
	"path2":  func(c *coder, r *Result) { c.text(&r.Path2, MaxPath) },
	"mode":   func(c *coder, r *Result) { c.mode(&r.Mode) },
	"offset": func(c *coder, r *Result) { c.i64(&r.Offset); c.natural(r.Offset) },
	"length": func(c *coder, r *Result) { c.i64(&r.Length); c.natural(r.Length) },
	"end":    func(c *coder, r *Result) { c.boolean(&r.End) },
	"fs":     func(c *coder, r *Result) { c.fsinfo(&r.FS) },
	"lock":   func(c *coder, r *Result) { c.u32(&r.Flags); c.known("lock", r.Flags, lockEnd) },
	"proc":   func(c *coder, r *Result) { c.u32(&r.Proc) },
	"lease":  func(c *coder, r *Result) { c.u32(&r.Lease) },
	"data":   func(c *coder, r *Result) { c.size(r) },
	"addr":   func(c *coder, r *Result) { c.address(&r.Addr) },
	"addr2":  func(c *coder, r *Result) { c.address(&r.Addr2) },
	"now":    func(c *coder, r *Result) { c.time(&r.Now) },
	"tick":   func(c *coder, r *Result) { c.time(&r.Tick) },
	"names":  func(c *coder, r *Result) { made(&r.Names).code(c) },
	"user":   func(c *coder, r *Result) { made(&r.User).code(c) },
	"load":   func(c *coder, r *Result) { made(&r.Load).code(c) },
	"limits": func(c *coder, r *Result) { made(&r.Limits).code(c) },

	"chain":   func(c *coder, r *Result) { c.text(&r.Chain, MaxPath) },
	"forever": func(c *coder, r *Result) { c.boolean(&r.Forever) },
	"policy":  func(c *coder, r *Result) { c.boolean(&r.Policy) },

	"message":  func(c *coder, r *Result) { c.u32(&r.Flags); c.known("message", r.Flags, messageEnd) },
	"watch":    func(c *coder, r *Result) { c.i32(&r.Watch) },
	"interval": func(c *coder, r *Result) { c.time(&r.Interval) },
	"value":    func(c *coder, r *Result) { c.time(&r.Value) },
}

func (c *coder) flags(what string, o *Op, end uint32) {
	c.u32(&o.Flags)
	c.known(what, o.Flags, end)
}

func (c *coder) mode(v *uint32) {
	c.u32(v)
	if *v > 0o7777 {
		c.fail("permissions %#o", *v)
	}
}

func (c *coder) fileType(v *FileType) {
	t := uint8(*v)
	c.u8(&t)
	if *v = FileType(t); *v >= typeEnd {
		c.fail("file type %d", t)
	}
}

func (c *coder) natural(v int64) {
	if v < 0 {
		c.fail("a length or offset of %d", v)
	}
}

func (c *coder) paths(v *[]string) {
	n := uint8(len(*v))
	c.u8(&n)
	if n == 0 || n > MaxPaths {
		c.fail("%d paths", n)
		return
	}
	if c.reading {
		*v = make([]string, n)
	}
	for i := range *v {
		c.text(&(*v)[i], MaxPath)
	}
}

// size codes how many bytes of the payload are r's. They may come from elsewhere than
// Data.
func (c *coder) size(r *Result) {
	var n uint32
	for _, b := range r.Data {
		n += uint32(len(b))
	}
	if !c.reading && r.Data == nil {
		n = uint32(r.Size)
	}
	c.u32(&n)
	if n > MaxPayload {
		c.fail("%d bytes of data", n)
		return
	}
	r.Size = int(n)
	c.data = append(c.data, r.Data...)
}
