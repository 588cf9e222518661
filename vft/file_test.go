package vft

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// memory is a Source in memory. Of the blocks in bad nothing can be read.
type memory struct {
	mu     sync.Mutex
	data   []byte
	bad    map[int64]error
	full   error // of writing
	reads  map[int64]int
	synced int
}

func (m *memory) ReadAt(p []byte, off int64) (n int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for n < len(p) {
		at := off + int64(n)
		if at >= int64(len(m.data)) {
			return n, io.EOF
		}
		if m.reads == nil {
			m.reads = map[int64]int{}
		}
		m.reads[at/BlockSize]++
		if err := m.bad[at/BlockSize]; err != nil {
			return n, err
		}
		n += copy(p[n:min(len(p), n+BlockSize)], m.data[at:])
	}
	return n, nil
}

func (m *memory) WriteAt(p []byte, off int64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.full != nil {
		return 0, m.full
	}
	if grown := off + int64(len(p)); grown > int64(len(m.data)) {
		m.data = append(m.data, make([]byte, grown-int64(len(m.data)))...)
	}
	return copy(m.data[off:], p), nil
}

func (m *memory) Truncate(size int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.full != nil {
		return m.full
	}
	m.data = append(m.data[:min(size, int64(len(m.data)))], make([]byte, max(0, size-int64(len(m.data))))...)
	return nil
}

func (m *memory) Sync() error { m.synced++; return nil }

func (m *memory) Close() error { return nil }

// pattern returns n bytes that are different in each block, and not zero.
func pattern(n int64) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(1 + (i/251+i*7)%200)
	}
	return b
}

// placeholders returns a directory for them, on a tmpfs if there is one.
func placeholders(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "penumbra-test")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func isTmpfs(f *os.File) bool {
	var st unix.Statfs_t
	return unix.Fstatfs(int(f.Fd()), &st) == nil && st.Type == unix.TMPFS_MAGIC
}

