/* Real-time signals queue, in order, with their values. */
#include "guest.h"

enum { N = 200 };
static int got[3][N], count[3];
static volatile sig_atomic_t total;

static void on_rt(int sig, siginfo_t *si, void *ctx)
{
	int i = sig - SIGRTMIN;
	(void)ctx;
	check(si->si_code == SI_QUEUE);
	check(si->si_uid == getuid());
	got[i][count[i]++] = si->si_value.sival_int;
	total++;
}

static void send(pid_t pid, int sig, int v)
{
	union sigval value = { .sival_int = v };
	while (sigqueue(pid, sig, value) == -1) {
		check(errno == EAGAIN);
		nap();
	}
}

int main(void)
{
	sigset_t set;
	siginfo_t si;
	sigemptyset(&set);
	for (int i = 0; i < 3; i++)
		sigaddset(&set, SIGRTMIN + i);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);

	/* by sigwaitinfo: lowest number first, then first in first out */
	for (int v = 0; v < N; v++)
		for (int i = 2; i >= 0; i--)
			send(getpid(), SIGRTMIN + i, v);
	for (int i = 0; i < 3; i++)
		for (int v = 0; v < N; v++) {
			check(sigwaitinfo(&set, &si) == SIGRTMIN + i);
			check(si.si_value.sival_int == v);
			check(si.si_pid == getpid());
		}

	/* by handler, from another process, into a call that is under way */
	struct sigaction sa;
	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = on_rt;
	sa.sa_flags = SA_SIGINFO | SA_RESTART;
	for (int i = 0; i < 3; i++)
		sigaddset(&sa.sa_mask, SIGRTMIN + i);
	for (int i = 0; i < 3; i++)
		check(sigaction(SIGRTMIN + i, &sa, NULL) == 0);
	int data[2];
	char c;
	check(pipe(data) == 0);
	pid_t me = getpid(), pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		wait_asleep(me);
		for (int v = 0; v < N; v++)
			for (int i = 0; i < 3; i++)
				send(me, SIGRTMIN + i, v);
		check(write(data[1], "x", 1) == 1);
		_exit(0);
	}
	check(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
	check(read(data[0], &c, 1) == 1);
	while (total < 3 * N)
		nap();
	for (int i = 0; i < 3; i++) {
		check(count[i] == N);
		for (int v = 0; v < N; v++)
			check(got[i][v] == v);
	}
	reap(pid, 0);
	return ok();
}
