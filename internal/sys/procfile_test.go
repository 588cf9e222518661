package sys

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"
)

// TestReadProc compares with os.ReadFile files of all sizes.
func TestReadProc(t *testing.T) {
	pid := os.Getpid()
	for _, name := range []string{"comm", "auxv", "environ", "cmdline", "limits", "mountinfo", "smaps"} {
		want, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadProc(pid, name)
		if err != nil || name != "smaps" && !bytes.Equal(got, want) || len(got) < len(want)/2 {
			t.Errorf("%s: %d bytes, %v, want %d", name, len(got), err, len(want))
		}
	}
	if _, err := ReadProc(pid, "nothing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of nothing: %v", err)
	}
	if _, err := ReadProc(pid, "fd"); err == nil {
		t.Error("of a directory: no error")
	}
}
