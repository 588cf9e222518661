package sys

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestUnknownToTheKernel(t *testing.T) {
	if err := FilterFlagsKnown(1 << 30); err != unix.EINVAL {
		t.Errorf("flag 1<<30: got %v, want EINVAL", err)
	}
	if err := ActionAvailable(0x12340000); err != unix.EOPNOTSUPP {
		t.Errorf("action 0x12340000: got %v, want EOPNOTSUPP", err)
	}
}
