/* Calls on names: links, directories, modes, owners, times, file systems. */
#include "guest.h"
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <utime.h>

#define BAD ((void *)0xdead000)

int main(void)
{
	char buf[300];
	syscall(SYS_mkdir, "dir", 0755);
	syscall(SYS_mkdir, "dir", 01777);
	syscall(SYS_mkdirat, AT_FDCWD, "dir/sub", 0);
	syscall(SYS_rmdir, "dir");
	syscall(SYS_link, "one", "hard");
	syscall(SYS_linkat, AT_FDCWD, "one", AT_FDCWD, "hard2", AT_SYMLINK_FOLLOW);
	syscall(SYS_linkat, -1, "one", 7, "hard2", 0x8100);
	syscall(SYS_symlink, "one", "soft");
	syscall(SYS_symlinkat, "one", AT_FDCWD, "soft2");
	syscall(SYS_symlinkat, NULL, AT_FDCWD, "soft2");
	syscall(SYS_readlink, "soft", buf, sizeof buf);
	syscall(SYS_readlink, "soft", buf, 2);
	syscall(SYS_readlink, "one", buf, sizeof buf);
	syscall(SYS_readlink, "soft", BAD, sizeof buf);
	syscall(SYS_readlink, "soft", NULL, 0);
	syscall(SYS_readlinkat, AT_FDCWD, "soft", buf, sizeof buf);
	syscall(SYS_rename, "hard", "hard3");
	syscall(SYS_renameat, AT_FDCWD, "hard3", AT_FDCWD, "hard");
	syscall(SYS_renameat2, AT_FDCWD, "hard", AT_FDCWD, "hard2", RENAME_EXCHANGE);
	syscall(SYS_renameat2, AT_FDCWD, "hard", AT_FDCWD, "hard2", 0x18);
	syscall(SYS_renameat2, AT_FDCWD, "hard", AT_FDCWD, "hard4", 0);
	syscall(SYS_unlink, "hard4");
	syscall(SYS_unlink, "missing");
	syscall(SYS_unlinkat, AT_FDCWD, "dir/sub", AT_REMOVEDIR);
	syscall(SYS_unlinkat, AT_FDCWD, "hard2", 0);
	syscall(SYS_unlinkat, AT_FDCWD, "hard2", 0x1001);
	syscall(SYS_chmod, "one", 04755);
	syscall(SYS_chmod, "one", 0100644);
	syscall(SYS_chmod, "one", -1);
	syscall(SYS_fchmod, 99, 0);
	syscall(SYS_fchmodat, AT_FDCWD, "one", 0644);
	syscall(SYS_chown, "one", -1, -1);
	syscall(SYS_lchown, "one", 0, -1);
	syscall(SYS_fchown, 99, 1, 2);
	syscall(SYS_fchownat, AT_FDCWD, "one", -1, 0, AT_SYMLINK_NOFOLLOW);
	syscall(SYS_fchownat, AT_FDCWD, "", -1, 0, AT_EMPTY_PATH | 0x1);
	syscall(SYS_mknod, "fifo", S_IFIFO | 0600, 0);
	syscall(SYS_mknod, "reg", 0644, 0);
	syscall(SYS_mknod, "fifo", S_IFCHR | 0600, makedev(4, 65));
	syscall(SYS_mknod, "fifo", S_IFBLK | 02660, makedev(0x123, 0x45678));
	syscall(SYS_mknodat, AT_FDCWD, "sock", S_IFSOCK | 0600, 0);
	syscall(SYS_mknodat, AT_FDCWD, "odd", 0170000, 0);
	syscall(SYS_truncate, "one", 5L);
	syscall(SYS_truncate, "one", -1L);
	syscall(SYS_ftruncate, 99, 1L << 40);
	struct timespec ts[2] = { { 1, 2 }, { 1500000000, 999999999 } };
	syscall(SYS_utimensat, AT_FDCWD, "one", ts, 0);
	ts[0].tv_nsec = UTIME_NOW, ts[1].tv_nsec = UTIME_OMIT;
	syscall(SYS_utimensat, AT_FDCWD, "one", ts, AT_SYMLINK_NOFOLLOW);
	ts[0].tv_nsec = 1000000000, ts[1].tv_sec = -1;
	syscall(SYS_utimensat, AT_FDCWD, "one", ts, 0x2000000);
	syscall(SYS_utimensat, AT_FDCWD, "one", NULL, 0);
	syscall(SYS_utimensat, AT_FDCWD, NULL, BAD, 0);
	struct utimbuf ut = { 1, 1600000000 };
	syscall(SYS_utime, "one", &ut);
	syscall(SYS_utime, "one", NULL);
	syscall(SYS_utime, "one", BAD);
	struct timeval tv[2] = { { 1, 2 }, { 1500000000, 999999 } };
	syscall(SYS_utimes, "one", tv);
	tv[0].tv_usec = 1000000;
	syscall(SYS_utimes, "one", tv);
	syscall(SYS_futimesat, AT_FDCWD, "one", tv);
	syscall(SYS_futimesat, AT_FDCWD, "one", NULL);
	struct statfs sf;
	syscall(SYS_statfs, "/proc", &sf);
	syscall(SYS_statfs, "/proc", NULL);
	syscall(SYS_statfs, "missing", &sf);
	syscall(SYS_fstatfs, 99, &sf);
	struct { int32_t tfree; long tinode; char fname[6], fpack[6]; } us;
	syscall(SYS_ustat, 0x12345678, &us);
	syscall(SYS_acct, "missing/file");
	syscall(SYS_swapon, "missing", 0x8005);
	syscall(SYS_swapon, "missing", 0x30000);
	syscall(SYS_swapoff, "missing");
	syscall(SYS_uselib, "missing");
	syscall(SYS_sysfs, 3);
	return 0;
}
