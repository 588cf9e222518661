// Sockets of several families, connected, sent through and asked for options.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static void inet(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	char buf[100];
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int u = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
	bind(s, (void *)&a, sizeof a);
	connect(u, (void *)&a, sizeof a);
	a.sin_port = htons(9);
	a.sin_addr.s_addr = htonl(0x7f000001);
	connect(u, (void *)&a, sizeof a);
	getpeername(u, (void *)&a, &len);
	len = 4;
	getpeername(u, (void *)&a, &len);
	getpeername(u, NULL, NULL);
	len = sizeof a;
	getsockname(9, (void *)&a, &len);
	sendto(u, "hello", 5, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
	sendto(u, "hello", 5, 0, (void *)&a, sizeof a);
	recvfrom(u, buf, sizeof buf, MSG_DONTWAIT, (void *)&a, &len);
	recvfrom(u, buf, sizeof buf, MSG_DONTWAIT | MSG_TRUNC, NULL, NULL);
	listen(s, 5);
	int t = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	listen(t, 5);
	a.sin_port = htons(1);
	connect(t, (void *)&a, 3);
	shutdown(t, SHUT_RD);
	shutdown(u, SHUT_WR);
	shutdown(u, SHUT_RDWR);
	shutdown(u, 77);
	accept(t, NULL, NULL);
	accept4(s, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	close(s);
	close(t);
	close(u);
	socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP);
	socket(99, SOCK_RAW, 99);
	socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 5000);
	socket(AF_UNIX, SOCK_STREAM, 7);
}

static void inet6(void)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons(80), .sin6_flowinfo = htonl(3), .sin6_scope_id = 2};
	inet_pton(AF_INET6, "fe80::1", &a.sin6_addr);
	int s = socket(AF_INET6, SOCK_DGRAM, 0);
	bind(s, (void *)&a, sizeof a);
	inet_pton(AF_INET6, "::ffff:1.2.3.4", &a.sin6_addr);
	a.sin6_scope_id = 0;
	bind(s, (void *)&a, sizeof a);
	close(s);
}

static void local(void)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "socket"};
	struct sockaddr_un n = {.sun_family = AF_UNIX, .sun_path = "\0abstract\1"};
	socklen_t len = sizeof a;
	char buf[100];
	int l = socket(AF_UNIX, SOCK_STREAM, 0), c = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), d;
	bind(l, (void *)&a, sizeof a);
	listen(l, 1);
	connect(c, (void *)&a, offsetof(struct sockaddr_un, sun_path) + 7);
	memset(&a, 0, sizeof a);
	d = accept(l, (void *)&a, &len);
	send(c, "one", 3, 0);
	recv(d, buf, sizeof buf, MSG_PEEK);
	recv(d, buf, sizeof buf, 0);
	write(c, "two", 3);
	read(d, buf, sizeof buf);
	close(c);
	recv(d, buf, sizeof buf, MSG_WAITALL);
	len = sizeof a;
	getsockname(d, (void *)&a, &len);
	close(d);
	close(l);
	unlink("socket");
	l = socket(AF_UNIX, SOCK_DGRAM, 0);
	bind(l, (void *)&n, offsetof(struct sockaddr_un, sun_path) + 10);
	bind(l, (void *)&n, 2);
	bind(l, (void *)&n, 1);
	bind(l, (void *)8, sizeof n);
	bind(l, NULL, 0);
	len = sizeof a;
	getsockname(l, (void *)&n, &len);
	sendto(l, "to myself", 9, 0, (void *)&n, len);
	recvfrom(l, buf, sizeof buf, 0, (void *)&a, &len);
	close(l);
}