// emulate returns an emulated file of what source has, and its placeholder, open
// as a program would have it.
func emulate(t *testing.T, table *Table, source *memory) (*File, *os.File) {
	t.Helper()
	name := filepath.Join(placeholders(t), "placeholder")
	program, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { program.Close() })
	if err := program.Truncate(int64(len(source.data))); err != nil {
		t.Fatal(err)
	}
	var st unix.Stat_t
	if err := unix.Fstat(int(program.Fd()), &st); err != nil {
		t.Fatal(err)
	}
	f, err := table.Add(&st, Options{Size: int64(len(source.data)), Open: func() (*os.File, Source, error) {
		host, err := os.Open(name)
		return host, source, err
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(table.Close)
	return f, program
}

func readAt(t *testing.T, from *os.File, off, n int64) []byte {
	t.Helper()
	b := make([]byte, n)
	got, err := from.ReadAt(b, off)
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return b[:got]
}

func TestFill(t *testing.T) {
	const size = 20*BlockSize + 100
	tests := []struct {
		name   string
		off, n int64
		blocks int // that are asked for
	}{
		{"nothing", 0, 0, 0},
		{"a byte", 5, 1, 1},
		{"a block", BlockSize, BlockSize, 1},
		{"across", BlockSize - 1, 2, 2},
		{"more than a run", 0, 18 * BlockSize, 18},
		{"the end", size - 1, 1, 1},
		{"over the end", size - 1, 1 << 40, 1},
		{"behind the end", size, 10, 0},
		{"far", maxOffset - 1, maxOffset, 0},
	}
	for _, aggravate := range []bool{false, true} {
		for _, tt := range tests {
			t.Run(fmt.Sprint(tt.name, aggravate), func(t *testing.T) {
				source := &memory{data: pattern(size)}
				f, program := emulate(t, NewTable(aggravate), source)
				var before, after unix.Stat_t
				_ = unix.Fstat(int(program.Fd()), &before)
				missing := f.Missing(tt.off, tt.n)
				for range 2 {
					if err := f.Fill(tt.off, tt.n); err != nil {
						t.Fatal(err)
					}
				}
				if len(source.reads) != tt.blocks || missing != int64(tt.blocks)*BlockSize || f.Missing(tt.off, tt.n) != 0 {
					t.Errorf("%d blocks asked for, %d bytes missing; want %d blocks", len(source.reads), missing, tt.blocks)
				}
				for b, n := range source.reads {
					if n != 1 {
						t.Errorf("block %d was asked for %d times", b, n)
					}
				}
				if tt.off < size {
					if got := readAt(t, program, tt.off, min(tt.n, size-tt.off)); !bytes.Equal(got, source.data[tt.off:tt.off+int64(len(got))]) {
						t.Error("wrong content")
					}
				}
				if _ = unix.Fstat(int(program.Fd()), &after); before.Mtim != after.Mtim || before.Size != after.Size || isTmpfs(program) && before.Ctim != after.Ctim {
					t.Errorf("filling shows: %+v became %+v", before, after)
				}
				if got := readAt(t, program, 3*BlockSize, 1)[0]; aggravate && tt.blocks < 4 && got != Poison {
					t.Errorf("what was not asked for is %#x", got)
				}
			})
		}
	}
}

// A block that cannot be read fails those calls that need it, each time anew.
func TestBadBlock(t *testing.T) {
	source := &memory{data: pattern(8 * BlockSize), bad: map[int64]error{3: abi.EREMOTEIO}}
	f, program := emulate(t, NewTable(false), source)
	for range 2 {
		if err := f.Fill(0, 8*BlockSize); !errors.Is(err, abi.EREMOTEIO) {
			t.Errorf("%v", err)
		}
	}
	for _, b := range []int64{0, 1, 2, 4, 7} {
		if err := f.Fill(b*BlockSize, BlockSize); err != nil {
			t.Errorf("block %d: %v", b, err)
		}
	}
	delete(source.bad, 3)
	if err := f.Fill(0, 8*BlockSize); err != nil || !bytes.Equal(readAt(t, program, 0, 8*BlockSize), source.data) {
		t.Errorf("once it is good again: %v", err)
	}
	source = &memory{data: pattern(4 * BlockSize)}
	f, _ = emulate(t, NewTable(false), source)
	source.data = source.data[:2*BlockSize]
	if err := f.Fill(0, 3*BlockSize); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a source that is shorter than it said: %v", err)
	}
}

// Distinct blocks are filled side by side, and one block by one caller.
func TestFillTogether(t *testing.T) {
	source := &memory{data: pattern(64 * BlockSize)}
	f, program := emulate(t, NewTable(false), source)
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 1))
			for range 50 {
				off := r.Int64N(int64(len(source.data)))
				n := min(r.Int64N(5*BlockSize), int64(len(source.data))-off)
				if err := f.Read(i, n, Fixed(off)); err != nil {
					t.Error(err)
				}
				if got := readAt(t, program, off, n); !bytes.Equal(got, source.data[off:off+n]) {
					t.Errorf("wrong content at %d", off)
				}
			}
		})
	}
	group.Wait()
	for b, n := range source.reads {
		if n != 1 {
			t.Errorf("block %d was asked for %d times", b, n)
		}
	}
}

func TestReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &memory{data: pattern(64 * BlockSize)}
		f, _ := emulate(t, NewTable(false), source)
		for b := range int64(8) {
			if err := f.Read(1, BlockSize, Fixed(b*BlockSize)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait() // for what is fetched in the background
		}
		if got := len(source.reads); got <= 8 || got > 8+4*8 {
			t.Errorf("%d blocks were asked for", got)
		}
		for b := range int64(64) {
			if err := f.Read(1, BlockSize, Fixed(b*BlockSize)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		for b, n := range source.reads {
			if n != 1 {
				t.Errorf("block %d was asked for %d times", b, n)
			}
		}
		far := &memory{data: source.data}
		f, _ = emulate(t, NewTable(false), far)
		for b := int64(62); b > 40; b -= 2 {
			if err := f.Read(1, 1, Fixed(b*BlockSize)); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if len(far.reads) != 11 {
			t.Errorf("%d blocks were asked for by 11 reads here and there", len(far.reads))
		}
	})
}

func TestFlushErrors(t *testing.T) {
	source := &memory{data: pattern(4 * BlockSize), full: abi.ENOSPC}
	table := NewTable(false)
	f, program := emulate(t, table, source)
	if err := f.Write(1, 4, Fixed(10)); err != nil {
		t.Fatal(err)
	}
	_, _ = program.WriteAt([]byte("text"), 10)
	table.Settle(1)
	for range 2 {
		if err := f.Flush(); !errors.Is(err, abi.ENOSPC) {
			t.Errorf("%v", err)
		}
	}
	failed := 0
	table.Flush(func(*File, error) { failed++ })
	source.full = nil
	if err := f.Sync(); err != nil || string(source.data[10:14]) != "text" || source.synced != 1 {
		t.Errorf("%v, synced %d times", err, source.synced)
	}
	table.Flush(func(*File, error) { failed++ })
	if failed != 1 {
		t.Errorf("%d errors were told", failed)
	}
}

// What a call under way will write is not forgotten by a flush before.
func TestFlushUnderWay(t *testing.T) {
	source := &memory{data: pattern(BlockSize)}
	table := NewTable(false)
	f, program := emulate(t, table, source)
	end := Position{Floating: true, At: func() (int64, error) { return 100, nil }}
	for who := 1; who <= 3; who++ {
		if err := f.Write(who, 10, end); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	// The first comes last, behind the others.
	_, _ = program.WriteAt([]byte("third sec first"), 110)
	table.Settle(2)
	table.Settle(3)
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	_, _ = program.WriteAt([]byte("at last"), 120)
	table.Settle(1)
	if err := f.Flush(); err != nil || !bytes.Equal(source.data, readAt(t, program, 0, BlockSize)) {
		t.Errorf("something was forgotten; %v", err)
	}
}

// A call under way may write behind the end that another makes.
func TestResizeUnderWay(t *testing.T) {
	source := &memory{data: pattern(2 * BlockSize)}
	table := NewTable(false)
	f, program := emulate(t, table, source)
	if err := f.Write(1, 4, Fixed(BlockSize)); err != nil {
		t.Fatal(err)
	}
	if err := f.Resize(10, func() error { return program.Truncate(10) }); err != nil {
		t.Fatal(err)
	}
	_, _ = program.WriteAt([]byte("late"), BlockSize)
	table.Settle(1)
	if err := f.Flush(); err != nil || len(source.data) != BlockSize+4 || string(source.data[BlockSize:]) != "late" || source.data[11] != 0 {
		t.Errorf("%d bytes are kept; %v", len(source.data), err)
	}
}

// Several append at once, and somebody flushes now and then: what came last is not
// forgotten, whoever had been first to say where the end is.
func TestAppending(t *testing.T) {
	source := &memory{data: pattern(3 * BlockSize)}
	table := NewTable(false)
	f, program := emulate(t, table, source)
	end := Position{Floating: true, At: func() (int64, error) {
		info, err := program.Stat()
		return info.Size(), err
	}}
	var group sync.WaitGroup
	for who := range 4 {
		group.Go(func() {
			appender, err := os.OpenFile(program.Name(), os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				t.Error(err)
				return
			}
			defer appender.Close()
			for i := range 300 {
				if err := f.Write(who, 3, end); err != nil {
					t.Error(err)
				}
				_, _ = appender.WriteString("abc")
				table.Settle(who)
				if i%50 == who {
					_ = f.Flush()
				}
			}
		})
	}
	group.Wait()
	if err := errors.Join(f.Flush(), f.Fill(0, 4*BlockSize)); err != nil || !bytes.Equal(source.data, readAt(t, program, 0, 4*BlockSize)) {
		t.Errorf("something was forgotten; %v", err)
	}
}

func TestMapped(t *testing.T) {
	source := &memory{data: pattern(8 * BlockSize)}
	table := NewTable(false)
	f, program := emulate(t, table, source)
	if err := f.Map(1, 0, 1<<40); err != nil {
		t.Fatal(err)
	}
	var written atomic.Int32
	change := func(at int64, text string) {
		t.Helper()
		written.Add(1)
		if _, err := program.WriteAt([]byte(text), at); err != nil {
			t.Fatal(err)
		}
	}
	change(BlockSize+7, "one")
	if err := f.Flush(); err != nil || string(source.data[BlockSize+7:][:3]) != "one" {
		t.Errorf("not written back: %v", err)
	}
	source.data[0] = 'x' // it is not written where nothing has changed
	change(2*BlockSize, "two")
	table.Forked(1, 2)
	table.Unmap(1)
	if err := f.Flush(); err != nil || string(source.data[2*BlockSize:][:3]) != "two" || source.data[0] != 'x' {
		t.Errorf("%v", err)
	}
	change(3*BlockSize, "three")
	table.Unmap(2)
	table.Flush(func(_ *File, err error) { t.Error(err) })
	if string(source.data[3*BlockSize:][:5]) != "three" || f.Dirty() {
		t.Error("the last change was lost, or is waited for for ever")
	}
}

// More files than may hold descriptors.
func TestRest(t *testing.T) {
	table := NewTable(false)
	for i := range 2 * mostOpen {
		source := &memory{data: pattern(10)}
		f, program := emulate(t, table, source)
		if err := f.Fill(0, 10); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			_ = f.Write(i, 1, Fixed(0))
			_, _ = program.WriteAt([]byte{0}, 0)
		}
		if i%4 == 0 {
			if err := f.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := len(table.open); n > mostOpen+mostOpen/2 {
		t.Errorf("%d files are open", n)
	}
}

// A file without a name is there as long as somebody may need what is missing.
func TestUnlink(t *testing.T) {
	for name, tt := range map[string]struct{ filled, open, stays bool }{
		"whole and open":       {true, true, false},
		"whole":                {true, false, false},
		"incomplete and open":  {false, true, true},
		"incomplete, not open": {false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			table := NewTable(false)
			f, program := emulate(t, table, &memory{data: pattern(3 * BlockSize)})
			n := int64(1)
			if tt.filled {
				n = 3 * BlockSize
			}
			if err := errors.Join(f.Fill(0, n), f.Hold(), os.Remove(program.Name())); err != nil {
				t.Fatal(err)
			}
			if !tt.open {
				program.Close()
			}
			f.Unlink()
			if stays := table.Lookup(f.key.dev, f.key.ino) != nil; stays != tt.stays {
				t.Errorf("it stays: %v", stays)
			}
			if err := f.Fill(BlockSize, 1); tt.stays && err != nil {
				t.Error(err)
			}
		})
	}
}

// TestModel makes random changes to an emulated file and to a slice of bytes.
func TestModel(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			model := pattern(r.Int64N(6 * BlockSize))
			source := &memory{data: bytes.Clone(model), bad: map[int64]error{}}
			table := NewTable(seed%2 == 1)
			f, program := emulate(t, table, source)
			if seed%4 == 2 {
				table.Bound(2 * BlockSize)
			}
			span := func() (off, n int64) {
				return r.Int64N(int64(len(model)) + BlockSize), r.Int64N(2*BlockSize) + 1
			}
			for range 150 {
				who := r.IntN(3)
				table.Settle(who)
				switch r.IntN(10) {
				case 9:
					table.shed(BlockSize)
				case 0, 1, 2:
					off, n := span()
					if err := f.Read(who, n, Fixed(off)); err != nil {
						t.Fatal(err)
					}
					want := model[min(off, int64(len(model))):min(off+n, int64(len(model)))]
					if got := readAt(t, program, off, n); !bytes.Equal(got, want) {
						t.Fatalf("read of %d bytes at %d differs", n, off)
					}
				case 3, 4:
					off, n := span()
					if err := f.Write(who, n, Fixed(off)); err != nil {
						t.Fatal(err)
					}
					data := pattern(n)[:n-r.Int64N(n)] // it may be short
					_, _ = program.WriteAt(data, off)
					if end := off + int64(len(data)); end > int64(len(model)) {
						model = append(model, make([]byte, end-int64(len(model)))...)
					}
					copy(model[off:], data)
				case 5:
					size := r.Int64N(int64(len(model)) + BlockSize)
					if err := f.Resize(size, func() error { return program.Truncate(size) }); err != nil {
						t.Fatal(err)
					}
					model = append(model[:min(size, int64(len(model)))], make([]byte, max(0, size-int64(len(model))))...)
				case 6:
					if err := f.Flush(); err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(source.data, model) {
						t.Fatalf("flushed %d bytes, want %d", len(source.data), len(model))
					}
				case 7:
					source.full = abi.EIO
					_ = f.Flush()
					source.full = nil
				case 8:
					f.rest()
				}
			}
			table.Flush(func(_ *File, err error) { t.Error(err) })
			if !bytes.Equal(source.data, model) {
				t.Errorf("in the end %d bytes differ from %d", len(source.data), len(model))
			}
		})
	}
}

