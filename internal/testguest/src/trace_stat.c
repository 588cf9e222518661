/* The structures of stat. */
#include "guest.h"
#include <linux/stat.h>

#define BAD ((void *)0xdead000)

int main(void)
{
	static struct stat st;
	static struct statx sx;
	syscall(SYS_stat, "one", &st);
	syscall(SYS_stat, ".", &st);
	syscall(SYS_lstat, "/proc/self", &st);
	syscall(SYS_stat, "/dev/null", &st);
	syscall(SYS_stat, "missing", &st);
	syscall(SYS_stat, "one", NULL);
	syscall(SYS_stat, "one", BAD);
	syscall(SYS_fstat, 0, &st);
	syscall(SYS_fstat, 99, &st);
	syscall(SYS_newfstatat, AT_FDCWD, "one", &st, 0);
	syscall(SYS_newfstatat, AT_FDCWD, "one", &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
	syscall(SYS_newfstatat, 0, "", &st, AT_EMPTY_PATH);
	syscall(SYS_newfstatat, AT_FDCWD, "one", &st, 0x80);
	syscall(SYS_newfstatat, AT_FDCWD, "one", &st, 0x8180);
	syscall(SYS_statx, AT_FDCWD, "one", 0, STATX_BASIC_STATS, &sx);
	syscall(SYS_statx, AT_FDCWD, "one", AT_STATX_DONT_SYNC, STATX_ALL | STATX_MNT_ID, &sx);
	syscall(SYS_statx, AT_FDCWD, "one", AT_STATX_FORCE_SYNC | AT_SYMLINK_NOFOLLOW, STATX_SIZE | STATX_MODE, &sx);
	syscall(SYS_statx, AT_FDCWD, "one", 0x6000, 0, &sx);
	syscall(SYS_statx, AT_FDCWD, "one", 0x80000, 0x80000000, &sx);
	syscall(SYS_statx, AT_FDCWD, "/dev/null", 0, 0x40000000, &sx);
	syscall(SYS_statx, AT_FDCWD, "missing", 0, 0, &sx);
	syscall(SYS_statx, AT_FDCWD, "one", 0, 0, NULL);
	syscall(SYS_statx, AT_FDCWD, "one", 0, 0, BAD);
	return 0;
}
