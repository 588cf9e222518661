// Sockets by way of socketcall, and directly.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static long call(int which, long a, long b, long c, long d, long e, long f)
{
	long args[6] = {a, b, c, d, e, f};
	return syscall(SYS_socketcall, which, args);
}

int main(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	int p[2], on = 1, v;
	char buf[32];
	struct iovec iov[2] = {{"one", 3}, {"three", 5}}, in[2] = {{buf, 4}, {buf + 4, 8}};
	struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2};
	struct mmsghdr v2[2] = {{m}, {m}};
	int s = call(1, AF_INET, SOCK_DGRAM, 0, 0, 0, 0);
	call(2, s, (long)&a, sizeof a, 0, 0, 0);
	call(6, s, (long)buf, (long)&len, 0, 0, 0);
	a.sin_port = htons(9);
	call(3, s, (long)&a, sizeof a, 0, 0, 0);
	call(7, s, (long)&a, (long)&len, 0, 0, 0);
	call(9, s, (long)"hello", 5, MSG_DONTWAIT, 0, 0);
	call(11, s, (long)"hello", 5, 0, (long)&a, sizeof a);
	call(4, s, 5, 0, 0, 0, 0);
	call(5, s, 0, 0, 0, 0, 0);
	call(18, s, 0, 0, SOCK_CLOEXEC, 0, 0);
	call(13, s, SHUT_RDWR, 0, 0, 0, 0);
	call(14, s, SOL_SOCKET, SO_REUSEADDR, (long)&on, sizeof on, 0);
	len = sizeof v;
	call(15, s, SOL_SOCKET, SO_TYPE, (long)&v, (long)&len, 0);
	close(s);
	call(8, AF_UNIX, SOCK_STREAM, 0, (long)p, 0, 0);
	call(9, p[0], (long)"hello", 5, 0, 0, 0);
	call(10, p[1], (long)buf, sizeof buf, 0, 0, 0);
	call(11, p[0], (long)"hello", 5, MSG_NOSIGNAL, 0, 0);
	len = sizeof a;
	call(12, p[1], (long)buf, sizeof buf, MSG_DONTWAIT, (long)&a, (long)&len);
	call(16, p[0], (long)&m, 0, 0, 0, 0);
	m.msg_iov = in;
	call(17, p[1], (long)&m, 0, 0, 0, 0);
	call(20, p[0], (long)v2, 2, 0, 0, 0);
	v2[0].msg_hdr.msg_iov = v2[1].msg_hdr.msg_iov = in;
	call(19, p[1], (long)v2, 2, MSG_DONTWAIT, 0, 0);
	call(77, 1, 2, 3, 4, 5, 6);
	call(0, 1, 2, 3, 4, 5, 6);
	syscall(SYS_socketcall, 1, 8);
	syscall(SYS_socketcall, 1, 0);

	char control[CMSG_SPACE(2 * sizeof(int))] = {0};
	m.msg_iov = iov;
	m.msg_control = control;
	m.msg_controllen = sizeof control;
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(2 * sizeof(int));
	memcpy(CMSG_DATA(c), (int[]){0, 1}, 2 * sizeof(int));
	syscall(SYS_sendmsg, p[0], &m, 0);
	m.msg_iov = in;
	syscall(SYS_recvmsg, p[1], &m, MSG_CMSG_CLOEXEC);
	struct { long long sec, nsec; } t64 = {0, 1000};
	syscall(SYS_recvmmsg_time64, p[1], v2, 2, MSG_DONTWAIT, &t64);
	struct timeval tv = {2, 500000};
	syscall(SYS_setsockopt, p[0], SOL_SOCKET, 20, &tv, sizeof tv);
	syscall(SYS_setsockopt, p[0], SOL_SOCKET, 66, &t64, sizeof t64);
	syscall(SYS_socket, AF_INET, SOCK_STREAM, IPPROTO_TCP);
	syscall(SYS_sendto, p[0], "x", 1, 0, NULL, 0);
	return 0;
}
