// System V and POSIX IPC.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	struct { long type; char text[16]; } m = {7, "message"};
	struct msqid_ds mq;
	int q = msgget(IPC_PRIVATE, IPC_CREAT | IPC_EXCL | 0600);
	msgget(0x12345, 0640);
	msgsnd(q, &m, 8, IPC_NOWAIT);
	msgrcv(q, &m, 16, 0, MSG_NOERROR | IPC_NOWAIT);
	msgrcv(q, &m, 16, -3, IPC_NOWAIT);
	msgctl(q, IPC_STAT, &mq);
	msgctl(q, IPC_SET, &mq);
	msgctl(q, IPC_RMID, NULL);
	msgctl(q, 77, NULL);
	msgsnd(q, NULL, 3, 0);

	struct sembuf ops[2] = {{0, 1, 0}, {1, -1, IPC_NOWAIT | SEM_UNDO}};
	struct timespec soon = {0, 1000};
	unsigned short values[2] = {3, 4};
	int s = semget(IPC_PRIVATE, 2, IPC_CREAT | 0666);
	semop(s, ops, 1);
	semop(s, ops, 2);
	semtimedop(s, ops + 1, 1, &soon);
	semctl(s, 0, SETVAL, 5);
	semctl(s, 0, GETVAL);
	semctl(s, 0, SETALL, values);
	semctl(s, 0, GETALL, values);
	semctl(s, 0, GETPID);
	semctl(s, 0, IPC_RMID);
	semop(s, NULL, 0);
	semget(77, 1, 0);

	struct shmid_ds sh;
	int h = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0644);
	void *p = shmat(h, NULL, SHM_RDONLY);
	shmctl(h, IPC_STAT, &sh);
	shmctl(h, SHM_LOCK, NULL);
	shmctl(h, SHM_UNLOCK, NULL);
	shmdt(p);
	shmdt(NULL);
	shmctl(h, IPC_RMID, NULL);
	shmat(h, (void *)0x1000, SHM_RND);
	shmget(IPC_PRIVATE, 0, IPC_CREAT | SHM_HUGETLB | SHM_NORESERVE | 0600);

	struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 64}, old;
	char buf[64];
	unsigned prio;
	mqd_t d = mq_open("/penumbra-trace-ipc", O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attr);
	mq_unlink("/penumbra-trace-ipc");
	mq_getattr(d, &old);
	mq_send(d, "hello", 5, 3);
	mq_receive(d, buf, sizeof buf, &prio);
	mq_receive(d, buf, sizeof buf, NULL);
	mq_timedreceive(d, buf, sizeof buf, &prio, &soon);
	old.mq_flags = 0;
	mq_setattr(d, &old, &attr);
	mq_notify(d, NULL);
	mq_close(d);
	mq_open("/none", O_RDONLY);
	return 0;
}
