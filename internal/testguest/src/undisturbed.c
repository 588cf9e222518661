/* Threads that wait in all ways there are, compute, signal each other, come
 * and go, and have children. None of their calls may fail or be cut short,
 * whoever attaches and detaches meanwhile. Says "ready", and "ok" after the end
 * of its standard input. */
#include "guest.h"
#include <linux/futex.h>
#include <sys/epoll.h>
#include <sys/sem.h>
#include <sys/socket.h>

static volatile int done;
static int never[2];	/* a pipe that nothing comes through before the end */
static pid_t self;

enum { PERIOD = 5 };	/* milliseconds */

static long long now(void)
{
	struct timespec t;
	check(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static const struct timespec period = { 0, PERIOD * 1000000L };

/* Checks that a wait since start took its time. */
static void lasted(long long start)
{
	check(now() - start >= PERIOD * 1000000LL);
}

static void *waits_for_ever(void *arg)
{
	char c;
	check(read(never[0], &c, 1) == 0);
	return arg;
}

static void *epolls_for_ever(void *arg)
{
	struct epoll_event e = { .events = EPOLLIN };
	int fd = epoll_create1(EPOLL_CLOEXEC);
	check(fd >= 0);
	check(epoll_ctl(fd, EPOLL_CTL_ADD, never[0], &e) == 0);
	check(epoll_wait(fd, &e, 1, -1) == 1);
	return arg;
}

static void *sleeps(void *arg)
{
	while (!done) {
		long long start = now();
		check(nanosleep(&period, NULL) == 0);
		lasted(start);
	}
	return arg;
}

static void *clock_sleeps(void *arg)
{
	while (!done) {
		struct timespec t;
		long long start = now();
		check(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
		t.tv_nsec += PERIOD * 1000000L;
		t.tv_sec += t.tv_nsec / 1000000000L;
		t.tv_nsec %= 1000000000L;
		check(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == 0);
		lasted(start);
	}
	return arg;
}

static void *polls(void *arg)
{
	while (!done) {
		long long start = now();
		check(poll(NULL, 0, PERIOD) == 0);
		lasted(start);
	}
	return arg;
}

static void *selects(void *arg)
{
	while (!done) {
		struct timeval t = { 0, PERIOD * 1000 };
		long long start = now();
		check(select(0, NULL, NULL, NULL, &t) == 0);
		lasted(start);
	}
	return arg;
}

static void *epolls(void *arg)
{
	struct epoll_event e;
	int fd = epoll_create1(EPOLL_CLOEXEC);
	check(fd >= 0);
	while (!done) {
		long long start = now();
		check(epoll_wait(fd, &e, 1, PERIOD) == 0);
		lasted(start);
	}
	return arg;
}

static void *futexes(void *arg)
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	int word = 0;
	check(pthread_mutex_lock(&m) == 0);
	while (!done) {
		long long start = now();
		struct timespec t;
		fails(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &period), ETIMEDOUT);
		lasted(start);
		check(clock_gettime(CLOCK_REALTIME, &t) == 0);
		t.tv_nsec += PERIOD * 1000000L;
		t.tv_sec += t.tv_nsec / 1000000000L;
		t.tv_nsec %= 1000000000L;
		check(pthread_mutex_timedlock(&m, &t) == ETIMEDOUT);
	}
	return arg;
}

static void *waits_for_signals(void *arg)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	while (!done) {
		long long start = now();
		fails(sigtimedwait(&set, NULL, &period), EAGAIN);
		lasted(start);
	}
	return arg;
}

static void *receives(void *arg)
{
	int fds[2];
	char c;
	struct timeval t = { 0, PERIOD * 1000 };
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
	check(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) == 0);
	while (!done)
		fails(recv(fds[0], &c, 1, 0), EAGAIN);
	return arg;
}

static void *downs(void *arg)
{
	int id = semget(IPC_PRIVATE, 1, 0600);
	struct sembuf down = { 0, -1, 0 };
	check(id >= 0);
	while (!done)
		fails(semtimedop(id, &down, 1, &period), EAGAIN);
	check(semctl(id, 0, IPC_RMID) == 0);
	return arg;
}

