/* Directories read, files watched, handles. */
#include "guest.h"
#include <sys/inotify.h>
#include <sys/fanotify.h>
#include <sys/mount.h>

#define BAD ((void *)0xdead000)

int main(void)
{
	static char buf[4096];
	int fd = open("tree", O_RDONLY | O_DIRECTORY);
	syscall(SYS_getdents64, fd, buf, sizeof buf);
	syscall(SYS_getdents64, fd, buf, sizeof buf);
	syscall(SYS_getdents64, fd, buf, 10);
	syscall(SYS_getdents64, 99, buf, sizeof buf);
	syscall(SYS_lseek, fd, 0L, SEEK_SET);
	syscall(SYS_getdents, fd, buf, sizeof buf);
	syscall(SYS_getdents, fd, buf, sizeof buf);
	syscall(SYS_getdents, fd, BAD, sizeof buf);
	syscall(SYS_lseek, fd, 0L, SEEK_SET);
	syscall(SYS_getdents64, fd, BAD, sizeof buf);
	int i = syscall(SYS_inotify_init1, IN_NONBLOCK | IN_CLOEXEC);
	syscall(SYS_inotify_init1, 0x1);
	syscall(SYS_inotify_init);
	int w = syscall(SYS_inotify_add_watch, i, "one", IN_MODIFY | IN_ATTRIB);
	syscall(SYS_inotify_add_watch, i, "tree", IN_ALL_EVENTS);
	syscall(SYS_inotify_add_watch, i, "tree", IN_CLOSE | IN_MOVE | IN_ONLYDIR | IN_ONESHOT);
	syscall(SYS_inotify_add_watch, i, "missing", 0);
	syscall(SYS_inotify_add_watch, i, BAD, 0x100000);
	chmod("one", 0600);
	syscall(SYS_read, i, buf, sizeof buf);
	syscall(SYS_inotify_rm_watch, i, w);
	syscall(SYS_inotify_rm_watch, 99, -1);
	int f = syscall(SYS_fanotify_init, FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY | O_LARGEFILE);
	syscall(SYS_fanotify_init, FAN_CLASS_CONTENT | FAN_NONBLOCK | 0x10000000, O_RDWR);
	syscall(SYS_fanotify_init, 0xc, 3);
	syscall(SYS_fanotify_mark, f, FAN_MARK_ADD | FAN_MARK_ONLYDIR, (uint64_t)FAN_OPEN | FAN_ONDIR, AT_FDCWD, "tree");
	syscall(SYS_fanotify_mark, f, FAN_MARK_REMOVE, (uint64_t)FAN_OPEN, -1, NULL);
	syscall(SYS_fanotify_mark, 99, 0x1000, 1UL << 50, AT_FDCWD, "one");
	syscall(SYS_fanotify_mark, 99, FAN_MARK_FLUSH, 0UL, AT_FDCWD, NULL);
	struct { struct file_handle h; char more[128]; } h;
	int id;
	h.h.handle_bytes = 0;
	syscall(SYS_name_to_handle_at, AT_FDCWD, "one", &h, &id, 0);
	h.h.handle_bytes = 2000;
	syscall(SYS_name_to_handle_at, AT_FDCWD, "one", &h, &id, AT_SYMLINK_FOLLOW);
	syscall(SYS_name_to_handle_at, AT_FDCWD, "one", NULL, NULL, 0x8000);
	h.h.handle_bytes = 8, h.h.handle_type = 1;
	memset(h.more, 'a', 8);
	syscall(SYS_open_by_handle_at, 99, &h, O_RDONLY);
	syscall(SYS_open_by_handle_at, 99, BAD, O_RDONLY);
	syscall(SYS_mount, "none", "missing", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m");
	syscall(SYS_mount, "one", "missing", NULL, MS_BIND | MS_REC, NULL);
	syscall(SYS_mount, NULL, "missing", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL);
	syscall(SYS_mount, NULL, "missing", BAD, 0, BAD);
	syscall(SYS_mount, "a", "missing", "proc", 0xc0ed0000, "x");
	syscall(SYS_mount, "a", "missing", "proc", 1UL << 40, NULL);
	syscall(SYS_umount2, "missing", MNT_DETACH | 0x8);
	syscall(SYS_umount2, "missing", 0);
	syscall(SYS_umount2, "missing", 0x100);
	syscall(SYS_pivot_root, "missing", "old");
	syscall(428 /* open_tree */, AT_FDCWD, "missing", 1 | O_CLOEXEC | AT_EMPTY_PATH);
	syscall(428, AT_FDCWD, "missing", 0x4000000);
	syscall(429 /* move_mount */, -1, "", AT_FDCWD, "missing", 4);
	syscall(429, 99, "", 98, "missing", 0x400);
	syscall(430 /* fsopen */, "nosuchfs", 1);
	syscall(430, BAD, 2);
	syscall(431 /* fsconfig */, 99, 0, "ro", NULL, 0);
	syscall(431, 99, 1, "source", "none", 0);
	syscall(431, 99, 2, "key", "value", 5);
	syscall(431, 99, 3, "key", "path", AT_FDCWD);
	syscall(431, 99, 5, "key", NULL, 7);
	syscall(431, 99, 6, NULL, NULL, 0);
	syscall(431, 99, 77, "a", "b", 3);
	syscall(432 /* fsmount */, 99, 1, 0x33);
	syscall(432, 99, 0, 0);
	syscall(433 /* fspick */, AT_FDCWD, "missing", 9);
	struct { uint64_t set, clr, propagation, fd; } attr = { 1, 0x10, MS_PRIVATE, 0 };
	syscall(442 /* mount_setattr */, AT_FDCWD, "missing", 0x8000, &attr, sizeof attr);
	syscall(442, AT_FDCWD, "missing", 0, &attr, 8);
	syscall(442, AT_FDCWD, "missing", 0, NULL, 32);
	return 0;
}
