/* Descriptors: fcntl and its structures, dup, close_range, memfd. */
#include "guest.h"
#include <sys/sysmacros.h>

#define BAD ((void *)0xdead000)

int main(void)
{
	int fd = open("one", O_RDWR);
	syscall(SYS_dup, fd);
	syscall(SYS_dup, 99);
	syscall(SYS_dup2, fd, 10);
	syscall(SYS_dup2, fd, fd);
	syscall(SYS_dup3, fd, 11, O_CLOEXEC);
	syscall(SYS_dup3, fd, 11, 0x801);
	syscall(SYS_fcntl, fd, F_DUPFD, 20);
	syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 20);
	syscall(SYS_fcntl, 21, F_GETFD);
	syscall(SYS_fcntl, fd, F_GETFD);
	syscall(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
	syscall(SYS_fcntl, fd, F_SETFD, 0);
	syscall(SYS_fcntl, fd, F_SETFD, 3);
	syscall(SYS_fcntl, fd, F_GETFL);
	syscall(SYS_fcntl, fd, F_SETFL, O_RDWR | O_APPEND | O_NONBLOCK);
	syscall(SYS_fcntl, fd, F_GETFL);
	struct flock l = { F_WRLCK, SEEK_SET, 1, 0, 0 };
	syscall(SYS_fcntl, fd, F_SETLK, &l);
	syscall(SYS_fcntl, fd, F_GETLK, &l);
	l.l_type = F_WRLCK;
	syscall(SYS_fcntl, fd, F_SETLKW, &l);
	l.l_type = 9, l.l_whence = 7, l.l_len = -5;
	syscall(SYS_fcntl, fd, F_SETLK, &l);
	syscall(SYS_fcntl, fd, F_SETLK, NULL);
	syscall(SYS_fcntl, fd, F_SETLK, BAD);
	syscall(SYS_fcntl, fd, F_GETLK, BAD);
	struct flock o = { F_RDLCK, SEEK_END, 0, 1 };
	syscall(SYS_fcntl, fd, F_OFD_GETLK, &o);
	o = (struct flock){ F_UNLCK, SEEK_CUR, 0, 1 };
	syscall(SYS_fcntl, fd, F_OFD_SETLK, &o);
	syscall(SYS_fcntl, fd, F_GETOWN);
	syscall(SYS_fcntl, fd, F_SETOWN, 1);
	syscall(SYS_fcntl, fd, F_SETOWN, 0);
	struct { int type, pid; } own = { 1, 1 };
	syscall(SYS_fcntl, fd, F_SETOWN_EX, &own);
	syscall(SYS_fcntl, fd, F_GETOWN_EX, &own);
	own.type = 7;
	syscall(SYS_fcntl, fd, F_SETOWN_EX, &own);
	uint32_t uids[2];
	syscall(SYS_fcntl, fd, 17, uids);
	syscall(SYS_fcntl, fd, F_GETSIG);
	syscall(SYS_fcntl, fd, F_SETSIG, SIGUSR1);
	syscall(SYS_fcntl, fd, F_GETSIG);
	syscall(SYS_fcntl, fd, F_SETSIG, 200);
	syscall(SYS_fcntl, fd, F_GETLEASE);
	syscall(SYS_fcntl, fd, F_SETLEASE, F_RDLCK);
	syscall(SYS_fcntl, fd, F_SETLEASE, F_UNLCK);
	syscall(SYS_fcntl, fd, F_SETLEASE, 9);
	syscall(SYS_fcntl, fd, F_NOTIFY, DN_ACCESS | DN_MULTISHOT);
	syscall(SYS_fcntl, fd, F_NOTIFY, 0x100);
	int p[2];
	check(pipe(p) == 0);
	syscall(SYS_fcntl, p[0], F_GETPIPE_SZ);
	syscall(SYS_fcntl, p[0], F_SETPIPE_SZ, 4096);
	uint64_t hint = 2;
	syscall(SYS_fcntl, fd, F_GET_RW_HINT, &hint);
	syscall(SYS_fcntl, fd, F_SET_RW_HINT, &hint);
	hint = 99;
	syscall(SYS_fcntl, fd, F_SET_RW_HINT, &hint);
	syscall(SYS_fcntl, fd, F_SET_RW_HINT, BAD);
	syscall(SYS_fcntl, fd, F_GET_FILE_RW_HINT, &hint);
	syscall(SYS_fcntl, fd, 1234, 5678);
	syscall(SYS_fcntl, fd, -1, -1);
	syscall(SYS_fcntl, 99, F_GETFD);
	int m = syscall(SYS_memfd_create, "name", 3);
	syscall(SYS_memfd_create, "name\n", 0x4 | 21 << 26);
	syscall(SYS_memfd_create, NULL, 0);
	syscall(SYS_memfd_create, BAD, 0x100);
	syscall(SYS_fcntl, m, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_WRITE);
	syscall(SYS_fcntl, m, F_GET_SEALS);
	syscall(SYS_fcntl, m, F_ADD_SEALS, 0x1000);
	syscall(SYS_memfd_secret, 0);
	syscall(SYS_memfd_secret, O_CLOEXEC | 1);
	syscall(SYS_close_range, 20, 30, 0);
	syscall(SYS_close_range, 20, -1, 4);
	syscall(SYS_close_range, 20, 30, 0x18);
	return 0;
}
