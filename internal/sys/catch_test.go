package sys

import (
	"encoding/binary"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestCatch sends this process signals, some by the thread that then goes on.
func TestCatch(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	signals := []unix.Signal{unix.SIGUSR1, unix.SIGWINCH, unix.SIGUSR2, unix.SIGCONT}
	Catch(int(w.Fd()), signals...)
	for _, s := range signals {
		defer DefaultAction(s)
	}
	for range 100 {
		for _, s := range signals {
			if err := unix.Kill(os.Getpid(), s); err != nil {
				t.Fatal(err)
			}
			buf := make([]byte, 4)
			if _, err := r.Read(buf); err != nil {
				t.Fatal(err)
			}
			if got := unix.Signal(binary.NativeEndian.Uint32(buf)); got != s {
				t.Errorf("sent %v, caught %v", s, got)
			}
		}
	}
}
