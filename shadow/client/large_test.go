package client_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

// TestReadLarge reads a file, in pieces that the kernel of the shadow sends by itself and
// others, while it is made shorter and written anew: what comes is what the file had.
func TestReadLarge(t *testing.T) {
	dir := t.TempDir()
	const large, small = 3<<20 + 17, 1<<20 + 4711
	content := make([]byte, large)
	for i := range content {
		content[i] = byte(1 + rand.IntN(255)) // no zeros: these are nowhere
	}
	name := filepath.Join(dir, "f")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, compress := range []bool{false, true} {
		p := begin(t, startShadow(t, compress, server.Export{Path: dir}), dir, compress)
		f, _, err := p.Open(t.Context(), wire.CWD, "f", wire.OpenRead, 0)
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, large)
		if n, err := f.ReadAt(t.Context(), buf, 0); err != nil || !bytes.Equal(buf[:n], content) {
			t.Fatalf("%d bytes, %v", n, err)
		}
		end := make(chan struct{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for {
				select {
				case <-end:
					_ = os.WriteFile(name, content, 0o600)
					return
				default:
				}
				_ = os.Truncate(name, small)
				_ = os.WriteFile(name, content, 0o600)
			}
		}()
		for range 40 {
			off := rand.IntN(large)
			n, err := f.ReadAt(t.Context(), buf[:rand.IntN(wire.MaxPayload)], int64(off))
			if err != nil || off+n > large {
				t.Fatalf("%d bytes at %d: %v", n, off, err)
			}
			// A file that grows again is zeros where a copy was under way.
			for i, b := range buf[:n] {
				if b != content[off+i] && b != 0 {
					t.Fatalf("a strange byte at %d", off+i)
				}
			}
		}
		close(end)
		<-ended
	}
}
