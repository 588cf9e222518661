// Descriptors of all kinds, for -y and -yy.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void files(void)
{
	int fd, d, p[2];
	fd = open("a<b>\"c\\\n\t\1\xff", O_CREAT | O_RDWR, 0600);
	fsync(fd);
	unlink("a<b>\"c\\\n\t\1\xff");
	fsync(fd);
	close(fd);
	mkdir("dir", 0700);
	d = open("dir", O_RDONLY | O_DIRECTORY);
	fchmod(d, 0755);
	openat(d, "missing", O_RDONLY);
	rmdir("dir");
	fchmod(d, 0755);
	close(d);
	fd = openat(AT_FDCWD, "/dev/null", O_RDWR);
	fsync(fd);
	dup(fd);
	close(fd);
	openat(AT_FDCWD, "/dev/zero", O_RDONLY | O_PATH);
	fsync(5);
	pipe(p);
	fsync(p[0]);
	mkfifo("fifo", 0600);
	fd = open("fifo", O_RDWR);
	fsync(fd);
	fd = memfd_create("memory", MFD_CLOEXEC);
	fsync(fd);
	fsync(-1);
	fsync(1000);
	chdir("/");
	openat(AT_FDCWD, "missing", O_RDONLY);
}

static void anonymous(void)
{
	sigset_t set;
	sigemptyset(&set);
	fsync(eventfd(3, 0));
	fsync(epoll_create1(0));
	fsync(timerfd_create(CLOCK_MONOTONIC, 0));
	fsync(signalfd(-1, &set, 0));
	fsync(inotify_init());
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int p[2];
	char c;
	pipe(p);
	pid_t child = fork();
	if (child == 0) {
		close(p[1]);
		read(p[0], &c, 1); /* until it is known by its pidfd */
		_exit(0);
	}
	int pidfd = syscall(SYS_pidfd_open, child, 0);
	fsync(pidfd);
	close(p[1]);
	waitpid(child, NULL, 0);
	fsync(pidfd);
}

static void sockets(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_un u = {.sun_family = AF_UNIX, .sun_path = "/tmp/../tmp/\"\1\xff"};
	struct sockaddr_un n = {.sun_family = AF_UNIX, .sun_path = "\0abstract\1"};
	struct sockaddr_nl l = {.nl_family = AF_NETLINK};
	socklen_t len = sizeof a, len6 = sizeof a6;
	int s = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0), k, p[2];
	listen(s, 1);
	getsockname(s, (void *)&a, &len);
	connect(c, (void *)&a, sizeof a);
	k = accept(s, NULL, NULL);
	write(c, "hello", 5);
	fsync(k);
	close(k);
	close(c);
	close(s);
	s = socket(AF_INET6, SOCK_STREAM, 0);
	c = socket(AF_INET6, SOCK_STREAM, 0);
	bind(s, (void *)&a6, sizeof a6);
	fsync(s);
	listen(s, 1);
	getsockname(s, (void *)&a6, &len6);
	connect(c, (void *)&a6, sizeof a6);
	k = accept(s, (void *)&a6, &len6);
	fsync(k);
	fsync(c);
	close(k);
	close(c);
	close(s);
	s = socket(AF_INET6, SOCK_DGRAM, 0);
	connect(s, (void *)&a6, sizeof a6);
	fsync(s);
	fsync(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	s = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	bind(s, (void *)&l, sizeof l);
	fsync(s);
	s = socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT);
	bind(s, (void *)&l, sizeof l);
	fsync(s);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	bind(s, (void *)&u, sizeof u);
	listen(s, 1);
	c = socket(AF_UNIX, SOCK_STREAM, 0);
	connect(c, (void *)&u, sizeof u);
	k = accept(s, NULL, NULL);
	fsync(k);
	fsync(c);
	unlink(u.sun_path);
	fsync(s);
	s = socket(AF_UNIX, SOCK_DGRAM, 0);
	bind(s, (void *)&n, offsetof(struct sockaddr_un, sun_path) + 10);
	fsync(s);
	socketpair(AF_UNIX, SOCK_SEQPACKET, 0, p);
	fsync(p[1]);
}

int main(void)
{
	files();
	anonymous();
	sockets();
	return 0;
}
