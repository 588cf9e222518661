/* A representative's files, beyond the death of the shadow.
 * modes_killed DIR: when DIR/ready is there, the shadow is to be killed, and then
 * DIR/go to be made. */
#include "guest.h"

static int modefd;

static void enter(const char *mode) { check(pwrite(modefd, mode, strlen(mode), 0) == (ssize_t)strlen(mode)); }

/* Fails after going to where it can be heard. */
#define want(cond)                          \
	do {                                \
		if (!(cond)) {              \
			int e = errno;      \
			enter("local,unmapped"); \
			errno = e;          \
			check(cond);        \
		}                           \
	} while (0)

static void lines(int fd, int from, int to)
{
	char line[16];
	for (int i = from; i < to; i++) {
		int n = snprintf(line, sizeof line, "%d\n", i);
		want(write(fd, line, n) == n);
	}
}

int main(int argc, char **argv)
{
	struct stat st;
	char c;
	check(argc == 2 && chdir(argv[1]) == 0);
	modefd = open("/proc/thread-self/syscall_mode", O_RDWR);
	check(modefd >= 0);
	enter("remote,unmapped");
	int log = open("log", O_WRONLY | O_CREAT, 0644), end = open("appended", O_WRONLY | O_CREAT | O_APPEND, 0644);
	int copy = dup(log), data = open("data", O_RDONLY);
	want(log >= 3 && end >= 3 && copy >= 3 && data >= 3);
	lines(log, 0, 100);
	lines(end, 0, 100);
	want(read(data, &c, 1) == 1 && c == 'a');
	want(mkdir("d", 0755) == 0 && chdir("d") == 0);
	enter("local,unmapped");
	int ready = open("ready", O_CREAT | O_WRONLY, 0644);
	check(ready >= 0 && close(ready) == 0);
	while (access("go", F_OK))
		nap();
	enter("remote,unmapped");
	lines(copy, 100, 200); /* where the position was */
	lines(end, 100, 200);
	want(read(data, &c, 1) == 1 && c == 'b');
	want(stat("../log", &st) == 0); /* from the directory of before */
	want(close(copy) == 0 && close(log) == 0 && close(end) == 0 && close(data) == 0);
	enter("local,unmapped");
	return ok();
}
