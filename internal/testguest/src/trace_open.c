/* Files opened, by every call that opens, with odd flags and bad pointers. */
#include "guest.h"
#include <linux/openat2.h>

#define BAD ((void *)0xdead000)

int main(void)
{
	char longname[5000];
	memset(longname, 'x', sizeof longname - 1);
	longname[sizeof longname - 1] = 0;
	close(open("one", O_RDONLY));
	close(open("one", O_RDWR | O_APPEND | O_NONBLOCK | O_NOATIME));
	close(open("new", O_WRONLY | O_CREAT | O_EXCL, 0640));
	open("new", O_WRONLY | O_CREAT | O_EXCL, 0640);
	open("new", O_WRONLY | O_CREAT | O_EXCL, 07777);
	syscall(SYS_open, "one", 3, 0);
	syscall(SYS_open, "one", 0x40000003, 0);
	syscall(SYS_open, "one", 0xffffffff, 0123456);
	syscall(SYS_open, NULL, O_RDONLY, 0);
	syscall(SYS_open, BAD, O_RDONLY, 0);
	syscall(SYS_open, "", O_RDONLY, 0);
	syscall(SYS_open, "a\n\t\"\\\1\0012\377z", O_RDONLY, 0);
	syscall(SYS_open, longname, O_PATH, 0);
	syscall(SYS_open, "/", O_TMPFILE | O_WRONLY, 0600);
	syscall(SYS_open, ".", O_DIRECTORY | O_PATH | O_NOFOLLOW | O_CLOEXEC);
	syscall(SYS_open, "one", O_SYNC | O_DSYNC | O_DIRECT | O_NOCTTY | O_ASYNC | O_TRUNC);
	syscall(SYS_creat, "new", 0);
	syscall(SYS_creat, "none/new", 0666);
	syscall(SYS_openat, AT_FDCWD, "one", 0);
	syscall(SYS_openat, -1, "one", O_WRONLY);
	syscall(SYS_openat, 99, "one", O_WRONLY | O_CREAT, 0);
	syscall(SYS_openat, 3, "", O_RDONLY);
	struct open_how how = { .flags = O_CREAT | O_RDWR, .mode = 0604, .resolve = RESOLVE_BENEATH };
	syscall(SYS_openat2, AT_FDCWD, "two", &how, sizeof how);
	how.resolve = RESOLVE_NO_XDEV | 0x4000;
	syscall(SYS_openat2, AT_FDCWD, "two", &how, sizeof how);
	how.flags = O_RDONLY, how.mode = 0, how.resolve = 0;
	syscall(SYS_openat2, AT_FDCWD, "missing", &how, sizeof how);
	syscall(SYS_openat2, AT_FDCWD, "missing", &how, 8);
	syscall(SYS_openat2, AT_FDCWD, "missing", NULL, sizeof how);
	syscall(SYS_openat2, AT_FDCWD, "missing", BAD, sizeof how);
	syscall(SYS_access, "one", R_OK | W_OK);
	syscall(SYS_access, "one", F_OK);
	syscall(SYS_access, "one", 8);
	syscall(SYS_access, "one", 0x17);
	syscall(SYS_faccessat, AT_FDCWD, "one", X_OK);
	syscall(SYS_faccessat2, AT_FDCWD, "one", X_OK, AT_EACCESS | AT_SYMLINK_NOFOLLOW);
	syscall(SYS_faccessat2, AT_FDCWD, "one", X_OK, 0x80000);
	syscall(SYS_chdir, "tree");
	syscall(SYS_chdir, BAD);
	syscall(SYS_chdir, "..");
	syscall(SYS_fchdir, 3);
	syscall(SYS_chroot, "missing");
	char cwd[4096];
	syscall(SYS_getcwd, cwd, 2);
	syscall(SYS_getcwd, NULL, 0);
	syscall(SYS_getcwd, BAD, 4096);
	syscall(SYS_umask, 022);
	syscall(SYS_umask, 0777);
	syscall(SYS_umask, -1);
	syscall(SYS_umask, 0);
	return 0;
}
