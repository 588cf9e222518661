/* Content of emulated files, by every call that uses it. argv[1] is a directory
 * with large, where the byte at i is pattern(i), of argv[2] bytes; bad, the same
 * but for a block that cannot be read, and huge, of a tebibyte. With argv[3], which
 * is where its files are kept, it can be written to, and has shrink, as large. */
#define _FILE_OFFSET_BITS 64
#include "guest.h"
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum { page = 4096, unit = 65536 };
static off_t size;
static const char *dir, *home;

static unsigned char pattern(off_t i) { return (unsigned char)(1 + (i / 251 + i * 7) % 200); }

static int is_pattern(const unsigned char *b, off_t at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (b[i] != pattern(at + (off_t)i)) {
			dprintf(2, "byte %lld is %#x\n", (long long)at + (long long)i, b[i]);
			return 0;
		}
	return 1;
}

static int file(const char *name, int flags)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", dir, name);
	int fd = open(path, flags | O_CLOEXEC, 0644);
	check(fd >= 0);
	return fd;
}

static unsigned char buf[4 * unit];

static void reads(void)
{
	int fd = file("large", O_RDONLY);
	check(pread(fd, buf, 100, size - 50) == 50 && is_pattern(buf, size - 50, 50));
	check(read(fd, buf, unit + 1) == unit + 1 && is_pattern(buf, 0, unit + 1));
	check(read(fd, buf, 10) == 10 && is_pattern(buf, unit + 1, 10));
	int copy = dup(fd);
	check(lseek(copy, 5 * unit - 3, SEEK_SET) == 5 * unit - 3);
	check(read(fd, buf, 6) == 6 && is_pattern(buf, 5 * unit - 3, 6));
	struct iovec v[2] = { { buf, 3 }, { buf + 3, unit } };
	check(readv(copy, v, 2) == unit + 3 && is_pattern(buf, 5 * unit + 3, unit + 3));
	check(preadv(fd, v, 2, 7 * unit + 1) == unit + 3 && is_pattern(buf, 7 * unit + 1, unit + 3));
	check(preadv2(fd, v, 2, 9 * unit + 1, 0) == unit + 3 && is_pattern(buf, 9 * unit + 1, unit + 3));
	check(lseek(fd, 0, SEEK_CUR) == 6 * unit + 6);
	check(preadv2(fd, v, 1, -1, 0) == 3 && is_pattern(buf, 6 * unit + 6, 3));
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		check(read(fd, buf, 2 * unit) == 2 * unit && is_pattern(buf, 6 * unit + 9, 2 * unit));
		_exit(0);
	}
	int status;
	check(waitpid(pid, &status, 0) == pid && status == 0);
	check(lseek(copy, 0, SEEK_CUR) == 8 * unit + 9);
	check(read(copy, buf, 1) == 1 && is_pattern(buf, 8 * unit + 9, 1));
	check(read(fd, buf, 0) == 0 && pread(fd, buf, 10, size) == 0);
	fails(pread(fd, buf, 10, -1), EINVAL);
	check(close(copy) == 0 && close(fd) == 0);
}

static void holes(void)
{
	int fd = file("bad", O_RDONLY);
	check(lseek(fd, 12 * unit, SEEK_DATA) == 12 * unit);
	check(lseek(fd, 0, SEEK_CUR) == 12 * unit);
	check(lseek(fd, 12 * unit, SEEK_HOLE) == size);
	fails(lseek(fd, size, SEEK_DATA), ENXIO);
	check(close(fd) == 0);
}

static void passed(void)
{
	int pair[2];
	check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	int fd = file("large", O_RDONLY);
	char byte = 'x', control[CMSG_SPACE(sizeof fd)] = { 0 };
	struct iovec v = { &byte, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	check(sendmsg(pair[0], &m, 0) == 1 && close(fd) == 0);
	check(recvmsg(pair[1], &m, 0) == 1 && (c = CMSG_FIRSTHDR(&m)));
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	check(pread(fd, buf, 10, 13 * unit) == 10 && is_pattern(buf, 13 * unit, 10));
	char path[64];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	int again = open(path, O_RDONLY);
	check(again >= 0 && pread(again, buf, 10, 14 * unit) == 10 && is_pattern(buf, 14 * unit, 10));
	check(close(again) == 0 && close(fd) == 0 && close(pair[0]) == 0 && close(pair[1]) == 0);
	fd = file("large", O_PATH);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY);
	check(again >= 0 && pread(again, buf, 10, 11 * unit) == 10 && is_pattern(buf, 11 * unit, 10));
	check(close(again) == 0 && close(fd) == 0);
}

