/* Thread groups killed, or ended by one thread, in the middle of their calls. */
#include "guest.h"

enum { THREADS = 8, ROUNDS = 40 };

static void *hammer(void *arg)
{
	long i = (long)arg;
	struct stat st;
	uint32_t word = 0;
	struct timespec t = { 0, 1000 };
	int p[2];
	char c;
	check(pipe(p) == 0);
	for (;;)
		switch (i % 7) {
		case 0: getppid(); break;
		case 1: stat("/tmp", &st); break;
		case 2: close(open("/dev/null", O_RDONLY)); break;
		case 3: check(write(p[1], "x", 1) == 1 && read(p[0], &c, 1) == 1); break;
		case 4: syscall(SYS_futex, &word, 0, 0, &t, NULL, 0); break;
		case 5: read(p[0], &c, 1); break;
		case 6: munmap(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096); break;
		}
	return arg;
}

static volatile int *started;
static void *mark(void *arg)
{
	__atomic_add_fetch(started, 1, __ATOMIC_SEQ_CST);
	return hammer(arg);
}

static pid_t crowd(void)
{
	*started = 0;
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		pthread_t t;
		for (long i = 0; i < THREADS; i++)
			check(pthread_create(&t, NULL, mark, (void *)i) == 0);
		while (*started < THREADS)
			nap();
		__atomic_add_fetch(started, 1, __ATOMIC_SEQ_CST);
		hammer((void *)0);
	}
	return pid;
}

static void *quit(void *arg)
{
	nap();
	_exit((int)(long)arg);
}

int main(void)
{
	started = shared(4096);
	for (int i = 0; i < ROUNDS; i++) {
		pid_t pid = crowd();
		/* now and then while the threads are still coming */
		while (*started < (i % 2 ? THREADS + 1 : i % THREADS))
			nap();
		check(kill(pid, SIGKILL) == 0);
		reap_killed(pid, SIGKILL);
	}
	for (int i = 0; i < ROUNDS; i++) {
		pid_t pid = fork();
		check(pid >= 0);
		if (pid == 0) {
			pthread_t t;
			for (long k = 0; k < THREADS; k++)
				check(pthread_create(&t, NULL, hammer, (void *)k) == 0);
			check(pthread_create(&t, NULL, quit, (void *)(long)(i + 1)) == 0);
			hammer((void *)1);
		}
		reap(pid, i + 1);
	}
	/* a fatal signal to all of a group at once */
	for (int i = 0; i < 5; i++) {
		enum { N = 20 };
		pid_t pids[N];
		for (int k = 0; k < N; k++) {
			pids[k] = fork();
			check(pids[k] >= 0);
			if (pids[k] == 0) {
				check(setpgid(0, k ? pids[0] : 0) == 0);
				__atomic_add_fetch(started, 1, __ATOMIC_SEQ_CST);
				hammer((void *)(long)(k % 7));
			}
			if (k == 0)
				*started = 0, setpgid(pids[0], pids[0]);
			else
				setpgid(pids[k], pids[0]);
		}
		check(kill(-pids[0], SIGKILL) == 0);
		for (int k = 0; k < N; k++)
			reap_killed(pids[k], SIGKILL);
	}
	return ok();
}
