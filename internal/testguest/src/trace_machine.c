/* The machine, prctl, seccomp, and what an administrator does. */
#include "guest.h"
#include <sys/utsname.h>
#include <sys/sysinfo.h>
#include <linux/seccomp.h>
#include <linux/filter.h>
#include <linux/reboot.h>
#include <linux/landlock.h>
#include <linux/capability.h>

#define BAD ((void *)0xdead000)

int main(void)
{
	struct utsname un;
	char buf[64], name[16] = "";
	syscall(SYS_uname, &un);
	syscall(SYS_uname, NULL);
	syscall(SYS_uname, BAD);
	syscall(SYS_sysinfo, BAD);
	syscall(SYS_getrandom, buf, 0, 1);
	syscall(SYS_getrandom, BAD, 5, 3);
	syscall(SYS_getrandom, buf, 5, 0x100);
	syscall(SYS_syslog, 10, NULL, 0);
	syscall(SYS_syslog, 99, buf, 5);
	syscall(SYS_syslog, 2, NULL, -1);
	syscall(SYS_sethostname, BAD, 5);
	syscall(SYS_sethostname, "name", -1);
	syscall(SYS_setdomainname, "long name", 1000);
	syscall(SYS_reboot, 1, 2, LINUX_REBOOT_CMD_HALT, NULL);
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, 77, NULL);
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, 85072278, LINUX_REBOOT_CMD_RESTART2, BAD);
	syscall(SYS_delete_module, "no_such", O_NONBLOCK | O_TRUNC);
	syscall(SYS_init_module, BAD, 5, "a=b");
	syscall(SYS_finit_module, 99, "a=b", 3);
	syscall(SYS_iopl, 7);
	syscall(SYS_ioperm, 0xfffff, 1, 1);
	syscall(SYS_kexec_load, 0, 1, BAD, 0x3e0000);
	syscall(SYS_sync);
	syscall(SYS_personality, 0xffffffff);
	syscall(SYS_personality, 0x0040000);
	syscall(SYS_personality, 0x0040008);
	syscall(SYS_personality, 0x0040000);

	syscall(SYS_prctl, PR_SET_NAME, "a name that is too long");
	syscall(SYS_prctl, PR_GET_NAME, name);
	syscall(SYS_prctl, PR_SET_NAME, BAD);
	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGTERM);
	int sig;
	syscall(SYS_prctl, PR_GET_PDEATHSIG, &sig);
	syscall(SYS_prctl, PR_SET_PDEATHSIG, 0);
	syscall(SYS_prctl, PR_GET_DUMPABLE);
	syscall(SYS_prctl, PR_SET_DUMPABLE, 1);
	syscall(SYS_prctl, PR_SET_DUMPABLE, 77);
	syscall(SYS_prctl, PR_GET_KEEPCAPS);
	syscall(SYS_prctl, PR_SET_KEEPCAPS, 0);
	syscall(SYS_prctl, PR_GET_TIMERSLACK);
	syscall(SYS_prctl, PR_SET_TIMERSLACK, 50000);
	syscall(SYS_prctl, PR_GET_SECUREBITS);
	syscall(SYS_prctl, PR_SET_SECUREBITS, 0x1ff);
	syscall(SYS_prctl, PR_GET_TSC, &sig);
	syscall(SYS_prctl, PR_SET_TSC, PR_TSC_ENABLE);
	syscall(SYS_prctl, PR_SET_TSC, 77);
	syscall(SYS_prctl, PR_CAPBSET_READ, CAP_CHOWN);
	syscall(SYS_prctl, PR_CAPBSET_READ, 77);
	syscall(SYS_prctl, PR_CAPBSET_DROP, 77);
	syscall(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0);
	syscall(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	syscall(SYS_prctl, PR_CAP_AMBIENT, 77, 0, 0, 0);
	syscall(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1);
	syscall(SYS_prctl, PR_GET_CHILD_SUBREAPER, &sig);
	syscall(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	syscall(SYS_prctl, PR_GET_THP_DISABLE, 0, 0, 0, 0);
	syscall(SYS_prctl, PR_SET_THP_DISABLE, 0, 0, 0, 0);
	syscall(SYS_prctl, PR_GET_TID_ADDRESS, BAD);
	syscall(SYS_prctl, PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0);
	syscall(SYS_prctl, PR_MCE_KILL, PR_MCE_KILL_CLEAR, 0, 0, 0);
	syscall(SYS_prctl, PR_MCE_KILL_GET, 0, 0, 0, 0);
	syscall(SYS_prctl, PR_SET_MM, PR_SET_MM_BRK, 0x1000, 0, 0);
	syscall(SYS_prctl, PR_SET_VMA, 0, BAD, 4096, "name");
	syscall(SYS_prctl, PR_SET_VMA, 7, BAD, 4096, BAD);
	syscall(SYS_prctl, PR_GET_SPECULATION_CTRL, 0, 0, 0, 0);
	syscall(SYS_prctl, PR_SET_SPECULATION_CTRL, 1, 2, 0, 0);
	syscall(SYS_prctl, PR_SET_PTRACER, -1L);
	syscall(SYS_prctl, PR_SET_PTRACER, 1L);
	syscall(SYS_prctl, PR_GET_IO_FLUSHER, 0, 0, 0, 0);
	syscall(SYS_prctl, PR_SET_IO_FLUSHER, 0, 0, 0, 0);
	syscall(SYS_prctl, PR_SCHED_CORE, 0, 0, 0, 0);
	syscall(SYS_prctl, PR_GET_SECCOMP);
	syscall(SYS_prctl, 7777, 1, 2, 3, 4);
	syscall(SYS_prctl, PR_SET_FPEMU, 1);
	syscall(SYS_prctl, PR_GET_ENDIAN, BAD);
	syscall(SYS_prctl, PR_GET_UNALIGN, BAD);
	syscall(SYS_prctl, PR_TASK_PERF_EVENTS_DISABLE);

	syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL);
	uint32_t action = SECCOMP_RET_ERRNO;
	syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
	action = 0x123;
	syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
	uint16_t sizes[3];
	syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, sizes);
	syscall(SYS_seccomp, 77, 0x100, BAD);
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 5),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 4, f };
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0x80, &prog);
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, BAD);
	syscall(SYS_prctl, PR_SET_SECCOMP, 77, &prog);
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
	prog.len = 0;
	syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
	syscall(SYS_getppid);

	struct landlock_ruleset_attr la = { LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE };
	syscall(444 /* landlock_create_ruleset */, NULL, 0, 1);
	int ll = syscall(444, &la, 8, 0);
	syscall(444, &la, 4, 0);
	syscall(444, BAD, 8, 0x10);
	struct landlock_path_beneath_attr lp = { LANDLOCK_ACCESS_FS_READ_FILE, 99 };
	syscall(445 /* landlock_add_rule */, ll, 1, &lp, 0);
	syscall(445, ll, 77, &lp, 1);
	syscall(445, ll, 1, BAD, 0);
	syscall(446 /* landlock_restrict_self */, 99, 0);
	syscall(446, 99, 0x100);
	return 0;
}
