/* Processes held by descriptors; another process's memory and files. */
#include "guest.h"
#include <sys/uio.h>

int main(void)
{
	static char secret[32] = "before";
	char copy[32] = "";
	int ready[2], gate[2];
	char c;
	check(pipe(ready) == 0 && pipe(gate) == 0);
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		int fd = open("/dev/null", O_RDONLY);
		strcpy(secret, "child");
		check(dup2(fd, 60) == 60);
		check(write(ready[1], "r", 1) == 1);
		for (;;)
			pause();
	}
	check(read(ready[0], &c, 1) == 1);
	struct iovec here = { copy, sizeof copy }, there = { secret, sizeof secret };
	check(process_vm_readv(pid, &here, 1, &there, 1, 0) == sizeof copy);
	check(strcmp(copy, "child") == 0 && strcmp(secret, "before") == 0);
	int fd = (int)syscall(434 /* pidfd_open */, pid, 0);
	check(fd >= 0);
	int got = (int)syscall(438 /* pidfd_getfd */, fd, 60, 0);
	check(got >= 0);
	struct stat a, b;
	check(fstat(got, &a) == 0 && stat("/dev/null", &b) == 0 && a.st_rdev == b.st_rdev);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	check(poll(&p, 1, 0) == 0);
	check(syscall(424 /* pidfd_send_signal */, fd, SIGTERM, NULL, 0) == 0);
	check(poll(&p, 1, -1) == 1);
	reap_killed(pid, SIGTERM);
	fails(syscall(424, fd, 0, NULL, 0), ESRCH);
	fails(syscall(434, pid, 0), ESRCH);
	return ok();
}
