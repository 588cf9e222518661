package main

import (
	"flag"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// A chance is what differs from run to run within a line, or with it: a line of
// which nothing is left is none.
type chance struct{ pattern, instead string }

var chances = compileChances([]chance{
	{`\bst_ino=\d+`, "st_ino=#"},
	{`\bstx_ino=\d+`, "stx_ino=#"},
	{`\bd_ino=\d+`, "d_ino=#"},
	{`/#\d+\b`, "/#INODE"}, // of a file by O_TMPFILE
	{`(\bstx?_[abcm]time)=(-?\d+|\{[^}]*\})( /\* [^*]* \*/)?`, "$1=#"},
	{`(\bst_[acm]time_nsec)=\d+`, "$1=#"},
	{`(\b(?:msg|shm|sem)_[srcado]time)=\d{2,}`, "$1=#"},
	{`\bgetppid\(\)( +)= \d+`, "getppid()$1= #"},
	{`(getrandom\(")(?:[^"\\]|\\.)*(")`, "$1#$2"},
	{`^getrandom\("#", 8, GRND_NONBLOCK\) += 8$`, ""}, // until it suits mkstemp(3)
	{`\bsi_overrun=\d+`, "si_overrun=#"},
	{`\btimer_getoverrun\((\d+)\)( +)= \d+`, "timer_getoverrun($1)$2= #"},
	{`^(wait4\(-1, .*\) = )\d+$`, "${1}CHILD"}, // which of two is found first
	{`\bf_(bfree|bavail|files|ffree)=\d+`, "f_$1=#"},
	{`(ru_[us]time)=\{[^}]*\}`, "$1=#"},
	{`(ru_(?:maxrss|minflt|majflt|inblock|oublock|nvcsw|nivcsw))=\d+`, "$1=#"},
	{`/dev/pts/\d+`, "/dev/pts/#"},
	{`(TIOCGPTN, \[)\d+`, "$1#"},
	{`/cc\w{6}\b`, "/cc######"},
	{`((?:msg|sem|shm)(?:snd|rcv|ctl|op|timedop|timedop_time64|at)\()\d+`, "${1}ID"},
	{`((?:msg|sem|shm)get\(.*= )\d+`, "${1}ID"},
	{`((?:msg|sem|shm)\w+\(.*?\)) += `, "$1 = "},
	// In the old layout the mode stands there, and the count of the ids before.
	{`(\bIPC_STAT, \{msg_perm=\{.*\bcuid=)\d{5,}`, "$1#"},
	{`(\bsed)\w{6}\b`, "$1######"},
	{`\bhtons\(\d{4,5}\)`, "htons(#)"},
	{`((?:127\.0\.0\.1|0\.0\.0\.0|\[::1\]):)\d{4,5}\b`, "$1#"},
	{`((?:pipe|socket|UNIX|UNIX-STREAM|TCP|TCPv6|UDP|UDPv6|RAW|PACKET|NETLINK):\[)\d+`, "$1#"},
	{`->\d+`, "->#"},
	// A directory of a bind mount is marked by O_DSYNC.
	{`(F_GETFL\) += )0x[0-9a-f]+ \(flags O_RDONLY\|O_NONBLOCK\|(O_DSYNC\|)?O_LARGEFILE\|O_NOFOLLOW`, "$1# (flags O_RDONLY|O_NONBLOCK|O_LARGEFILE|O_NOFOLLOW"},
	// -t, -tt, -ttt, -r, -T
	{`^\d\d:\d\d:\d\d(\.\d{6})? `, "TIME$1 "},
	{`^TIME\.\d{6} `, "TIME.us "},
	{`^\d{10}\.\d{6} `, "TIME "},
	{`^ *\d\.\d{6} `, "SINCE "},
	{` <\d+\.\d{6}>`, " <TOOK>"},
	// Times of files made just now.
	{`\{tv_sec=1[6-9]\d{8}, tv_nsec=\d+\} /\* 20[^*]*\*/`, "NOW"},
	{`\btime\((NULL|\[[^]]*\])\)( +)= \d+ \([^)]*\)`, "time($1)$2= NOW"},
	{`(left \{tv_sec=\d+, tv_[nu]sec=)\d+`, "$1#"},
	{`\btimes\(NULL\)( +)= \d+`, "times(NULL)$1= NOW"},
	{`\bsysinfo\(\{.*\}\)`, "sysinfo(#)"},
	// Who starts the program has other memory.
	{`(execve\(.*\], )0x[0-9a-f]+( /\* \d+ vars \*/)`, "${1}ENVP$2"},
	{`^\[[0-9a-f]{16}\] execve`, "[IP] execve"},
	{`(si_utime|si_stime)=\d+( /\* [\d.]+ s \*/)?`, "$1=#"},
})

// An explanation is of a line that penumbra trace means to write in another way
// than strace, or that strace has wrong. Lines that match the one pattern are
// taken for those that match the other. If one is empty, the other's line is in
// one trace alone.
type explanation struct {
	strace, penumbra string
	reason           string
}

// explanations are all there are.
var explanations = compileExplanations([]explanation{
	{`ioctl\(\d+(<[^>]*>)?, SNDCTL_TMR_\w+ or (TCSETS\w*, .*)`, `ioctl\(\d+(<[^>]*>)?, TCSETS\w*, .*c_iflag.*`,
		"strace names the timers of sound cards too, which have the same requests"},
	{`ioctl\(\d+(<[^>]*>)?, BTRFS_IOC_CLONE or FICLONE, .*`, `ioctl\(\d+(<[^>]*>)?, FICLONE, .*`,
		"FICLONE was the clone of btrfs alone before it was everybody's"},
	{`io_uring_setup\(4, .*IORING_FEAT_LINKED_FILE\|0x[0-9a-f]+, .*`, `io_uring_setup\(4, .*IORING_FEAT_LINKED_FILE\|IORING_FEAT_.*`,
		"strace 6.1 does not know the newer features of io_uring"},
	{`recvfrom\(\d+(<[^>]*>)?, \[\[?\{nlmsg_len=\d+, nlmsg_type=RTM_NEW.*\{nla_len=.*`, `recvfrom\(\d+(<[^>]*>)?, \[\[?\{nlmsg_len=\d+, nlmsg_type=RTM_NEW.*\}, \.\.\.\].*`,
		"the attributes of what the kernel tells of links, addresses and routes are left out"},
	{`fcntl\(\d+(<[^>]*>)?, 0x40[b-e] /\* F_\?\?\? \*/, .*`, `fcntl\(\d+(<[^>]*>)?, F_[GS]ET_(FILE_)?RW_HINT, .*`,
		"strace 6.1 does not know the hints about the life of data"},
	{`mount_setattr\(AT_FDCWD<.*userns_fd=0\}, 32\) .*`, `mount_setattr\(.*userns_fd=0</dev/null>\}, 32\) .*`,
		"strace does not take the descriptor of a user namespace for one"},
	{`pidfd_getfd\(3<anon_inode:\[pidfd\]>, 0</dev/null>, 0\) .*`, `pidfd_getfd\(3<anon_inode:\[pidfd\]>, 0, 0\) .*`,
		"what another process's descriptor is open on is not looked up"},
	{`syscall_0x1ce\(.*`, `mseal\(.*`, "strace 6.1 does not know mseal"},
	{`membarrier\(MEMBARRIER_CMD_QUERY, 0\).*\|0x200\)`, `membarrier\(MEMBARRIER_CMD_QUERY, 0\).*\|MEMBARRIER_CMD_GET_REGISTRATIONS\)`,
		"strace 6.1 does not know MEMBARRIER_CMD_GET_REGISTRATIONS"},
	{`landlock_restrict_self\(99, 0x100\).*`, `landlock_restrict_self\(99, 0x100 /\* LANDLOCK_\w+\?\?\? \*/\).*`,
		"strace 6.1 does not know that landlock_restrict_self has flags"},
	{`rseq\(0, 0x1f, 0x3, 0\) .*`, `rseq\(NULL, 0x1f, RSEQ_FLAG_UNREGISTER\|0x2, 0\) .*`, "strace 6.1 does not decode rseq"},
	{`sched_setscheduler\(0, 0x40000000 /\* SCHED_\?\?\? \*/, .*`, `sched_setscheduler\(0, SCHED_OTHER\|SCHED_RESET_ON_FORK, .*`,
		"strace takes a policy with a flag for an unknown policy"},
	{`sched_getscheduler\(0\) += 1073741824`, `sched_getscheduler\(0\) += 1073741824 \(SCHED_OTHER\|SCHED_RESET_ON_FORK\)`,
		"strace leaves out a policy with a flag"},
	{`capset\(.*\{effective=1<<CAP_CHOWN.*\|0x200, .*`, `capset\(.*\{effective=1<<CAP_CHOWN.*\|0x20000000000, .*`,
		"strace shows capabilities without a name above the first 32 in the wrong place"},
	{`modify_ldt\(17, 0xdead000, 16\) += 4294967282 EFAULT .*`, `modify_ldt\(17, 0xdead000, 16\) += 4294967282`,
		"the kernel returns 32 bits of a number, no error, which strace shows as both"},
	{`sysfs\(0x3, .*`, `sysfs\(3\) .*`, "sysfs(3) has one argument; strace shows what is in two more registers"},
	{`prctl\(PR_GET_SECCOMP\) += 0`, `prctl\(PR_GET_SECCOMP\) += 2 \(SECCOMP_MODE_FILTER\)`,
		"a guest has a filter, and may ask"},
	{`getppid\(\) += -1 EIO \(Input/output error\)`, ``,
		"what a guest's own filter refuses never reaches the trace door: the kernel puts errors first (seccomp(2))"},
	{`\[00007ffff[0-9a-f]{7}\] --- SIG.*`, `\[\?{16}\] --- SIG.*`, "where a signal interrupts is not asked for"},
})

type compiledChance struct {
	*regexp.Regexp
	instead string
}

func compileChances(all []chance) (compiled []compiledChance) {
	for _, c := range all {
		compiled = append(compiled, compiledChance{regexp.MustCompile(c.pattern), c.instead})
	}
	return compiled
}

type compiledExplanation struct {
	strace, penumbra *regexp.Regexp // nil: there is no such line
	reason           string
	used             atomic.Bool
}

func compileExplanations(all []explanation) (compiled []*compiledExplanation) {
	line := func(pattern string) *regexp.Regexp {
		if pattern == "" {
			return nil
		}
		return regexp.MustCompile(`^` + pattern + `$`)
	}
	for _, e := range all {
		compiled = append(compiled, &compiledExplanation{strace: line(e.strace), penumbra: line(e.penumbra), reason: e.reason})
	}
	return compiled
}

// simplify removes from a transcript what is chance and what is explained. Side
// says which pattern of an explanation is for this side, which for the other.
func (t transcript) simplify(side func(*compiledExplanation) (mine, other *regexp.Regexp)) {
	for name, lines := range t.lines {
		kept := lines[:0]
		for _, line := range lines {
			if line, ok := simple(line, side); ok {
				kept = append(kept, line)
			}
		}
		t.lines[name] = kept
	}
}

func simple(line string, side func(*compiledExplanation) (mine, other *regexp.Regexp)) (string, bool) {
	for _, c := range chances {
		line = c.ReplaceAllString(line, c.instead)
	}
	if line == "" {
		return "", false
	}
	for _, e := range explanations {
		mine, other := side(e)
		if mine == nil || !mine.MatchString(line) {
			continue
		}
		e.used.Store(true)
		return "(" + e.reason + ")", other != nil
	}
	return line, true
}

// reportUnused fails the test if an explanation was of no use, once all cases
// have run.
func reportUnused(t *testing.T) {
	if t.Failed() || testing.Short() || strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
		return
	}
	for _, e := range explanations {
		if !e.used.Load() {
			t.Errorf("nothing needs the explanation %q", e.reason)
		}
	}
}
