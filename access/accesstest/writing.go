package accesstest

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"penumbra/abi"
	"penumbra/access"
)

// A model is what a file should hold.
type model []byte

func (m *model) write(p []byte, off int) {
	if len(p) == 0 {
		return // which makes no file longer
	}
	if grow := off + len(p) - len(*m); grow > 0 {
		*m = append(*m, make([]byte, grow)...)
	}
	copy((*m)[off:], p)
}

func (m *model) truncate(n int) {
	*m = append(slices.Clone((*m)[:min(n, len(*m))]), make([]byte, max(0, n-len(*m)))...)
}

// randomAccess does to a file and to a model the same.
func randomAccess(t *testing.T, s Subject) {
	const most = 600_000
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 3))
		var m model
		f := s.open(t, os.O_RDWR|os.O_CREATE|os.O_TRUNC)
		for range 200 {
			off, n := r.IntN(most), r.IntN(40_000)
			if r.IntN(2) == 0 {
				n = r.IntN(100)
			}
			switch r.IntN(20) {
			case 0:
				is(t, "sync", f.Sync(), s.CannotSync)
			case 1:
				is(t, "close", f.Close(), 0)
				f = s.open(t, os.O_RDWR)
			case 2:
				m.truncate(off)
				is(t, "truncate", f.Truncate(int64(off)), 0)
			case 3, 4, 5, 6, 7, 8, 9, 10:
				p := random(r.Uint64(), n)
				m.write(p, off)
				if got, err := f.WriteAt(p, int64(off)); err != nil || got != n {
					t.Fatalf("write %d at %d: %d, %v", n, off, got, err)
				}
			default:
				p := make([]byte, n)
				got, err := f.ReadAt(p, int64(off))
				if err != nil && err != io.EOF {
					t.Fatal(err)
				}
				same(t, fmt.Sprintf("%d bytes at %d", n, off), p[:got], m[min(off, len(m)):min(off+n, len(m))])
			}
			if size, err := f.Size(); err != nil || size != int64(len(m)) {
				t.Fatalf("size %d, %v; want %d", size, err, len(m))
			}
		}
		is(t, "close", f.Close(), 0)
		s.check(t, m)
	}
}

func truncate(t *testing.T, s Subject) {
	s.put(t, random(1, 300_000))
	f := s.open(t, os.O_RDWR)
	want := model(random(1, 300_000))
	for _, n := range []int{299_999, 100_000, 100_001, 250_000, 0, 10} {
		is(t, "truncate", f.Truncate(int64(n)), 0)
		want.truncate(n)
		same(t, fmt.Sprintf("truncated to %d", n), all(t, f), want)
	}
	is(t, "truncate to -1", f.Truncate(-1), abi.EINVAL)
	is(t, "close", f.Close(), 0)
	s.check(t, want)
}

func sequential(t *testing.T, s Subject) {
	want := random(1, 2<<20+1)
	f := s.open(t, os.O_RDWR|os.O_CREATE)
	for off := 0; off < len(want); off += 10_000 {
		if _, err := f.WriteAt(want[off:min(off+10_000, len(want))], int64(off)); err != nil {
			t.Fatal(err)
		}
	}
	is(t, "sync", f.Sync(), s.CannotSync)
	got := make([]byte, 0, len(want))
	for off := 0; off < len(want); off += 30_000 {
		p := make([]byte, min(30_000, len(want)-off))
		if _, err := f.ReadAt(p, int64(off)); err != nil {
			t.Fatal(err)
		}
		got = append(got, p...)
	}
	same(t, "read in sequence", got, want)
	is(t, "close", f.Close(), 0)
	s.check(t, want)
}

func concurrentReaders(t *testing.T, s Subject) {
	content := random(4, 1<<20)
	s.put(t, content)
	f := s.open(t, os.O_RDONLY)
	var wg sync.WaitGroup
	for i := range uint64(6) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(i, 5))
			for range 40 {
				off := r.IntN(len(content) - 20_000)
				p := make([]byte, 20_000)
				if _, err := f.ReadAt(p, int64(off)); err != nil || !bytes.Equal(p, content[off:off+len(p)]) {
					t.Errorf("reader %d at %d: %v", i, off, err)
				}
			}
		})
	}
	wg.Wait()
	is(t, "close", f.Close(), 0)
}

