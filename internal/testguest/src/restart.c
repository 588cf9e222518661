/* Calls that a handler interrupts: EINTR, or begun again, as signal(7) says. */
#include "guest.h"
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/socket.h>

static volatile int *handled;
static int fds[2], sock[2];
static char path[64];

static void on_signal(int sig) { (void)sig; __atomic_add_fetch(handled, 1, __ATOMIC_SEQ_CST); }

static int do_read(void) { char c; return read(fds[0], &c, 1) == 1 ? 0 : errno; }
static int do_readv(void)
{
	char c;
	struct { void *p; size_t n; } v = { &c, 1 };
	return syscall(SYS_readv, fds[0], &v, 1) == 1 ? 0 : errno;
}
static int do_recv(void) { char c; return recv(sock[0], &c, 1, 0) == 1 ? 0 : errno; }
static int do_recv_timeout(void)
{
	struct timeval tv = { 60, 0 };
	char c;
	check(setsockopt(sock[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv) == 0);
	return recv(sock[0], &c, 1, 0) == 1 ? 0 : errno;
}
static int do_poll(void)
{
	struct pollfd p = { .fd = fds[0], .events = POLLIN };
	return poll(&p, 1, -1) == 1 ? 0 : errno;
}
static int do_select(void)
{
	fd_set set;
	FD_ZERO(&set);
	FD_SET(fds[0], &set);
	return select(fds[0] + 1, &set, NULL, NULL, NULL) == 1 ? 0 : errno;
}
static int do_epoll(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int ep = epoll_create1(EPOLL_CLOEXEC), n;
	check(epoll_ctl(ep, EPOLL_CTL_ADD, fds[0], &ev) == 0);
	n = epoll_wait(ep, &ev, 1, -1);
	return n == 1 ? 0 : errno;
}
static int do_sleep(void)
{
	struct timespec t = { 60, 0 }, rest = { 0, 0 };
	if (nanosleep(&t, &rest) == 0)
		return 0;
	/* The kernel counts its timer slack in: for a signal that comes right
	 * away it is more than was asked for. */
	check(rest.tv_sec > 0 && rest.tv_sec <= 60);
	return errno;
}
static int do_pause(void) { pause(); return errno; }
static int do_suspend(void)
{
	sigset_t none;
	sigemptyset(&none);
	sigsuspend(&none);
	return errno;
}
static int do_wait(void)
{
	int status, e;
	char c;
	pid_t pid = fork();
	if (pid == 0) {
		handle(SIGUSR1, SIG_IGN, 0);
		while (read(fds[0], &c, 1) != 1)
			;
		_exit(0);
	}
	e = waitpid(pid, &status, 0) == pid ? 0 : errno;
	if (e) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	return e;
}
static int do_flock(void)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	return flock(fd, LOCK_EX) == 0 ? 0 : errno;
}
static int do_setlkw(void)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(path, O_RDWR | O_CLOEXEC);
	return fcntl(fd, F_SETLKW, &l) == 0 ? 0 : errno;
}
static int do_futex(void)
{
	uint32_t word = 0; /* nobody wakes it */
	struct timespec t = { 60, 0 };
	return syscall(SYS_futex, &word, 0, 0, &t, NULL, 0) == 0 ? 0 : errno;
}
static int do_msgrcv(void)
{
	struct { long type; char c; } m;
	int id = msgget(IPC_PRIVATE, 0600), e;
	check(id >= 0);
	e = msgrcv(id, &m, 1, 0, 0) >= 0 ? 0 : errno;
	msgctl(id, IPC_RMID, NULL);
	return e;
}
static int do_open_fifo(void)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 ? 0 : errno;
}
static int do_write(void)
{
	static char big[1 << 20];
	ssize_t n;
	while ((n = write(fds[1], big, 4096)) == 4096)
		;
	return n > 0 ? 0 : errno;
}

