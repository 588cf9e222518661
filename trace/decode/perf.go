package decode

import (
	"math/bits"

	"penumbra/abi"
)

func perfStructures() map[string]structureWriter {
	return map[string]structureWriter{"perf_event_attr": (*Decoder).perfAttributes}
}

var perfSizes = abi.FlagSetOf("perf_attr_size")

// perfConfigs are what the kinds of counters count, by type.
var perfConfigs = []*abi.FlagSet{abi.FlagSetOf("perf_hardware"), abi.FlagSetOf("perf_software")}

// perfBits are the names of the bits behind read_format, from the lowest;
// precise_ip, two bits, stands among them.
var perfBits = []string{
	"disabled", "inherit", "pinned", "exclusive", "exclude_user", "exclude_kernel", "exclude_hv", "exclude_idle", "mmap", "comm",
	"freq", "inherit_stat", "enable_on_exec", "task", "watermark",
}

// perfAttributes writes what a counter counts and when.
func (d *Decoder) perfAttributes(l *abi.Layout, b []byte) {
	a := d.call.Arch
	get := func(name string) uint64 { return l.Field(name).Get(a, b) }
	d.Out.Record()
	d.field(l.Field("type"), b)
	d.Out.Field("size")
	d.Out.Flags(perfSizes, get("size"), a)
	d.Out.Field("config")
	if kind := get("type"); kind < uint64(len(perfConfigs)) {
		d.Out.Flags(perfConfigs[kind], get("config"), a)
	} else {
		d.Out.Hex(get("config"))
	}
	flags := get("flags")
	const frequency = 1 << 10 // the period is a frequency
	period := l.Field("sample_period")
	if flags&frequency != 0 {
		period = renamed(period, "sample_freq")
	}
	d.field(period, b)
	d.fields(l, b, "sample_type", "read_format")
	for v := flags & (1<<len(perfBits) - 1); v != 0; v &= v - 1 {
		d.Out.Field(perfBits[bits.TrailingZeros64(v)])
		d.Out.Uint(1)
	}
	precision := [...]string{"arbitrary skid", "constant skid", "requested to have 0 skid", "must have 0 skid"}
	d.Out.Field("precise_ip")
	d.Out.Uint(flags >> len(perfBits) & 3)
	d.Out.Comment(precision[flags>>len(perfBits)&3])
	d.Out.Rest()
	d.Out.EndRecord()
}
