/* Waiting for several descriptors, and what one waits for: poll(2), select(2),
 * epoll(7), eventfd(2), timerfd_create(2), inotify(7).
 *
 * away_polls DIR: DIR is where files may be made. Its standard input is a pipe that
 * stays empty. */
#include "guest.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/select.h>
#include <sys/timerfd.h>

static volatile sig_atomic_t caught;
static void note(int sig) { caught = sig; }

/* Has SIGALRM come again and again, or no more. */
static void alarms(int on)
{
	struct itimerval it = { { 0, on * 100 * 1000 }, { 0, on * 100 * 1000 } };
	check(setitimer(ITIMER_REAL, &it, NULL) == 0);
}

static void polls(void)
{
	char c;
	int p[2];
	check(pipe(p) == 0);
	struct pollfd f[4] = { { p[0], POLLIN, -1 }, { p[1], POLLOUT, -1 }, { -1, POLLIN, -1 }, { 99, POLLIN, -1 } };
	check(poll(f, 3, 0) == 1 && f[0].revents == 0 && f[1].revents == POLLOUT && f[2].revents == 0);
	check(poll(f, 4, -1) == 2 && f[3].revents == POLLNVAL);
	check(poll(f, 1, 0) == 0 && poll(f, 1, 100) == 0);
	struct timespec ts = { 0, 50 * 1000 * 1000 };
	check(ppoll(f, 1, &ts, NULL) == 0);
	pid_t child = fork();
	if (child == 0) {
		usleep(200 * 1000);
		check(write(p[1], "x", 1) == 1);
		_exit(0);
	}
	check(poll(f, 1, -1) == 1 && f[0].revents == POLLIN && read(p[0], &c, 1) == 1);
	reap(child, 0);
	/* With one of the program's own beside. */
	struct pollfd mixed[2] = { { 0, POLLIN, -1 }, { p[0], POLLIN, -1 } };
	check(poll(mixed, 2, 50) == 0);
	child = fork();
	if (child == 0) {
		usleep(200 * 1000);
		check(write(p[1], "y", 1) == 1);
		_exit(0);
	}
	check(poll(mixed, 2, -1) == 1 && mixed[0].revents == 0 && mixed[1].revents == POLLIN && read(p[0], &c, 1) == 1);
	reap(child, 0);
	check(poll(mixed, 1, 10) == 0); /* and alone */
	handle(SIGALRM, note, SA_RESTART);
	alarms(1);
	fails(poll(f, 1, -1), EINTR);
	alarms(0);
	check(caught == SIGALRM);
	/* A mask that lets in what is blocked, and one that keeps out what is not. */
	sigset_t none, alarm_only;
	sigemptyset(&none);
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	block(SIG_BLOCK, SIGALRM);
	alarms(1);
	fails(ppoll(f, 1, NULL, &none), EINTR);
	alarms(0);
	block(SIG_UNBLOCK, SIGALRM);
	caught = 0;
	ts = (struct timespec){ 0, 300 * 1000 * 1000 };
	alarms(1);
	check(ppoll(f, 1, &ts, &alarm_only) == 0 && caught == SIGALRM);
	alarms(0);
	check(close(p[1]) == 0 && poll(f, 1, -1) == 1 && f[0].revents == POLLHUP);
	int file = open("file", O_CREAT | O_RDWR, 0600);
	struct pollfd always = { file, POLLIN | POLLOUT, 0 };
	check(file >= 3 && poll(&always, 1, -1) == 1 && always.revents == (POLLIN | POLLOUT));
	close(file);
	close(p[0]);
}

static void selects(void)
{
	int p[2];
	check(pipe(p) == 0);
	fd_set r, w;
	struct timeval tv = { 0, 50 * 1000 };
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	check(select(p[0] + 1, &r, NULL, NULL, &tv) == 0 && !FD_ISSET(p[0], &r));
#ifdef __GLIBC__
	check(tv.tv_usec == 0); /* another library keeps this to itself */
#endif
	check(write(p[1], "x", 1) == 1);
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_SET(0, &r);
	FD_SET(p[0], &r);
	FD_SET(p[1], &w);
	check(select(p[1] + 1, &r, &w, NULL, NULL) == 2 && FD_ISSET(p[0], &r) && FD_ISSET(p[1], &w) && !FD_ISSET(0, &r));
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	struct timespec ts = { 5, 0 };
	check(pselect(p[0] + 1, &r, NULL, NULL, &ts, NULL) == 1);
	close(p[0]);
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	fails(select(p[0] + 1, &r, NULL, NULL, NULL), EBADF);
	close(p[1]);
}

