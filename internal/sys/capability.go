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

// SetEffective gives the calling thread, and no other, of the capabilities in mask
// those in set in effect, as far as it has them; bit n stands for capability n.
func SetEffective(set, mask uint64) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return err
	}
	before := data
	for i := range data {
		its, of := uint32(set>>(32*i)), uint32(mask>>(32*i))
		data[i].Effective = data[i].Effective&^of | its&of&data[i].Permitted
	}
	if data == before {
		return nil
	}
	return unix.Capset(&header, &data[0])
}
