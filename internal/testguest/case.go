package testguest

// A Case is a guest that checks itself and the kinds it is built as.
type Case struct {
	Program string
	Kinds   []Kind
}

var (
	every = []Kind{Dynamic, Static, StaticPIE, Musl, I386, I386Static}
	three = []Kind{Dynamic, Musl, I386}
	two   = []Kind{Dynamic, I386}
)

// Cases lists the guests that check themselves and take no arguments. Their
// output is the same in every run on one machine.
var Cases = []Case{
	// Processes and threads.
	{"threads", every},
	{"processes", three},
	{"exec_thread", every},
	{"leader_exit", three},
	{"clone3", two},
	{"clone_flags", three},
	{"clone_untraced", two},
	{"vfork", every},
	{"pid_namespace", two},
	{"daemon", three},
	{"wait", three},
	{"groups", two},
	{"exec_errors", two},
	{"sigkill", two},
	{"golife", []Kind{Go}},

	// Signals.
	{"group_stop", two},
	{"rt_signals", three},
	{"restart", three},
	{"sigaltstack", three},
	{"sigjump", two},
	{"signalfd", three},
	{"sigtimedwait", three},
	{"masks", three},
	{"self_signals", two},
	{"eintr_storm", three},
	{"once_storm", three},
	{"place_storm", three},
	{"timers", two},
	{"fatal", two},
	{"pdeathsig", two},

	// Identity, limits and memory.
	{"dumpable", two},
	{"chroot", []Kind{Static, I386Static}},
	{"drop_privileges", two},
	{"limits", two},
	{"affinity", three},
	{"memory", two},
	{"pidfd", two},
	{"vdso", []Kind{Dynamic, Static, I386}},

	// Reads and writes, see TestChaos.
	{"readn_good", three},
	{"readn_naive", two},

	// The kernel's own doors.
	{"seccomp_filter", two},
	{"seccomp_trace", two},
	{"seccomp_strict", two},
	{"seccomp_notify", two},
	{"io_uring", two},

	// The call interface itself.
	{"numbers", two},
	{"sysenter", []Kind{I386, I386Static}},
	{"int80", []Kind{Assembly}},
	{"registers", []Kind{Assembly}},
}
