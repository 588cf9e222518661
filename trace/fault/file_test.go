package fault

import (
	"fmt"
	"os"
	"testing"
)

func TestSemaphore(t *testing.T) {
	for _, test := range []struct {
		name string
		want bool
	}{
		{"sem.penumbra-*", true},
		{"penumbra-sem.*", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, err := os.CreateTemp("/dev/shm", test.name)
			if err != nil {
				t.Skip(err)
			}
			defer os.Remove(f.Name())
			defer f.Close()
			link := fmt.Sprintf("/proc/self/fd/%d", f.Fd())
			if got := isSemaphore(link); got != test.want {
				t.Errorf("isSemaphore of a link to %s = %v, want %v", f.Name(), got, test.want)
			}
		})
	}
}