// concurrentWriters has several write and read parts of one file, beside one that
// syncs.
func concurrentWriters(t *testing.T, s Subject) {
	const part = 100_000
	want := make([]byte, 6*part)
	f := s.open(t, os.O_RDWR|os.O_CREATE)
	is(t, "truncate", f.Truncate(int64(len(want))), 0)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 6))
			mine := want[i*part : (i+1)*part]
			for range 60 {
				off := r.IntN(part)
				n := r.IntN(part - off)
				copy(mine[off:off+n], random(r.Uint64(), n))
				if _, err := f.WriteAt(mine[off:off+n], int64(i*part+off)); err != nil {
					t.Error(err)
				}
				p := make([]byte, part)
				if _, err := f.ReadAt(p, int64(i*part)); err != nil || !bytes.Equal(p, mine) {
					t.Errorf("writer %d does not see what it wrote: %v", i, err)
				}
			}
		})
	}
	wg.Go(func() {
		for range 5 {
			is(t, "sync", f.Sync(), s.CannotSync)
		}
	})
	wg.Wait()
	is(t, "close", f.Close(), 0)
	s.check(t, want)
}

// appending has two handles, and several writers of each, append records.
func appending(t *testing.T, s Subject) {
	s.put(t, []byte("begin\n"))
	handles := []access.File{s.open(t, os.O_WRONLY|os.O_APPEND)}
	if !s.AppendsAlone {
		handles = append(handles, s.open(t, os.O_WRONLY|os.O_APPEND))
	}
	var want []string
	var wg sync.WaitGroup
	for h, f := range handles {
		for w := range 2 {
			for i := range 25 {
				want = append(want, fmt.Sprintf("record %d of writer %d of handle %d", i, w, h))
			}
			wg.Go(func() {
				for i := range 25 {
					line := fmt.Sprintf("record %d of writer %d of handle %d\n", i, w, h)
					if n, err := f.WriteAt([]byte(line), int64(i)); err != nil || n != len(line) {
						t.Errorf("append: %d, %v", n, err)
					}
				}
			})
		}
	}
	wg.Wait()
	for _, f := range handles {
		is(t, "close", f.Close(), 0)
	}
	f := s.open(t, os.O_RDONLY)
	got := bytes.Split(bytes.TrimSuffix(all(t, f), []byte("\n")), []byte("\n"))
	is(t, "close", f.Close(), 0)
	if string(got[0]) != "begin" {
		t.Errorf("the begin was overwritten: %q", got[0])
	}
	lines := map[string]bool{}
	for _, l := range got[1:] {
		lines[string(l)] = true
	}
	for _, l := range want {
		if !lines[l] {
			t.Errorf("%s is lost", l)
		}
	}
	if len(got) != len(want)+1 {
		t.Errorf("%d records instead of %d", len(got)-1, len(want))
	}
}

// appendingAnywhere writes at offsets that do not count.
func appendingAnywhere(t *testing.T, s Subject) {
	s.put(t, []byte("0"))
	f := s.open(t, os.O_RDWR)
	for i, off := range []int64{0, 7, 0, 1 << 40, 1} {
		if n, err := f.WriteAt([]byte{byte('a' + i)}, off); err != nil || n != 1 {
			t.Fatalf("%d, %v", n, err)
		}
	}
	same(t, "read", all(t, f), []byte("0abcde"))
	is(t, "truncate", f.Truncate(2), 0)
	_, err := f.WriteAt([]byte("z"), 0)
	is(t, "write", err, 0)
	is(t, "sync", f.Sync(), s.CannotSync)
	is(t, "close", f.Close(), 0)
	s.check(t, []byte("0az"))
}

// twoHandles: what one has written and closed, the other sees when it is opened,
// though it may be still open to a third.
func twoHandles(t *testing.T, s Subject) {
	s.put(t, random(7, 200_000))
	third := s.open(t, os.O_RDONLY)
	want := model(random(7, 200_000))
	for i := range 3 {
		f := s.open(t, os.O_RDWR)
		p := random(uint64(i), 1000)
		if _, err := f.WriteAt(p, int64(i*90_000)); err != nil {
			t.Fatal(err)
		}
		want.write(p, i*90_000)
		is(t, "close", f.Close(), 0)
		s.check(t, want)
	}
	is(t, "close", third.Close(), 0)
}

func handles(t *testing.T, s Subject) {
	s.put(t, []byte("content"))
	f := s.open(t, os.O_RDONLY)
	_, err := f.WriteAt([]byte("x"), 0)
	is(t, "write for reading only", err, abi.EBADF)
	is(t, "truncate for reading only", f.Truncate(0), abi.EINVAL)
	is(t, "close", f.Close(), 0)
	f = s.open(t, os.O_WRONLY)
	_, err = f.ReadAt(make([]byte, 1), 0)
	is(t, "read for writing only", err, abi.EBADF)
	_, err = f.WriteAt([]byte("x"), -1)
	is(t, "write at -1", err, abi.EINVAL)
	is(t, "close", f.Close(), 0)
	s.check(t, []byte("content"))
}
