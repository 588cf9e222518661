/* A guest that is a seccomp supervisor itself. */
#include "guest.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>

static int listener;

static void *answer(void *arg)
{
	struct seccomp_notif n;
	struct seccomp_notif_resp r;
	memset(&n, 0, sizeof n);
	check(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &n) == 0);
	check(n.data.nr == SYS_getppid);
	memset(&r, 0, sizeof r);
	r.id = n.id;
	r.val = 4242;
	check(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r) == 0);
	return arg;
}

int main(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 4, code };
	pthread_t t;
	check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	check(listener >= 0);
	check(pthread_create(&t, NULL, answer, NULL) == 0);
	check(syscall(SYS_getppid) == 4242);
	check(pthread_join(t, NULL) == 0);
	return ok();
}