static void moves(void)
{
	int fd = file("large", O_RDONLY), p[2];
	check(pipe(p) == 0);
	off_t at = 10 * unit + 1;
	check(sendfile(p[1], fd, &at, 5000) == 5000 && at == 10 * unit + 5001);
	check(read(p[0], buf, 5000) == 5000 && is_pattern(buf, 10 * unit + 1, 5000));
	check(lseek(fd, 17 * unit, SEEK_SET) == 17 * unit);
	check(sendfile(p[1], fd, NULL, 100) == 100);
	check(read(p[0], buf, 100) == 100 && is_pattern(buf, 17 * unit, 100));
	loff_t where = 18 * unit;
	check(splice(fd, &where, p[1], NULL, page, 0) == page);
	check(read(p[0], buf, page) == page && is_pattern(buf, 18 * unit, page));
	FILE *f = tmpfile();
	check(f);
	where = 15 * unit + 100;
	ssize_t n = copy_file_range(fd, &where, fileno(f), NULL, 2 * unit, 0);
	if (n < 0)
		check(errno == EXDEV || errno == ENOSYS);
	else
		check(n > 0 && pread(fileno(f), buf, (size_t)n, 0) == n && is_pattern(buf, 15 * unit + 100, (size_t)n));
	fclose(f);
	check(close(p[0]) == 0 && close(p[1]) == 0 && close(fd) == 0);
}

static void maps(void)
{
	int fd = file("large", O_RDONLY);
	unsigned char *m = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 3 * unit);
	check(m != MAP_FAILED && is_pattern(m, 3 * unit, page));
	m[0] = 0;
	m = mremap(m, page, 3 * unit, MREMAP_MAYMOVE);
	check(m != MAP_FAILED && m[0] == 0 && is_pattern(m + 1, 3 * unit + 1, 3 * unit - 1));
	check(munmap(m, 3 * unit) == 0);
	m = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
	check(m != MAP_FAILED && is_pattern(m, 0, (size_t)size));
	check(munmap(m, (size_t)size) == 0 && close(fd) == 0);
}

/* Two threads at once, each at blocks of its own and some of both. */
static void *reader(void *start)
{
	static __thread unsigned char mine[unit];
	int fd = file("large", O_RDONLY);
	for (off_t at = (off_t)(intptr_t)start; at + unit < size; at += 2 * unit - 7777)
		check(pread(fd, mine, unit, at) == unit && is_pattern(mine, at, unit));
	check(close(fd) == 0);
	return NULL;
}

static void threads(void)
{
	pthread_t t[4];
	for (intptr_t i = 0; i < 4; i++)
		check(pthread_create(&t[i], NULL, reader, (void *)(i * unit / 2)) == 0);
	for (int i = 0; i < 4; i++)
		check(pthread_join(t[i], NULL) == 0);
}

/* Processes that share an offset read all of it, each some of it. */
static void share(void)
{
	int fd = file("large", O_RDONLY), p[2];
	check(pipe(p) == 0);
	for (int i = 0; i < 4; i++) {
		pid_t pid = fork();
		check(pid >= 0);
		if (pid == 0) {
			off_t got = 0;
			ssize_t n;
			while ((n = read(fd, buf, 10007)) > 0) {
				for (ssize_t k = 0; k < n; k++)
					check(buf[k] >= 1 && buf[k] <= 200);
				got += n;
			}
			check(n == 0 && write(p[1], &got, sizeof got) == sizeof got);
			_exit(0);
		}
	}
	off_t all = 0, got;
	for (int i = 0; i < 4; i++) {
		check(read(p[0], &got, sizeof got) == sizeof got);
		all += got;
	}
	check(all == size);
	int status;
	while (wait(&status) > 0)
		check(status == 0);
	check(close(p[0]) == 0 && close(p[1]) == 0 && close(fd) == 0);
}

