/* TCP at the loopback address: names, blocking and not, half-closing, resets,
 * signals, poll and epoll. The same natively and by a shadow's network. */
#include "guest.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

static struct sockaddr_in loopback(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = port };
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static struct sockaddr_in name_of(int fd)
{
	struct sockaddr_in a;
	socklen_t n = sizeof a;
	check(getsockname(fd, (struct sockaddr *)&a, &n) == 0);
	check(n == sizeof a && a.sin_family == AF_INET);
	return a;
}

static struct sockaddr_in peer_of(int fd)
{
	struct sockaddr_in a;
	socklen_t n = sizeof a;
	check(getpeername(fd, (struct sockaddr *)&a, &n) == 0);
	check(n == sizeof a && a.sin_family == AF_INET);
	return a;
}

static int option(int fd, int level, int name)
{
	int v = -1;
	socklen_t n = sizeof v;
	check(getsockopt(fd, level, name, &v, &n) == 0 && n == sizeof v);
	return v;
}

static int events(int fd, int want, int timeout)
{
	struct pollfd p = { .fd = fd, .events = want };
	check(poll(&p, 1, timeout) >= 0);
	return p.revents;
}

static int listener(int flags)
{
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | flags, 0);
	struct sockaddr_in a = loopback(0);
	check(fd >= 0);
	check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0);
	check(bind(fd, (struct sockaddr *)&a, sizeof a) == 0);
	check(listen(fd, 16) == 0);
	return fd;
}

