/*
 * Asks the same of many paths from several directories, again and again, so
 * that calls come from places that have made them before, and writes what came
 * of it: to be compared with another run. The argument is a directory with the
 * tree that the test has made, whose files are told by size and whose
 * directories by mode.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *names[] = {
	"", ".", "..", "/", "//", "./", "file", "./file", "file/", "file/x", "dir", "dir/", "dir/.", "dir/..", "dir/f", "dir//f",
	"dir/sub", "dir/sub/g", "dir/sub/../f", "dir/sub/none", "none", "none/f", "lfile", "lfile/", "ldir", "ldir/", "ldir/f",
	"ldir/sub/g", "lmnt", "lmnt/", "lmnt/in", "lmnt/d/x", "lin", "labs", "dangling", "dangling/x", "loop", "loop/x",
	"mnt", "mnt/", "mnt/in", "mnt/d", "mnt/d/x", "mnt/d/../in", "mnt/..", "mnt/../host/file", "mnt/back", "mnt/out", "mnt/up/file",
	"../mnt/in", "../host/file", "../host/dir/f", "host", "host/file", "host/dir/sub/g", "host/lmnt/in", "host/new", "host/new/y",
	"new", "new/y", "in", "d", "d/x", "back", "out", "up", "up/file", "sub/g", "g", "f", "x", "y",
	"/proc/self/cwd/file", "/proc/self/cwd/mnt/in", "/proc/self/root/etc/os-release", "/etc/os-release", "/etc/none", "/bin/sh", "/lib64",
};

static const char *starts[] = {"", "host", "host/dir", "host/dir/sub", "host/ldir", "mnt", "mnt/d", "host/new", "host/lmnt"};

static char base[PATH_MAX];

static void note(const char *op, const char *path, int result, const struct stat *st)
{
	printf("%s %s: ", op, path);
	if (result < 0)
		printf("errno %d\n", errno);
	else if (st)
		printf("%o %lld\n", st->st_mode, (long long)(S_ISDIR(st->st_mode) ? 0 : st->st_size));
	else
		printf("%d\n", result);
}

static void look(int at, const char *path, int last)
{
	struct stat st;
#ifdef STATX_BASIC_STATS
	struct statx sx;
#endif
	char text[PATH_MAX];
	int r;
#define NOTE(op, result, what) do { r = (result); if (last) note(op, path, r, what); } while (0)
	if (at == AT_FDCWD) {
		NOTE("stat", stat(path, &st), &st);
		NOTE("lstat", lstat(path, &st), &st);
		NOTE("access r", access(path, R_OK), NULL);
		NOTE("access w", access(path, W_OK), NULL);
		NOTE("readlink", readlink(path, text, sizeof text), NULL);
	}
	NOTE("fstatat", fstatat(at, path, &st, 0), &st);
	NOTE("fstatat nofollow", fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW), &st);
	NOTE("fstatat empty", fstatat(at, path, &st, AT_EMPTY_PATH), *path ? &st : NULL);
	NOTE("faccessat", faccessat(at, path, R_OK, 0), NULL);
	NOTE("faccessat eaccess", faccessat(at, path, X_OK, AT_EACCESS), NULL);
	NOTE("readlinkat", readlinkat(at, path, text, sizeof text), NULL);
#ifdef STATX_BASIC_STATS
	NOTE("statx", statx(at, path, 0, STATX_BASIC_STATS, &sx), NULL);
	if (last && r == 0)
		printf("%o\n", sx.stx_mode);
#endif
}

/* Flags that a descriptor shows must be those that were asked for. */
static void opens(int at, const char *path, int flags, int last)
{
	struct stat st;
	int fd = at == AT_FDCWD && flags & O_CLOEXEC ? open(path, flags, 0640) : openat(at, path, flags, 0640);
	if (last)
		printf("open %x %s: errno %d", flags, path, fd < 0 ? errno : 0);
	if (fd >= 0 && last && fstat(fd, &st) == 0)
		printf(" %o %lld flags %x fd %d", st.st_mode, (long long)(S_ISDIR(st.st_mode) ? 0 : st.st_size), fcntl(fd, F_GETFL) & ~O_DSYNC, fcntl(fd, F_GETFD));
	if (last)
		puts("");
	if (fd >= 0)
		close(fd);
}

static int entries(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;
	if (!d)
		return -1;
	for (errno = 0; readdir(d); n++)
		;
	closedir(d);
	return n;
}

static void all(int at, const char *path, int last)
{
	static const int flags[] = {O_RDONLY, O_RDONLY | O_CLOEXEC, O_RDWR, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, O_RDONLY | O_NOFOLLOW | O_CLOEXEC,
		O_PATH, O_WRONLY | O_APPEND | O_NONBLOCK, O_RDONLY | O_CREAT | O_EXCL};
	look(at, path, last);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		if (flags[i] & O_CREAT && !strstr(path, "none"))
			continue;
		if (flags[i] & (O_CREAT | O_ACCMODE) && *path == '/' && strncmp(path, base, strlen(base)))
			continue; /* the machine's own */
		opens(at, path, flags[i], last);
		if (flags[i] & O_CREAT)
			unlinkat(at, path, 0);
	}
	if (at == AT_FDCWD) {
		int n = entries(path);
		if (last)
			note("entries", path, n < 0 ? -1 : *path == '/' ? 0 : n, NULL);
	}
}

int main(int argc, char **argv)
{
	char path[2 * PATH_MAX];
	int rounds = argc > 2 ? atoi(argv[2]) : 2;
	umask(022);
	if (argc < 2 || !realpath(argv[1], base))
		return 2;
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
		snprintf(path, sizeof path, "%s/%s", base, starts[s]);
		int r = chdir(path);
		printf("== %s %d\n", starts[s], r < 0 ? errno : 0);
		if (r < 0)
			continue;
		int at = open(".", O_RDONLY | O_DIRECTORY);
		for (int round = 1; round <= rounds; round++)
			for (size_t n = 0; n < sizeof names / sizeof *names; n++)
				all(AT_FDCWD, names[n], round == rounds);
		if (chdir("/") < 0)
			return 1;
		puts("-- at");
		for (int round = 1; round <= rounds; round++)
			for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
				all(at, names[n], round == rounds);
				if (s == 0) {
					snprintf(path, sizeof path, "%s/%s", base, names[n]);
					all(AT_FDCWD, path, round == rounds);
				}
			}
		close(at);
	}
	return 0;
}
