/* Limits, usage, scheduling, priorities, capabilities, users and groups. */
#include "guest.h"
#include <linux/capability.h>

struct sched_attr {
	uint32_t size, sched_policy;
	uint64_t sched_flags;
	int32_t sched_nice;
	uint32_t sched_priority;
	uint64_t sched_runtime, sched_deadline, sched_period;
	uint32_t sched_util_min, sched_util_max;
};

#define BAD ((void *)0xdead000)

int main(void)
{
	struct rlimit rl = { 1024, 8192 * 1024 }, old;
	struct rusage ru;
	syscall(SYS_getrlimit, RLIMIT_NOFILE, NULL);
	syscall(SYS_setrlimit, RLIMIT_CORE, &rl);
	syscall(SYS_getrlimit, RLIMIT_CORE, &old);
	syscall(SYS_getrlimit, 77, &old);
	rl = (struct rlimit){ 3, RLIM_INFINITY };
	syscall(SYS_setrlimit, 77, &rl);
	syscall(SYS_setrlimit, RLIMIT_CPU, BAD);
	syscall(SYS_prlimit64, 0, RLIMIT_CORE, NULL, &old);
	rl = (struct rlimit){ 0, 1025 };
	syscall(SYS_prlimit64, 0, RLIMIT_CORE, &rl, &old);
	syscall(SYS_prlimit64, 99999999, RLIMIT_AS, &rl, NULL);
	syscall(SYS_prlimit64, 0, RLIMIT_AS, BAD, BAD);
	syscall(SYS_getrusage, RUSAGE_SELF, NULL);
	syscall(SYS_getrusage, RUSAGE_CHILDREN, &ru);
	syscall(SYS_getrusage, 77, &ru);
	syscall(SYS_getpriority, PRIO_PROCESS, 0);
	syscall(SYS_getpriority, PRIO_USER, 99999);
	syscall(SYS_setpriority, PRIO_PROCESS, 0, 3);
	syscall(SYS_getpriority, PRIO_PROCESS, 0);
	syscall(SYS_setpriority, 77, 0, -3);
	syscall(SYS_ioprio_get, 1, 0);
	syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 4);
	syscall(SYS_ioprio_get, 1, 0);
	syscall(SYS_ioprio_set, 7, 0, 7 << 13 | 1);
	struct sched_param sp = { 0 };
	struct timespec ts;
	syscall(SYS_sched_yield);
	syscall(SYS_sched_getscheduler, 0);
	syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &sp);
	syscall(SYS_sched_getscheduler, 0);
	syscall(SYS_sched_setscheduler, 0, SCHED_OTHER | SCHED_RESET_ON_FORK, &sp);
	syscall(SYS_sched_getscheduler, 0);
	syscall(SYS_sched_setscheduler, 0, 77, BAD);
	syscall(SYS_sched_getparam, 0, &sp);
	syscall(SYS_sched_getparam, 0, NULL);
	sp.sched_priority = 5;
	syscall(SYS_sched_setparam, 0, &sp);
	syscall(SYS_sched_get_priority_max, SCHED_FIFO);
	syscall(SYS_sched_get_priority_min, SCHED_RR);
	syscall(SYS_sched_get_priority_min, 77);
	syscall(SYS_sched_rr_get_interval, -1, &ts);
	unsigned long cpus[2] = { 1, 0 };
	syscall(SYS_sched_setaffinity, 0, 8, cpus);
	syscall(SYS_sched_getaffinity, 0, 16, cpus);
	syscall(SYS_sched_getaffinity, 0, 1, cpus);
	syscall(SYS_sched_setaffinity, 0, 0, cpus);
	syscall(SYS_sched_setaffinity, 0, 8, BAD);
	syscall(SYS_sched_setaffinity, 0, 8, NULL);
	struct sched_attr sa = { .size = sizeof sa };
	syscall(SYS_sched_getattr, 0, &sa, sizeof sa, 0);
	sa.sched_nice = 4;
	syscall(SYS_sched_setattr, 0, &sa, 0);
	sa.sched_policy = SCHED_DEADLINE, sa.sched_flags = 0x101;
	syscall(SYS_sched_setattr, 0, &sa, 1);
	syscall(SYS_sched_setattr, 0, NULL, 0);
	sa.size = 8;
	syscall(SYS_sched_setattr, 0, &sa, 0);
	syscall(SYS_sched_getattr, 0, BAD, 48, 0);
	unsigned cpu, node;
	syscall(SYS_getcpu, NULL, &node, NULL);
	syscall(SYS_getcpu, BAD, NULL, NULL);
	(void)cpu;
	gid_t groups[70] = { 1, 2, 3 };
	for (int i = 3; i < 70; i++)
		groups[i] = i;
	syscall(SYS_getgroups, 0, NULL);
	syscall(SYS_setgroups, 3, groups);
	syscall(SYS_getgroups, 70, groups);
	syscall(SYS_getgroups, 1, groups);
	syscall(SYS_setgroups, 70, groups);
	syscall(SYS_setgroups, 0, NULL);
	syscall(SYS_setgroups, 3, BAD);
	syscall(SYS_setgroups, -1, groups);
	syscall(SYS_getgroups, -1, groups);
	syscall(SYS_getuid);
	syscall(SYS_getegid);
	uid_t a, b, c;
	syscall(SYS_getresuid, &a, &b, &c);
	syscall(SYS_getresgid, &a, NULL, &c);
	syscall(SYS_setresuid, -1, 0, -1);
	syscall(SYS_setreuid, 0, -1);
	syscall(SYS_setregid, -1, -1);
	syscall(SYS_setuid, 0);
	syscall(SYS_setgid, -1);
	syscall(SYS_setfsuid, -1);
	syscall(SYS_setfsgid, 0);
	syscall(SYS_getpgid, 99999999);
	syscall(SYS_setpgid, 99999999, 0);
	syscall(SYS_getsid, 99999999);
	struct __user_cap_header_struct ch = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct cd[2];
	syscall(SYS_capget, &ch, NULL);
	syscall(SYS_capget, &ch, cd);
	cd[0].effective = 0x80000001, cd[1].effective = 0x300, cd[0].permitted = ~0, cd[1].permitted = ~0;
	ch.pid = 1;
	syscall(SYS_capset, &ch, cd);
	ch.version = 7;
	syscall(SYS_capget, &ch, cd);
	ch.version = _LINUX_CAPABILITY_VERSION_1;
	syscall(SYS_capget, &ch, cd);
	syscall(SYS_capset, BAD, BAD);
	return 0;
}