// What is too much goes, and comes again when it is read.
func TestBound(t *testing.T) {
	const limit = 4 * longestRun * BlockSize
	source := &memory{data: pattern(4 * limit)}
	table := NewTable(false)
	table.Bound(limit)
	f, program := emulate(t, table, source)
	for round := range 2 {
		for off := int64(0); off < 4*limit; off += BlockSize {
			if err := f.Read(1, BlockSize, Fixed(off)); err != nil {
				t.Fatal(err)
			}
			if got := readAt(t, program, off, BlockSize); !bytes.Equal(got, source.data[off:off+BlockSize]) {
				t.Fatalf("round %d: wrong content at %d", round, off)
			}
		}
		f.mu.Lock()
		f.read = f.read.Add(-time.Hour)
		f.mu.Unlock()
		table.shed(limit)
		var st unix.Stat_t
		if err := unix.Fstat(int(program.Fd()), &st); err != nil || st.Blocks*512 > limit+BlockSize || st.Blocks == 0 {
			t.Errorf("round %d: the placeholder takes %d bytes, of %d at most; %v", round, st.Blocks*512, int64(limit), err)
		}
	}
}

func TestSpans(t *testing.T) {
	tests := []struct {
		name string
		add  []span
		want spans
	}{
		{"none", nil, nil},
		{"empty", []span{{3, 3}}, nil},
		{"apart", []span{{5, 6}, {1, 2}}, spans{{1, 2}, {5, 6}}},
		{"touching", []span{{1, 2}, {2, 3}}, spans{{1, 3}}},
		{"bridging", []span{{1, 2}, {4, 5}, {7, 8}, {2, 7}}, spans{{1, 8}}},
		{"within", []span{{1, 9}, {3, 4}}, spans{{1, 9}}},
		{"around", []span{{3, 4}, {1, 9}}, spans{{1, 9}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var s spans
			for _, n := range tt.add {
				s = s.with(n)
			}
			if fmt.Sprint(s) != fmt.Sprint(tt.want) {
				t.Errorf("%v, want %v", s, tt.want)
			}
		})
	}
}