static void errors(void)
{
	int fd = file("bad", O_RDONLY);
	check(pread(fd, buf, unit, 0) == unit && is_pattern(buf, 0, unit));
	for (int i = 0; i < 2; i++)
		fails(pread(fd, buf, 1, 4 * unit), EIO);
	fails(pread(fd, buf, 2 * unit, 3 * unit), EIO);
	check(mmap(NULL, 8 * unit, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == EIO);
	check(pread(fd, buf, unit, 5 * unit) == unit && is_pattern(buf, 5 * unit, unit));
	check(close(fd) == 0);
}

static void huge(void)
{
	const off_t tera = (off_t)8 << 40; /* more than there is room for */
	int fd = file("huge", O_RDONLY);
	struct stat st;
	check(fstat(fd, &st) == 0 && st.st_size == tera);
	check(pread(fd, buf, 100, tera - 60) == 60 && buf[59] == 0);
	check(lseek(fd, -10, SEEK_END) == tera - 10 && read(fd, buf, 20) == 10);
	check(pread(fd, buf, 8, tera / 2) == 8 && memcmp(buf, "half way", 8) == 0);
	if (sizeof(size_t) == 8) {
		check(mmap(NULL, (size_t)tera, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED && errno == ENODEV);
	}
	unsigned char *m = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, tera / 2);
	check(m != MAP_FAILED && memcmp(m, "half way", 8) == 0);
	check(munmap(m, page) == 0 && close(fd) == 0);
}

/* What is kept of a file at an offset is text. */
static int kept(const char *name, off_t at, const char *text)
{
	char path[512], got[64] = "";
	snprintf(path, sizeof path, "%s/%s", home, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t n = pread(fd, got, strlen(text), at);
	check(close(fd) == 0);
	return n == (ssize_t)strlen(text) && memcmp(got, text, (size_t)n) == 0;
}

static void writes(void)
{
	/* In place, of what was not there yet. */
	int fd = file("large", O_RDWR);
	check(pwrite(fd, "middle", 6, 20 * unit + 100) == 6);
	check(pread(fd, buf, unit, 20 * unit) == unit);
	check(is_pattern(buf, 20 * unit, 100) && memcmp(buf + 100, "middle", 6) == 0);
	check(is_pattern(buf + 106, 20 * unit + 106, unit - 106));
	check(!kept("large", 20 * unit + 100, "middle"));
	check(lseek(fd, 21 * unit, SEEK_SET) == 21 * unit && write(fd, "seek", 4) == 4 && fsync(fd) == 0);
	check(kept("large", 20 * unit + 100, "middle") && kept("large", 21 * unit, "seek"));
	unsigned char *m = mmap(NULL, 2 * unit, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 22 * unit);
	check(m != MAP_FAILED && is_pattern(m, 22 * unit, 2 * unit));
	check(pwrite(fd, "closed", 6, 24 * unit) == 6 && close(fd) == 0 && kept("large", 24 * unit, "closed"));
	memcpy(m + unit, "memory", 6);
	check(msync(m, 2 * unit, MS_SYNC) == 0 && kept("large", 23 * unit, "memory"));
	memcpy(m + 10, "later", 5);
	check(munmap(m, 2 * unit) == 0 && kept("large", 22 * unit + 10, "later"));
	/* Changed lengths. */
	fd = file("shrink", O_RDWR);
	check(ftruncate(fd, 3 * unit + 10) == 0 && ftruncate(fd, size) == 0);
	check(pread(fd, buf, unit, 3 * unit) == unit && is_pattern(buf, 3 * unit, 10) && buf[10] == 0 && buf[unit - 1] == 0);
	check(pread(fd, buf, unit, 5 * unit) == unit && buf[0] == 0 && close(fd) == 0);
	fd = file("cut", O_RDWR | O_CREAT | O_EXCL);
	memset(buf, 'a', sizeof buf);
	check(write(fd, buf, sizeof buf) == sizeof buf && ftruncate(fd, 10) == 0 && ftruncate(fd, 20) == 0);
	check(pread(fd, buf, 100, 0) == 20 && buf[9] == 'a' && buf[10] == 0);
	check(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 3) == 0 || errno == EOPNOTSUPP);
	check(fallocate(fd, 0, 0, 30) == 0 || errno == EOPNOTSUPP);
	check(ftruncate(fd, 30) == 0 && close(fd) == 0);
	char path[512];
	snprintf(path, sizeof path, "%s/cut", dir);
	check(truncate(path, 25) == 0 && truncate(path, 30) == 0);
	fd = file("log", O_WRONLY | O_CREAT | O_APPEND);
	for (int i = 0; i < 8; i++) {
		pid_t pid = fork();
		check(pid >= 0);
		if (pid == 0) {
			char line[16];
			for (int k = 0; k < 50; k++) {
				int n = snprintf(line, sizeof line, "%d:%02d\n", i, k);
				check(write(fd, line, (size_t)n) == n);
			}
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	check(close(fd) == 0);
	fd = file("once", O_WRONLY | O_CREAT | O_TRUNC);
	check(write(fd, "left open", 9) == 9);
}

int main(int argc, char **argv)
{
	check(argc > 2);
	dir = argv[1];
	size = (off_t)atoll(argv[2]);
	share();
	maps();
	reads();
	passed();
	moves();
	threads();
	errors();
	holes();
	huge();
	if (argc > 3) {
		home = argv[3];
		writes();
	}
	return ok();
}