static void pair(int l, int *client, int *server)
{
	struct sockaddr_in a = name_of(l), from;
	socklen_t n = sizeof from;
	check((*client = socket(AF_INET, SOCK_STREAM, 0)) >= 0);
	check(connect(*client, (struct sockaddr *)&a, sizeof a) == 0);
	check((*server = accept(l, (struct sockaddr *)&from, &n)) >= 0);
	check(n == sizeof from);
	struct sockaddr_in own = name_of(*client), peer = peer_of(*client), far = peer_of(*server);
	check(own.sin_port == from.sin_port && own.sin_port == far.sin_port);
	check(peer.sin_port == a.sin_port && name_of(*server).sin_port == a.sin_port);
	check(peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
}

static void read_all(int fd, const char *want)
{
	char b[64];
	size_t got = 0, n = strlen(want);
	while (got < n) {
		ssize_t k = read(fd, b + got, n - got);
		check(k > 0);
		got += k;
	}
	check(memcmp(b, want, n) == 0);
}

static void names_and_options(int l)
{
	int c, s, v;
	pair(l, &c, &s);
	check(option(l, SOL_SOCKET, SO_ACCEPTCONN) == 1);
	check(option(c, SOL_SOCKET, SO_ACCEPTCONN) == 0);
	check(option(c, SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
	check(option(c, SOL_SOCKET, SO_DOMAIN) == AF_INET);
	check(option(c, SOL_SOCKET, SO_PROTOCOL) == IPPROTO_TCP);
	check(option(c, SOL_SOCKET, SO_ERROR) == 0);
	check(option(c, IPPROTO_TCP, TCP_NODELAY) == 0);
	v = 1;
	check(setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &v, sizeof v) == 0);
	check(option(c, IPPROTO_TCP, TCP_NODELAY) != 0);
	v = 77;
	check(setsockopt(c, IPPROTO_IP, IP_TTL, &v, sizeof v) == 0);
	check(option(c, IPPROTO_IP, IP_TTL) == 77);
	check(setsockopt(c, IPPROTO_TCP, TCP_KEEPIDLE, &v, sizeof v) == 0);
	check(option(c, IPPROTO_TCP, TCP_KEEPIDLE) == 77);
	fails(setsockopt(c, IPPROTO_TCP, 9999, &v, sizeof v), ENOPROTOOPT);
	fails(setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &v, 1), EINVAL);
	/* Of a name as much is written as there is room for, and its size told. */
	struct sockaddr_in a;
	socklen_t n = 4;
	memset(&a, 0xee, sizeof a);
	check(getsockname(c, (struct sockaddr *)&a, &n) == 0 && n == sizeof a);
	check(a.sin_family == AF_INET && a.sin_addr.s_addr == 0xeeeeeeee);
	a = name_of(l);
	fails(connect(c, (struct sockaddr *)&a, sizeof a), EISCONN);
	close(c);
	close(s);
	int u = socket(AF_INET, SOCK_STREAM, 0);
	n = sizeof a;
	fails(getpeername(u, (struct sockaddr *)&a, &n), ENOTCONN);
	check(name_of(u).sin_port == 0);
	fails(accept(u, NULL, NULL), EINVAL);
	fails(bind(u, (struct sockaddr *)&a, 3), EINVAL);
	a = name_of(l);
	fails(bind(u, (struct sockaddr *)&a, sizeof a), EADDRINUSE);
	close(u);
	fails(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
	fails(socket(12345, SOCK_STREAM, 0), EAFNOSUPPORT);
	check((fcntl(u = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), F_GETFL) & O_NONBLOCK) != 0);
	check(fcntl(u, F_GETFD) == FD_CLOEXEC);
	close(u);
}

static void transfer(int l)
{
	int c, s, waiting = 0;
	char b[64];
	pair(l, &c, &s);
	check(write(c, "hello", 5) == 5);
	read_all(s, "hello");
	struct iovec v[2] = { { "ab", 2 }, { "cd", 2 } };
	check(writev(s, v, 2) == 4);
	check(events(c, POLLIN, -1) == POLLIN);
	check(recv(c, b, 4, MSG_PEEK | MSG_WAITALL) == 4 && memcmp(b, "abcd", 4) == 0);
	check(ioctl(c, FIONREAD, &waiting) == 0 && waiting == 4);
	read_all(c, "abcd");
	fails(recv(c, b, 1, MSG_DONTWAIT), EAGAIN);
	/* Half-closed, the other direction goes on. */
	check(shutdown(c, SHUT_WR) == 0);
	check(read(s, b, 1) == 0);
	fails(send(c, "x", 1, MSG_NOSIGNAL), EPIPE);
	check(write(s, "late", 4) == 4);
	read_all(c, "late");
	check(close(s) == 0);
	check(read(c, b, 1) == 0);
	close(c);
	/* A time limit. */
	pair(l, &c, &s);
	struct timeval t = { 0, 20000 };
	check(setsockopt(c, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) == 0);
	fails(read(c, b, 1), EAGAIN);
	close(c);
	close(s);
}

/* Many bytes, both ways at once, between processes. */
static void bulk(int l)
{
	enum { size = 3 << 20 };
	int c, s;
	pair(l, &c, &s);
	pid_t child = fork();
	check(child >= 0);
	if (child == 0) {
		close(c);
		static char b[65536];
		ssize_t n;
		while ((n = read(s, b, sizeof b)) > 0)
			for (ssize_t k, at = 0; at < n; at += k)
				check((k = write(s, b + at, n - at)) > 0);
		check(n == 0);
		_exit(0);
	}
	close(s);
	pid_t writer = fork();
	check(writer >= 0);
	if (writer == 0) {
		static uint32_t b[4096];
		for (uint32_t i = 0; i < size / 4; i += 4096) {
			for (int k = 0; k < 4096; k++)
				b[k] = i + k;
			for (size_t k, at = 0; at < sizeof b; at += k)
				check((ssize_t)(k = write(c, (char *)b + at, sizeof b - at)) > 0);
		}
		check(shutdown(c, SHUT_WR) == 0);
		_exit(0);
	}
	static char got[size];
	size_t at = 0;
	for (ssize_t n; (n = read(c, got + at, sizeof got - at)) > 0;)
		at += n;
	check(at == size);
	for (uint32_t i = 0; i < size / 4; i++)
		check(((uint32_t *)got)[i] == i);
	reap(writer, 0);
	reap(child, 0);
	close(c);
}

static void refused(void)
{
	/* A port that was just given up. */
	int l = listener(0);
	struct sockaddr_in a = name_of(l);
	close(l);
	int c = socket(AF_INET, SOCK_STREAM, 0);
	fails(connect(c, (struct sockaddr *)&a, sizeof a), ECONNREFUSED);
	fails(connect(c, (struct sockaddr *)&a, sizeof a), ECONNREFUSED);
	close(c);
	c = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (connect(c, (struct sockaddr *)&a, sizeof a) == -1 && errno == EINPROGRESS) {
		check(events(c, POLLOUT, -1) & POLLOUT);
		check(option(c, SOL_SOCKET, SO_ERROR) == ECONNREFUSED);
		check(option(c, SOL_SOCKET, SO_ERROR) == 0);
	} else {
		check(errno == ECONNREFUSED);
	}
	close(c);
	/* And it can be listened at again. */
	l = socket(AF_INET, SOCK_STREAM, 0);
	check(bind(l, (struct sockaddr *)&a, sizeof a) == 0);
	check(listen(l, 1) == 0);
	close(l);
}

static void nonblocking(void)
{
	int l = listener(SOCK_NONBLOCK), c = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct sockaddr_in a = name_of(l);
	fails(accept(l, NULL, NULL), EAGAIN);
	check(events(l, POLLIN, 0) == 0);
	int r = connect(c, (struct sockaddr *)&a, sizeof a);
	check(r == 0 || errno == EINPROGRESS);
	check(events(c, POLLOUT, -1) == POLLOUT);
	check(option(c, SOL_SOCKET, SO_ERROR) == 0);
	check(peer_of(c).sin_port == a.sin_port);
	check(write(c, "first", 5) == 5);
	/* A listening socket tells in epoll. */
	int e = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = l };
	check(epoll_ctl(e, EPOLL_CTL_ADD, l, &ev) == 0);
	check(epoll_wait(e, &ev, 1, -1) == 1 && ev.data.fd == l && ev.events == EPOLLIN);
	int s = accept4(l, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	check(s >= 0 && (fcntl(s, F_GETFL) & O_NONBLOCK) && fcntl(s, F_GETFD) == FD_CLOEXEC);
	check(epoll_wait(e, &ev, 1, 0) == 0);
	check(events(s, POLLIN, -1) == POLLIN);
	read_all(s, "first");
	close(s);
	close(c);
	close(e);
	/* To shut it down wakes who waits for a connection. */
	fcntl(l, F_SETFL, 0);
	pid_t child = fork();
	if (child == 0) {
		fails(accept(l, NULL, NULL), EINVAL);
		_exit(0);
	}
	wait_asleep(child);
	check(shutdown(l, SHUT_RDWR) == 0);
	reap(child, 0);
	close(l);
}

static void reset(int l)
{
	int c, s;
	char b[8];
	struct linger hard = { 1, 0 };
	pair(l, &c, &s);
	check(setsockopt(s, SOL_SOCKET, SO_LINGER, &hard, sizeof hard) == 0);
	close(s);
	check(events(c, POLLIN, -1) & POLLIN);
	fails(read(c, b, 1), ECONNRESET);
	check(read(c, b, 1) == 0);
	fails(send(c, "x", 1, MSG_NOSIGNAL), EPIPE);
	close(c);
	/* Writing to one who is gone ends in SIGPIPE. */
	pair(l, &c, &s);
	pid_t child = fork();
	if (child == 0) {
		signal(SIGPIPE, SIG_DFL);
		close(s);
		for (;;) {
			check(write(c, "x", 1) == 1 || errno == ECONNRESET);
			nap();
		}
	}
	setsockopt(s, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	close(c);
	close(s);
	reap_killed(child, SIGPIPE);
}

static volatile sig_atomic_t handled;
static void note(int sig) { handled = sig; }

static void interrupted(int l)
{
	struct sockaddr_in a = name_of(l);
	for (int restart = 0; restart < 2; restart++) {
		pid_t child = fork();
		if (child == 0) {
			handle(SIGUSR1, note, restart ? SA_RESTART : 0);
			int s = accept(l, NULL, NULL);
			if (!restart)
				check(s == -1 && errno == EINTR && handled == SIGUSR1);
			else
				check(s >= 0 && handled == SIGUSR1);
			_exit(0);
		}
		struct timespec t = { 0, 50 * 1000 * 1000 };
		nanosleep(&t, NULL);
		wait_asleep(child);
		kill(child, SIGUSR1);
		nanosleep(&t, NULL);
		int c = socket(AF_INET, SOCK_STREAM, 0);
		if (restart)
			check(connect(c, (struct sockaddr *)&a, sizeof a) == 0);
		reap(child, 0);
		close(c);
	}
}

/* A descriptor may go to another process in any way. */
static void passed(int l)
{
	int c, s, way[2];
	char b[8];
	pair(l, &c, &s);
	check(socketpair(AF_UNIX, SOCK_STREAM, 0, way) == 0);
	pid_t child = fork();
	if (child == 0) {
		close(c);
		close(s);
		union { struct cmsghdr h; char b[CMSG_SPACE(sizeof(int))]; } u;
		struct iovec v = { b, 1 };
		struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &u, .msg_controllen = sizeof u };
		check(recvmsg(way[1], &m, 0) == 1);
		int fd = *(int *)CMSG_DATA(CMSG_FIRSTHDR(&m));
		struct sockaddr_in a = peer_of(fd);
		check(a.sin_family == AF_INET);
		check(write(fd, "passed", 6) == 6);
		_exit(0);
	}
	union { struct cmsghdr h; char b[CMSG_SPACE(sizeof(int))]; } u;
	struct iovec v = { "x", 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &u, .msg_controllen = sizeof u };
	memset(&u, 0, sizeof u);
	u.h.cmsg_level = SOL_SOCKET;
	u.h.cmsg_type = SCM_RIGHTS;
	u.h.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&u.h), &s, sizeof s);
	check(sendmsg(way[0], &m, 0) == 1);
	int again = dup(s);
	close(s);
	reap(child, 0);
	read_all(c, "passed");
	check(write(again, "dup", 3) == 3);
	read_all(c, "dup");
	close(again);
	check(read(c, b, 1) == 0);
	close(c);
}

