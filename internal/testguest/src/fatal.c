/* How children die, as their parent sees it; core dumps too. */
#include "guest.h"

static void *die_here(void *arg)
{
	raise(*(int *)arg);
	return arg;
}

static void report(const char *what, int sig, pid_t pid)
{
	int status;
	check(waitpid(pid, &status, 0) == pid);
	check(WIFSIGNALED(status) && WTERMSIG(status) == sig);
	printf("%s %d core %d\n", what, sig, WCOREDUMP(status) != 0);
}

static void trap(int sig)
{
	volatile int zero = 0;
	switch (sig) {
	case SIGSEGV: *(volatile char *)16 = 1; break;
	case SIGFPE: zero = 7 / zero; break;
	case SIGILL: __builtin_trap(); break;
	case SIGABRT: abort();
	case SIGTRAP: __asm__ volatile("int3"); break;
	case SIGBUS: {
		FILE *f = tmpfile();
		check(f != NULL);
		*(volatile char *)mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fileno(f), 0) = 1;
	} break;
	}
}

int main(void)
{
	static const int sent[] = { SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGPIPE,
		SIGALRM, SIGTERM, SIGUSR1, SIGXCPU, SIGSYS, SIGPOLL, SIGVTALRM };
	static const int caused[] = { SIGSEGV, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGBUS };
	struct rlimit core;
	setvbuf(stdout, NULL, _IOLBF, 0);
	check(getrlimit(RLIMIT_CORE, &core) == 0);
	for (int dump = 0; dump < 2; dump++) {
		core.rlim_cur = dump ? core.rlim_max : 0;
		check(setrlimit(RLIMIT_CORE, &core) == 0);
		for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
			pid_t pid = fork();
			if (pid == 0) {
				handle(sent[i] == SIGKILL ? SIGUSR2 : sent[i], SIG_DFL, 0);
				for (;;)
					raise(sent[i]);
			}
			report("sent", sent[i], pid);
		}
		for (size_t i = 0; i < sizeof caused / sizeof caused[0]; i++) {
			pid_t pid = fork();
			if (pid == 0) {
				trap(caused[i]);
				_exit(1);
			}
			report("caused", caused[i], pid);
		}
	}
	/* from one of many threads */
	pid_t pid = fork();
	if (pid == 0) {
		int sig = SIGABRT;
		pthread_t t;
		for (int i = 0; i < 4; i++)
			check(pthread_create(&t, NULL, pause_thread, NULL) == 0);
		check(pthread_create(&t, NULL, die_here, &sig) == 0);
		for (;;)
			pause();
	}
	report("thread", SIGABRT, pid);
	return ok();
}
