/* What every test guest shares: assertions, skipping, and small waits.
 * A guest prints "ok" and exits 0; a broken assertion exits 1; a missing
 * feature prints "skip: why" and exits 77. */
#ifndef GUEST_H
#define GUEST_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define check(cond)                                                        \
	do {                                                               \
		int check_errno = errno;                                   \
		if (!(cond)) {                                             \
			check_errno = errno ? errno : check_errno;         \
			dprintf(2, "%s:%d: %s is false (errno %d, %s)\n",  \
				__FILE__, __LINE__, #cond, check_errno,    \
				strerror(check_errno));                    \
			_exit(1);                                          \
		}                                                          \
	} while (0)

/* fails(call, e): the call returns -1 with errno e. */
#define fails(call, e) check((errno = 0, (call) == -1) && errno == (e))

static inline void skip(const char *why)
{
	dprintf(1, "skip: %s\n", why);
	_exit(77);
}

static inline int ok(void)
{
	check(dprintf(1, "ok\n") == 3);
	return 0;
}

static inline pid_t thread_id(void) { return (pid_t)syscall(SYS_gettid); }

static inline void nap(void)
{
	struct timespec t = { 0, 200 * 1000 };
	nanosleep(&t, NULL);
}

/* The state letter of a thread, or 0 when it is gone. */
static inline char state_of(pid_t pid, pid_t tid)
{
	char name[64], line[512], *p;
	snprintf(name, sizeof name, "/proc/%d/task/%d/stat", pid, tid);
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t n = read(fd, line, sizeof line - 1);
	close(fd);
	if (n <= 0)
		return 0;
	line[n] = 0;
	p = strrchr(line, ')');
	return p ? p[2] : 0;
}

/* Waits until a thread sleeps: in a call of its own (S), or because its
 * supervisor is answering a call (D, t). */
static inline void wait_asleep(pid_t pid)
{
	for (;;) {
		char s = state_of(pid, pid);
		check(s != 0);
		if (s == 'S' || s == 'D')
			return;
		nap();
	}
}

/* Waits for pid, checks that it ended with exit status want. */
static inline void reap(pid_t pid, int want)
{
	int status;
	pid_t got;
	do
		got = waitpid(pid, &status, 0);
	while (got == -1 && errno == EINTR);
	check(got == pid);
	check(WIFEXITED(status));
	check(WEXITSTATUS(status) == want);
}

/* Waits for pid, checks that signal sig ended it. */
static inline void reap_killed(pid_t pid, int sig)
{
	int status;
	pid_t got;
	do
		got = waitpid(pid, &status, 0);
	while (got == -1 && errno == EINTR);
	check(got == pid);
	check(WIFSIGNALED(status));
	check(WTERMSIG(status) == sig);
}

static inline void handle(int sig, void (*f)(int), int flags)
{
	struct sigaction sa;
	memset(&sa, 0, sizeof sa);
	sa.sa_handler = f;
	sa.sa_flags = flags;
	check(sigaction(sig, &sa, NULL) == 0);
}

static inline void block(int how, int sig)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, sig);
	check(pthread_sigmask(how, &set, NULL) == 0);
}

/* What a thread runs that only has to be there. */
static inline void *pause_thread(void *arg)
{
	for (;;)
		pause();
	return arg;
}

/* Lets those attach who are no ancestors, where the Yama security module asks
 * for that; elsewhere the call fails. */
static inline void anyone_may_trace(void)
{
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
}

/* Memory that a process shares with its children. */
static inline void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(p != MAP_FAILED);
	return p;
}
#endif