/* What is not connected says so, though its pair is; and TCP does not look at
 * addresses that it is given. */
static void unconnected(int l)
{
	struct sockaddr_in a;
	socklen_t n = sizeof a;
	char c;
	int s = socket(AF_INET, SOCK_STREAM, 0);
	struct iovec v = { &c, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	fails(recv(s, &c, 1, MSG_DONTWAIT), ENOTCONN);
	fails(recvmsg(s, &m, MSG_DONTWAIT), ENOTCONN);
	fails(send(s, &c, 1, MSG_NOSIGNAL), EPIPE);
	fails(shutdown(s, SHUT_RDWR), ENOTCONN);
	fails(recv(l, &c, 1, MSG_DONTWAIT), ENOTCONN);
	check(getsockname(l, (struct sockaddr *)&a, &n) == 0);
	fails(getsockname(l, NULL, &n), EFAULT);
	close(s);
	s = socket(AF_INET, SOCK_STREAM, 0);
	check(connect(s, (struct sockaddr *)&a, n) == 0);
	int t = accept(l, NULL, NULL);
	a.sin_port = 1;
	check(sendto(s, "x", 1, 0, (struct sockaddr *)&a, n) == 1 && recv(t, &c, 1, 0) == 1 && c == 'x');
	fails(recv(t, &c, 1, MSG_ERRQUEUE), EAGAIN);
	close(s);
	close(t);
	fails(socket(AF_INET, SOCK_RAW, 0), EPROTONOSUPPORT);
}

/* net_tcp [DIR far]: far says that no descriptors can be passed. */
int main(int argc, char **argv)
{
	(void)argv;
	signal(SIGPIPE, SIG_IGN);
	int l = listener(0);
	names_and_options(l);
	transfer(l);
	bulk(l);
	refused();
	nonblocking();
	reset(l);
	interrupted(l);
	if (argc < 3) {
		passed(l);
		unconnected(l);
	}
	return ok();
}
