/* The time of day of a shadow whose clock differs, and deadlines by it.
 * modes_clock AHEAD: by so many seconds. */
#include "guest.h"
#include <sys/timerfd.h>

static void enter(const char *mode)
{
	int fd = open("/proc/thread-self/syscall_mode", O_WRONLY);
	check(fd >= 0 && write(fd, mode, strlen(mode)) == (ssize_t)strlen(mode) && close(fd) == 0);
}

static int64_t on(clockid_t id)
{
	struct timespec t;
	check(clock_gettime(id, &t) == 0);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* Whether two times, in seconds, are about the same. */
static int near(int64_t a, int64_t b) { return a - b < 60 && b - a < 60; }

/* The time of day in 50 ms. */
static struct timespec soon(void)
{
	int64_t t = on(CLOCK_REALTIME) + 50000000;
	return (struct timespec){ t / 1000000000, t % 1000000000 };
}

int main(int argc, char **argv)
{
	check(argc == 2);
	int64_t ahead = atoll(argv[1]);
	struct timeval tv;
	enter("local,mapped");
	int64_t here = on(CLOCK_REALTIME) / 1000000000, up = on(CLOCK_MONOTONIC);
	enter("remote,mapped");
	check(near(on(CLOCK_REALTIME) / 1000000000, here + ahead));
	check(near(on(CLOCK_REALTIME_COARSE) / 1000000000, here + ahead));
	check(gettimeofday(&tv, NULL) == 0 && near(tv.tv_sec, here + ahead));
	check(near(time(NULL), here + ahead));
	check(near(on(CLOCK_MONOTONIC) / 1000000000, up / 1000000000)); /* whatever the shadow's */
	enter("local,unmapped");
	check(near(time(NULL), here));
	enter("remote,mapped");

	int64_t begin = on(CLOCK_MONOTONIC);
	struct timespec at = soon();
	check(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &at, NULL) == 0);
	check(on(CLOCK_MONOTONIC) - begin >= 40000000);

	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
	begin = on(CLOCK_MONOTONIC);
	at = soon();
	pthread_mutex_lock(&mutex);
	check(pthread_cond_timedwait(&cond, &mutex, &at) == ETIMEDOUT);
	check(on(CLOCK_MONOTONIC) - begin >= 40000000);

	int fd = timerfd_create(CLOCK_REALTIME, 0);
	uint64_t times;
	begin = on(CLOCK_MONOTONIC);
	struct itimerspec timer = { .it_value = soon() };
	check(fd >= 0 && timerfd_settime(fd, TFD_TIMER_ABSTIME, &timer, NULL) == 0);
	check(read(fd, &times, sizeof times) == sizeof times && times == 1);
	check(on(CLOCK_MONOTONIC) - begin >= 40000000);

	timer_t id;
	sigset_t set;
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	begin = on(CLOCK_MONOTONIC);
	timer.it_value = soon();
	check(timer_create(CLOCK_REALTIME, &event, &id) == 0 && timer_settime(id, TIMER_ABSTIME, &timer, NULL) == 0);
	check(sigwaitinfo(&set, NULL) == SIGUSR1);
	check(on(CLOCK_MONOTONIC) - begin >= 40000000);
	return ok();
}
