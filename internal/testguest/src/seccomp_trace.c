/* A filter that asks a tracer, of which the guest knows none. */
#include "guest.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

/* Gives action for call nr; every other call is allowed. */
static void filter(int nr, uint32_t action, int flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 4, code };
	check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog) == 0);
}

/* Nobody that the guest knows of traces it: the call does not exist. */
int main(void)
{
	for (int data = 0; data < 70000; data += 9999) {
		pid_t pid = fork();
		if (pid == 0) {
			filter(SYS_getppid, SECCOMP_RET_TRACE | (data & 0xffff), 0);
			fails(syscall(SYS_getppid), ENOSYS);
			_exit(0);
		}
		reap(pid, 0);
	}
	return ok();
}

