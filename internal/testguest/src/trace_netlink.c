// Netlink: requests and replies of rtnetlink, errors, events.
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/genetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static char buf[16384];

static int talk(int s, void *request, int n)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	sendto(s, request, n, 0, (void *)&kernel, sizeof kernel);
	return recv(s, buf, sizeof buf, 0);
}

int main(void)
{
	struct {
		struct nlmsghdr h;
		union {
			struct rtgenmsg g;
			struct ifinfomsg i;
			struct ifaddrmsg a;
			struct rtmsg r;
			char raw[32];
		};
	} m;
	struct sockaddr_nl a = {.nl_family = AF_NETLINK};
	int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	bind(s, (void *)&a, sizeof a);
	memset(&m, 0, sizeof m);
	m.h.nlmsg_len = NLMSG_LENGTH(sizeof m.g);
	m.h.nlmsg_type = RTM_GETLINK;
	m.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	m.h.nlmsg_seq = 1;
	m.g.rtgen_family = AF_PACKET;
	send(s, &m, m.h.nlmsg_len, 0);
	recv(s, buf, 16, MSG_PEEK | MSG_DONTWAIT);

	/* An error and an acknowledgement. */
	m.h.nlmsg_type = 9999;
	m.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	m.h.nlmsg_seq = 2;
	close(s);
	s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	talk(s, &m, m.h.nlmsg_len);
	m.h.nlmsg_type = RTM_GETLINK;
	m.h.nlmsg_len = NLMSG_LENGTH(sizeof m.i);
	m.i.ifi_family = AF_UNSPEC;
	m.i.ifi_index = 9999;
	m.h.nlmsg_flags = NLM_F_REQUEST;
	talk(s, &m, m.h.nlmsg_len);
	m.h.nlmsg_type = RTM_SETLINK;
	m.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	talk(s, &m, m.h.nlmsg_len);
	memset(&m.raw, 0, sizeof m.raw);
	m.h.nlmsg_type = NLMSG_NOOP;
	m.h.nlmsg_len = NLMSG_LENGTH(0);
	talk(s, &m, m.h.nlmsg_len);

	/* Requests of other kinds; too short; several at once. */
	m.h.nlmsg_type = RTM_GETADDR;
	m.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_ROOT;
	m.h.nlmsg_len = NLMSG_LENGTH(sizeof m.g);
	m.g.rtgen_family = AF_INET;
	send(s, &m, m.h.nlmsg_len, 0);
	recv(s, buf, 16, MSG_PEEK | MSG_DONTWAIT);
	recv(s, buf, sizeof buf, 0);
	recv(s, buf, sizeof buf, 0);
	m.h.nlmsg_len = 7;
	send(s, &m, 17, 0);
	m.h.nlmsg_len = 1000;
	send(s, &m, 24, 0);
	struct iovec v[2] = {{&m, 16}, {&m.raw, 16}};
	struct msghdr h = {.msg_name = &a, .msg_namelen = sizeof a, .msg_iov = v, .msg_iovlen = 2};
	m.h.nlmsg_len = 16;
	sendmsg(s, &h, 0);
	v[0].iov_len = 0;
	write(s, &m, 16);
	writev(s, v, 2);
	close(s);

	/* Other subsystems. */
	s = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	m.h.nlmsg_type = GENL_ID_CTRL;
	m.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_ECHO;
	m.h.nlmsg_len = NLMSG_LENGTH(4);
	talk(s, &m, m.h.nlmsg_len);
	close(s);
	s = socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT);
	send(s, &m, m.h.nlmsg_len, MSG_DONTWAIT);
	recv(s, buf, sizeof buf, MSG_DONTWAIT);
	return 0;
}
