/* Files that are mapped, and what goes from one descriptor to another: mmap(2),
 * sendfile(2), splice(2), tee(2), copy_file_range(2), memfd_create(2).
 *
 * away_files DIR [far]: DIR is where files may be made; far says that shared memory
 * of a file cannot be written. */
#include "guest.h"
#include <setjmp.h>
#include <sys/sendfile.h>

static sigjmp_buf beyond;
static void fault(int sig) { siglongjmp(beyond, sig); }

/* Reports whether reading a byte raises SIGBUS. */
static int bus(volatile char *at)
{
	handle(SIGBUS, fault, 0);
	int sig = sigsetjmp(beyond, 1);
	if (sig == 0)
		(void)*at;
	handle(SIGBUS, SIG_DFL, 0);
	return sig == SIGBUS;
}

static void mapped(int far)
{
	enum { PAGE = 4096, SIZE = 5 * PAGE + 100 };
	static char text[SIZE];
	for (int i = 0; i < SIZE; i++)
		text[i] = (char)(i / PAGE * 16 + i % 13);
	int fd = open("mapped", O_CREAT | O_TRUNC | O_RDWR, 0600);
	check(fd >= 3 && write(fd, text, SIZE) == SIZE);
	char *all = mmap(NULL, 8 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	check(all != MAP_FAILED && !memcmp(all, text, SIZE) && all[SIZE] == 0 && all[6 * PAGE - 1] == 0 && bus(all + 6 * PAGE));
	char *part = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 2 * PAGE);
	check(part != MAP_FAILED && !memcmp(part, text + 2 * PAGE, PAGE));
	part[0] ^= 1;
	check(all[2 * PAGE] == text[2 * PAGE]); /* a private matter */
	char *seen = mmap(NULL, 100, PROT_READ, MAP_SHARED, fd, 3 * PAGE);
	check(seen != MAP_FAILED && !memcmp(seen, text + 3 * PAGE, PAGE)); /* the whole page */
	fails((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 100), EINVAL);
	fails((long)mmap(NULL, 0, PROT_READ, MAP_PRIVATE, fd, 0), EINVAL);
	fails((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 77, 0), EBADF);
	/* Another mapping sees what was written since. */
	check(pwrite(fd, "changed", 7, 0) == 7);
	char *now = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	check(now != MAP_FAILED && !memcmp(now, "changed", 7) && !memcmp(now + 7, text + 7, PAGE - 7));
	check(munmap(now, PAGE) == 0 && munmap(seen, 100) == 0);
	char *both = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (far)
		check(both == MAP_FAILED && errno == ENODEV);
	else
		check(both != MAP_FAILED && munmap(both, PAGE) == 0);
	check(dup2(fd, 30) == 30 && mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 30, 0) != MAP_FAILED && close(30) == 0);
	fails(read(30, text, 1), EBADF);
	check(close(fd) == 0 && !memcmp(part + 1, text + 2 * PAGE + 1, PAGE - 1));
	fails(close(fd), EBADF);
	int w = open("mapped", O_WRONLY), d = open(".", O_RDONLY | O_DIRECTORY), p[2];
	fails((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, w, 0), EACCES);
	fails((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, d, 0), ENODEV);
	check(pipe(p) == 0);
	fails((long)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, p[0], 0), ENODEV);
	close(w);
	close(d);
	close(p[0]);
	close(p[1]);
	/* One that is given the number of another is itself. */
	int a = open("mapped", O_RDONLY), b = open("other", O_CREAT | O_RDWR, 0600);
	check(write(b, "other", 5) == 5);
	check(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, a, 0) != MAP_FAILED && dup2(b, a) == a);
	char *o = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, a, 0);
	check(o != MAP_FAILED && !memcmp(o, "other", 5));
	check(close(a) == 0 && close(b) == 0 && unlink("mapped") == 0 && unlink("other") == 0);
}

static void transfers(void)
{
	char buf[64];
	int from = open("from", O_CREAT | O_TRUNC | O_RDWR, 0600), to = open("to", O_CREAT | O_TRUNC | O_RDWR, 0600), p[2], q[2];
	check(from >= 3 && to >= 3 && pipe(p) == 0 && pipe(q) == 0 && write(from, "0123456789", 10) == 10);
	check(lseek(from, 2, SEEK_SET) == 2 && sendfile(p[1], from, NULL, 4) == 4 && lseek(from, 0, SEEK_CUR) == 6);
	check(read(p[0], buf, sizeof buf) == 4 && !memcmp(buf, "2345", 4));
	off_t at = 7;
	check(sendfile(p[1], from, &at, 100) == 3 && at == 10 && lseek(from, 0, SEEK_CUR) == 6);
	check(tee(p[0], q[1], 100, 0) == 3 && read(q[0], buf, sizeof buf) == 3 && !memcmp(buf, "789", 3));
	check(splice(p[0], NULL, to, NULL, 100, 0) == 3 && lseek(to, 0, SEEK_CUR) == 3);
	fails(splice(p[0], NULL, to, NULL, 100, SPLICE_F_NONBLOCK), EAGAIN);
	loff_t in = 0, out = 3;
	check(copy_file_range(from, &in, to, &out, 5, 0) == 5 && in == 5 && out == 8);
	check(sendfile(to, from, NULL, 2) == 2 && pread(to, buf, sizeof buf, 0) == 8 && !memcmp(buf, "78967234", 8));
	check(write(p[1], "pq", 2) == 2 && splice(p[0], NULL, q[1], NULL, 2, 0) == 2 && read(q[0], buf, 2) == 2);
	pid_t child = fork();
	if (child == 0) {
		usleep(100 * 1000);
		check(write(p[1], "late", 4) == 4);
		_exit(0);
	}
	check(splice(p[0], NULL, q[1], NULL, 100, 0) == 4);
	reap(child, 0);
	close(p[0]);
	close(p[1]);
	close(q[0]);
	close(q[1]);
	check(close(from) == 0 && close(to) == 0 && unlink("from") == 0 && unlink("to") == 0);
}

static void memory(void)
{
	int fd = syscall(SYS_memfd_create, "memory", 1);
	check(fd >= 3 && ftruncate(fd, 4096) == 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	int other = open("beside", O_CREAT | O_RDWR, 0600);
	check(other >= 3 && other != fd);
	char *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), c;
	check(m != MAP_FAILED);
	m[5] = 'x';
	check(pread(fd, &c, 1, 5) == 1 && c == 'x' && close(fd) == 0 && close(other) == 0 && unlink("beside") == 0);
}

int main(int argc, char **argv)
{
	check(argc >= 2 && chdir(argv[1]) == 0);
	mapped(argc > 2);
	transfers();
	memory();
	return ok();
}
