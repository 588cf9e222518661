/* Does random things to descriptors: what opens, duplicates, hands on and closes
 * them, alone and in threads and children, which take turns. A getsid(SEED) marks
 * the moments at which whoever watches may compare. With the argument "count" the
 * end is a line of what was done: opens reads writes seeks, bytes read, written. */
#include "guest.h"
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define FIRST 20 /* the descriptors in use: what is below is the start's */
#define LAST 50
#define TALK 100 /* a pair of sockets */
#define OPS 60

struct counts {
	long opens, reads, writes, seeks, read, written;
};

static struct counts *counts;
static unsigned seed;
static char *self, *count;

static unsigned roll(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

static int some(void) { return FIRST + roll(LAST - FIRST); }

static void work(int depth);

static void moved_in(long n)
{
	if (n >= 0)
		counts->reads++, counts->read += n;
}

static void moved_out(long n)
{
	if (n >= 0)
		counts->writes++, counts->written += n;
}

/* Puts a new descriptor where it belongs. */
static void settle(int fd)
{
	if (fd < 0)
		return;
	syscall(SYS_dup3, fd, some(), roll(2) ? O_CLOEXEC : 0);
	close(fd);
}

static void open_file(void)
{
	static const int flags[] = { O_RDONLY, O_RDWR, O_WRONLY, O_RDWR | O_APPEND };
	char name[] = "file0";
	name[4] += roll(5);
	int fd = openat(AT_FDCWD, name, flags[roll(4)] | (roll(2) ? O_CLOEXEC : 0));
	check(fd >= 0);
	counts->opens++;
	settle(fd);
}

static void open_again(void)
{
	char name[32];
	snprintf(name, sizeof name, "/proc/self/fd/%d", some());
	int fd = openat(AT_FDCWD, name, O_RDONLY);
	if (fd >= 0)
		counts->opens++;
	settle(fd);
}

static void use(int fd)
{
	char b[64];
	struct iovec v[] = { { b, 7 }, { b, roll(50) } };
	switch (roll(9)) {
	case 0: moved_in(read(fd, b, roll(sizeof b))); break;
	case 1: moved_out(write(fd, "some of the text that is written", roll(30))); break;
	case 2: moved_in(pread(fd, b, 10, roll(100))); break;
	case 3: moved_out(pwrite(fd, "placed", 6, roll(100))); break;
	case 4: moved_in(readv(fd, v, 2)); break;
	case 5: moved_out(writev(fd, v, 2)); break;
	case 6:
		if (lseek(fd, roll(200), SEEK_SET) >= 0)
			counts->seeks++;
		break;
	case 7:
		if (lseek(fd, -5, roll(2) ? SEEK_END : SEEK_CUR) >= 0)
			counts->seeks++;
		break;
	case 8: {
		/* of one description to itself the kernel forgets one half */
		long n, other = openat(AT_FDCWD, "file0", O_RDONLY);
		check(other >= 0);
		counts->opens++;
		n = syscall(SYS_sendfile, fd, other, NULL, 20);
		moved_in(n);
		moved_out(n);
		close(other);
	}
	}
}

static void send_one(int fd)
{
	char c = 'x', control[CMSG_SPACE(sizeof fd)];
	struct iovec v = { &c, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	h->cmsg_level = SOL_SOCKET, h->cmsg_type = SCM_RIGHTS, h->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(h), &fd, sizeof fd);
	sendmsg(TALK, &m, MSG_DONTWAIT);
}

static void receive_one(void)
{
	char c, control[CMSG_SPACE(sizeof(int))];
	struct iovec v = { &c, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	if (recvmsg(TALK + 1, &m, MSG_DONTWAIT | (roll(2) ? MSG_CMSG_CLOEXEC : 0)) != 1)
		return;
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);
	int fd;
	check(h && h->cmsg_type == SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(h), sizeof fd);
	settle(fd);
}

/* Takes a descriptor from its parent. */
static void take(void)
{
	int pidfd = syscall(SYS_pidfd_open, getppid(), 0);
	if (pidfd < 0)
		return;
	int fd = syscall(SYS_pidfd_getfd, pidfd, some(), 0);
	close(pidfd);
	if (fd < 0)
		return;
	if (lseek(fd, 0, SEEK_CUR) >= 0) /* so that it is met */
		counts->seeks++;
	settle(fd);
}

static void *thread(void *depth)
{
	if (roll(3) == 0)
		check(unshare(CLONE_FILES) == 0);
	work((long)depth);
	return NULL;
}

static void execute(int depth)
{
	char seeds[16], depths[16];
	snprintf(seeds, sizeof seeds, "%u", roll(10000));
	snprintf(depths, sizeof depths, "%d", depth);
	execl("/proc/self/exe", self, seeds, depths, count, NULL);
	_exit(1);
}

static void *executer(void *depth)
{
	execute((long)depth);
	return NULL;
}

static int shared_files(void *depth)
{
	work((long)depth);
	_exit(0);
}

static void await(pid_t child)
{
	int status;
	check(child > 0 && waitpid(child, &status, __WALL) == child && status == 0);
}

static void spawn(long depth)
{
	static char stack[3][64 << 10];
	pthread_t t;
	pid_t child;
	switch (roll(6)) {
	case 0:
		check(pthread_create(&t, NULL, thread, (void *)depth) == 0);
		check(pthread_join(t, NULL) == 0);
		break;
	case 1:
		await(clone(shared_files, stack[depth] + sizeof stack[0], CLONE_FILES | SIGCHLD, (void *)depth));
		break;
	case 2:
		child = vfork();
		if (child == 0) {
			syscall(SYS_close, FIRST + 3);
			_exit(0);
		}
		await(child);
		break;
	default:
		child = fork();
		if (child == 0) {
			switch (roll(3)) {
			case 0: execute(depth); break;
			case 1:
				check(pthread_create(&t, NULL, executer, (void *)depth) == 0);
				pause();
				break;
			}
			work(depth);
			_exit(0);
		}
		await(child);
	}
}

static void step(int depth)
{
	int fd = some(), to = some();
	switch (roll(22)) {
	case 0: case 1: case 2: open_file(); break;
	case 3: open_again(); break;
	case 4: dup2(fd, to); break;
	case 5: if (fd != to) dup3(fd, to, roll(2) ? O_CLOEXEC : 0); break;
	case 6: fcntl(fd, roll(2) ? F_DUPFD : F_DUPFD_CLOEXEC, to); break;
	case 7: fcntl(fd, F_SETFD, roll(2)); break;
	case 8: fcntl(fd, F_SETFL, roll(2) ? O_APPEND : O_NONBLOCK); break;
	case 9: close(fd); break;
	case 10: settle(dup(fd)); break;
	case 11:
		if (fd < to && to - fd < 8)
			syscall(SYS_close_range, fd, to, roll(4) ? 2 * roll(2) : 4);
		break;
	case 12: send_one(fd); break;
	case 13: receive_one(); break;
	case 14: take(); break;
	case 15: if (depth < 2) spawn(depth + 1); break;
	default: use(fd);
	}
}

static void work(int depth)
{
	for (int i = 0; i < OPS; i++) {
		step(depth);
		syscall(SYS_getsid, 0);
	}
}

int main(int argc, char **argv)
{
	int talk[2], depth = argc > 2 ? atoi(argv[2]) : 0;
	self = argv[0];
	count = argc > 3 ? argv[3] : NULL;
	seed = argc > 1 ? atoi(argv[1]) : 1;
	if (depth == 0) {
		int fd = memfd_create("counts", 0);
		check(fd >= 0 && ftruncate(fd, sizeof *counts) == 0 && dup2(fd, TALK + 2) >= 0 && close(fd) == 0);
		check(socketpair(AF_UNIX, SOCK_DGRAM, 0, talk) == 0);
		check(dup2(talk[0], TALK) >= 0 && dup2(talk[1], TALK + 1) >= 0 && close(talk[0]) == 0 && close(talk[1]) == 0);
		for (char name[] = "file0"; name[4] < '5'; name[4]++) {
			fd = open(name, O_WRONLY | O_CREAT, 0666);
			check(fd >= 0 && write(fd, "what it begins with", 19) == 19 && close(fd) == 0);
		}
	}
	counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, TALK + 2, 0);
	check(counts != MAP_FAILED);
	if (depth == 0) {
		counts->opens += 5;
		counts->writes += 5;
		counts->written += 5 * 19;
	}
	work(depth);
	if (depth > 0)
		return 0;
	if (count)
		printf("%ld %ld %ld %ld %ld %ld\n", counts->opens, counts->reads, counts->writes, counts->seeks, counts->read, counts->written);
	puts("ok");
	return 0;
}
