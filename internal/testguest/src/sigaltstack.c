/* Handlers on their own stack: for a full stack, in a call, and left by a jump. */
#include "guest.h"
#include <setjmp.h>

static char alternate[64 * 1024];
static sigjmp_buf back;
static volatile sig_atomic_t faults, inside;

static int on_alternate(void *p)
{
	return (char *)p >= alternate && (char *)p < alternate + sizeof alternate;
}

static void on_fault(int sig, siginfo_t *si, void *ctx)
{
	int here;
	stack_t now;
	(void)ctx;
	check(sig == SIGSEGV && si->si_addr != NULL);
	check(on_alternate(&here));
	check(sigaltstack(NULL, &now) == 0 && now.ss_flags == SS_ONSTACK);
	check(getppid() > 0);
	faults++;
	siglongjmp(back, 1);
}

static void on_user(int sig)
{
	int here;
	(void)sig;
	inside = on_alternate(&here);
}

static int recurse(volatile char *p)
{
	if (faults > 3)
		return 0;
	volatile char frame[4096];
	frame[0] = p ? p[0] : 1;
	return recurse(frame) + frame[0];
}

int main(void)
{
	stack_t st = { .ss_sp = alternate, .ss_size = sizeof alternate };
	struct sigaction sa;
	struct rlimit small = { 256 * 1024, RLIM_INFINITY };
	int data[2];
	char c;
	check(getrlimit(RLIMIT_STACK, &small) == 0);
	small.rlim_cur = 256 * 1024;
	check(setrlimit(RLIMIT_STACK, &small) == 0);
	check(sigaltstack(&st, NULL) == 0);
	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = on_fault;
	sa.sa_flags = SA_SIGINFO | SA_ONSTACK;
	check(sigaction(SIGSEGV, &sa, NULL) == 0);
	for (int i = 0; i < 3; i++)
		if (sigsetjmp(back, 1) == 0)
			recurse(NULL);
	check(faults == 3);

	handle(SIGUSR1, on_user, SA_ONSTACK | SA_RESTART);
	check(pipe(data) == 0);
	pid_t me = getpid(), pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		wait_asleep(me);
		check(kill(me, SIGUSR1) == 0);
		check(write(data[1], "x", 1) == 1);
		_exit(0);
	}
	check(read(data[0], &c, 1) == 1);
	while (!inside)
		nap();
	reap(pid, 0);
	check(sigaltstack(NULL, &st) == 0 && st.ss_flags == 0 && st.ss_sp == alternate);
	return ok();
}
