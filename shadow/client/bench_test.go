package client_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

func benchDir(b *testing.B, size int) string {
	b.Helper()
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), make([]byte, size), 0o644); err != nil {
		b.Fatal(err)
	}
	return dir
}

func BenchmarkStat(b *testing.B) {
	dir := benchDir(b, 1000)
	p := begin(b, startShadow(b, false, server.Export{Path: dir}), dir, false)
	for b.Loop() {
		if _, err := p.Stat(b.Context(), wire.CWD, "f", 0); err != nil {
			b.Fatal(err)
		}
	}
}

// A small file is opened, read and closed in one round trip.
func BenchmarkSmallFile(b *testing.B) {
	dir := benchDir(b, 1000)
	p := begin(b, startShadow(b, false, server.Export{Path: dir}), dir, false)
	buf := make([]byte, 4096)
	for b.Loop() {
		if _, n, err := p.ReadFile(b.Context(), wire.CWD, "f", buf); err != nil || n != 1000 {
			b.Fatal(n, err)
		}
	}
}

// The same with sixteen at a time.
func BenchmarkSmallFiles(b *testing.B) {
	dir := benchDir(b, 1000)
	p := begin(b, startShadow(b, false, server.Export{Path: dir}), dir, false)
	gate := make(chan struct{}, 16)
	var wg sync.WaitGroup
	for b.Loop() {
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			if _, n, err := p.ReadFile(b.Context(), wire.CWD, "f", make([]byte, 4096)); err != nil || n != 1000 {
				b.Error(n, err)
			}
		})
	}
	wg.Wait()
}

func BenchmarkAppend(b *testing.B) {
	dir := benchDir(b, 0)
	p := begin(b, startShadow(b, false, server.Export{Path: dir}), dir, false)
	f, _, err := p.Open(b.Context(), wire.CWD, "f", wire.OpenWrite|wire.OpenAppend, 0)
	if err != nil {
		b.Fatal(err)
	}
	record := make([]byte, 100)
	for b.Loop() {
		if _, _, err := f.Append(b.Context(), record); err != nil {
			b.Fatal(err)
		}
	}
}

const benchFile = 64 << 20

func BenchmarkSequentialRead(b *testing.B) {
	dir := benchDir(b, benchFile)
	p := begin(b, startShadow(b, false, server.Export{Path: dir}), dir, false)
	f, _, err := p.Open(b.Context(), wire.CWD, "f", wire.OpenRead, 0)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 8<<20)
	b.SetBytes(benchFile)
	for b.Loop() {
		for at := int64(0); at < benchFile; at += int64(len(buf)) {
			if n, err := f.ReadAt(b.Context(), buf, at); err != nil || n != len(buf) {
				b.Fatal(n, err)
			}
		}
	}
}

// With an fsync at the end.
func BenchmarkSequentialWrite(b *testing.B) {
	dir := benchDir(b, 0)
	p := begin(b, startShadow(b, false, server.Export{Path: dir}), dir, false)
	f, _, err := p.Open(b.Context(), wire.CWD, "f", wire.OpenWrite, 0)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 8<<20)
	b.SetBytes(benchFile)
	for b.Loop() {
		for at := int64(0); at < benchFile; at += int64(len(buf)) {
			if n, err := f.WriteAt(b.Context(), buf, at); err != nil || n != len(buf) {
				b.Fatal(n, err)
			}
		}
		if err := f.Sync(b.Context(), true); err != nil {
			b.Fatal(err)
		}
	}
}

// A directory of 2,000 names with attributes, in one round trip.
func BenchmarkReadDir(b *testing.B) {
	dir := benchDir(b, 0)
	for i := range 2000 {
		if err := os.WriteFile(filepath.Join(dir, "file"+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676))), nil, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	p := begin(b, startShadow(b, false, server.Export{Path: dir}), dir, false)
	f, _, err := p.Open(b.Context(), wire.CWD, ".", wire.OpenRead|wire.OpenDirectory, 0)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if all, end, err := f.ReadDir(b.Context(), 0, wire.MaxPayload); err != nil || !end || len(all) < 2000 {
			b.Fatal(len(all), err)
		}
	}
}

// The same with a lease, which the shadow has to watch all that for.
func BenchmarkListLeased(b *testing.B) {
	dir := benchDir(b, 0)
	for i := range 2000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("file%d", i)), nil, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	c, err := client.Dial(b.Context(), client.Config{Dial: startShadow(b, false, server.Export{Path: dir}), Changed: func([]client.Change) {}})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	p, err := c.Spawn(b.Context(), dir, 0)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l, err := p.List(b.Context(), wire.CWD, ".", func(*client.Listing) {})
		if err != nil || l.Lease == 0 || len(l.Entries) < 2000 {
			b.Fatal(err)
		}
		if err := c.Unwatch(b.Context(), l.Lease); err != nil {
			b.Fatal(err)
		}
	}
}
