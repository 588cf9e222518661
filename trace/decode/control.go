package decode

import (
	"encoding/binary"

	"penumbra/abi"
)

var ipOptions = abi.FlagSetOf("ip")

// Control messages of ip(7), which have the numbers of options.
const ipTOS, ipTTL, ipPktInfo = 1, 2, 8

// ipControl writes the data of a control message of ip(7), if it is one that is
// known here.
func (d *Decoder) ipControl(kind uint32, data []byte) bool {
	switch {
	case kind == ipPktInfo && len(data) >= 12:
		d.Out.Record()
		d.Out.Field("ipi_ifindex")
		d.interfaceIndex(binary.LittleEndian.Uint32(data))
		d.Out.Field("ipi_spec_dst")
		d.inetAddress(data[4:8])
		d.Out.Field("ipi_addr")
		d.inetAddress(data[8:12])
		d.Out.EndRecord()
	case kind == ipTTL && len(data) >= 4:
		d.onlyItem(uint64(binary.LittleEndian.Uint32(data)))
	case kind == ipTOS && len(data) >= 1:
		d.onlyItem(uint64(data[0]))
	default:
		return false
	}
	return true
}

func (d *Decoder) onlyItem(v uint64) {
	d.Out.List()
	d.Out.Item()
	d.Out.Int(int64(int32(v)))
	d.Out.EndList()
}
