/* Makes the calls that its arguments name and prints what came of each: the
 * value or the errno. Its standard output is a pipe's end. With the argument -
 * it says that it is ready, and reads the names from its standard input. */
#include "guest.h"
#include <sys/utsname.h>

static void show(const char *name, long r)
{
	if (r == -1)
		printf("%s: errno %d\n", name, errno);
	else
		printf("%s: %ld\n", name, r);
	fflush(stdout);
}

#ifdef __i386__
#define MAP_CALL SYS_mmap2
#define PAGE(n) (n)
#else
#define MAP_CALL SYS_mmap
#define PAGE(n) ((n) * 4096L)
#endif

/* The second page of a file whose pages are filled with '0', '1' and '2'. */
static void map(void)
{
	char page[4096];
	FILE *f = tmpfile();
	check(f != NULL);
	for (int i = 0; i < 3; i++) {
		memset(page, '0' + i, sizeof page);
		check(write(fileno(f), page, sizeof page) == sizeof page);
	}
	char *m = (char *)syscall(MAP_CALL, 0, 4096, PROT_READ, MAP_PRIVATE, fileno(f), PAGE(1));
	check(m != MAP_FAILED);
	show("map", m[0] - '0');
}

static void make(const char *op)
{
	if (strcmp(op, "getppid") == 0) {
		show(op, syscall(SYS_getppid));
	} else if (strcmp(op, "self") == 0) {
		show(op, getpid());
	} else if (strcmp(op, "write") == 0) {
		show(op, syscall(SYS_write, 1, "hello\n", 6));
	} else if (strcmp(op, "map") == 0) {
		map();
	} else if (strcmp(op, "uname") == 0) {
		struct utsname u;
		show(op, uname(&u));
		printf("%s\n", u.nodename);
	} else if (strcmp(op, "nosuch") == 0) {
		show(op, syscall(4095));
	} else {
		show(op, syscall(SYS_openat, AT_FDCWD, op, O_RDONLY | O_CLOEXEC, 0));
	}
}

int main(int argc, char **argv)
{
	char op[256];
	if (argc == 2 && strcmp(argv[1], "-") == 0) {
		anyone_may_trace();
		puts("ready");
		fflush(stdout);
		while (scanf("%255s", op) == 1)
			make(op);
		return 0;
	}
	for (int i = 1; i < argc; i++)
		make(argv[i]);
	return 0;
}
