// i386's calls that wait for descriptors or time, with times of both sizes.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/futex.h>

struct sec32 { long sec, nsec; };
struct sec64 { long long sec, nsec; };

static void descriptors(void)
{
	int p[2];
	unsigned long r[32] = {0}, w[32] = {0};
	struct sec32 t32 = {0, 0};
	struct sec64 t64 = {0, 0};
	unsigned long long set = 1 << 9;
	pipe(p);
	r[0] = 1 << p[0];
	w[0] = 1 << p[1];
	unsigned long args[5] = {8, (long)r, (long)w, 0, (long)&t32};
	syscall(SYS_select, args);
	syscall(SYS_select, 8);
	r[0] = 1 << p[0];
	syscall(SYS__newselect, 8, r, NULL, NULL, &t32);
	r[0] = 1 << p[0];
	w[0] = 1 << p[1];
	syscall(SYS__newselect, 8, r, w, r, NULL);
	struct { void *p; unsigned long n; } six = {&set, 8};
	r[0] = 1 << p[0];
	syscall(SYS_pselect6, 8, r, NULL, NULL, &t32, &six);
	r[0] = 1 << p[0];
	syscall(SYS_pselect6_time64, 8, r, NULL, NULL, &t64, &six);
	syscall(SYS_pselect6_time64, 0, NULL, NULL, NULL, &t64, NULL);
	struct pollfd f[2] = {{p[0], POLLIN}, {p[1], POLLOUT}};
	syscall(SYS_poll, f, 2, 0);
	syscall(SYS_poll, f, 1, 0);
	syscall(SYS_ppoll, f, 1, &t32, &set, 8);
	syscall(SYS_ppoll_time64, f, 1, &t64, &set, 8);
	syscall(SYS_ppoll_time64, f, 2, &t64, NULL, 8);
	struct epoll_event e = {EPOLLIN, {.u64 = 0x123456789abull}};
	int ep = syscall(SYS_epoll_create, 5);
	syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, p[1], &e);
	e.events = EPOLLOUT;
	syscall(SYS_epoll_ctl, ep, EPOLL_CTL_MOD, p[1], &e);
	syscall(SYS_epoll_wait, ep, &e, 1, 0);
	syscall(SYS_epoll_pwait, ep, &e, 1, 0, &set, 8);
	syscall(SYS_epoll_pwait2, ep, &e, 1, &t64, &set, 8);
}

static void clocks(void)
{
	struct sec32 t32;
	struct sec64 t64, one = {0, 1000};
	struct sec32 i32[2] = {{0, 0}, {0, 500}};
	struct sec64 i64[2] = {{0, 0}, {1000, 500}}, old[2];
	char buf[256];
	int timer;
	uint32_t word = 1;
	syscall(SYS_time, NULL);
	syscall(SYS_stime, 8);
	syscall(SYS_gettimeofday, 8, NULL);
	syscall(SYS_clock_gettime, 77, &t32);
	syscall(SYS_clock_gettime64, 77, &t64);
	syscall(SYS_clock_getres, CLOCK_MONOTONIC, &t32);
	syscall(SYS_clock_getres_time64, CLOCK_REALTIME, &t64);
	syscall(SYS_clock_settime, 77, &t32);
	syscall(SYS_clock_settime64, 77, &one);
	t32.sec = 0;
	t32.nsec = 1000;
	syscall(SYS_nanosleep, &t32, NULL);
	syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &t32, NULL);
	syscall(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, TIMER_ABSTIME, &one, NULL);
	syscall(SYS_clock_adjtime, 77, buf);
	syscall(SYS_clock_adjtime64, 77, buf);
	syscall(SYS_adjtimex, 8);
	struct sigevent ev = {.sigev_notify = SIGEV_NONE, .sigev_signo = SIGUSR1};
	syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &timer);
	syscall(SYS_timer_settime, timer, 0, i32, buf);
	syscall(SYS_timer_settime64, timer, TIMER_ABSTIME, i64, old);
	syscall(SYS_timer_gettime, 77, buf);
	syscall(SYS_timer_gettime64, 77, buf);
	syscall(SYS_timer_getoverrun, timer);
	syscall(SYS_timer_delete, timer);
	int fd = syscall(SYS_timerfd_create, CLOCK_MONOTONIC, O_NONBLOCK);
	syscall(SYS_timerfd_settime, fd, 0, i32, buf);
	syscall(SYS_timerfd_settime64, fd, 1, i64, old);
	syscall(SYS_timerfd_gettime, -1, buf);
	syscall(SYS_timerfd_gettime64, -1, buf);
	struct itimerval it = {{0, 0}, {0, 0}};
	syscall(SYS_setitimer, ITIMER_REAL, &it, NULL);
	syscall(SYS_getitimer, ITIMER_REAL, &it);
	syscall(SYS_alarm, 0);
	syscall(SYS_futex, &word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, &t32);
	syscall(SYS_futex, &word, FUTEX_WAKE, 1);
	syscall(SYS_futex_time64, &word, FUTEX_WAIT_BITSET, 0, &one, NULL, 0xffffffff);
	syscall(SYS_futex_time64, &word, FUTEX_WAIT, 1, &one);
	syscall(SYS_sched_rr_get_interval, 0, 8);
	syscall(SYS_sched_rr_get_interval_time64, 0, 8);
}

static void processes(void)
{
	int status;
	char buf[400];
	long limit[2];
	syscall(SYS_nice, 0);
	syscall(SYS_getpriority, 0, 0);
	syscall(SYS_olduname, 8);
	syscall(SYS_oldolduname, 8);
	syscall(SYS_getrlimit, 7, limit);
	syscall(SYS_ugetrlimit, 7, limit);
	syscall(SYS_setrlimit, 4, limit);
	syscall(SYS_prlimit64, 0, 7, NULL, buf);
	syscall(SYS_waitpid, -1, &status, WNOHANG);
	syscall(SYS_wait4, -1, &status, 0, buf);
	/* Whether SIGCHLD comes before or in the wait is chance: it comes after. */
	unsigned long long set = 1 << 16;
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8);
	if (fork() == 0)
		_exit(3);
	syscall(SYS_waitpid, -1, &status, 0);
	syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, 8);
	syscall(SYS_personality, -1);
	syscall(SYS_bdflush, 0, 0);
	syscall(SYS_ftime);
	syscall(17);
	syscall(222);
	syscall(999, 1, 2, 3, 4, 5, 6);
}

int main(void)
{
	descriptors();
	clocks();
	processes();
	return 0;
}
