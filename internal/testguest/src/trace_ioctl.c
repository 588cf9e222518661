// ioctl on terminals, sockets, pipes and files; extended attributes.
#define _GNU_SOURCE
#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <net/if.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/xattr.h>
#include <unistd.h>

int posix_openpt(int);
int grantpt(int);
int unlockpt(int);

int main(void)
{
	struct termios t;
	struct termios2 t2;
	struct winsize w = {24, 80, 0, 0};
	int n = 0, on = 1, p[2];
	long attr;
	int m = posix_openpt(O_RDWR | O_NOCTTY);
	unlockpt(m);
	ioctl(m, TIOCGPTN, &n);
	int s = ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	ioctl(s, TCGETS, &t);
	t.c_lflag &= ~(ICANON | ECHO);
	ioctl(s, TCSETS, &t);
	ioctl(s, TCSETSW, &t);
	ioctl(s, TCSETSF, &t);
	ioctl(s, TCGETS2, &t2);
	ioctl(s, TIOCSWINSZ, &w);
	ioctl(s, TIOCGWINSZ, &w);
	ioctl(s, TIOCGPGRP, &n);
	ioctl(s, TIOCGSID, &n);
	ioctl(s, FIONREAD, &n);
	ioctl(s, TIOCOUTQ, &n);
	ioctl(s, TCFLSH, TCIOFLUSH);
	ioctl(s, TCXONC, TCOON);
	ioctl(s, TCSBRK, 1);
	ioctl(s, TIOCEXCL);
	ioctl(s, TIOCNXCL);
	ioctl(s, TIOCMGET, &n);
	ioctl(m, TIOCPKT, &on);
	ioctl(s, TIOCSCTTY, 0);
	ioctl(s, TIOCNOTTY);
	ioctl(s, TCGETS, NULL);
	ioctl(s, TCGETS, (void *)8);
	close(s);
	close(m);
	pipe(p);
	ioctl(p[0], FIONREAD, &n);
	ioctl(p[0], FIONBIO, &on);
	ioctl(p[0], FIOASYNC, &n);
	ioctl(p[0], FIOCLEX);
	ioctl(p[0], FIONCLEX);
	ioctl(p[0], TCGETS, &t);
	ioctl(p[0], TIOCGWINSZ, &w);
	ioctl(p[0], _IOC(_IOC_READ | _IOC_WRITE, 'z', 7, 24), &n);
	ioctl(p[0], _IOC(_IOC_NONE, 0xfe, 9, 0), 5);
	ioctl(p[0], _IOW('z', 200, int), &n);
	ioctl(-1, 0x1234, 0);
	ioctl(p[0], 0xffffffff, 1);
	int f = open("one", O_RDWR);
	ioctl(f, FS_IOC_GETFLAGS, &attr);
	ioctl(f, FICLONE, p[0]);
	ioctl(f, FIGETBSZ, &n);
	ioctl(f, BLKGETSIZE64, &attr);
	ioctl(f, FIONREAD, &n);
	int k = socket(AF_INET, SOCK_DGRAM, 0);
	struct ifreq r;
	memset(&r, 0, sizeof r);
	strcpy(r.ifr_name, "lo");
	ioctl(k, SIOCGIFINDEX, &r);
	ioctl(k, SIOCGIFFLAGS, &r);
	ioctl(k, SIOCGIFMTU, &r);
	ioctl(k, SIOCGIFADDR, &r);
	ioctl(k, SIOCGIFHWADDR, &r);
	ioctl(k, SIOCGIFNETMASK, &r);
	strcpy(r.ifr_name, "none");
	ioctl(k, SIOCGIFINDEX, &r);
	ioctl(k, SIOCATMARK, &n);
	ioctl(k, SIOCINQ, &n);
	ioctl(k, SIOCOUTQ, &n);

	char buf[64];
	setxattr("one", "user.name", "value\0x", 7, 0);
	setxattr("one", "user.name", "v", 1, XATTR_CREATE);
	setxattr("one", "user.name", "v", 1, 99);
	getxattr("one", "user.name", buf, sizeof buf);
	getxattr("one", "user.name", NULL, 0);
	getxattr("one", "user.none", buf, sizeof buf);
	lsetxattr("one", "user.two", "2", 1, XATTR_CREATE);
	fsetxattr(f, "user.two", "3", 1, XATTR_REPLACE);
	listxattr("one", buf, sizeof buf);
	llistxattr("one", buf, 0);
	flistxattr(f, buf, sizeof buf);
	lgetxattr("none", "user.two", buf, sizeof buf);
	fgetxattr(f, "user.two", buf, 1);
	removexattr("one", "user.name");
	lremovexattr("one", "user.name");
	fremovexattr(f, "user.two");
	return 0;
}
