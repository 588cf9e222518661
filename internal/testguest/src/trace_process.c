/* Processes made, waited for and replaced. Each child ends before its parent
 * goes on, so that all is in order. */
#include "guest.h"
#include <linux/sched.h>

#define BAD ((void *)0xdead000)

static char stack[65536];

static int child(void *arg) { syscall(SYS_exit, (long)arg); return 0; }

static void end(int how)
{
	switch (how) {
	case 0: syscall(SYS_exit_group, 3);
	case 1: raise(SIGKILL);
	case 2: raise(SIGUSR1);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return 5;
	int status;
	siginfo_t info;
	struct rusage ru;
	for (int how = 0; how < 3; how++) {
		pid_t pid = syscall(SYS_fork);
		if (pid == 0)
			end(how);
		syscall(SYS_waitid, P_PID, pid, &info, WEXITED | WNOWAIT, NULL);
		syscall(SYS_wait4, pid, &status, 0, how ? &ru : NULL);
	}
	syscall(SYS_wait4, -1, &status, WNOHANG, NULL);
	syscall(SYS_wait4, -1, NULL, WNOHANG | WUNTRACED | WCONTINUED | __WALL | __WCLONE, NULL);
	syscall(SYS_wait4, 0, BAD, 0x100, BAD);
	syscall(SYS_waitid, P_ALL, 0, &info, WEXITED | WNOHANG, &ru);
	syscall(SYS_waitid, P_PGID, 0, NULL, WSTOPPED | WCONTINUED, NULL);
	syscall(SYS_waitid, P_PIDFD, 99, BAD, WEXITED, NULL);
	syscall(SYS_waitid, 77, 1, &info, 0x100, NULL);
	pid_t pid = fork();
	if (pid == 0) {
		raise(SIGSTOP);
		_exit(0);
	}
	syscall(SYS_wait4, pid, &status, WUNTRACED, NULL);
	kill(pid, SIGCONT);
	syscall(SYS_waitid, P_PID, pid, &info, WEXITED, NULL);
	pid = vfork();
	if (pid == 0)
		_exit(1);
	syscall(SYS_wait4, pid, &status, 0, NULL);
	pid = clone(child, stack + sizeof stack, SIGCHLD, (void *)7);
	waitpid(pid, &status, 0);
	pid = clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGUSR2 * 0 | SIGCHLD, (void *)8);
	waitpid(pid, &status, 0);
	int ptid, ctid;
	pid = clone(child, stack + sizeof stack, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID, (void *)9, &ptid, NULL, &ctid);
	waitpid(pid, &status, __WALL);
	syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0);
	syscall(SYS_clone, CLONE_SIGHAND | 0xff, 0, 0, 0, 0);
	struct clone_args ca = { .exit_signal = SIGCHLD };
	pid = syscall(SYS_clone3, &ca, sizeof ca);
	if (pid == 0)
		_exit(4);
	waitpid(pid, &status, 0);
	ca.flags = CLONE_THREAD | CLONE_INTO_CGROUP, ca.stack = 0x1000, ca.stack_size = 77, ca.tls = 5, ca.cgroup = 9;
	syscall(SYS_clone3, &ca, sizeof ca);
	syscall(SYS_clone3, &ca, 8);
	syscall(SYS_clone3, BAD, sizeof ca);
	syscall(SYS_clone3, NULL, sizeof ca);
	syscall(SYS_unshare, CLONE_FILES | CLONE_FS);
	syscall(SYS_unshare, 0x1);
	syscall(SYS_setns, 99, CLONE_NEWNET);
	syscall(SYS_setns, 99, 0);
	syscall(SYS_kcmp, 1, 1, 77, 1L, 2L);
	syscall(SYS_kcmp, 99999999, 1, 0, 1L, 2L);
	syscall(SYS_kcmp, 99999999, 1, 1, 1L, 2L);
	int pidfd = syscall(SYS_pidfd_open, getpid(), 0);
	syscall(SYS_pidfd_open, -1, O_NONBLOCK | 1);
	syscall(SYS_pidfd_getfd, pidfd, 0, 0);
	syscall(SYS_pidfd_getfd, 99, 1, 1);
	syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0);
	struct { void *base; size_t len; } l = { &status, 4 }, r = { argv, 4 };
	char *none[] = { NULL }, *args[] = { "one", "two\n", NULL }, *env[] = { "A=b", "C=\"d\"", NULL };
	syscall(SYS_process_vm_readv, getpid(), &l, 1, &r, 1, 0);
	syscall(SYS_process_vm_readv, 99999999, &l, 1, &r, 1, 1);
	syscall(SYS_process_vm_writev, getpid(), &l, 1, &l, 1, 0);
	syscall(SYS_execve, "missing", none, env);
	syscall(SYS_execve, "missing", NULL, NULL);
	syscall(SYS_execve, BAD, BAD, BAD);
	syscall(SYS_execve, "missing", args, none);
	char *many[41], *odd[] = { "x", BAD, "y", NULL };
	for (int i = 0; i < 40; i++)
		many[i] = "0123456789012345678901234567890123456789";
	many[40] = NULL;
	syscall(SYS_execve, "missing", many, odd);
	syscall(SYS_execveat, AT_FDCWD, "missing", args, env, AT_SYMLINK_NOFOLLOW | 0x4);
	syscall(SYS_execveat, 99, "", args, env, AT_EMPTY_PATH);
	char *again[] = { argv[0], "again", NULL };
	syscall(SYS_execve, "/proc/self/exe", again, env);
	return 1;
}
