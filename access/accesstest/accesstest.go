// Package accesstest is the suite that every access method has to pass.
package accesstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"penumbra/abi"
	"penumbra/access"
)

// A Subject is a method under test, and a file that it reaches.
type Subject struct {
	access.Opener
	// Name is a file that does not exist yet.
	Name string
	// Put gives it content, as somebody else would. Nil if only the method can.
	Put func(content []byte)
	// Content returns what somebody else finds there. Nil if nobody else looks.
	Content func() []byte
	// Fault, of what lies below a method, lets calls fail. Nil if nothing can.
	Fault *Fault
	// ReadOnly methods refuse to write.
	ReadOnly bool
	// CannotSync is the error of Sync, where others cannot be asked to.
	CannotSync abi.Errno
	// AppendsAlone says that appending is not in one piece beside other handles.
	AppendsAlone bool
}

// Run runs the suite on new subjects.
func Run(t *testing.T, subject func(t *testing.T) Subject) {
	tests := []struct {
		name   string
		writes bool
		run    func(*testing.T, Subject)
	}{
		{"missing", false, missing},
		{"read", false, reading},
		{"sizes", false, sizes},
		{"concurrent readers", false, concurrentReaders},
		{"changed by others", false, changedByOthers},
		{"closed", false, closed},
		{"read-only", false, readOnly},
		{"create", true, create},
		{"random access", true, randomAccess},
		{"truncate", true, truncate},
		{"sequential", true, sequential},
		{"concurrent writers", true, concurrentWriters},
		{"append", true, appending},
		{"two handles", true, twoHandles},
		{"permissions of handles", true, handles},
		{"failing writes", true, failingWrites},
		{"failing reads", false, failingReads},
		{"failing sync", true, failingSync},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := subject(t)
			if tt.writes && s.ReadOnly {
				t.Skip("the method is read-only")
			}
			tt.run(t, s)
		})
	}
}

// RunAppending runs the part of the suite that files pass which are only
// appended to.
func RunAppending(t *testing.T, subject func(t *testing.T) Subject) {
	tests := []struct {
		name string
		run  func(*testing.T, Subject)
	}{
		{"missing", missing},
		{"read", reading},
		{"sizes", sizes},
		{"concurrent readers", concurrentReaders},
		{"closed", closed},
		{"append", appending},
		{"anywhere", appendingAnywhere},
		{"permissions of handles", handles},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, subject(t)) })
	}
}

// open opens the subject's file.
func (s Subject) open(t testing.TB, flag int) access.File {
	t.Helper()
	f, err := s.Open(t.Context(), s.Name, flag, 0o640)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// put gives the file its first content.
func (s Subject) put(t testing.TB, content []byte) {
	t.Helper()
	if s.Put != nil {
		s.Put(content)
		return
	}
	f := s.open(t, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if len(content) > 0 {
		if _, err := f.WriteAt(content, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// check compares the file, opened anew and as others see it, with content.
func (s Subject) check(t testing.TB, content []byte) {
	t.Helper()
	f := s.open(t, os.O_RDONLY)
	same(t, "opened again", all(t, f), content)
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if s.Content != nil {
		same(t, "others see", s.Content(), content)
	}
}

// all reads f from begin to end.
func all(t testing.TB, f access.File) []byte {
	t.Helper()
	n, err := f.Size()
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, n+1)
	got, err := f.ReadAt(b, 0)
	if err != io.EOF || int64(got) != n {
		t.Fatalf("read %d bytes of %d: %v", got, n, err)
	}
	return b[:got]
}

func same(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if bytes.Equal(got, want) {
		return
	}
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	t.Fatalf("%s: %d bytes, want %d; they differ at %d", what, len(got), len(want), at)
}

func is(t testing.TB, what string, err error, want abi.Errno) {
	t.Helper()
	if access.Errno(err) != want {
		t.Errorf("%s: %v, want %v", what, err, want.Name())
	}
}

// random returns bytes of which a part can be packed.
func random(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		if i/512%2 == 0 {
			b[i] = byte(r.Uint32())
		}
	}
	return b
}

func missing(t *testing.T, s Subject) {
	_, err := s.Open(t.Context(), s.Name, os.O_RDONLY, 0)
	is(t, "open", err, abi.ENOENT)
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
}

func reading(t *testing.T, s Subject) {
	content := random(1, 700_001)
	s.put(t, content)
	f := s.open(t, os.O_RDONLY)
	r := rand.New(rand.NewPCG(2, 2))
	for range 200 {
		off, n := r.IntN(len(content)+100), r.IntN(100_000)
		b := make([]byte, n)
		got, err := f.ReadAt(b, int64(off))
		want := content[min(off, len(content)):min(off+n, len(content))]
		if wantErr := len(want) < n; (err == io.EOF) != wantErr || err != nil && err != io.EOF {
			t.Fatalf("%d bytes at %d: %d, %v", n, off, got, err)
		}
		same(t, fmt.Sprintf("%d bytes at %d", n, off), b[:got], want)
	}
	_, err := f.ReadAt(make([]byte, 1), -1)
	is(t, "read at -1", err, abi.EINVAL)
	is(t, "close", f.Close(), 0)
}

func sizes(t *testing.T, s Subject) {
	for _, n := range []int{0, 1, 4095, 4096, 4097, 65536, 1<<20 + 1} {
		content := random(uint64(n), n)
		s.put(t, content)
		s.check(t, content)
	}
}

func changedByOthers(t *testing.T, s Subject) {
	for i := range uint64(3) {
		content := random(i, 5000+int(i))
		s.put(t, content)
		s.check(t, content)
	}
}

func closed(t *testing.T, s Subject) {
	s.put(t, []byte("x"))
	f := s.open(t, os.O_RDONLY)
	is(t, "close", f.Close(), 0)
	_, err := f.ReadAt(make([]byte, 1), 0)
	is(t, "read", err, abi.EBADF)
	_, err = f.WriteAt(make([]byte, 1), 0)
	is(t, "write", err, abi.EBADF)
	_, err = f.Size()
	is(t, "size", err, abi.EBADF)
	is(t, "truncate", f.Truncate(0), abi.EBADF)
	is(t, "sync", f.Sync(), abi.EBADF)
	is(t, "close again", f.Close(), abi.EBADF)
}

func readOnly(t *testing.T, s Subject) {
	if !s.ReadOnly {
		t.Skip("the method writes")
	}
	s.put(t, []byte("x"))
	for _, flag := range []int{os.O_RDWR, os.O_WRONLY, os.O_RDWR | os.O_CREATE, os.O_WRONLY | os.O_TRUNC} {
		_, err := s.Open(context.Background(), s.Name, flag, 0o600)
		is(t, fmt.Sprintf("open with %#x", flag), err, abi.EROFS)
	}
	s.check(t, []byte("x"))
}

func create(t *testing.T, s Subject) {
	f := s.open(t, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	_, err := f.WriteAt([]byte("first"), 0)
	is(t, "write", err, 0)
	is(t, "close", f.Close(), 0)
	_, err = s.Open(t.Context(), s.Name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	is(t, "create again", err, abi.EEXIST)
	f = s.open(t, os.O_RDWR|os.O_CREATE)
	same(t, "opened with O_CREATE", all(t, f), []byte("first"))
	is(t, "close", f.Close(), 0)
	f = s.open(t, os.O_RDWR|os.O_TRUNC)
	same(t, "opened with O_TRUNC", all(t, f), nil)
	is(t, "close", f.Close(), 0)
	s.check(t, nil)
}