static void *calls(void *arg)
{
	while (!done) {
		check(syscall(SYS_getpid) == self);
		fails(close(-1), EBADF);
	}
	return arg;
}

static void *computes(void *arg)
{
	volatile unsigned long n = 0;
	while (!done)
		n++;
	return arg;
}

static int ping[2], pong[2];

static void *echoes(void *arg)
{
	unsigned n;
	while (read(ping[0], &n, sizeof n) == sizeof n)
		check(write(pong[1], &n, sizeof n) == sizeof n);
	return arg;
}

static void *asks(void *arg)
{
	unsigned n = 0, m;
	for (; !done; n++) {
		check(write(ping[1], &n, sizeof n) == sizeof n);
		check(read(pong[0], &m, sizeof m) == sizeof m);
		check(m == n);
	}
	close(ping[1]);
	return arg;
}

static __thread volatile sig_atomic_t got;
static void on_usr1(int sig) { (void)sig; got++; }

/* Each signal that a thread sends itself has come before the call returns. */
static void *signals_itself(void *arg)
{
	for (int n = 1; !done; n++) {
		check(syscall(SYS_tgkill, self, thread_id(), SIGUSR1) == 0);
		check(got == n);
	}
	return arg;
}

static volatile unsigned queued;
static void on_rt(int sig, siginfo_t *info, void *context)
{
	(void)sig; (void)context;
	check((unsigned)info->si_value.sival_int == queued);
	queued++;
}

/* Queued signals all come, in order, with their values. */
static void *queues(void *arg)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	check(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
	unsigned n = 0;
	while (!done) {
		union sigval v = { .sival_int = (int)n++ };
		check(sigqueue(self, SIGRTMIN, v) == 0);
		while (queued != n)
			sched_yield();
	}
	return arg;
}

static void *brief(void *arg) { return (char *)arg + 1; }

static void *creates(void *arg)
{
	while (!done) {
		pthread_t t;
		void *r;
		check(pthread_create(&t, NULL, brief, NULL) == 0);
		check(pthread_join(t, &r) == 0);
		check(r == (char *)NULL + 1);
	}
	return arg;
}

static void *forks(void *arg)
{
	for (int n = 0; !done; n++) {
		pid_t pid = n % 2 ? fork() : vfork();
		check(pid >= 0);
		if (pid == 0 && n % 4 == 0)
			execl("/bin/true", "true", (char *)NULL);
		if (pid == 0)
			_exit(n % 4 == 0 ? 99 : n % 100);
		reap(pid, n % 4 == 0 ? 0 : n % 100);
	}
	return arg;
}

int main(void)
{
	void *(*const all[])(void *) = {
		waits_for_ever, epolls_for_ever, sleeps, clock_sleeps, polls, selects,
		epolls, futexes, waits_for_signals, receives, downs, calls, computes,
		echoes, asks, signals_itself, queues, creates, forks,
	};
	enum { N = sizeof all / sizeof *all };
	pthread_t threads[N];
	char c;

	anyone_may_trace();
	self = getpid();
	check(pipe2(never, O_CLOEXEC) == 0);
	check(pipe2(ping, O_CLOEXEC) == 0);
	check(pipe2(pong, O_CLOEXEC) == 0);
	handle(SIGUSR1, on_usr1, 0);
	struct sigaction sa = { .sa_sigaction = on_rt, .sa_flags = SA_SIGINFO };
	check(sigaction(SIGRTMIN, &sa, NULL) == 0);
	block(SIG_BLOCK, SIGCHLD);
	block(SIG_BLOCK, SIGUSR2);
	block(SIG_BLOCK, SIGRTMIN);
	for (int i = 0; i < N; i++)
		check(pthread_create(&threads[i], NULL, all[i], NULL) == 0);
	check(write(1, "ready\n", 6) == 6);
	check(read(0, &c, 1) == 0);
	done = 1;
	close(never[1]);
	for (int i = 0; i < N; i++)
		check(pthread_join(threads[i], NULL) == 0);
	return ok();
}
