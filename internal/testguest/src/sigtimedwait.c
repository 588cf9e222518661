/* sigtimedwait: a time-out, a signal with its sender, and EINTR. */
#include "guest.h"

static void nothing(int sig) { (void)sig; }

int main(void)
{
	sigset_t set;
	siginfo_t si;
	struct timespec soon = { 0, 1000000 }, late = { 60, 0 }, now = { 0, 0 };
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	fails(sigtimedwait(&set, &si, &now), EAGAIN);
	fails(sigtimedwait(&set, &si, &soon), EAGAIN);
	pid_t me = getpid(), pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		wait_asleep(me);
		check(kill(me, SIGUSR1) == 0);
		for (;;)
			pause();
	}
	check(sigtimedwait(&set, &si, &late) == SIGUSR1);
	check(si.si_pid == pid && si.si_code == SI_USER && si.si_uid == getuid());
	check(kill(pid, SIGKILL) == 0);
	reap_killed(pid, SIGKILL);

	handle(SIGUSR2, nothing, SA_RESTART);
	pid = fork();
	check(pid >= 0);
	if (pid == 0)
		for (;;) {
			wait_asleep(me);
			kill(me, SIGUSR2);
			nap();
		}
	errno = 0;
	/* the kernel's own: musl hides EINTR */
	int got = (int)syscall(SYS_rt_sigtimedwait, &set, &si, NULL, 8);
	int e = errno;
	check(kill(pid, SIGKILL) == 0);
	reap_killed(pid, SIGKILL);
	check(got == -1 && e == EINTR);
	return ok();
}
