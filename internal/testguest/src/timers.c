/* Interval timers, POSIX timers with values and overrun, timerfd. */
#include "guest.h"
#include <sys/timerfd.h>

static volatile sig_atomic_t ticks[65];
static void on_tick(int sig) { ticks[sig]++; }

static void itimer(int which, int sig)
{
	struct itimerval t = { { 0, 2000 }, { 0, 2000 } }, off = { { 0, 0 }, { 0, 0 } };
	handle(sig, on_tick, SA_RESTART);
	check(setitimer(which, &t, NULL) == 0);
	while (ticks[sig] < 10)
		getppid();
	check(setitimer(which, &off, &t) == 0);
	check(t.it_interval.tv_usec >= 2000);
}

static void posix_timer(void)
{
	timer_t id;
	sigset_t set;
	siginfo_t si;
	struct sigevent ev;
	struct itimerspec t = { { 0, 1000000 }, { 0, 1000000 } };
	memset(&ev, 0, sizeof ev);
	ev.sigev_notify = SIGEV_SIGNAL;
	ev.sigev_signo = SIGRTMIN + 1;
	ev.sigev_value.sival_int = 77;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	check(timer_create(CLOCK_MONOTONIC, &ev, &id) == 0);
	check(timer_settime(id, 0, &t, NULL) == 0);
	for (int i = 0; i < 5; i++) {
		check(sigwaitinfo(&set, &si) == SIGRTMIN + 1);
		check(si.si_code == SI_TIMER && si.si_value.sival_int == 77);
	}
	struct timespec nap10 = { 0, 10000000 };
	check(nanosleep(&nap10, NULL) == 0);
	check(sigwaitinfo(&set, &si) == SIGRTMIN + 1);
	check(si.si_overrun >= 5 && timer_getoverrun(id) >= 5);
	check(timer_delete(id) == 0);
}

static void descriptor(void)
{
	struct itimerspec t = { { 0, 1000000 }, { 0, 1000000 } };
	uint64_t n, sum = 0;
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	check(fd >= 0);
	check(timerfd_settime(fd, 0, &t, NULL) == 0);
	while (sum < 10) {
		check(read(fd, &n, sizeof n) == sizeof n);
		check(n > 0);
		sum += n;
	}
	close(fd);
}

/* An alarm crosses exec; a child does not inherit it. */
static void across_exec(char *self)
{
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		struct itimerval t = { { 0, 0 }, { 0, 20000 } };
		check(setitimer(ITIMER_REAL, &t, NULL) == 0);
		execl("/proc/self/exe", self, "wait", (char *)NULL);
		_exit(1);
	}
	reap_killed(pid, SIGALRM);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		for (;;)
			pause();
	across_exec(argv[0]);
	itimer(ITIMER_REAL, SIGALRM);
	itimer(ITIMER_VIRTUAL, SIGVTALRM);
	itimer(ITIMER_PROF, SIGPROF);
	posix_timer();
	descriptor();
	return ok();
}