static void epolls(void)
{
	char c;
	int p[2], q[2], e = epoll_create1(EPOLL_CLOEXEC);
	check(e >= 3 && fcntl(e, F_GETFD) == FD_CLOEXEC && pipe(p) == 0 && pipe(q) == 0);
	struct epoll_event in = { .events = EPOLLIN, .data.u64 = 0x1122334455667788 }, got[4];
	check(epoll_ctl(e, EPOLL_CTL_ADD, p[0], &in) == 0);
	fails(epoll_ctl(e, EPOLL_CTL_ADD, p[0], &in), EEXIST);
	fails(epoll_ctl(e, EPOLL_CTL_DEL, q[0], NULL), ENOENT);
	fails(epoll_wait(e, got, 0, 0), EINVAL);
	check(epoll_wait(e, got, 4, 0) == 0 && epoll_wait(e, got, 4, 50) == 0);
	check(write(p[1], "x", 1) == 1);
	check(epoll_wait(e, got, 4, -1) == 1 && got[0].events == EPOLLIN && got[0].data.u64 == 0x1122334455667788);
	check(epoll_wait(e, got, 4, -1) == 1); /* as long as it is there */
	in.events = EPOLLIN | EPOLLET;
	in.data.u64 = 7;
	check(epoll_ctl(e, EPOLL_CTL_MOD, p[0], &in) == 0);
	check(epoll_wait(e, got, 4, -1) == 1 && got[0].data.u64 == 7 && epoll_wait(e, got, 4, 50) == 0);
	in.events = EPOLLIN | EPOLLONESHOT;
	in.data.u64 = 8;
	check(epoll_ctl(e, EPOLL_CTL_ADD, q[0], &in) == 0);
	pid_t child = fork();
	if (child == 0) {
		usleep(200 * 1000);
		check(write(q[1], "yz", 2) == 2);
		_exit(0);
	}
	check(epoll_wait(e, got, 4, -1) == 1 && got[0].data.u64 == 8 && read(q[0], &c, 1) == 1);
	check(epoll_wait(e, got, 4, 20) == 0);
	reap(child, 0);
	struct pollfd f = { e, POLLIN, 0 };
	check(poll(&f, 1, 0) == 0 && write(p[1], "w", 1) == 1 && poll(&f, 1, -1) == 1);
	caught = 0;
	check(epoll_wait(e, got, 4, 0) == 1);
	alarms(1);
	fails(epoll_wait(e, got, 4, -1), EINTR);
	alarms(0);
	check(caught == SIGALRM);
	close(p[0]);
	close(p[1]);
	close(q[0]);
	close(q[1]);
	close(e);
}

static void counters(void)
{
	uint64_t v = 5;
	int c = eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC);
	check(c >= 3 && write(c, &v, 8) == 8 && read(c, &v, 8) == 8 && v == 8);
	fails(read(c, &v, 8), EAGAIN);
	fails(read(c, &v, 4), EINVAL);
	close(c);
	c = eventfd(2, EFD_SEMAPHORE);
	check(c >= 3 && read(c, &v, 8) == 8 && v == 1);
	close(c);

	int t = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	struct itimerspec set = { { 0, 0 }, { 4000, 0 } }, old;
	check(t >= 3 && timerfd_settime(t, 0, &set, NULL) == 0 && timerfd_gettime(t, &old) == 0);
	check(old.it_value.tv_sec > 0 && old.it_value.tv_sec <= 4000);
	set.it_value = (struct timespec){ 0, 80 * 1000 * 1000 };
	check(timerfd_settime(t, 0, &set, &old) == 0 && old.it_value.tv_sec > 0);
	check(read(t, &v, 8) == 8 && v == 1);
	clock_gettime(CLOCK_MONOTONIC, &set.it_value);
	set.it_value.tv_sec += 1;
	set.it_value.tv_nsec = 0;
	struct pollfd f = { t, POLLIN, 0 };
	check(timerfd_settime(t, TFD_TIMER_ABSTIME, &set, &old) == 0 && poll(&f, 1, -1) == 1);
	set.it_value.tv_nsec = 1000000000;
	fails(timerfd_settime(t, 0, &set, NULL), EINVAL);
	close(t);
}

static void watches(void)
{
	char buf[512];
	int i = inotify_init1(IN_NONBLOCK);
	check(i >= 3 && mkdir("watched", 0700) == 0);
	int w = inotify_add_watch(i, "watched", IN_CREATE);
	check(w > 0);
	fails(inotify_add_watch(i, "missing", IN_CREATE), ENOENT);
	fails(read(i, buf, sizeof buf), EAGAIN);
	int made = open("watched/made", O_CREAT | O_WRONLY, 0600);
	struct pollfd f = { i, POLLIN, 0 };
	check(made >= 3 && poll(&f, 1, -1) == 1 && read(i, buf, sizeof buf) > 0);
	struct inotify_event *e = (void *)buf;
	check(e->wd == w && (e->mask & IN_CREATE) && !strcmp(e->name, "made"));
	check(inotify_rm_watch(i, w) == 0);
	fails(inotify_rm_watch(i, w), EINVAL);
	check(close(made) == 0 && close(i) == 0 && unlink("watched/made") == 0 && rmdir("watched") == 0);
}

int main(int argc, char **argv)
{
	check(argc == 2 && chdir(argv[1]) == 0);
	polls();
	selects();
	epolls();
	counters();
	watches();
	return ok();
}
