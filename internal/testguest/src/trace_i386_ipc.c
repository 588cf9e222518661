// System V IPC by way of ipc, and directly.
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { IPC64 = 0x100 };

static long call(int which, long first, long second, long third, const void *ptr, long fifth)
{
	return syscall(SYS_ipc, which, first, second, third, ptr, fifth);
}

int main(void)
{
	struct { long type; char text[16]; } m = {7, "message"};
	char buf[256];
	int q = call(13, IPC_PRIVATE, IPC_CREAT | 0600, 0, NULL, 0);
	call(11, q, 8, IPC_NOWAIT, &m, 0);
	struct { void *p; long type; } old = {&m, 7};
	call(12, q, 16, IPC_NOWAIT, &old, 0);
	call(12 | 1 << 16, q, 16, IPC_NOWAIT, &m, -3);
	call(14, q, IPC_STAT | IPC64, 0, buf, 0);
	call(14, q, IPC_STAT, 0, buf, 0);
	call(14, q, IPC_RMID | IPC64, 0, NULL, 0);

	struct sembuf ops[2] = {{0, 1, 0}, {1, -1, IPC_NOWAIT | SEM_UNDO}};
	struct { long sec, nsec; } soon = {0, 1000};
	struct { long long sec, nsec; } soon64 = {0, 1000};
	unsigned long arg = 5;
	int s = call(2, IPC_PRIVATE, 2, IPC_CREAT | 0666, NULL, 0);
	call(1, s, 1, 0, ops, 0);
	call(4, s, 2, 0, ops, (long)&soon);
	call(3, s, 0, SETVAL, &arg, 0);
	call(3, s, 0, GETVAL | IPC64, &arg, 0);
	call(3, s, 0, IPC_RMID, &arg, 0);

	int h = call(23, IPC_PRIVATE, 4096, IPC_CREAT | 0644, NULL, 0);
	unsigned long where;
	call(21, h, SHM_RDONLY, (long)&where, NULL, 0);
	call(24, h, IPC_STAT | IPC64, 0, buf, 0);
	call(22, 0, 0, 0, (void *)where, 0);
	call(24, h, IPC_RMID, 0, NULL, 0);
	call(21, h, 0, (long)&where, (void *)0x1000, 0);
	call(77, 1, 2, 3, NULL, 5);
	call(0, 1, 2, 3, NULL, 5);

	q = syscall(SYS_msgget, IPC_PRIVATE, IPC_CREAT | 0600);
	syscall(SYS_msgsnd, q, &m, 8, IPC_NOWAIT);
	syscall(SYS_msgrcv, q, &m, 16, -9, IPC_NOWAIT);
	syscall(SYS_msgctl, q, IPC_STAT, buf);
	syscall(SYS_msgctl, q, IPC_RMID, NULL);
	s = syscall(SYS_semget, IPC_PRIVATE, 1, IPC_CREAT | 0600);
	syscall(SYS_semctl, s, 0, SETVAL, 5);
	syscall(SYS_semtimedop_time64, s, ops, 1, &soon64);
	syscall(SYS_semctl, s, 0, IPC_RMID, 0);
	h = syscall(SYS_shmget, IPC_PRIVATE, 4096, IPC_CREAT | 0644);
	where = syscall(SYS_shmat, h, NULL, 0);
	syscall(SYS_shmctl, h, IPC_STAT, buf);
	syscall(SYS_shmdt, where);
	syscall(SYS_shmctl, h, IPC_RMID, NULL);

	struct { long flags, max, size, now, pad[4]; } attr = {0, 2, 64}, was;
	unsigned prio;
	int d = syscall(SYS_mq_open, "penumbra-trace-i386", 0302, 0600, &attr);
	syscall(SYS_mq_unlink, "penumbra-trace-i386");
	syscall(SYS_mq_timedsend_time64, d, "hello", 5, 3, NULL);
	syscall(SYS_mq_timedsend, d, "hello", 5, 3, NULL);
	syscall(SYS_mq_timedreceive, d, buf, 64, &prio, &soon);
	syscall(SYS_mq_timedreceive_time64, d, buf, 64, &prio, &soon64);
	syscall(SYS_mq_timedreceive_time64, d, buf, 64, &prio, &soon64);
	syscall(SYS_mq_getsetattr, d, NULL, &was);
	return 0;
}
