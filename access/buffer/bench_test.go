package buffer_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"penumbra/access"
	"penumbra/access/accesstest"
	"penumbra/access/buffer"
	"penumbra/access/local"
	"penumbra/access/remote"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

// far is a file to which each call takes a while, however many there are at a time.
type far struct {
	access.Opener
	trip time.Duration
}

func (o far) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	f, err := o.Opener.Open(ctx, name, flag, perm)
	return farFile{f, o.trip}, err
}

type farFile struct {
	access.File
	trip time.Duration
}

func (f farFile) ReadAt(p []byte, off int64) (int, error) {
	time.Sleep(f.trip)
	return f.File.ReadAt(p, off)
}

func (f farFile) WriteAt(p []byte, off int64) (int, error) {
	time.Sleep(f.trip)
	return f.File.WriteAt(p, off)
}

func benchmarks(b *testing.B, run func(b *testing.B, o access.Opener, name string)) {
	for _, trip := range []time.Duration{0, 5 * time.Millisecond, 20 * time.Millisecond} {
		b.Run(fmt.Sprintf("local, %v away", trip), func(b *testing.B) {
			run(b, buffer.New(far{local.Opener{}, trip}, buffer.DefaultSize, buffer.DefaultBlock), filepath.Join(b.TempDir(), "f"))
		})
	}
	b.Run("remote", func(b *testing.B) {
		dir := b.TempDir()
		o := remote.Opener{Process: accesstest.Shadow(b, dir, server.Config{}), Dir: wire.CWD}
		run(b, buffer.New(o, buffer.DefaultSize, buffer.DefaultBlock), filepath.Join(dir, "f"))
	})
}

const benchmarkSize = 64 << 20

func BenchmarkSequentialRead(b *testing.B) {
	benchmarks(b, func(b *testing.B, o access.Opener, name string) {
		if err := os.WriteFile(name, make([]byte, benchmarkSize), 0o600); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(benchmarkSize)
		p := make([]byte, 128<<10)
		for b.Loop() {
			f, err := o.Open(b.Context(), name, os.O_RDONLY, 0)
			if err != nil {
				b.Fatal(err)
			}
			for off := int64(0); off < benchmarkSize; off += int64(len(p)) {
				if _, err := f.ReadAt(p, off); err != nil {
					b.Fatal(err)
				}
			}
			f.Close()
		}
	})
}

func BenchmarkSequentialWrite(b *testing.B) {
	benchmarks(b, func(b *testing.B, o access.Opener, name string) {
		b.SetBytes(benchmarkSize)
		p := make([]byte, 128<<10)
		for b.Loop() {
			f, err := o.Open(b.Context(), name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
			if err != nil {
				b.Fatal(err)
			}
			for off := int64(0); off < benchmarkSize; off += int64(len(p)) {
				if _, err := f.WriteAt(p, off); err != nil {
					b.Fatal(err)
				}
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
