/* Two processes that block each other with locks, so that the order of their
 * flock and getpgrp calls is always the same. Whatever else they call may come
 * in any order. */
#include "guest.h"
#include <sys/file.h>

static int up[2], down[2];

static void tell(int *p) { check(write(p[1], "x", 1) == 1); }

static void hear(int *p)
{
	char c;
	check(read(p[0], &c, 1) == 1);
}

/* Waits for a lock, and says so before. */
static void lock(volatile int *about, int fd)
{
	*about = 1;
	flock(fd, LOCK_EX);
	*about = 0;
}

/* Waits until another process sleeps for a lock. */
static void wait_blocked(volatile int *about, pid_t pid)
{
	while (!*about || state_of(pid, pid) != 'S')
		nap();
}

int main(void)
{
	int parent = open("lock", O_RDWR | O_CREAT, 0600), child = open("lock", O_RDWR);
	pid_t me = getpid();
	volatile int *about = shared(4096); /* of the parent, of the child */
	check(pipe(up) == 0 && pipe(down) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(parent);
		check(flock(child, LOCK_EX) == 0);
		getpgrp();
		tell(up);
		wait_blocked(about, me);
		getpgrp();
		close(child); /* the parent's copy too is closed by now */
		hear(down);
		child = open("lock", O_RDWR);
		lock(about + 1, child);
		getpgrp();
		tell(up);
		hear(down);
		flock(child, LOCK_UN);
		tell(up);
		hear(down);
		lock(about + 1, child);
		_exit(0);
	}
	close(child);
	hear(up);
	lock(about, parent); /* blocks until the child's copy is closed */
	getpgrp();
	tell(down);
	wait_blocked(about + 1, pid);
	getpgrp();
	close(parent); /* lets the child go on */
	hear(up);
	parent = open("lock", O_RDWR);
	tell(down);
	hear(up);
	flock(parent, LOCK_EX);
	tell(down);
	wait_blocked(about + 1, pid);
	kill(pid, SIGKILL);
	check(waitpid(pid, NULL, 0) == pid);
	getpgrp();
	return 0;
}
