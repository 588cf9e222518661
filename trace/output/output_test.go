package output

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

// full is a disk that has room for so many writes.
type full struct {
	room   int
	writes int
}

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	f.writes++
	if f.room--; f.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// What cannot be written is told once, at the end, and not tried again.
func TestFullDisk(t *testing.T) {
	disk := &full{room: 2}
	o := New(disk, true)
	for range 10 {
		o.Write(1, []byte("line\n"))
	}
	if err := o.Close(); !errors.Is(err, errFull) {
		t.Errorf("Close: %v, want %v", err, errFull)
	}
	if disk.writes != 3 {
		t.Errorf("%d writes, want 3: two that went well, and one that failed", disk.writes)
	}
}

// A buffered output is written when it is full, or when somebody may wait.
func TestBuffered(t *testing.T) {
	w := &recorder{}
	o := New(w, false)
	o.Write(1, make([]byte, fullBuffer-1))
	o.Write(1, []byte("xy"))
	if got := w.String(); len(got) != fullBuffer+1 {
		t.Errorf("%d bytes have been written, want all %d", len(got), fullBuffer+1)
	}
	o.Write(1, []byte("end\n"))
	for deadline := time.Now().Add(time.Minute); !strings.HasSuffix(w.String(), "end\n"); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a line is kept back")
		}
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
}

type recorder struct {
	mu sync.Mutex
	b  strings.Builder
}

func (r *recorder) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(b)
}

func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}
