package decode

import (
	"encoding/binary"

	"penumbra/abi"
)

// SignalInfo writes a siginfo_t (sigaction(2)), in the layout of the
// supervisor's architecture.
func (d *Decoder) SignalInfo(info []byte) {
	number := int32(binary.LittleEndian.Uint32(info))
	code := int32(binary.LittleEndian.Uint32(info[8:]))
	d.Out.Record()
	d.Out.Field("si_signo")
	d.signal(number)
	d.Out.Field("si_code")
	d.Out.Int(int64(code))
	_ = abi.Signal(number)
	d.Out.EndRecord()
}
