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
	check(write(s, "back", 4) == 4);
	check(read(c, buf, sizeof buf) == 4 && memcmp(buf, "back", 4) == 0);
	close(s);
	check(read(c, buf, sizeof buf) == 0);
	fails(send(c, "x", 1, MSG_NOSIGNAL), EPIPE);
	close(c);
	close(l);
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
	close(x);
	close(y);
	close(z);
}

int main(void)
{
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
