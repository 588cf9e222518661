package sys

import "golang.org/x/sys/unix"

// HasCapability reports whether this process has the capability c, one of
// unix.CAP_*, in effect: see capabilities(7).
func HasCapability(c int) bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	err := unix.Capget(&header, &data[0])
	return err == nil && data[c/32].Effective&(1<<(c%32)) != 0
}
