// i386's calls on files: old ones, and those with 64-bit numbers in halves.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define LO(n) ((uint32_t)(n))
#define HI(n) ((uint32_t)((uint64_t)(n) >> 32))

static const long long far = 0x123456789all;

static void stats(int fd)
{
	char buf[256];
	long long pos;
	syscall(SYS_stat, "one", buf);
	syscall(SYS_lstat, "missing", buf);
	syscall(SYS_fstat, fd, buf);
	syscall(SYS_oldstat, "one", buf);
	syscall(SYS_oldlstat, "missing", buf);
	syscall(SYS_oldfstat, fd, buf);
	syscall(SYS_stat64, "one", buf);
	syscall(SYS_stat64, "/dev/null", buf);
	syscall(SYS_stat64, "one", 8);
	syscall(SYS_lstat64, "/proc/self", buf);
	syscall(SYS_fstat64, fd, buf);
	syscall(SYS_fstatat64, AT_FDCWD, "one", buf, AT_SYMLINK_NOFOLLOW);
	syscall(SYS_fstatat64, -1, "", buf, AT_EMPTY_PATH);
	syscall(SYS_statfs, "/proc", buf);
	syscall(SYS_fstatfs, -1, buf);
	syscall(SYS_statfs64, "/proc", 84, buf);
	syscall(SYS_statfs64, "/proc", 80, buf);
	syscall(SYS_fstatfs64, -1, 84, buf);
	syscall(SYS__llseek, fd, HI(far), LO(far), &pos, SEEK_SET);
	syscall(SYS__llseek, fd, -1, -3, &pos, SEEK_CUR);
	syscall(SYS__llseek, fd, 0, 0, &pos, 77);
	syscall(SYS__llseek, fd, 0, 0, &pos, SEEK_SET);
	syscall(SYS_lseek, fd, 3, SEEK_SET);
	syscall(SYS_lseek, fd, -3, SEEK_END);
	syscall(SYS_lseek, fd, -3, SEEK_SET);
}

static void halves(int fd)
{
	char buf[64];
	struct iovec v = {buf, 4};
	syscall(SYS_truncate, "new", 100);
	syscall(SYS_ftruncate, fd, 100);
	syscall(SYS_truncate64, "new", LO(far), HI(far));
	syscall(SYS_ftruncate64, fd, 5, 0);
	syscall(SYS_ftruncate64, fd, -1, -1);
	syscall(SYS_pwrite64, fd, "data", 4, LO(far), HI(far));
	syscall(SYS_pread64, fd, buf, 3, LO(far), HI(far));
	syscall(SYS_pread64, fd, buf, 3, -1, -1);
	syscall(SYS_pwritev, fd, &v, 1, LO(far), HI(far));
	syscall(SYS_preadv, fd, &v, 1, LO(far), HI(far));
	syscall(SYS_preadv2, fd, &v, 1, LO(far), HI(far), 0);
	syscall(SYS_pwritev2, fd, &v, 1, -1, -1, 0);
	syscall(SYS_readv, fd, &v, 1);
	syscall(SYS_writev, fd, &v, 1);
	syscall(SYS_fallocate, fd, FALLOC_FL_KEEP_SIZE, 7, 1, 9, 1);
	syscall(SYS_sync_file_range, fd, 1, 2, 3, 4, SYNC_FILE_RANGE_WRITE);
	syscall(SYS_fadvise64, fd, 1, 2, 3, POSIX_FADV_RANDOM);
	syscall(SYS_fadvise64_64, fd, 1, 2, 3, 4, POSIX_FADV_NOREUSE);
	syscall(SYS_readahead, fd, 1, 2, 3);
	syscall(SYS_fanotify_mark, -1, 1, 2, 0, AT_FDCWD, "one");
}

static void moves(int fd)
{
	long off = 3;
	long long off64 = far;
	char buf[512];
	int to = open("/dev/null", O_WRONLY);
	syscall(SYS_sendfile, to, fd, &off, 5);
	syscall(SYS_sendfile64, to, fd, &off64, 5);
	syscall(SYS_sendfile64, to, fd, NULL, 5);
	off64 = 0;
	syscall(SYS_splice, fd, &off64, to, NULL, 5, 0);
	syscall(SYS_copy_file_range, fd, &off64, fd, NULL, 5, 0);
	int d = open("tree", O_RDONLY | O_DIRECTORY);
	syscall(SYS_readdir, -1, buf, 1);
	syscall(SYS_getdents, -1, buf, sizeof buf);
	syscall(SYS_getdents64, d, buf, 5);
}

static void controls(int fd)
{
	struct flock f = {F_RDLCK, SEEK_SET, 1, 2};
	struct flock64 g = {F_WRLCK, SEEK_SET, far, 1};
	syscall(SYS_fcntl, fd, F_GETFL);
	syscall(SYS_fcntl64, fd, F_GETFD);
	syscall(SYS_fcntl64, fd, F_SETFD, FD_CLOEXEC);
	syscall(SYS_fcntl, fd, 5, &f);
	syscall(SYS_fcntl, fd, 6, &f);
	syscall(SYS_fcntl64, fd, 13, &g);
	syscall(SYS_fcntl64, fd, 12, &g);
	syscall(SYS_fcntl64, fd, 36, &g);
	syscall(SYS_chown, "one", 0, 0);
	syscall(SYS_chown, "one", -1, 65535);
	syscall(SYS_lchown, "none", 0, -1);
	syscall(SYS_fchown, fd, -1, -1);
	syscall(SYS_chown32, "one", -1, 0);
	syscall(SYS_lchown32, "none", 0, 70000);
	syscall(SYS_fchown32, fd, -1, -1);
	syscall(SYS_fchownat, AT_FDCWD, "one", -1, 0, AT_SYMLINK_NOFOLLOW);
	syscall(SYS_umount, "none");
	syscall(SYS_mknod, "fifo", 010600, 0);
	syscall(SYS_mknod, "null", 020600, 0x103);
	syscall(SYS_creat, "new", 0600);
	syscall(SYS_open, "one", O_RDONLY | O_LARGEFILE);
	syscall(SYS_openat, AT_FDCWD, "one", O_RDWR | O_LARGEFILE | O_CREAT, 0644);
	syscall(SYS_access, "one", R_OK);
	syscall(SYS_utime, "one", NULL);
	long times[2] = {1, 2};
	syscall(SYS_utime, "one", times);
	long usec[4] = {1, 2, 3, 4};
	syscall(SYS_utimes, "one", usec);
	syscall(SYS_futimesat, AT_FDCWD, "one", usec);
	syscall(SYS_utimensat, AT_FDCWD, "one", usec, 0);
	long long nsec[4] = {1, 2, 3, 4};
	syscall(SYS_utimensat_time64, AT_FDCWD, "one", nsec, AT_SYMLINK_NOFOLLOW);
	syscall(SYS_utimensat_time64, AT_FDCWD, "one", NULL, 0);
}

int main(void)
{
	int fd = open("new", O_RDWR | O_CREAT | O_TRUNC, 0600);
	stats(fd);
	halves(fd);
	moves(fd);
	controls(fd);
	return 0;
}
