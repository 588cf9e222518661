/* A guest with filters of its own: each action of theirs takes effect. */
#include "guest.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#if defined __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#else
#define ARCH AUDIT_ARCH_I386
#endif

/* Gives action for call nr; every other call is allowed. */
static void filter(int nr, uint32_t action, int flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 4, code };
	check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog) == 0);
}

static volatile sig_atomic_t trapped;
static void on_trap(int sig, siginfo_t *si, void *ctx)
{
	(void)ctx;
	check(sig == SIGSYS && si->si_code == 1 /* SYS_SECCOMP */);
	check(si->si_syscall == SYS_getppid && si->si_arch == ARCH);
	check(si->si_errno == 99 && si->si_call_addr != NULL);
	trapped++;
}

static void ret_errno(void)
{
	filter(SYS_getppid, SECCOMP_RET_ERRNO | 77, 0);
	fails(syscall(SYS_getppid), 77);
	check(getpid() > 0);
	/* a stricter filter wins over an older one */
	filter(SYS_getppid, SECCOMP_RET_ERRNO | 78, 0);
	fails(syscall(SYS_getppid), 78);
	pid_t pid = fork();
	if (pid == 0) {
		fails(syscall(SYS_getppid), 78);
		_exit(0);
	}
	reap(pid, 0);
}

static void ret_trap(void)
{
	struct sigaction sa;
	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = on_trap;
	sa.sa_flags = SA_SIGINFO;
	check(sigaction(SIGSYS, &sa, NULL) == 0);
	filter(SYS_getppid, SECCOMP_RET_TRAP | 99, 0);
	for (int i = 1; i < 10; i++) {
		syscall(SYS_getppid);
		check(trapped == i);
	}
}

static void ret_kill(void)
{
	filter(SYS_getppid, SECCOMP_RET_KILL_PROCESS, 0);
	syscall(SYS_getppid);
}

static void *call(void *arg)
{
	syscall(SYS_getppid);
	return arg;
}

static void ret_kill_thread(void)
{
	pthread_t t;
	filter(SYS_getppid, SECCOMP_RET_KILL_THREAD, 0);
	check(pthread_create(&t, NULL, call, NULL) == 0);
	/* the thread is gone and the process lives */
	for (;;) {
		int n = 0;
		struct dirent *e;
		DIR *d = opendir("/proc/self/task");
		while ((e = readdir(d)) != NULL)
			n += e->d_name[0] != '.';
		closedir(d);
		if (n == 1)
			break;
		nap();
	}
}

static void ret_log(void)
{
	filter(SYS_getppid, SECCOMP_RET_LOG, 0);
	check(syscall(SYS_getppid) > 0);
}

static int gate[2];
static void *synced(void *arg)
{
	char c;
	check(read(gate[0], &c, 1) == 1);
	fails(syscall(SYS_getppid), 79);
	return arg;
}

static void all_threads(void)
{
	pthread_t t[4];
	check(pipe(gate) == 0);
	for (int i = 0; i < 4; i++)
		check(pthread_create(&t[i], NULL, synced, NULL) == 0);
	filter(SYS_getppid, SECCOMP_RET_ERRNO | 79, SECCOMP_FILTER_FLAG_TSYNC);
	check(write(gate[1], "abcd", 4) == 4);
	for (int i = 0; i < 4; i++)
		check(pthread_join(t[i], NULL) == 0);
}

int main(void)
{
	static void (*const tests[])(void) = { ret_errno, ret_trap, ret_log,
		ret_kill_thread, all_threads };
	uint32_t action = SECCOMP_RET_TRACE;
	struct rlimit none = { 0, 0 };
	setrlimit(RLIMIT_CORE, &none);
	check(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0);
	for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
		pid_t pid = fork();
		check(pid >= 0);
		if (pid == 0) {
			tests[i]();
			_exit(0);
		}
		reap(pid, 0);
	}
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0)
		ret_kill();
	reap_killed(pid, SIGSYS);
	return ok();
}
