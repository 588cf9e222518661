/* Clocks, timers and sleeps. */
#include "guest.h"
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/times.h>

#define BAD ((void *)0xdead000)

int main(void)
{
	struct timespec ts = { 0, 1000 }, left = { 7, 8 };
	struct timeval tv;
	struct timezone tz;
	struct itimerval it = { { 1, 2 }, { 3000, 4 } }, oldit;
	struct itimerspec its = { { 1, 2 }, { 3000, 4 } }, oldits;
	syscall(SYS_nanosleep, &ts, &left);
	syscall(SYS_nanosleep, &ts, NULL);
	syscall(SYS_nanosleep, NULL, NULL);
	syscall(SYS_nanosleep, BAD, &left);
	ts.tv_nsec = 1000000000;
	syscall(SYS_nanosleep, &ts, &left);
	ts.tv_nsec = 1000;
	syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &ts, &left);
	syscall(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &ts, NULL);
	syscall(SYS_clock_nanosleep, CLOCK_BOOTTIME, 2, &ts, NULL);
	syscall(SYS_clock_nanosleep, 77, 0, &ts, NULL);
	syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, NULL);
	syscall(SYS_clock_gettime, 99, &ts);
	syscall(SYS_clock_gettime, -3, BAD);
	syscall(SYS_clock_gettime, -2, BAD);
	syscall(SYS_clock_gettime, (~1234 << 3) | 2, BAD);
	syscall(SYS_clock_gettime, (~1234 << 3) | 6, BAD);
	syscall(SYS_clock_gettime, (~1234 << 3) | 1, BAD);
	syscall(SYS_clock_gettime, (~9 << 3) | 3, BAD);
	syscall(SYS_clock_gettime, (~9 << 3) | 7, BAD);
	syscall(SYS_clock_getres, CLOCK_MONOTONIC, &ts);
	syscall(SYS_clock_getres, CLOCK_REALTIME_COARSE, NULL);
	syscall(SYS_clock_settime, CLOCK_MONOTONIC, &ts);
	syscall(SYS_clock_settime, CLOCK_MONOTONIC, NULL);
	syscall(SYS_gettimeofday, NULL, NULL);
	syscall(SYS_gettimeofday, BAD, NULL);
	syscall(SYS_gettimeofday, NULL, &tz);
	tv = (struct timeval){ -1, -1 };
	syscall(SYS_settimeofday, &tv, NULL);
	syscall(SYS_settimeofday, BAD, BAD);
	syscall(SYS_time, NULL);
	syscall(SYS_time, BAD);
	syscall(SYS_setitimer, ITIMER_REAL, &it, &oldit);
	syscall(SYS_getitimer, ITIMER_VIRTUAL, &oldit);
	syscall(SYS_getitimer, 7, &oldit);
	syscall(SYS_getitimer, ITIMER_PROF, BAD);
	syscall(SYS_setitimer, ITIMER_PROF, NULL, NULL);
	it.it_value.tv_usec = -1;
	syscall(SYS_setitimer, ITIMER_PROF, &it, &oldit);
	it = (struct itimerval){};
	syscall(SYS_setitimer, ITIMER_REAL, &it, NULL);
	syscall(SYS_alarm, 1000);
	syscall(SYS_alarm, 0);
	int timer;
	struct sigevent se = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42 };
	syscall(SYS_timer_create, CLOCK_MONOTONIC, &se, &timer);
	syscall(SYS_timer_settime, timer, 0, &its, &oldits);
	syscall(SYS_timer_settime, timer, TIMER_ABSTIME, &its, NULL);
	syscall(SYS_timer_settime, 99, 0x7, NULL, NULL);
	syscall(SYS_timer_gettime, 99, &oldits);
	syscall(SYS_timer_getoverrun, timer);
	syscall(SYS_timer_delete, timer);
	syscall(SYS_timer_delete, 99);
	se.sigev_notify = SIGEV_NONE;
	syscall(SYS_timer_create, CLOCK_REALTIME, &se, &timer);
	se.sigev_notify = SIGEV_THREAD_ID, se.sigev_signo = 200;
	syscall(SYS_timer_create, CLOCK_REALTIME, &se, &timer);
	se.sigev_notify = SIGEV_THREAD;
	syscall(SYS_timer_create, CLOCK_REALTIME, &se, BAD);
	se.sigev_notify = 77;
	syscall(SYS_timer_create, CLOCK_REALTIME, &se, &timer);
	syscall(SYS_timer_create, CLOCK_REALTIME, NULL, &timer);
	syscall(SYS_timer_create, 77, BAD, NULL);
	int fd = syscall(SYS_timerfd_create, CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	syscall(SYS_timerfd_create, 77, 1);
	syscall(SYS_timerfd_settime, fd, 0, &its, &oldits);
	syscall(SYS_timerfd_settime, fd, TFD_TIMER_ABSTIME, &its, NULL);
	syscall(SYS_timerfd_settime, fd, 0x100, &its, NULL);
	its = (struct itimerspec){};
	syscall(SYS_timerfd_settime, fd, 0, &its, NULL);
	syscall(SYS_timerfd_gettime, fd, &oldits);
	syscall(SYS_timerfd_gettime, 99, &oldits);
	struct timex tx = { .modes = 0 };
	syscall(SYS_adjtimex, NULL);
	syscall(SYS_adjtimex, BAD);
	syscall(SYS_clock_adjtime, CLOCK_MONOTONIC, &tx);
	tx.modes = ADJ_OFFSET | 0x10000;
	syscall(SYS_clock_adjtime, 77, &tx);
	struct tms t;
	syscall(SYS_times, NULL);
	syscall(SYS_times, BAD);
	(void)t;
	return 0;
}
