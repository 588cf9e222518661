/* clone3: fork-like, with a pidfd, with cleared handlers, and its errors. */
#include "guest.h"

struct args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
		stack_size, tls, set_tid, set_tid_size, cgroup;
	uint64_t beyond; /* what no kernel knows yet */
};
enum { KNOWN = 88 };
#define PIDFD_ID 3

static pid_t clone3(struct args *a, size_t size)
{
	return (pid_t)syscall(SYS_clone3, a, size);
}

static uint64_t address(void *p) { return (uint64_t)(uintptr_t)p; }

static void like_fork(void)
{
	pid_t *tid = shared(4096);
	pid_t told = 0;
	struct args a = { .flags = CLONE_CHILD_SETTID | CLONE_PARENT_SETTID,
			  .exit_signal = SIGCHLD };
	a.child_tid = address(tid);
	a.parent_tid = address(&told);
	pid_t pid = clone3(&a, KNOWN);
	if (pid == -1 && errno == ENOSYS)
		skip("clone3 needs Linux 5.3");
	check(pid >= 0);
	if (pid == 0)
		_exit(*tid == getpid() ? 5 : 6);
	check(told == pid);
	reap(pid, 5);
}

static void with_pidfd(void)
{
	int pidfd = -1, go[2];
	char c;
	siginfo_t si;
	struct args a = { .flags = CLONE_PIDFD, .exit_signal = SIGCHLD };
	a.pidfd = address(&pidfd);
	check(pipe(go) == 0);
	pid_t pid = clone3(&a, KNOWN);
	check(pid >= 0);
	if (pid == 0) {
		close(go[1]);
		check(read(go[0], &c, 1) == 0);
		_exit(8);
	}
	check(fcntl(pidfd, F_GETFD) == FD_CLOEXEC);
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	check(poll(&p, 1, 0) == 0);
	close(go[1]);
	check(poll(&p, 1, -1) == 1);
	check(waitid(PIDFD_ID, pidfd, &si, WEXITED) == 0);
	check(si.si_pid == pid && si.si_status == 8);
	close(pidfd);
	close(go[0]);
}

static void nothing(int sig) { (void)sig; }

static void clear_handlers(void)
{
	struct sigaction sa;
	struct args a = { .flags = 0x100000000ull, .exit_signal = SIGCHLD };
	handle(SIGUSR1, nothing, 0);
	handle(SIGUSR2, SIG_IGN, 0);
	pid_t pid = clone3(&a, KNOWN);
	if (pid == -1 && errno == EINVAL)
		return; /* before Linux 5.5 */
	check(pid >= 0);
	if (pid == 0) {
		check(sigaction(SIGUSR1, NULL, &sa) == 0);
		check(sa.sa_handler == SIG_DFL);
		check(sigaction(SIGUSR2, NULL, &sa) == 0);
		check(sa.sa_handler == SIG_IGN);
		_exit(4);
	}
	reap(pid, 4);
}

static void errors(void)
{
	struct args a = { .exit_signal = SIGCHLD };
	fails(clone3(&a, 0), EINVAL);
	fails(clone3(NULL, KNOWN), EFAULT);
	a.beyond = 1;
	fails(clone3(&a, sizeof a), E2BIG);
	a.beyond = 0;
	a.exit_signal = 1000;
	fails(clone3(&a, KNOWN), EINVAL);
	a.exit_signal = SIGCHLD;
	a.flags = CLONE_SIGHAND; /* without CLONE_VM */
	fails(clone3(&a, KNOWN), EINVAL);
}

int main(void)
{
	like_fork();
	with_pidfd();
	clear_handlers();
	errors();
	fails(wait(NULL), ECHILD);
	return ok();
}
