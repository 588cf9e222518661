package session

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"

	"penumbra/shadow/wire"
)

// socketPair returns two ends of a connection that the kernel can send files to.
func socketPair(t *testing.T) (a, b net.Conn) {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if a, err = net.Dial("unix", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if b, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

func TestSendPart(t *testing.T) {
	content := make([]byte, 700_001)
	for i := range content {
		content[i] = byte(rand.Uint32())
	}
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pipe := func(t *testing.T) (a, b net.Conn) { return net.Pipe() }
	tests := []struct {
		name   string
		ends   func(t *testing.T) (a, b net.Conn)
		zstd   bool
		offset int64
		length int
		short  bool // the file ends before
	}{
		{"by the kernel", socketPair, false, 0, len(content), false},
		{"of the midst", socketPair, false, 12_345, 300_000, false},
		{"by a copy", pipe, false, 12_345, 300_000, false},
		{"compressed", socketPair, true, 0, len(content), false},
		{"shorter", socketPair, false, 650_000, 100_000, true},
		{"shorter, by a copy", pipe, false, 650_000, 100_000, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := tt.ends(t)
			from, to := newLink(a), newLink(b)
			defer to.close()
			from.zstd, to.zstd = tt.zstd, tt.zstd
			if (from.raw != nil) != (a.LocalAddr().Network() == "unix") {
				t.Fatalf("raw is %v", from.raw)
			}
			sent := make(chan error, 1)
			go func() {
				part := &Part{FD: int(f.Fd()), Offset: tt.offset, Length: tt.length}
				sent <- from.sendPart(wire.Header{Kind: wire.KindReply, Slot: 7, Seq: 9}, []byte("head"), part)
			}()
			got := make([]byte, tt.length)
			h, head, err := to.head()
			if err == nil {
				if h.Kind != wire.KindReply || h.Slot != 7 || h.Seq != 9 || string(head) != "head" {
					t.Errorf("a frame %+v with head %q", h, head)
				}
				err = to.payload(h, [][]byte{got})
			}
			if e := <-sent; (e != nil) != tt.short || (err != nil) != tt.short {
				t.Fatalf("sent: %v; received: %v", e, err)
			}
			if tt.short {
				if _, err := to.r.ReadByte(); err != io.EOF {
					t.Errorf("the link goes on: %v", err)
				}
				return
			}
			if !bytes.Equal(got, content[tt.offset:][:tt.length]) {
				t.Error("what came is not what was sent")
			}
		})
	}
}
