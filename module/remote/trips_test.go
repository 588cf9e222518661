package remote

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/module/mirror"
	"penumbra/shadow/wire"
	"penumbra/vft"
)

// A distance is a link with a delay that counts requests, and round trips: a request
// is one more than the last one whose reply had arrived when it was sent. It can keep
// replies back until there are some requests.
type distance struct {
	io.ReadWriteCloser
	way  chan piece
	left []byte // of the piece that has arrived

	mu       sync.Mutex
	sent     map[uint16]int // by slot: the round trip that the request is in
	arrived  int            // the last round trip of which a reply has arrived
	requests int
	enough   int // requests, for replies to come
	replies  frames
}

// Write gets each frame's header at the begin of a buffer.
func (d *distance) Write(b []byte) (int, error) {
	if len(b) >= wire.HeaderSize {
		if h, err := wire.DecodeHeader(b); err == nil && h.Kind == wire.KindRequest {
			d.mu.Lock()
			d.requests++
			d.sent[h.Slot] = d.arrived + 1
			d.mu.Unlock()
		}
	}
	return d.ReadWriteCloser.Write(b)
}

// A piece is bytes that are on their way until then.
type piece struct {
	data []byte
	due  time.Time
}

func newDistance(link io.ReadWriteCloser) *distance {
	const delay = 5 * time.Millisecond
	d := &distance{ReadWriteCloser: link, way: make(chan piece, 1<<10), sent: map[uint16]int{}}
	go func() {
		defer close(d.way)
		for {
			b := make([]byte, 64<<10)
			n, err := link.Read(b)
			d.way <- piece{b[:n], time.Now().Add(delay)}
			if err != nil {
				return
			}
		}
	}()
	return d
}

func (d *distance) Read(b []byte) (int, error) {
	for len(d.left) == 0 {
		p, ok := <-d.way
		if !ok {
			return 0, io.EOF
		}
		time.Sleep(time.Until(p.due))
		d.left = p.data
	}
	const patience = 20 * time.Second
	for begun := time.Now(); !d.isEnough(); time.Sleep(time.Millisecond) {
		if time.Since(begun) > patience {
			return 0, errAlone
		}
	}
	n := copy(b, d.left)
	d.left = d.left[n:]
	for _, h := range d.replies.in(b[:n]) {
		if h.Kind == wire.KindReply {
			d.mu.Lock()
			d.arrived = max(d.arrived, d.sent[h.Slot])
			d.mu.Unlock()
		}
	}
	return n, nil
}

// errAlone breaks the link.
var errAlone = errors.New("requests are missing that should be sent with these")

func (d *distance) isEnough() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.requests >= d.enough
}

// count returns how many requests and round trips do takes. Replies come when enough
// requests were sent.
func (d *distance) count(enough int, do func()) (requests, trips int) {
	d.mu.Lock()
	d.requests, d.arrived, d.enough = 0, 0, enough
	d.mu.Unlock()
	do()
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.requests, d.arrived
}

// frames finds the frames in a stream of bytes.
type frames struct {
	head []byte
	skip int
}

func (f *frames) in(b []byte) (all []wire.Header) {
	for len(b) > 0 {
		if f.skip > 0 {
			k := min(f.skip, len(b))
			f.skip, b = f.skip-k, b[k:]
			continue
		}
		k := min(wire.HeaderSize-len(f.head), len(b))
		f.head, b = append(f.head, b[:k]...), b[k:]
		if len(f.head) == wire.HeaderSize {
			if h, err := wire.DecodeHeader(f.head); err == nil {
				all, f.skip = append(all, h), int(h.Head)+int(h.Payload)
			}
			f.head = nil
		}
	}
	return all
}

// A visitor does what a view does for a guest.
type visitor struct {
	*testing.T
	*mirror.Tree
}

func (v visitor) stat(name string) {
	v.Foresee(name, false)
	if err := v.Fill(name, false); err != nil {
		v.Errorf("%s: %v", name, err)
	}
}

func (v visitor) list(name string) (names []string) {
	v.Foresee(name+"/", false)
	if err := v.Fill(name, true); err != nil {
		v.Errorf("%s: %v", name, err)
	}
	entries, err := os.ReadDir(filepath.Join(v.Root(), name))
	if err != nil {
		v.Error(err)
	}
	for _, e := range entries {
		names = append(names, name+"/"+e.Name())
	}
	return names
}