enum { WRITE = 1, FILELOCK = 2, FIFO = 4 };
static const struct {
	const char *name;
	int (*call)(void);
	int restarts;	/* under SA_RESTART it begins again */
	int needs;
} calls[] = {
	{ "read", do_read, 1, 0 },
	{ "readv", do_readv, 1, 0 },
	{ "recv", do_recv, 1, 0 },
	{ "recv with timeout", do_recv_timeout, 0, 0 },
	{ "poll", do_poll, 0, 0 },
	{ "select", do_select, 0, 0 },
	{ "epoll_wait", do_epoll, 0, 0 },
	{ "nanosleep", do_sleep, 0, 0 },
	{ "pause", do_pause, 0, 0 },
	{ "sigsuspend", do_suspend, 0, 0 },
	{ "waitpid", do_wait, 1, 0 },
	{ "flock", do_flock, 1, FILELOCK },
	{ "F_SETLKW", do_setlkw, 1, FILELOCK },
	{ "futex with timeout", do_futex, 0, 0 },
	{ "msgrcv", do_msgrcv, 0, 0 },
	{ "open of a fifo", do_open_fifo, 1, FIFO },
	{ "write to a full pipe", do_write, 1, WRITE },
};

/* Lets the call of one case end well. */
static void release(int needs, int lock)
{
	char drain[65536];
	if (needs & FILELOCK)
		close(lock);
	else if (needs & FIFO)
		check(open(path, O_RDWR | O_CLOEXEC) >= 0);
	else if (needs & WRITE) {
		fcntl(fds[0], F_SETFL, O_NONBLOCK);
		while (read(fds[0], drain, sizeof drain) > 0)
			;
		close(fds[0]); /* then EPIPE, for the writer never stops */
	} else {
		check(write(fds[1], "x", 1) == 1);
		check(write(sock[1], "x", 1) == 1);
	}
}

static void run(int i, int flags)
{
	int needs = calls[i].needs, lock = -1, status;
	int must_restart = calls[i].restarts && (flags & SA_RESTART);
	check(pipe(fds) == 0);
	check(socketpair(AF_UNIX, SOCK_STREAM, 0, sock) == 0);
	snprintf(path, sizeof path, "/tmp/penumbra-restart.%d", getpid());
	unlink(path);
	if (needs & FIFO)
		check(mkfifo(path, 0600) == 0);
	if (needs & FILELOCK) {
		lock = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		check(flock(lock, LOCK_EX) == 0);
		check(fcntl(lock, F_SETLK, &l) == 0);
	}
	*handled = 0;
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		if (lock >= 0)
			close(lock);
		if (needs & WRITE)
			close(fds[0]);
		handle(SIGPIPE, SIG_IGN, 0);
		handle(SIGUSR1, on_signal, flags);
		_exit(calls[i].call());
	}
	while (*handled == 0) { /* until the handler is there to be run */
		char name[64], line[4096], *p;
		snprintf(name, sizeof name, "/proc/%d/status", pid);
		int fd = open(name, O_RDONLY | O_CLOEXEC);
		check(fd >= 0);
		ssize_t n = read(fd, line, sizeof line - 1);
		close(fd);
		check(n > 0);
		line[n] = 0;
		p = strstr(line, "SigCgt:");
		check(p != NULL);
		if (strtoull(p + 7, NULL, 16) & (1ull << (SIGUSR1 - 1)))
			break;
		nap();
	}
	if (must_restart) {
		for (int k = 1; k <= 5; k++) {
			wait_asleep(pid);
			check(kill(pid, SIGUSR1) == 0);
			while (__atomic_load_n(handled, __ATOMIC_SEQ_CST) < k) {
				check(waitpid(pid, &status, WNOHANG) == 0);
				nap();
			}
		}
		wait_asleep(pid);
		release(needs, lock);
		check(waitpid(pid, &status, 0) == pid);
	} else {
		/* the first signals may come before the call: repeat */
		while (waitpid(pid, &status, WNOHANG) == 0) {
			kill(pid, SIGUSR1);
			nap();
		}
	}
	check(WIFEXITED(status));
	int want = !must_restart ? EINTR : needs & WRITE ? EPIPE : 0;
	if (WEXITSTATUS(status) != want) {
		dprintf(2, "%s, %s SA_RESTART: errno %d, want %d\n", calls[i].name,
			flags & SA_RESTART ? "with" : "without", WEXITSTATUS(status), want);
		unlink(path);
		_exit(1);
	}
	for (int k = 0; k < 2; k++) {
		close(fds[k]);
		close(sock[k]);
	}
	close(lock);
	unlink(path);
}

int main(void)
{
	handled = shared(4096);
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		run(i, 0);
		run(i, SA_RESTART);
	}
	return ok();
}
