/* A timer interrupts calls that never fail with EINTR: none may. They are those
 * that never wait, and those that need not wait as things are. */
#include "guest.h"
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/utsname.h>

static volatile sig_atomic_t ticks;
static void on_alarm(int sig) { (void)sig; ticks++; }
static int file, null, ends[2], pair[2], epoll;
static char name[64];

static int do_getppid(void) { return getppid() > 0 ? 0 : -1; }
static int do_mmap(void)
{
	void *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? -1 : munmap(p, 8192);
}
static int do_mprotect(void)
{
	static char pages[8192] __attribute__((aligned(4096)));
	return mprotect(pages, 4096, PROT_READ | PROT_WRITE);
}
static int do_dup(void) { int fd = dup(file); return fd < 0 ? -1 : close(fd); }
static int do_brk(void) { return syscall(SYS_brk, 0) == 0 ? -1 : 0; }
static int do_yield(void) { return sched_yield(); }
static int do_stat(void) { struct stat st; return stat("/", &st); }
static int do_fstat(void) { struct stat st; return fstat(file, &st); }
static int do_open(void) { int fd = open(name, O_RDONLY); return fd < 0 ? -1 : close(fd); }
static int do_pread(void) { char c; return pread(file, &c, 1, 0) == 1 ? 0 : -1; }
static int do_pwrite(void) { return pwrite(file, "x", 1, 0) == 1 ? 0 : -1; }
static int do_null(void) { return write(null, "x", 1) == 1 ? 0 : -1; }
static int do_lseek(void) { return lseek(file, 0, SEEK_SET) == 0 ? 0 : -1; }
static int do_uname(void) { struct utsname u; return uname(&u); }
static int do_access(void) { return access("/", R_OK); }
static int do_readlink(void) { char b[256]; return readlink("/proc/self/exe", b, sizeof b) > 0 ? 0 : -1; }
static int do_getcwd(void) { char b[PATH_MAX]; return getcwd(b, sizeof b) ? 0 : -1; }
static int do_fcntl(void) { return fcntl(file, F_GETFL) == -1 ? -1 : 0; }
static int do_sigmask(void) { sigset_t s; return sigprocmask(SIG_BLOCK, NULL, &s); }
static int do_clock(void) { struct timespec t; return syscall(SYS_clock_gettime, CLOCK_REALTIME, &t); }
static int do_wake(void) { uint32_t w = 0; return syscall(SYS_futex, &w, 1, 1, NULL, NULL, 0) < 0 ? -1 : 0; }
static int do_random(void) { char b[16]; return syscall(SYS_getrandom, b, sizeof b, 0) == 16 ? 0 : -1; }
static int do_pipe(void)
{
	int p[2];
	return pipe(p) ? -1 : close(p[0]) ? -1 : close(p[1]);
}
static int do_rename(void)
{
	char other[80];
	snprintf(other, sizeof other, "%s.other", name);
	return rename(name, other) ? -1 : rename(other, name);
}
static int do_fork(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return -1;
	while (waitpid(pid, NULL, 0) == -1)
		if (errno != EINTR)
			return -1;
	errno = 0;
	return 0;
}

static int do_through_pipe(void)
{
	char c[2];
	struct iovec v[2] = { { c, 1 }, { c + 1, 1 } };
	return write(ends[1], "xy", 2) == 2 && readv(ends[0], v, 2) == 2 &&
		writev(ends[1], v, 2) == 2 && read(ends[0], c, 2) == 2 ? 0 : -1;
}
static int do_through_socket(void)
{
	char c[2];
	struct iovec v = { c, 2 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	return send(pair[1], "xy", 2, 0) == 2 && recvmsg(pair[0], &m, 0) == 2 &&
		write(pair[1], c, 2) == 2 && recv(pair[0], c, 2, 0) == 2 ? 0 : -1;
}
static int do_receive_nothing(void)
{
	char c;
	return recv(pair[0], &c, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN ? 0 : -1;
}
static int do_read_nothing(void)
{
	char c;
	return read(ends[0], &c, 1) == -1 && errno == EAGAIN ? 0 : -1;
}
static int do_nothing_ready(void)
{
	struct epoll_event e;
	return epoll_wait(epoll, &e, 1, 0);
}
static int do_no_child(void) { return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD ? 0 : -1; }
static int do_no_file(void) { return write(-1, "x", 1) == -1 && errno == EBADF ? 0 : -1; }
static int do_lock(void) { return flock(file, LOCK_EX | LOCK_NB) ? -1 : flock(file, LOCK_UN); }

static const struct { const char *name; int (*call)(void); } calls[] = {
	{ "getppid", do_getppid }, { "mmap and munmap", do_mmap },
	{ "mprotect", do_mprotect }, { "dup and close", do_dup },
	{ "brk", do_brk }, { "sched_yield", do_yield }, { "stat", do_stat },
	{ "fstat", do_fstat }, { "open and close", do_open },
	{ "pread", do_pread }, { "pwrite", do_pwrite },
	{ "write to /dev/null", do_null }, { "lseek", do_lseek },
	{ "uname", do_uname }, { "access", do_access },
	{ "readlink", do_readlink }, { "getcwd", do_getcwd },
	{ "fcntl", do_fcntl }, { "sigprocmask", do_sigmask },
	{ "clock_gettime", do_clock }, { "futex wake", do_wake },
	{ "getrandom", do_random }, { "pipe and close", do_pipe },
	{ "rename", do_rename }, { "fork", do_fork },
	{ "writing and reading a pipe", do_through_pipe },
	{ "sending and receiving", do_through_socket },
	{ "recv with MSG_DONTWAIT", do_receive_nothing },
	{ "epoll_wait without patience", do_nothing_ready },
	{ "waitpid with WNOHANG", do_no_child },
	{ "write to no file", do_no_file },
	{ "flock with LOCK_NB", do_lock },
	{ "read with O_NONBLOCK", do_read_nothing },
};

int main(void)
{
	struct itimerval t = { { 0, 300 }, { 0, 300 } };
	snprintf(name, sizeof name, "/tmp/penumbra-storm.%d", getpid());
	file = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	null = open("/dev/null", O_WRONLY);
	check(file >= 0 && null >= 0 && write(file, "x", 1) == 1);
	check(pipe(ends) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	check(epoll >= 0);
	handle(SIGALRM, on_alarm, 0); /* no SA_RESTART: whoever can fail, fails */
	check(setitimer(ITIMER_REAL, &t, NULL) == 0);
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		int until = ticks + 150;
		if (calls[i].call == do_read_nothing)
			check(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
		while (ticks < until)
			for (int k = 0; k < 20; k++) {
				errno = 0;
				if (calls[i].call() != 0) {
					dprintf(2, "%s failed: %s\n", calls[i].name, strerror(errno));
					unlink(name);
					_exit(1);
				}
			}
	}
	unlink(name);
	return ok();
}
