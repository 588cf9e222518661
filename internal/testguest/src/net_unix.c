/* Unix sockets by path and by abstract name, of all types. The same natively and
 * by a shadow's network. */
#include "guest.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static socklen_t path(struct sockaddr_un *a, const char *name)
{
	memset(a, 0, sizeof *a);
	a->sun_family = AF_UNIX;
	strcpy(a->sun_path, name);
	return offsetof(struct sockaddr_un, sun_path) + strlen(name) + 1;
}

static socklen_t abstract(struct sockaddr_un *a)
{
	memset(a, 0, sizeof *a);
	a->sun_family = AF_UNIX;
	int n = sprintf(a->sun_path + 1, "penumbra-test-%d", getpid());
	return offsetof(struct sockaddr_un, sun_path) + 1 + n;
}

/* No descriptors can be passed, and who the others are is not known. */
static int far;

/* Sends a descriptor, and returns how the send ended. */
static int send_fd(int s, int fd, void *to, socklen_t n)
{
	union { struct cmsghdr h; char b[CMSG_SPACE(sizeof fd)]; } c = { .h = { CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec v[2] = { { "descr", 5 }, { "iptor", 5 } };
	struct msghdr m = { .msg_name = to, .msg_namelen = n, .msg_iov = v, .msg_iovlen = 2, .msg_control = &c, .msg_controllen = sizeof c };
	memcpy(CMSG_DATA(&c.h), &fd, sizeof fd);
	return sendmsg(s, &m, 0);
}

/* Receives one, and tells whose it is if from is not NULL. */
static int receive_fd(int s, struct sockaddr_un *from, socklen_t *n)
{
	union { struct cmsghdr h; char b[CMSG_SPACE(sizeof(int))]; } c;
	char buf[16];
	struct iovec v = { buf, sizeof buf };
	struct msghdr m = { .msg_name = from, .msg_namelen = from ? sizeof *from : 0, .msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof c };
	int fd = -1;
	check(recvmsg(s, &m, MSG_CMSG_CLOEXEC) == 10 && memcmp(buf, "descriptor", 10) == 0);
	check(!(m.msg_flags & MSG_CTRUNC) && CMSG_FIRSTHDR(&m) && c.h.cmsg_level == SOL_SOCKET && c.h.cmsg_type == SCM_RIGHTS);
	check(c.h.cmsg_len == CMSG_LEN(sizeof fd));
	memcpy(&fd, CMSG_DATA(&c.h), sizeof fd);
	check(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	if (from)
		*n = m.msg_namelen;
	return fd;
}

/* What is written to one end of a pipe that was sent comes out of the other. */
static void passes(int from, int to, void *name, socklen_t n)
{
	int p[2], fd;
	char c;
	if (far)
		return;
	check(pipe(p) == 0 && send_fd(from, p[1], name, n) == 10);
	fd = receive_fd(to, NULL, NULL);
	check(write(fd, "x", 1) == 1 && read(p[0], &c, 1) == 1 && c == 'x');
	close(fd);
	close(p[0]);
	close(p[1]);
}

static pid_t peer(int s)
{
	struct ucred u;
	socklen_t n = sizeof u;
	check(getsockopt(s, SOL_SOCKET, SO_PEERCRED, &u, &n) == 0 && n == sizeof u);
	check(u.uid == geteuid() && u.gid == getegid());
	return u.pid;
}

/* Who connects is a process of its own. */
static void stranger(int l, int type, struct sockaddr_un *a, socklen_t n)
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		int c = socket(AF_UNIX, type, 0);
		check(connect(c, (struct sockaddr *)a, n) == 0 && peer(c) == getppid());
		int fd = receive_fd(c, NULL, NULL);
		check(write(fd, "y", 1) == 1);
		exit(0);
	}
	int s = accept(l, NULL, NULL), p[2];
	char c;
	check(peer(s) == child);
	check(pipe(p) == 0 && send_fd(s, p[1], NULL, 0) == 10 && read(p[0], &c, 1) == 1 && c == 'y');
	check(waitpid(child, &status, 0) == child && status == 0);
	close(s);
	close(p[0]);
	close(p[1]);
}

static void connections(int type, struct sockaddr_un *a, socklen_t n)
{
	struct sockaddr_un b;
	socklen_t m = sizeof b;
	char buf[16];
	int l = socket(AF_UNIX, type, 0), c = socket(AF_UNIX, type, 0);
	fails(connect(c, (struct sockaddr *)a, n), a->sun_path[0] ? ENOENT : ECONNREFUSED);
	check(bind(l, (struct sockaddr *)a, n) == 0);
	fails(connect(c, (struct sockaddr *)a, n), ECONNREFUSED);
	check(listen(l, 4) == 0);
	check(getsockname(l, (struct sockaddr *)&b, &m) == 0);
	check(m == n && memcmp(a, &b, n) == 0);
	check(connect(c, (struct sockaddr *)a, n) == 0);
	struct pollfd p = { .fd = l, .events = POLLIN };
	check(poll(&p, 1, -1) == 1 && p.revents == POLLIN);
	int s = accept(l, NULL, NULL);
	check(s >= 0);
	m = sizeof b;
	check(getpeername(c, (struct sockaddr *)&b, &m) == 0);
	check(m == n && memcmp(a, &b, n) == 0);
	check(write(c, "one", 3) == 3 && write(c, "two", 3) == 3);
	if (type == SOCK_SEQPACKET) {
		check(read(s, buf, sizeof buf) == 3 && memcmp(buf, "one", 3) == 0);
		check(read(s, buf, sizeof buf) == 3 && memcmp(buf, "two", 3) == 0);
	} else {
		check(recv(s, buf, 6, MSG_WAITALL) == 6 && memcmp(buf, "onetwo", 6) == 0);
	}
	m = sizeof b;
	check(getsockname(s, (struct sockaddr *)&b, &m) == 0 && m == n && memcmp(a, &b, n) == 0);
	check(far || (peer(s) == getpid() && peer(c) == getpid()));
	passes(c, s, NULL, 0);
	check(write(s, "back", 4) == 4);
	check(read(c, buf, sizeof buf) == 4 && memcmp(buf, "back", 4) == 0);
	close(s);
	check(read(c, buf, sizeof buf) == 0);
	fails(send(c, "x", 1, MSG_NOSIGNAL), EPIPE);
	close(c);
	if (!far)
		stranger(l, type, a, n);
	close(l);
}

/* One who has a name is called by it, and can be answered. */
static void correspondents(int x, struct sockaddr_un *a, socklen_t n)
{
	char buf[16];
	socklen_t m;
	struct sockaddr_un named, origin;
	int w = socket(AF_UNIX, SOCK_DGRAM, 0);
	check(bind(w, (struct sockaddr *)&named, path(&named, "named")) == 0);
	check(sendto(w, "call", 4, 0, (struct sockaddr *)a, n) == 4);
	m = sizeof origin;
	check(recvfrom(x, buf, sizeof buf, 0, (struct sockaddr *)&origin, &m) == 4);
	check(m == path(&named, "named") && memcmp(&origin, &named, m) == 0);
	check(send_fd(x, 1, &origin, m) == 10);
	m = sizeof origin;
	close(receive_fd(w, &origin, &m));
	check(m == n && memcmp(&origin, a, n) == 0);
	fails(sendto(w, "x", 1, 0, (struct sockaddr *)&origin, path(&origin, "nobody")), ENOENT);
	check(unlink("named") == 0);
	close(w);
}

static void datagrams(struct sockaddr_un *a, socklen_t n)
{
	struct sockaddr_un from;
	socklen_t m = sizeof from;
	char buf[16];
	int x = socket(AF_UNIX, SOCK_DGRAM, 0), y = socket(AF_UNIX, SOCK_DGRAM, 0), z = socket(AF_UNIX, SOCK_DGRAM, 0);
	check(bind(x, (struct sockaddr *)a, n) == 0);
	check(sendto(y, "hello", 5, 0, (struct sockaddr *)a, n) == 5);
	check(recvfrom(x, buf, sizeof buf, 0, (struct sockaddr *)&from, &m) == 5 && memcmp(buf, "hello", 5) == 0);
	check(connect(z, (struct sockaddr *)a, n) == 0);
	check(write(z, "conn", 4) == 4);
	check(read(x, buf, sizeof buf) == 4 && memcmp(buf, "conn", 4) == 0);
	passes(y, x, a, n);
	passes(z, x, NULL, 0);
	if (!far)
		correspondents(x, a, n);
	close(x);
	close(y);
	close(z);
}

/* net_unix [DIR far] */
int main(int argc, char **argv)
{
	(void)argv;
	far = argc > 2;
	char dir[] = "/tmp/penumbra-net-XXXXXX";
	struct sockaddr_un a;
	struct stat st;
	signal(SIGPIPE, SIG_IGN);
	check(mkdtemp(dir) && chdir(dir) == 0);
	umask(027);
	char name[64];
	sprintf(name, "%s/stream", dir);
	connections(SOCK_STREAM, &a, path(&a, name));
	check(stat(name, &st) == 0 && S_ISSOCK(st.st_mode) && (st.st_mode & 0777) == 0750);
	check(rename(name, "relative") == 0);
	int again = socket(AF_UNIX, SOCK_STREAM, 0);
	fails(bind(again, (struct sockaddr *)&a, path(&a, "relative")), EADDRINUSE);
	check(unlink("relative") == 0);
	check(bind(again, (struct sockaddr *)&a, path(&a, "relative")) == 0);
	close(again);
	check(unlink("relative") == 0);
	connections(SOCK_SEQPACKET, &a, path(&a, name));
	check(unlink(name) == 0);
	connections(SOCK_STREAM, &a, abstract(&a));
	datagrams(&a, path(&a, "datagrams"));
	check(unlink("datagrams") == 0);
	datagrams(&a, abstract(&a));
	check(chdir("/") == 0 && rmdir(dir) == 0);
	/* What is not named at all stays as it is. */
	int p[2];
	check(socketpair(AF_UNIX, SOCK_STREAM, 0, p) == 0 && write(p[0], "x", 1) == 1);
	return ok();
}