func TestBlockSet(t *testing.T) {
	var s blockSet
	for _, b := range []int64{0, 1, 63, 64, 4095, 4096, 1 << 24} {
		s.add(b)
		s.add(b)
	}
	s.remove(1)
	s.remove(2)
	if s.count != 6 || s.has(1) || !s.has(1<<24) || s.within(0, 4096) != 4 || s.within(60, 65) != 2 || s.within(4096, 1<<30) != 2 {
		t.Errorf("%+v", s)
	}
	s.cut(4095)
	if s.count != 3 || s.has(4095) || !s.has(64) {
		t.Errorf("cut: %d", s.count)
	}
}

// TestPreset puts content in its place that nobody has asked for.
func TestPreset(t *testing.T) {
	source := &memory{data: pattern(2*BlockSize + 100)}
	for _, tt := range []struct {
		name      string
		aggravate bool
		content   []byte
		preset    bool
	}{
		{"all of it", false, source.data, true},
		{"a part", false, source.data[:BlockSize], false},
		{"what would be taken away again", true, source.data, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source.reads = nil
			f, program := emulate(t, NewTable(tt.aggravate), source)
			var before, after unix.Stat_t
			_ = unix.Fstat(int(program.Fd()), &before)
			if err := f.Preset(program, tt.content); err != nil {
				t.Fatal(err)
			}
			_ = unix.Fstat(int(program.Fd()), &after)
			if before.Mtim != after.Mtim {
				t.Errorf("the time of the last change was %v, is %v", before.Mtim, after.Mtim)
			}
			size := int64(len(source.data))
			if small, ok := f.Small(); ok != tt.preset || ok && small != size {
				t.Errorf("small: %d, %v", small, ok)
			}
			if err := f.Read(1, size, Fixed(0)); err != nil {
				t.Fatal(err)
			}
			if got := readAt(t, program, 0, size); !bytes.Equal(got, source.data) {
				t.Error("wrong content")
			}
			if asked := len(source.reads) > 0; asked == tt.preset {
				t.Errorf("the source was asked for %d blocks", len(source.reads))
			}
		})
	}
}
