// Addresses of many families, options with values of their own, messages in
// numbers, control messages.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_alg.h>
#include <linux/if_packet.h>
#include <linux/vm_sockets.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static void families(void)
{
	struct sockaddr_ll ll = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = 1, .sll_hatype = 1, .sll_pkttype = PACKET_OUTGOING, .sll_halen = 6, .sll_addr = {1, 2, 3, 0xab, 0, 255}};
	struct sockaddr_vm vm = {.svm_family = AF_VSOCK, .svm_port = 1234, .svm_cid = VMADDR_CID_HOST};
	struct sockaddr_alg alg = {.salg_family = AF_ALG, .salg_type = "hash", .salg_name = "sha256"};
	struct sockaddr other = {.sa_family = AF_APPLETALK, .sa_data = "\1\2abc"};
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	int s = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
	socket(AF_PACKET, SOCK_RAW, 0);
	socket(AF_VSOCK, SOCK_STREAM, 0);
	socket(AF_ALG, SOCK_SEQPACKET, 0);
	bind(-1, (void *)&ll, sizeof ll);
	bind(-1, (void *)&ll, 12);
	bind(-1, (void *)&vm, sizeof vm);
	bind(-1, (void *)&alg, sizeof alg);
	bind(-1, &other, sizeof other);
	bind(-1, (void *)&un, sizeof un);
	bind(-1, (void *)&un, 3);
	memset(un.sun_path, 'x', sizeof un.sun_path);
	bind(-1, (void *)&un, sizeof un);
	close(s);
}

static void tcp(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, peer;
	socklen_t len = sizeof a;
	struct tcp_info info;
	char buf[16];
	int s = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0), k, v;
	bind(s, (void *)&a, sizeof a);
	listen(s, 1);
	getsockname(s, (void *)&a, &len);
	connect(c, (void *)&a, sizeof a);
	len = sizeof peer;
	k = accept(s, (void *)&peer, &len);
	send(c, "hello", 5, MSG_MORE);
	send(c, "!", 1, MSG_OOB);
	recv(k, buf, sizeof buf, MSG_WAITALL | MSG_DONTWAIT);
	len = sizeof v;
	getsockopt(c, IPPROTO_TCP, TCP_MAXSEG, &v, &len);
	len = sizeof info;
	getsockopt(c, IPPROTO_TCP, TCP_INFO, &info, &len);
	v = 3;
	setsockopt(c, IPPROTO_TCP, TCP_KEEPCNT, &v, sizeof v);
	setsockopt(c, IPPROTO_TCP, TCP_QUICKACK, &v, sizeof v);
	close(k);
	close(c);
	close(s);
}

static void options(void)
{
	struct sock_filter f[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1), BPF_STMT(BPF_RET | BPF_K, 0xffff), BPF_STMT(BPF_RET | BPF_K, 0)};
	struct sock_fprog prog = {4, f};
	struct ip_mreq mreq = {{htonl(0xe0000001)}, {htonl(INADDR_LOOPBACK)}};
	struct ip_mreqn mreqn = {{htonl(0xe0000001)}, {0}, 1};
	struct ipv6_mreq mreq6 = {.ipv6mr_interface = 1};
	struct packet_mreq pm = {1, PACKET_MR_PROMISC, 0, {0}};
	struct timeval tv = {1, 500000};
	int v = 1;
	socklen_t len = sizeof v;
	int u = socket(AF_INET, SOCK_DGRAM, 0), s6 = socket(AF_INET6, SOCK_DGRAM, 0);
	inet_pton(AF_INET6, "ff02::1", &mreq6.ipv6mr_multiaddr);
	setsockopt(u, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof prog);
	setsockopt(u, SOL_SOCKET, SO_ATTACH_FILTER, NULL, 0);
	setsockopt(u, SOL_SOCKET, SO_DETACH_FILTER, &v, sizeof v);
	setsockopt(u, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof mreq);
	setsockopt(u, IPPROTO_IP, IP_DROP_MEMBERSHIP, &mreqn, sizeof mreqn);
	setsockopt(u, IPPROTO_IP, IP_MULTICAST_TTL, &v, sizeof v);
	setsockopt(u, IPPROTO_IP, IP_PKTINFO, &v, sizeof v);
	setsockopt(u, IPPROTO_UDP, 103, &v, sizeof v);
	setsockopt(s6, IPPROTO_IPV6, IPV6_V6ONLY, &v, sizeof v);
	setsockopt(s6, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &mreq6, sizeof mreq6);
	getsockopt(s6, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &v, &len);
	setsockopt(-1, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &pm, sizeof pm);
	setsockopt(-1, SOL_NETLINK, 1, &v, sizeof v);
	setsockopt(u, SOL_SOCKET, SO_TIMESTAMP, &v, sizeof v);
	setsockopt(u, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv);
	close(u);
	close(s6);
}

static void control(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	char buf[8], room[256];
	struct iovec v = {buf, sizeof buf};
	struct msghdr m = {.msg_name = &a, .msg_namelen = sizeof a, .msg_iov = &v, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
	int on = 1, s = socket(AF_INET, SOCK_DGRAM, 0);
	bind(s, (void *)&a, sizeof a);
	getsockname(s, (void *)&a, &len);
	setsockopt(s, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
	setsockopt(s, IPPROTO_IP, IP_RECVTTL, &on, sizeof on);
	setsockopt(s, IPPROTO_IP, IP_RECVTOS, &on, sizeof on);
	sendto(s, "one", 3, 0, (void *)&a, sizeof a);
	recvmsg(s, &m, 0);
	struct sockaddr_un n = {.sun_family = AF_UNIX, .sun_path = "named"};
	int d = socket(AF_UNIX, SOCK_DGRAM, 0), e = socket(AF_UNIX, SOCK_DGRAM, 0);
	bind(d, (void *)&n, sizeof n);
	connect(e, (void *)&n, sizeof n);
	n.sun_path[0] = 'N';
	bind(e, (void *)&n, offsetof(struct sockaddr_un, sun_path) + 6);
	send(e, "x", 1, 0);
	len = sizeof n;
	recvfrom(d, buf, sizeof buf, 0, (void *)&n, &len);
	unlink("named");
	unlink("Named");
}

static void numbers(void)
{
	enum { many = 40 };
	struct iovec v[many];
	struct mmsghdr m[many];
	char buf[8];
	int p[2], i;
	socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, p);
	memset(m, 0, sizeof m);
	for (i = 0; i < many; i++) {
		v[i] = (struct iovec){"data", 4};
		m[i].msg_hdr.msg_iov = v;
		m[i].msg_hdr.msg_iovlen = 1;
	}
	m[3].msg_hdr.msg_iov = (void *)8;
	sendmmsg(p[0], m, 5, 0);
	m[3].msg_hdr.msg_iov = v;
	sendmmsg(p[0], m, many, 0);
	m[0].msg_hdr.msg_iovlen = many;
	sendmsg(p[0], &m[0].msg_hdr, 0);
	writev(p[0], v, many);
	for (i = 0; i < many; i++)
		v[i] = (struct iovec){buf, 2};
	m[0].msg_hdr.msg_iovlen = 1;
	recvmmsg(p[1], m, 2, 0, NULL);
	recvmmsg(p[1], m, many, 0, NULL);
	recvmmsg(p[1], m, many, 0, NULL);
}

int main(void)
{
	families();
	tcp();
	options();
	control();
	numbers();
	return 0;
}
