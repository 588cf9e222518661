/* A thousand threads; some create others that end, and now and then one of
 * them, which is not the first, executes this program again. Says "ready", and
 * "ok" after the end of its standard input. */
#include "guest.h"

enum { SLEEPERS = 1000, CREATORS = 4, ROUNDS = 50 };

static char *self;
static char *generation;
static int quiet[2];
static pthread_attr_t attr;	/* small stacks */

/* Linux 6.16 and later now and then refuse a thread (EAGAIN) while others of
 * many end: a retry gets it. */
static pthread_t create(void *(*run)(void *))
{
	pthread_t t;
	int e;
	while ((e = pthread_create(&t, &attr, run, NULL)) == EAGAIN)
		sched_yield();
	check(e == 0);
	return t;
}

static int input_ended(void)
{
	struct pollfd p = { .fd = 0, .events = POLLIN };
	int n;
	do
		n = poll(&p, 1, 0);
	while (n == -1 && errno == EINTR);
	check(n >= 0);
	return n;
}

static void *sleeper(void *arg)
{
	char c;
	check(read(quiet[0], &c, 1) == -1);
	return arg;
}

static void *brief(void *arg)
{
	check(thread_id() != getpid());
	return arg;
}

static void *creator(void *arg)
{
	for (;;)
		check(pthread_join(create(brief), NULL) == 0);
	return arg;
}

static void *execer(void *arg)
{
	char next[16], pid[16];
	for (int i = 0; i < ROUNDS; i++)
		check(pthread_join(create(brief), NULL) == 0);
	if (input_ended()) {
		ok();
		_exit(0);
	}
	snprintf(next, sizeof next, "%d", atoi(generation) + 1);
	snprintf(pid, sizeof pid, "%d", getpid());
	execl("/proc/self/exe", self, next, pid, (char *)NULL);
	check(!"exec returned");
	return arg;
}

int main(int argc, char **argv)
{
	self = argv[0];
	generation = argc == 3 ? argv[1] : "0";
	anyone_may_trace();
	check(pipe2(quiet, O_CLOEXEC) == 0);
	check(thread_id() == getpid());
	if (argc == 3)
		check(atoi(argv[2]) == getpid());
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 * 1024);
	for (int i = 0; i < SLEEPERS; i++)
		create(sleeper);
	for (int i = 0; i < CREATORS; i++)
		create(creator);
	if (argc != 3)
		check(write(1, "ready\n", 6) == 6);
	create(execer);
	for (;;)
		pause();
}
