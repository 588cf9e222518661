package inner

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"

	"penumbra/internal/sys"
)

// VDSO returns where the vDSO lies in a process, or 0 if it has none.
func VDSO(pid int) (uint64, error) {
	b, err := sys.ReadProc(pid, "auxv")
	if err != nil {
		return 0, fmt.Errorf("inner door: %w", err)
	}
	for ; len(b) >= 16; b = b[16:] {
		if binary.LittleEndian.Uint64(b) == atSysinfoEHDR {
			return binary.LittleEndian.Uint64(b[8:]), nil
		}
	}
	return 0, nil
}

// atSysinfoEHDR is the entry of the auxiliary vector that tells it (getauxval(3)).
const atSysinfoEHDR = 33

var errNoRoom = errors.New("inner door: no room behind the vDSO")

// Room returns the offset in the vDSO, which is the same for all processes of
// this kernel, behind which its last page is empty, and large enough for Boot.
func Room() (uint64, error) {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return 0, fmt.Errorf("inner door: %w", err)
	}
	for line := range strings.Lines(string(maps)) {
		var from, to uint64
		if !strings.HasSuffix(line, "[vdso]\n") {
			continue
		}
		if _, err := fmt.Sscanf(line, "%x-%x", &from, &to); err != nil {
			return 0, fmt.Errorf("inner door: /proc/self/maps: %w", err)
		}
		image := make([]byte, to-from)
		if _, err := sys.ReadMemory(os.Getpid(), image, from); err != nil {
			return 0, fmt.Errorf("inner door: read the vDSO: %w", err)
		}
		const align = 16
		end := len(image)
		for end > 0 && image[end-1] == 0 {
			end--
		}
		if end = (end + align) &^ (align - 1); len(image)-end < BootSize {
			return 0, errNoRoom
		}
		return uint64(end), nil
	}
	return 0, errNoRoom
}