static void messages(void)
{
	int p[2], got;
	char a[8], b[8], control[CMSG_SPACE(3 * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
	struct iovec in[2] = {{a, 8}, {b, 8}}, out[2] = {{"first", 5}, {"second part", 11}};
	struct msghdr m = {.msg_iov = out, .msg_iovlen = 2};
	struct cmsghdr *c;
	int on = 1;
	socketpair(AF_UNIX, SOCK_SEQPACKET, 0, p);
	socketpair(AF_INET, SOCK_STREAM, 0, p);
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p);
	sendmsg(p[0], &m, 0);
	m.msg_iov = in;
	recvmsg(p[1], &m, 0);
	setsockopt(p[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
	memset(control, 0, sizeof control);
	m.msg_iov = out;
	m.msg_iovlen = 1;
	m.msg_control = control;
	m.msg_controllen = CMSG_SPACE(2 * sizeof(int));
	c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(2 * sizeof(int));
	memcpy(CMSG_DATA(c), (int[]){0, 1}, 2 * sizeof(int));
	sendmsg(p[0], &m, MSG_NOSIGNAL);
	m.msg_iov = in;
	m.msg_iovlen = 2;
	m.msg_controllen = sizeof control;
	got = recvmsg(p[1], &m, MSG_CMSG_CLOEXEC);
	m.msg_controllen = 3;
	sendmsg(p[0], &m, 0);
	recvmsg(p[1], &m, MSG_DONTWAIT);
	recvmsg(p[1], &m, MSG_DONTWAIT);
	sendmsg(p[0], NULL, 0);
	sendmsg(p[0], (void *)8, 0);
	struct mmsghdr v[2] = {{.msg_hdr = {.msg_iov = out, .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = out, .msg_iovlen = 2}}};
	sendmmsg(p[0], v, 2, MSG_DONTWAIT);
	v[0].msg_hdr.msg_iov = in;
	v[1].msg_hdr.msg_iov = in;
	struct timespec soon = {1, 0};
	recvmmsg(p[1], v, 2, MSG_DONTWAIT, NULL);
	recvmmsg(p[1], v, 2, MSG_DONTWAIT, &soon);
	(void)got;
	close(p[0]);
	close(p[1]);
}

static void options(void)
{
	int s = socket(AF_INET, SOCK_STREAM, 0), on = 1, size;
	socklen_t len = sizeof size;
	struct linger l = {1, 5};
	struct timeval tv = {2, 500000};
	struct ucred cred;
	char name[32];
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof l);
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
	setsockopt(s, SOL_SOCKET, SO_SNDBUF, &on, 2);
	setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3);
	setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(s, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
	setsockopt(s, IPPROTO_IP, IP_TTL, &on, sizeof on);
	setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	setsockopt(s, SOL_SOCKET, 999, &on, sizeof on);
	setsockopt(s, 999, 9, &on, sizeof on);
	setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, NULL, 0);
	setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (void *)8, 4);
	getsockopt(s, SOL_SOCKET, SO_TYPE, &size, &len);
	getsockopt(s, SOL_SOCKET, SO_ERROR, &size, &len);
	getsockopt(s, SOL_SOCKET, SO_DOMAIN, &size, &len);
	getsockopt(s, SOL_SOCKET, SO_PROTOCOL, &size, &len);
	len = sizeof l;
	getsockopt(s, SOL_SOCKET, SO_LINGER, &l, &len);
	len = sizeof tv;
	getsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, &len);
	len = sizeof cred;
	getsockopt(s, SOL_SOCKET, SO_PEERCRED, &cred, &len);
	len = sizeof name;
	getsockopt(s, IPPROTO_TCP, TCP_CONGESTION, name, &len);
	len = 2;
	getsockopt(s, SOL_SOCKET, SO_TYPE, &size, &len);
	getsockopt(9, SOL_SOCKET, SO_TYPE, &size, &len);
	getsockopt(s, SOL_SOCKET, SO_TYPE, NULL, NULL);
	close(s);
}

static void netlink(void)
{
	struct sockaddr_nl a = {.nl_family = AF_NETLINK, .nl_groups = 5};
	int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	socket(AF_NETLINK, SOCK_DGRAM, NETLINK_KOBJECT_UEVENT);
	a.nl_groups = 0;
	bind(s, (void *)&a, sizeof a);
	close(s);
}

int main(void)
{
	inet();
	inet6();
	local();
	messages();
	options();
	netlink();
	return 0;
}
