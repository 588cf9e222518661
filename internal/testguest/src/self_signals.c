/* Signals that a process sends to itself, its threads and its group. */
#include "guest.h"

static volatile sig_atomic_t count, sender, code, on_tid;

static void on_signal(int sig, siginfo_t *si, void *ctx)
{
	(void)sig;
	(void)ctx;
	sender = si->si_pid;
	code = si->si_code;
	on_tid = thread_id();
	count++; /* last: others wait for it */
}

static int go[2];
static volatile pid_t worker;
static void *work(void *arg)
{
	char c;
	worker = thread_id();
	while (read(go[0], &c, 1) != 1)
		;
	return arg;
}

int main(void)
{
	struct sigaction sa;
	pthread_t t;
	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = on_signal;
	sa.sa_flags = SA_SIGINFO;
	check(sigaction(SIGUSR1, &sa, NULL) == 0);
	for (int i = 1; i <= 1000; i++) {
		check(kill(getpid(), SIGUSR1) == 0);
		check(count == i); /* delivered before kill returns */
	}
	check(sender == getpid() && code == SI_USER);
	count = 0;
	check(raise(SIGUSR1) == 0 && count == 1 && code == -6 /* SI_TKILL */);

	check(pipe(go) == 0);
	check(pthread_create(&t, NULL, work, NULL) == 0);
	while (worker == 0)
		nap();
	count = 0;
	check(syscall(SYS_tgkill, getpid(), worker, SIGUSR1) == 0);
	while (count == 0)
		nap();
	check(on_tid == worker && count == 1);
	check(write(go[1], "x", 1) == 1);
	check(pthread_join(t, NULL) == 0);
	while (syscall(SYS_tgkill, getpid(), worker, 0) == 0)
		nap(); /* join can be sooner than the very end */
	check(errno == ESRCH);

	/* a blocked signal waits and comes once */
	count = 0;
	block(SIG_BLOCK, SIGUSR1);
	for (int i = 0; i < 5; i++)
		check(kill(getpid(), SIGUSR1) == 0);
	check(count == 0);
	block(SIG_UNBLOCK, SIGUSR1);
	check(count == 1);

	/* to a group, from outside and by each member */
	pid_t leader = 0, pids[4];
	int p[2], gate[2];
	char c;
	check(pipe(p) == 0 && pipe(gate) == 0);
	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		check(pids[i] >= 0);
		if (pids[i] == 0) {
			check(setpgid(0, leader) == 0);
			count = 0;
			check(write(p[1], "r", 1) == 1);
			while (count == 0) {
				struct pollfd none = { .fd = -1 };
				poll(&none, 1, 1);
			}
			_exit(count);
		}
		if (leader == 0)
			leader = pids[0];
		setpgid(pids[i], leader);
	}
	for (int i = 0; i < 4; i++)
		check(read(p[0], &c, 1) == 1);
	check(kill(-leader, SIGUSR1) == 0);
	for (int i = 0; i < 4; i++)
		reap(pids[i], 1);
	fails(kill(-leader, 0), ESRCH);
	fails(kill(getpid(), 65), EINVAL);
	return ok();
}
