package decode

import "penumbra/abi"

func perfStructures() map[string]structureWriter {
	return map[string]structureWriter{"perf_event_attr": (*Decoder).perfAttributes}
}

var perfSizes = abi.FlagSetOf("perf_attr_size")

// perfConfigs are what the kinds of counters count, by type.
var perfConfigs = []*abi.FlagSet{abi.FlagSetOf("perf_hardware"), abi.FlagSetOf("perf_software")}

// perfBits are the names of the bits behind read_format, from the lowest. The
// two of precise_ip stand among them.
var perfBits = [...]string{
	"disabled", "inherit", "pinned", "exclusive", "exclude_user", "exclude_kernel", "exclude_hv", "exclude_idle", "mmap", "comm",
	"freq", "inherit_stat", "enable_on_exec", "task", "watermark", "precise_ip", "", "mmap_data", "sample_id_all",
	"exclude_host", "exclude_guest", "exclude_callchain_kernel", "exclude_callchain_user", "mmap2", "comm_exec", "use_clockid",
	"context_switch", "write_backward", "namespaces", "ksymbol", "bpf_event", "aux_output", "cgroup", "text_poke", "build_id",
	"inherit_thread", "remove_on_exec", "sigtrap",
}

const (
	perfFreq, perfWatermark, perfPrecise, perfClock = 10, 14, 15, 25 // in perfBits
	perfBreakpoint                                  = 5              // PERF_TYPE_BREAKPOINT
	perfBranchStack, perfStackUser                  = 1 << 11, 1 << 13
)

var perfPrecision = [...]string{"arbitrary skid", "constant skid", "requested to have 0 skid", "must have 0 skid"}

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
	period := l.Field("sample_period")
	if flags>>perfFreq&1 != 0 {
		period = renamed(period, "sample_freq")
	}
	d.field(period, b)
	d.fields(l, b, "sample_type", "read_format")
	d.perfFlags(flags)
	if d.Whole {
		d.perfRest(l, b, flags)
	} else {
		d.Out.Rest()
	}
	d.Out.EndRecord()
}

// perfFlags writes the bits: the first that are set, or all.
func (d *Decoder) perfFlags(flags uint64) {
	for i, name := range perfBits {
		switch v := flags >> i & 1; {
		case i == perfPrecise:
			d.Out.Field(name)
			d.Out.Uint(flags >> i & 3)
			d.Out.Comment(perfPrecision[flags>>i&3])
			if !d.Whole {
				return
			}
		case name != "" && (v != 0 || d.Whole):
			d.Out.Field(name)
			d.Out.Uint(v)
		}
	}
}

// perfRest writes the fields behind the bits, those that something asks for.
func (d *Decoder) perfRest(l *abi.Layout, b []byte, flags uint64) {
	get := func(name string) uint64 { return l.Field(name).Get(d.call.Arch, b) }
	hex := func(name string) {
		d.Out.Field(name)
		d.Out.Hex(get(name))
	}
	wakeup := l.Field("wakeup_events")
	if flags>>perfWatermark&1 != 0 {
		wakeup = renamed(wakeup, "wakeup_watermark")
	}
	d.field(wakeup, b)
	if get("type") == perfBreakpoint {
		hex("bp_type")
	}
	hex("config1")
	hex("config2")
	sample := get("sample_type")
	if sample&perfBranchStack != 0 {
		hex("branch_sample_type")
	}
	hex("sample_regs_user")
	if sample&perfStackUser != 0 {
		hex("sample_stack_user")
	}
	if flags>>perfClock&1 != 0 {
		d.field(l.Field("clockid"), b)
	}
	hex("sample_regs_intr")
	d.fields(l, b, "aux_watermark", "sample_max_stack", "aux_sample_size")
	hex("sig_data")
}
