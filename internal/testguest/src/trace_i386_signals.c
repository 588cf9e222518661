// i386's calls about signals, with masks of both sizes and both kinds of frame.
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct old_action { void *handler; unsigned long mask, flags; void *restorer; };

static void handler(int s) { (void)s; }

int main(void)
{
	struct old_action a = {handler, 1 << 9, SA_RESTART}, old;
	struct sigaction n;
	unsigned long mask = 1 << 9 | 1 << 14, was;
	unsigned long long set = 1ull << 9 | 1ull << 35;
	siginfo_t info;
	struct { long sec, nsec; } t32 = {0, 1000};
	struct { long long sec, nsec; } t64 = {0, 1000};
	syscall(SYS_sigaction, SIGUSR1, &a, &old);
	syscall(SYS_sigaction, SIGUSR1, NULL, &old);
	syscall(SYS_sigaction, 99, &a, NULL);
	syscall(SYS_sigaction, SIGUSR1, 8, NULL);
	syscall(SYS_signal, SIGUSR2, SIG_IGN);
	syscall(SYS_signal, SIGUSR2, SIG_DFL);
	syscall(SYS_signal, SIGUSR2, handler);
	syscall(SYS_signal, 99, handler);
	syscall(SYS_sigprocmask, SIG_BLOCK, &mask, &was);
	syscall(SYS_sigprocmask, SIG_UNBLOCK, &mask, NULL);
	syscall(SYS_sigprocmask, SIG_SETMASK, NULL, &was);
	syscall(SYS_sigprocmask, 77, &mask, &was);
	syscall(SYS_sigpending, &was);
	syscall(SYS_ssetmask, 1 << 9);
	syscall(SYS_sgetmask);
	syscall(SYS_ssetmask, 0);
	kill(getpid(), SIGUSR1);
	memset(&n, 0, sizeof n);
	n.sa_handler = handler;
	n.sa_flags = SA_SIGINFO;
	sigaddset(&n.sa_mask, SIGRTMIN + 2);
	sigaction(SIGUSR1, &n, NULL);
	raise(SIGUSR1);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8);
	raise(SIGUSR1);
	syscall(SYS_rt_sigpending, &set, 8);
	mask = 1 << 11;
	syscall(SYS_sigsuspend, 0, 0, mask);
	syscall(SYS_rt_sigsuspend, 8, 8);
	set = 1ull << 9;
	syscall(SYS_rt_sigtimedwait, &set, &info, &t32, 8);
	syscall(SYS_rt_sigtimedwait_time64, &set, &info, &t64, 8);
	union sigval v = {.sival_int = 42};
	sigqueue(getpid(), SIGUSR1, v);
	syscall(SYS_rt_sigtimedwait_time64, &set, &info, NULL, 8);
	syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info);
	syscall(SYS_signalfd, -1, &set, 8);
	stack_t s = {0};
	syscall(SYS_sigaltstack, NULL, &s);
	/* Whether SIGCHLD comes before or in the wait is chance: it comes after. */
	mask = 1 << 16;
	syscall(SYS_sigprocmask, SIG_BLOCK, &mask, NULL);
	if (fork() == 0)
		*(volatile int *)16 = 1;
	wait(NULL);
	syscall(SYS_sigprocmask, SIG_UNBLOCK, &mask, NULL);
	return 0;
}
