/* Signals arrive all the time: every call happens exactly once. */
#include "guest.h"
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/sem.h>

static volatile sig_atomic_t ticks, stop;
static void on_alarm(int sig) { (void)sig; ticks++; }
static pthread_t target;

/* Signals one thread as a Go runtime does to preempt it. */
static void *pester(void *arg)
{
	while (!stop) {
		pthread_kill(target, SIGURG);
		nap();
	}
	return arg;
}

static void appends(const char *name)
{
	struct stat st;
	long n = 0;
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0600);
	check(fd >= 0);
	for (int until = ticks + 400; ticks < until; n++)
		check(write(fd, "x", 1) == 1);
	check(fstat(fd, &st) == 0 && st.st_size == n);
	close(fd);
}

static void offsets(const char *name)
{
	long n = 0;
	int fd = open(name, O_RDWR);
	check(fd >= 0);
	for (int until = ticks + 400; ticks < until; n++)
		check(lseek(fd, 1, SEEK_CUR) == n + 1);
	close(fd);
}

static void pipes(void)
{
	int p[2];
	char c;
	check(pipe(p) == 0);
	for (int until = ticks + 400, n = 0; ticks < until; n++) {
		check(write(p[1], &(char){ n & 127 }, 1) == 1);
		check(read(p[0], &c, 1) == 1 && c == (n & 127));
	}
	check(fcntl(p[0], F_SETFL, O_NONBLOCK) == 0);
	fails(read(p[0], &c, 1), EAGAIN);
	close(p[0]);
	close(p[1]);
}

static void counts(void)
{
	uint64_t n = 0, one = 1, got;
	int fd = eventfd(0, 0);
	check(fd >= 0);
	for (int until = ticks + 400; ticks < until; n++)
		check(write(fd, &one, sizeof one) == sizeof one);
	check(read(fd, &got, sizeof got) == sizeof got && got == n);
	close(fd);
}

static void names(const char *name)
{
	char dir[80];
	snprintf(dir, sizeof dir, "%s.dir", name);
	for (int until = ticks + 400; ticks < until;) {
		check(mkdir(dir, 0700) == 0); /* twice would be EEXIST */
		check(rmdir(dir) == 0); /* twice would be ENOENT */
	}
}

static void descriptors(void)
{
	int first = dup(0);
	close(first);
	for (int until = ticks + 400; ticks < until;) {
		int fd = dup(0);
		check(fd == first); /* a second dup would have moved the lowest */
		check(close(fd) == 0); /* twice would be EBADF */
	}
}

static void forks(void)
{
	int *n = shared(4096), want = 0;
	for (int until = ticks + 400; ticks < until; want++) {
		pid_t pid = fork();
		check(pid >= 0);
		if (pid == 0) {
			__atomic_add_fetch(n, 1, __ATOMIC_SEQ_CST);
			_exit(0);
		}
		reap(pid, 0);
	}
	check(*n == want);
	fails(wait(NULL), ECHILD);
}

int main(void)
{
	struct itimerval t = { { 0, 300 }, { 0, 300 } };
	char name[64];
	pthread_t other;
	snprintf(name, sizeof name, "/tmp/penumbra-once.%d", getpid());
	handle(SIGALRM, on_alarm, SA_RESTART);
	handle(SIGURG, on_alarm, SA_RESTART);
	target = pthread_self();
	block(SIG_BLOCK, SIGALRM);
	check(pthread_create(&other, NULL, pester, NULL) == 0);
	block(SIG_UNBLOCK, SIGALRM);
	check(setitimer(ITIMER_REAL, &t, NULL) == 0);
	appends(name);
	offsets(name);
	unlink(name);
	pipes();
	counts();
	names(name);
	descriptors();
	forks();
	stop = 1;
	check(pthread_join(other, NULL) == 0);
	return ok();
}
