// Sets handlers, blocks, sends and waits for signals in all the ways there are.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void handler(int s) { (void)s; }
static void detailed(int s, siginfo_t *i, void *c) { (void)s; (void)i; (void)c; }

static void actions(void)
{
	struct sigaction a = {.sa_handler = handler}, old;
	sigemptyset(&a.sa_mask);
	sigaction(SIGUSR1, &a, NULL);
	a.sa_flags = SA_RESTART;
	sigaddset(&a.sa_mask, SIGINT);
	sigaddset(&a.sa_mask, SIGQUIT);
	sigaddset(&a.sa_mask, SIGRTMIN);
	sigaction(SIGUSR2, &a, &old);
	a.sa_sigaction = detailed;
	a.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK | SA_RESETHAND;
	sigfillset(&a.sa_mask);
	sigaction(SIGRTMIN + 3, &a, &old);
	sigaction(SIGRTMIN + 3, NULL, &old);
	a.sa_handler = SIG_IGN;
	sigaction(SIGHUP, &a, NULL);
	a.sa_handler = SIG_DFL;
	a.sa_flags = SA_NOCLDSTOP | SA_NOCLDWAIT;
	sigaction(SIGCHLD, &a, &old);
	a.sa_flags = 0;
	sigaction(SIGCHLD, &a, NULL);
	sigaction(SIGKILL, &a, NULL);
	sigaction(99, &a, NULL);
	syscall(SYS_rt_sigaction, SIGUSR1, (void *)8, NULL, 8);
	syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4);
}

static void masks(void)
{
	sigset_t set, old;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, &old);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGRTMAX);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_SETMASK, &old, &set);
	sigprocmask(SIG_SETMASK, NULL, &set);
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigdelset(&set, SIGHUP);
	sigprocmask(SIG_SETMASK, &set, NULL);
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	syscall(SYS_rt_sigprocmask, 77, &set, &old, 8);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, (void *)8, &old, 8);
	sigpending(&set);
}

static void send(void)
{
	union sigval v = {.sival_int = 42};
	siginfo_t info;
	kill(getpid(), SIGUSR1);
	kill(getpid(), 0);
	kill(0x7ffffff0, SIGTERM);
	kill(getpid(), 70);
	raise(SIGUSR2);
	syscall(SYS_tkill, getpid(), SIGUSR2);
	syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1);
	sigqueue(getpid(), SIGRTMIN + 3, v);
	memset(&info, 0, sizeof info);
	info.si_signo = SIGUSR1;
	info.si_code = SI_QUEUE;
	info.si_pid = 17;
	info.si_uid = 3;
	info.si_ptr = (void *)0x1234567890;
	syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info);
	info.si_code = -77;
	syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGUSR1, &info);
	alarm(0);
}

static void await(void)
{
	sigset_t set;
	siginfo_t info;
	struct timespec soon = {0, 1000000};
	union sigval v = {.sival_int = 7};
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigtimedwait(&set, &info, &soon);
	sigqueue(getpid(), SIGUSR1, v);
	sigwaitinfo(&set, &info);
	sigqueue(getpid(), SIGUSR2, v);
	sigpending(&set);
	sigemptyset(&set);
	sigsuspend(&set);
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	sigaddset(&set, SIGUSR1);
	signalfd(fd, &set, 0);
	kill(getpid(), SIGUSR1);
	struct signalfd_siginfo s;
	read(fd, &s, sizeof s - 1);
	close(fd);
}

static void stacks(void)
{
	static char stack[65536];
	stack_t s = {.ss_sp = stack, .ss_size = sizeof stack}, old;
	sigaltstack(NULL, &old);
	sigaltstack(&s, &old);
	s.ss_flags = SS_DISABLE;
	sigaltstack(&s, NULL);
	s.ss_flags = 99;
	sigaltstack(&s, NULL);
}

static void children(void)
{
	/* Whether SIGCHLD comes before or in the wait is chance: it comes after. */
	int status;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (fork() == 0)
		_exit(3);
	wait(&status);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (fork() == 0)
		kill(getpid(), SIGKILL);
	wait(&status);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (fork() == 0) {
		char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		struct sigaction a = {.sa_handler = SIG_DFL};
		sigaction(SIGSEGV, &a, NULL);
		*(volatile char *)p = 1;
	}
	wait(&status);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (fork() == 0)
		*(volatile int *)16 = 1;
	wait(&status);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void timers(void)
{
	timer_t t;
	struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 9};
	struct itimerspec s = {.it_value = {0, 1000000}}, old;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	timer_create(CLOCK_MONOTONIC, &e, &t);
	timer_settime(t, 0, &s, &old);
	sigdelset(&set, SIGUSR1);
	sigsuspend(&set);
	timer_getoverrun(t);
	timer_delete(t);
}

int main(void)
{
	actions();
	masks();
	send();
	stacks();
	await();
	children();
	timers();
	return 0;
}
