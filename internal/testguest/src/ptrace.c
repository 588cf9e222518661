/* What a process that wants to trace is told; three tries of each kind. */
#include "guest.h"
#include <sys/ptrace.h>

int main(void)
{
	int data[2];
	char c;
	check(pipe(data) == 0);
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		close(data[1]);
		check(read(data[0], &c, 1) == 0);
		_exit(0);
	}
	for (int i = 0; i < 3; i++) {
		errno = 0;
		long r = ptrace(PTRACE_SEIZE, pid, 0, 0);
		printf("seize %ld %s\n", r, r ? strerror(errno) : "");
		errno = 0;
		r = ptrace(PTRACE_TRACEME, 0, 0, 0);
		printf("traceme %ld %s\n", r, r ? strerror(errno) : "");
	}
	close(data[1]);
	reap(pid, 0);
	return 0;
}