// read opens a file, reads it as a program does, and closes it.
func (v visitor) read(name string) {
	v.Foresee(name, true)
	if err := v.Fill(name, true); err != nil {
		v.Fatalf("%s: %v", name, err)
	}
	var st unix.Stat_t
	if err := unix.Stat(filepath.Join(v.Root(), name), &st); err != nil {
		v.Fatalf("%s: %v", name, err)
	}
	f := v.Files().Lookup(st.Dev, st.Ino)
	const size = 128 << 10
	for off := int64(0); off <= st.Size; off += size {
		if err := f.Read(1, size, vft.Fixed(off)); err != nil {
			v.Fatalf("%s: %v", name, err)
		}
	}
	v.Files().Settle(1)
}

// extended asks for the access control list of all files of a directory, as ls does.
func (v visitor) extended(dir string) {
	for _, name := range v.list(dir) {
		if _, err := v.Extended().Getxattr(name, "system.posix_acl_access"); !errors.Is(err, abi.ENODATA) && !errors.Is(err, abi.EOPNOTSUPP) {
			v.Fatalf("%s: %v", name, err)
		}
	}
}

// What the guest does takes few round trips. Where there are several they are counted
// too high, for a request is taken to follow all that has arrived.
func TestTrips(t *testing.T) {
	dir := t.TempDir()
	sizes := map[string]int{"a/b/c/d/file": 1000, "a/b/c/d/other": 1000, "large": 8 << 20}
	for i := range 2000 {
		sizes[fmt.Sprintf("many/file%04d", i)] = 100 + i
	}
	for i := range 200 {
		sizes[fmt.Sprintf("tree/%02d/%02d/file", i/10, i%10)] = 10
	}
	for name, size := range sizes {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(strings.Repeat("x", size)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a/b", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	cold := func(visitor) {}
	listed := func(v visitor) { v.list("a/b/c/d") }
	for _, tt := range []struct {
		name            string
		before, do      func(visitor)
		requests, trips int // at most
	}{
		{"cold file", cold, func(v visitor) { v.read("a/b/c/d/file") }, 6, 1},
		{"cold file, by a link", func(v visitor) { v.list("") }, func(v visitor) {
			v.Foresee("link/c/d/file", true)
			v.read("a/b/c/d/file")
		}, 5, 1},
		{"cold stat", cold, func(v visitor) { v.stat("a/b/c/d/file") }, 5, 1},
		{"cold directory", cold, func(v visitor) { v.list("a/b/c/d") }, 5, 1},
		{"file in a directory just listed", listed, func(v visitor) { v.read("a/b/c/d/file") }, 1, 1},
		{"stat in a directory just listed", listed, func(v visitor) { v.stat("a/b/c/d/file") }, 0, 0},
		{"stat of a directory", func(v visitor) { v.list("a/b") }, func(v visitor) { v.stat("a/b/c") }, 0, 0},
		{"stat of what is not there", listed, func(v visitor) { v.stat("a/b/c/d/none") }, 0, 0},
		{"warm file", func(v visitor) { v.read("a/b/c/d/file") }, func(v visitor) { v.read("a/b/c/d/file") }, 0, 0},
		{"2,000 names with attributes", cold, func(v visitor) {
			for _, name := range v.list("many") {
				v.stat(name)
			}
		}, 2, 1},
		{"2,000 files", cold, func(v visitor) {
			for _, name := range v.list("many") {
				v.read(name)
			}
		}, 450, 60},
		{"220 directories", cold, func(v visitor) {
			for _, name := range v.list("tree") {
				for _, name := range v.list(name) {
					v.list(name)
				}
			}
		}, 230, 60},
		{"extended attributes of 2,000 files", func(v visitor) { v.list("many") }, func(v visitor) { v.extended("many") }, 140, 80},
		{"of the same again", func(v visitor) { v.extended("many") }, func(v visitor) { v.extended("many") }, 0, 0},
		{"8 MiB", cold, func(v visitor) { v.read("large") }, 40, 24},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var d *distance
			tree, _ := openBy(t, dir, func(link io.ReadWriteCloser) io.ReadWriteCloser {
				d = newDistance(link)
				return d
			})
			defer tree.Close()
			v := visitor{t, tree}
			tt.before(v)
			enough := 0
			if tt.trips == 1 {
				enough = tt.requests
			}
			requests, trips := d.count(enough, func() { tt.do(v) })
			t.Logf("%d requests, %d round trips", requests, trips)
			if requests > tt.requests || trips > tt.trips {
				t.Errorf("%d requests, %d round trips; not more than %d and %d", requests, trips, tt.requests, tt.trips)
			}
		})
	}
}
