/* UDP at the loopback address: addresses, truncation, peeking, messages many at
 * once. The same natively and by a shadow's network. */
#include "guest.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

static int bound(struct sockaddr_in *a)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t n = sizeof *a;
	check(fd >= 0);
	memset(a, 0, sizeof *a);
	a->sin_family = AF_INET;
	a->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	check(bind(fd, (struct sockaddr *)a, sizeof *a) == 0);
	check(getsockname(fd, (struct sockaddr *)a, &n) == 0 && n == sizeof *a && a->sin_port != 0);
	return fd;
}

#define to(a) (struct sockaddr *)&(a), sizeof(a)

int main(void)
{
	struct sockaddr_in a, b, from;
	socklen_t n;
	char buf[128];
	int x = bound(&a), y = bound(&b), v;
	n = sizeof v;
	check(getsockopt(x, SOL_SOCKET, SO_TYPE, &v, &n) == 0 && v == SOCK_DGRAM);
	fails(listen(x, 1), EOPNOTSUPP);
	fails(accept(x, NULL, NULL), EOPNOTSUPP);
	fails(recv(x, buf, 1, MSG_DONTWAIT), EAGAIN);
	fails(shutdown(x, SHUT_RD), ENOTCONN);
	struct iovec v1 = { buf, 1 };
	fails(sendmsg(x, &(struct msghdr){ .msg_iov = &v1, .msg_iovlen = 1 }, 0), EDESTADDRREQ);

	check(sendto(x, "hello", 5, 0, to(b)) == 5);
	n = sizeof from;
	check(recvfrom(y, buf, sizeof buf, 0, (struct sockaddr *)&from, &n) == 5);
	check(n == sizeof from && from.sin_port == a.sin_port && memcmp(buf, "hello", 5) == 0);

	/* Peeked, then cut; the length can be had. */
	check(sendto(x, "0123456789", 10, 0, to(b)) == 10);
	check(sendto(x, "next", 4, 0, to(b)) == 4);
	n = sizeof from;
	check(recvfrom(y, buf, 4, MSG_PEEK | MSG_TRUNC, (struct sockaddr *)&from, &n) == 10);
	check(from.sin_port == a.sin_port);
	struct iovec iov[2] = { { buf, 2 }, { buf + 64, 2 } };
	struct msghdr m = { .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = iov, .msg_iovlen = 2 };
	memset(&from, 0, sizeof from);
	check(recvmsg(y, &m, 0) == 4);
	check((m.msg_flags & MSG_TRUNC) && memcmp(buf, "01", 2) == 0 && memcmp(buf + 64, "23", 2) == 0);
	check(m.msg_namelen == sizeof from && from.sin_port == a.sin_port);
	check(recv(y, buf, sizeof buf, 0) == 4 && memcmp(buf, "next", 4) == 0);

	/* An empty one is one. */
	check(sendto(x, "", 0, 0, to(b)) == 0);
	struct pollfd p = { .fd = y, .events = POLLIN };
	check(poll(&p, 1, -1) == 1 && p.revents == POLLIN);
	n = sizeof from;
	check(recvfrom(y, buf, sizeof buf, 0, (struct sockaddr *)&from, &n) == 0 && from.sin_port == a.sin_port);

	/* Connected, both read and write do. */
	check(connect(x, to(b)) == 0);
	n = sizeof from;
	check(getpeername(x, (struct sockaddr *)&from, &n) == 0 && from.sin_port == b.sin_port);
	check(write(x, "wrote", 5) == 5);
	check(read(y, buf, sizeof buf) == 5);
	check(sendto(y, "back", 4, 0, to(a)) == 4);
	check(read(x, buf, sizeof buf) == 4 && memcmp(buf, "back", 4) == 0);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	check(connect(x, &none, sizeof none) == 0);
	n = sizeof from;
	fails(getpeername(x, (struct sockaddr *)&from, &n), ENOTCONN);

	/* Many at once. */
	struct mmsghdr many[3];
	struct iovec parts[3];
	char in[3][8];
	memset(many, 0, sizeof many);
	for (int i = 0; i < 3; i++) {
		parts[i].iov_base = &"abc"[i];
		parts[i].iov_len = 1;
		many[i].msg_hdr.msg_name = &b;
		many[i].msg_hdr.msg_namelen = sizeof b;
		many[i].msg_hdr.msg_iov = &parts[i];
		many[i].msg_hdr.msg_iovlen = 1;
	}
	check(sendmmsg(x, many, 3, 0) == 3);
	for (int i = 0; i < 3; i++)
		check(many[i].msg_len == 1);
	memset(many, 0, sizeof many);
	for (int i = 0; i < 3; i++) {
		parts[i].iov_base = in[i];
		parts[i].iov_len = sizeof in[i];
		many[i].msg_hdr.msg_iov = &parts[i];
		many[i].msg_hdr.msg_iovlen = 1;
	}
	check(recvmmsg(y, many, 3, 0, NULL) == 3);
	for (int i = 0; i < 3; i++)
		check(many[i].msg_len == 1 && in[i][0] == "abc"[i]);

	/* A time limit, and large ones. */
	struct timeval t = { 0, 20000 };
	check(setsockopt(y, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) == 0);
	n = sizeof from;
	fails(recvfrom(y, buf, 1, 0, (struct sockaddr *)&from, &n), EAGAIN);
	t.tv_usec = 0;
	check(setsockopt(y, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) == 0);
	static char large[65507], got[65536];
	memset(large, 'x', sizeof large);
	check(sendto(x, large, sizeof large, 0, to(b)) == sizeof large);
	check(recv(y, got, sizeof got, 0) == sizeof large && memcmp(large, got, sizeof large) == 0);
	fails(sendto(x, got, sizeof got, 0, to(b)), EMSGSIZE);
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	fails(sendto(x, "x", 1, 0, to(six)), EAFNOSUPPORT);
	return ok();
}
