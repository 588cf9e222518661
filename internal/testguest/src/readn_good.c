/* Moves data through a file, a pipe and a socket that does not wait, by each of
 * the calls that there are for it, as POSIX says one has to: counts may be
 * short, and EINTR and EAGAIN mean to try again. */
#include "guest.h"
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum { SIZE = 40000 };
static unsigned char data[SIZE];

static void on_signal(int sig) { (void)sig; }

/* Says whether a call that failed is to be made again, after a wait if it
 * would have had to wait itself. */
static int again(int fd, short events)
{
	if (errno == EAGAIN) {
		struct pollfd p = { fd, events, 0 };
		check(poll(&p, 1, -1) == 1 || errno == EINTR);
		return 1;
	}
	return errno == EINTR;
}

typedef ssize_t (*mover)(int fd, unsigned char *p, size_t n, off_t at);

static void move_all(mover f, int fd, unsigned char *p, short events)
{
	size_t done = 0;
	while (done < SIZE) {
		ssize_t n = f(fd, p + done, SIZE - done, done);
		if (n < 0) {
			check(again(fd, events));
			continue;
		}
		check(n > 0);
		done += n;
	}
}

/* Three buffers, the first of them empty. */
static int parts(struct iovec *v, unsigned char *p, size_t n)
{
	v[0] = (struct iovec){ p, 0 };
	v[1] = (struct iovec){ p, n / 3 };
	v[2] = (struct iovec){ p + n / 3, n - n / 3 };
	return 3;
}

static ssize_t do_read(int fd, unsigned char *p, size_t n, off_t at) { (void)at; return read(fd, p, n); }
static ssize_t do_write(int fd, unsigned char *p, size_t n, off_t at) { (void)at; return write(fd, p, n); }
static ssize_t do_pread(int fd, unsigned char *p, size_t n, off_t at) { return pread(fd, p, n, at); }
static ssize_t do_pwrite(int fd, unsigned char *p, size_t n, off_t at) { return pwrite(fd, p, n, at); }
static ssize_t do_recv(int fd, unsigned char *p, size_t n, off_t at) { (void)at; return recv(fd, p, n, MSG_DONTWAIT); }
static ssize_t do_send(int fd, unsigned char *p, size_t n, off_t at) { (void)at; return send(fd, p, n, MSG_DONTWAIT); }
static ssize_t do_readv(int fd, unsigned char *p, size_t n, off_t at)
{
	struct iovec v[3];
	(void)at;
	return readv(fd, v, parts(v, p, n));
}
static ssize_t do_writev(int fd, unsigned char *p, size_t n, off_t at)
{
	struct iovec v[3];
	(void)at;
	return writev(fd, v, parts(v, p, n));
}
static ssize_t do_preadv(int fd, unsigned char *p, size_t n, off_t at)
{
	struct iovec v[3];
	return preadv(fd, v, parts(v, p, n), at);
}
static ssize_t do_pwritev(int fd, unsigned char *p, size_t n, off_t at)
{
	struct iovec v[3];
	return pwritev(fd, v, parts(v, p, n), at);
}
static ssize_t do_sendmsg(int fd, unsigned char *p, size_t n, off_t at)
{
	struct iovec v[3];
	struct msghdr m = { .msg_iov = v, .msg_iovlen = parts(v, p, n) };
	(void)at;
	return sendmsg(fd, &m, 0);
}
static ssize_t do_recvmsg(int fd, unsigned char *p, size_t n, off_t at)
{
	struct iovec v[3];
	struct msghdr m = { .msg_iov = v, .msg_iovlen = parts(v, p, n), .msg_flags = -1 };
	(void)at;
	ssize_t got = recvmsg(fd, &m, 0);
	check(got < 0 || m.msg_flags == 0);
	return got;
}
static int source;
static ssize_t do_sendfile(int fd, unsigned char *p, size_t n, off_t at)
{
	(void)p;
	return sendfile(fd, source, &at, n);
}

static const struct { const char *name; mover in, out; } files[] = {
	{ "read, write", do_read, do_write }, { "pread, pwrite", do_pread, do_pwrite },
	{ "readv, writev", do_readv, do_writev }, { "preadv, pwritev", do_preadv, do_pwritev },
}, pipes[] = {
	{ "read, write", do_read, do_write }, { "readv, writev", do_readv, do_writev },
	{ "read, sendfile", do_read, do_sendfile },
}, sockets[] = {
	{ "read, write", do_read, do_write }, { "recv, send", do_recv, do_send },
	{ "recvmsg, sendmsg", do_recvmsg, do_sendmsg }, { "readv, writev", do_readv, do_writev },
};

static void same(const char *where, const char *how, const unsigned char *got)
{
	if (memcmp(got, data, SIZE) != 0) {
		dprintf(2, "%s by %s: other data came out\n", where, how);
		_exit(1);
	}
}

/* A child writes to fds[1] what this process reads from fds[0]. */
static void through(const char *where, const char *how, int *fds, mover in, mover out)
{
	static unsigned char got[SIZE];
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		close(fds[0]);
		move_all(out, fds[1], data, POLLOUT);
		_exit(0);
	}
	close(fds[1]);
	memset(got, 0, sizeof got);
	move_all(in, fds[0], got, POLLIN);
	close(fds[0]);
	same(where, how, got);
	reap(pid, 0);
}

int main(void)
{
	static unsigned char got[SIZE];
	char name[32];
	int fds[2];
	for (size_t i = 0; i < SIZE; i++)
		data[i] = i * 7 + i / 251;
	/* It shows that its handler comes back. */
	handle(SIGUSR1, on_signal, 0);
	check(raise(SIGUSR1) == 0);
	do {
		strcpy(name, "/tmp/penumbra-readn.XXXXXX");
		source = mkstemp(name);
	} while (source < 0 && errno == EINTR);
	check(source >= 0 && unlink(name) == 0);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		check(ftruncate(source, 0) == 0 && lseek(source, 0, SEEK_SET) == 0);
		move_all(files[i].out, source, data, POLLOUT);
		check(lseek(source, 0, SEEK_SET) == 0);
		memset(got, 0, sizeof got);
		move_all(files[i].in, source, got, POLLIN);
		same("a file", files[i].name, got);
	}
	for (size_t i = 0; i < sizeof pipes / sizeof pipes[0]; i++) {
		check(pipe(fds) == 0);
		through("a pipe", pipes[i].name, fds, pipes[i].in, pipes[i].out);
	}
	for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++) {
		check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) == 0);
		through("a socket", sockets[i].name, fds, sockets[i].in, sockets[i].out);
	}
	/* Messages stay whole, whatever the weather. */
	check(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) == 0);
	for (int i = 0; i < 100; i++) {
		ssize_t n;
		while ((n = write(fds[1], data, 1000)) < 0 && errno == EINTR)
			;
		check(n == 1000);
		while ((n = read(fds[0], got, sizeof got)) < 0 && errno == EINTR)
			;
		check(n == 1000);
	}
	/* So do records that a pipe takes whole. */
	check(pipe(fds) == 0);
	for (int i = 0; i < 100; i++) {
		ssize_t n;
		while ((n = write(fds[1], data, 500)) < 0 && errno == EINTR)
			;
		check(n == 500);
		while ((n = read(fds[0], got, 500)) < 0 && errno == EINTR)
			;
		check(n == 500);
	}
	for (size_t done = 0; done < 3;) {
		ssize_t n = write(1, &"ok\n"[done], 3 - done);
		check(n >= 0 || errno == EINTR);
		done += n > 0 ? n : 0;
	}
	return 0;
}
