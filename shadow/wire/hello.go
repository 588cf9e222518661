package wire

// magic begins each hello, so that another protocol is recognized.
const magic = 0x4152424d554e4550 // "PENUMBRA" as a little-endian number

// Features that hello offers and welcome accepts.
const FeatureZstd = 1 // payloads may be compressed; see FlagZstd

// ID is a random number that names a session, a start of a shadow, or a start of
// a machine.
type ID [16]byte

// Hello is the first message of a link.
type Hello struct {
	Oldest, Newest uint16 // versions of the protocol
	Session        ID     // chosen by the client
	Epoch          ID     // of the shadow that the client knew; zero at first
	Lease          uint32 // seconds that the session may be without a link
	Slots          uint16 // requests that the client would have in flight
	Features       uint32
}

// Welcome is the answer of a shadow that accepts.
type Welcome struct {
	Version  uint16
	Epoch    ID // of this start of the shadow
	Boot     ID // of this start of its machine
	Slots    uint16
	Lease    uint32 // seconds
	Features uint32
}

// Refuse is the answer of a shadow that does not. If Again is set it may accept
// later.
type Refuse struct {
	Again bool
	Why   string
}

func (c *coder) hello(h *Hello) {
	m := uint64(magic)
	c.u64(&m)
	if m != magic {
		c.fail("this is not Penumbra's protocol")
	}
	c.u16(&h.Oldest)
	c.u16(&h.Newest)
	c.fixed(h.Session[:])
	c.fixed(h.Epoch[:])
	c.u32(&h.Lease)
	c.u16(&h.Slots)
	c.u32(&h.Features)
}

func (c *coder) welcome(w *Welcome) {
	c.u16(&w.Version)
	c.fixed(w.Epoch[:])
	c.fixed(w.Boot[:])
	c.u16(&w.Slots)
	if w.Slots < 2 || w.Slots > MaxSlots {
		c.fail("%d slots", w.Slots)
	}
	c.u32(&w.Lease)
	c.u32(&w.Features)
}

func (c *coder) refuse(r *Refuse) {
	c.boolean(&r.Again)
	c.text(&r.Why, 1024)
}

// Encode returns the encoded h.
func (h *Hello) Encode() []byte {
	var c coder
	c.hello(h)
	return c.b
}

// DecodeHello decodes a hello. What follows the known fields belongs to newer
// versions and is ignored.
func DecodeHello(b []byte) (*Hello, error) {
	c, h := coder{b: b, reading: true}, new(Hello)
	c.hello(h)
	return h, c.err
}

// Encode returns the encoded w, or an error if it breaks a limit.
func (w *Welcome) Encode() ([]byte, error) {
	var c coder
	c.welcome(w)
	return c.b, c.err
}

// DecodeWelcome decodes a welcome. What follows the known fields is ignored.
func DecodeWelcome(b []byte) (*Welcome, error) {
	c, w := coder{b: b, reading: true}, new(Welcome)
	c.welcome(w)
	return w, c.err
}

// Encode returns the encoded r. A reason that is too long is cut.
func (r Refuse) Encode() []byte {
	r.Why = r.Why[:min(len(r.Why), 1024)]
	var c coder
	c.refuse(&r)
	return c.b
}

// DecodeRefuse decodes a refusal.
func DecodeRefuse(b []byte) (*Refuse, error) {
	c, r := coder{b: b, reading: true}, new(Refuse)
	c.refuse(r)
	return r, c.end()
}
