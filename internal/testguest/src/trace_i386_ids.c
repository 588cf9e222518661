// i386's calls about users and groups, which have 16 bits in the old ones.
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	unsigned short s[3], groups[2] = {1, 0xffff};
	unsigned l[3], more[2] = {1, 70000};
	syscall(SYS_getuid);
	syscall(SYS_geteuid);
	syscall(SYS_getgid);
	syscall(SYS_getegid);
	syscall(SYS_getresuid, &s[0], &s[1], &s[2]);
	syscall(SYS_getresgid, &s[0], &s[1], &s[2]);
	syscall(SYS_getresgid, &s[0], 8, &s[2]);
	syscall(SYS_getgroups, 0, NULL);
	syscall(SYS_setgroups, 2, groups);
	syscall(SYS_getgroups, 2, groups);
	syscall(SYS_getgroups, 1, groups);
	syscall(SYS_setuid, 0);
	syscall(SYS_setgid, 0);
	syscall(SYS_setreuid, -1, 0);
	syscall(SYS_setregid, 0xffff, 0);
	syscall(SYS_setresuid, -1, 0xffff, 0);
	syscall(SYS_setresgid, -1, -1, -1);
	syscall(SYS_setfsuid, -1);
	syscall(SYS_setfsgid, 0);
	syscall(SYS_getuid32);
	syscall(SYS_geteuid32);
	syscall(SYS_getgid32);
	syscall(SYS_getegid32);
	syscall(SYS_getresuid32, &l[0], &l[1], &l[2]);
	syscall(SYS_getresgid32, &l[0], &l[1], &l[2]);
	syscall(SYS_setgroups32, 2, more);
	syscall(SYS_getgroups32, 2, more);
	syscall(SYS_setgroups32, 0, NULL);
	syscall(SYS_setreuid32, -1, -1);
	syscall(SYS_setregid32, -1, 0);
	syscall(SYS_setresuid32, -1, -1, -1);
	syscall(SYS_setresgid32, -1, 0, -1);
	syscall(SYS_setfsuid32, -1);
	syscall(SYS_setfsgid32, 0);
	syscall(SYS_setgid32, 70000);
	syscall(SYS_setuid32, 70000);
	return 0;
}
