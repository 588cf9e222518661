/* Limits bite as they should: file size, descriptors, CPU time. */
#include "guest.h"

static void limit(int what, rlim_t soft)
{
	struct rlimit r;
	check(getrlimit(what, &r) == 0);
	r.rlim_cur = soft;
	check(setrlimit(what, &r) == 0);
}

static pid_t start(void)
{
	pid_t pid = fork();
	check(pid >= 0);
	return pid;
}

int main(void)
{
	limit(RLIMIT_CORE, 0);
	pid_t pid = start();
	if (pid == 0) {
		FILE *f = tmpfile();
		limit(RLIMIT_FSIZE, 100);
		check(f != NULL && pwrite(fileno(f), "abc", 3, 98) == 2);
		pwrite(fileno(f), "x", 1, 100);
		_exit(1);
	}
	reap_killed(pid, SIGXFSZ);
	pid = start();
	if (pid == 0) {
		FILE *f = tmpfile();
		limit(RLIMIT_FSIZE, 100);
		handle(SIGXFSZ, SIG_IGN, 0);
		fails(pwrite(fileno(f), "x", 1, 100), EFBIG);
		_exit(0);
	}
	reap(pid, 0);
	pid = start();
	if (pid == 0) {
		int fd, last = -1;
		limit(RLIMIT_NOFILE, 20);
		while ((fd = open("/dev/null", O_RDONLY)) >= 0)
			last = fd;
		check(errno == EMFILE && last == 19);
		_exit(0);
	}
	reap(pid, 0);
	pid = start();
	if (pid == 0) {
		limit(RLIMIT_CPU, 1);
		for (;;)
			getppid();
	}
	reap_killed(pid, SIGXCPU);
	pid = start();
	if (pid == 0) {
		struct rlimit none = { 0, 0 };
		unsigned long long old[2]; /* struct rlimit64 */
		check(syscall(SYS_prlimit64, getppid(), RLIMIT_CORE, NULL, old) == 0);
		limit(RLIMIT_AS, 64 << 20);
		check(mmap(NULL, 128 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
		check(errno == ENOMEM);
		check(setrlimit(RLIMIT_STACK, &none) == 0);
		_exit(0);
	}
	reap(pid, 0);
	return ok();
}
