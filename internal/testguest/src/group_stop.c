/* Group stop and continue as a parent sees them with waitpid and waitid. */
#include "guest.h"

static volatile sig_atomic_t continued;
static void on_cont(int sig) { (void)sig; continued++; }

static void *busy(void *arg)
{
	for (;;)
		getppid();
	return arg;
}

static void *asleep(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void expect_stop(pid_t pid, int sig)
{
	int status;
	check(waitpid(pid, &status, WUNTRACED) == pid);
	check(WIFSTOPPED(status));
	check(WSTOPSIG(status) == sig);
	char s = state_of(pid, pid);
	check(s == 'T' || s == 't');
}

static void expect_continue(pid_t pid)
{
	int status;
	check(waitpid(pid, &status, WCONTINUED) == pid);
	check(WIFCONTINUED(status));
}

static void cycle(pid_t pid, int sig)
{
	check(kill(pid, sig) == 0);
	expect_stop(pid, sig);
	check(waitpid(pid, NULL, WUNTRACED | WNOHANG) == 0);
	check(kill(pid, SIGCONT) == 0);
	expect_continue(pid);
	check(waitpid(pid, NULL, WUNTRACED | WCONTINUED | WNOHANG) == 0);
}

static pid_t start(int threads)
{
	int ready[2];
	char c;
	check(pipe(ready) == 0);
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		pthread_t t;
		/* a group of its own, not orphaned: SIGTSTP stops it */
		check(setpgid(0, 0) == 0);
		for (int i = 0; i < threads; i++)
			check(pthread_create(&t, NULL, i % 2 ? busy : asleep, NULL) == 0);
		check(write(ready[1], "x", 1) == 1);
		for (;;)
			pause();
	}
	check(read(ready[0], &c, 1) == 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void all_stopped(pid_t pid)
{
	char name[64];
	struct dirent *e;
	snprintf(name, sizeof name, "/proc/%d/task", pid);
	DIR *d = opendir(name);
	check(d != NULL);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		char s = state_of(pid, atoi(e->d_name));
		check(s == 'T' || s == 't');
	}
	closedir(d);
}

static void stops(int threads)
{
	pid_t pid = start(threads);
	for (int i = 0; i < 10; i++) {
		cycle(pid, SIGSTOP);
		cycle(pid, SIGTSTP);
		cycle(pid, SIGTTIN);
		cycle(pid, SIGTTOU);
	}
	check(kill(pid, SIGSTOP) == 0);
	expect_stop(pid, SIGSTOP);
	all_stopped(pid);
	check(kill(pid, SIGTERM) == 0); /* waits until it continues */
	check(waitpid(pid, NULL, WNOHANG) == 0);
	check(kill(pid, SIGCONT) == 0);
	reap_killed(pid, SIGTERM);

	pid = start(threads);
	check(kill(pid, SIGSTOP) == 0);
	expect_stop(pid, SIGSTOP);
	check(kill(pid, SIGKILL) == 0); /* this does not wait */
	reap_killed(pid, SIGKILL);
}

static void by_waitid(void)
{
	siginfo_t si;
	pid_t pid = start(2);
	check(kill(pid, SIGSTOP) == 0);
	check(waitid(P_PID, pid, &si, WSTOPPED | WNOWAIT) == 0);
	check(si.si_code == CLD_STOPPED && si.si_status == SIGSTOP && si.si_pid == pid);
	memset(&si, 0, sizeof si);
	check(waitid(P_PID, pid, &si, WSTOPPED) == 0);
	check(si.si_code == CLD_STOPPED && si.si_status == SIGSTOP);
	check(kill(pid, SIGCONT) == 0);
	check(waitid(P_PID, pid, &si, WCONTINUED) == 0);
	check(si.si_code == CLD_CONTINUED && si.si_status == SIGCONT);
	check(kill(pid, SIGKILL) == 0);
	check(waitid(P_PID, pid, &si, WEXITED) == 0);
	check(si.si_code == CLD_KILLED && si.si_status == SIGKILL);
}

/* A read and a sleep that a stop interrupts go on as if nothing had been. */
static void calls_go_on(void)
{
	int data[2];
	char c = 0;
	check(pipe(data) == 0);
	for (int handler = 0; handler < 2; handler++) {
		pid_t pid = fork();
		check(pid >= 0);
		if (pid == 0) {
			if (handler)
				handle(SIGCONT, on_cont, SA_RESTART);
			check(read(data[0], &c, 1) == 1);
			check(c == 'd');
			check(continued == 0 || handler);
			_exit(handler ? 30 + (continued > 0) : 30);
		}
		for (int i = 0; i < 3; i++) {
			wait_asleep(pid);
			cycle(pid, SIGSTOP);
		}
		wait_asleep(pid);
		check(write(data[1], "d", 1) == 1);
		reap(pid, 30 + handler);
	}
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		struct timespec t = { 0, 300 * 1000 * 1000 }, a, b;
		clock_gettime(CLOCK_MONOTONIC, &a);
		check(nanosleep(&t, NULL) == 0);
		clock_gettime(CLOCK_MONOTONIC, &b);
		check((b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec >= 300000000LL);
		_exit(32);
	}
	wait_asleep(pid);
	cycle(pid, SIGSTOP);
	reap(pid, 32);
}

/* A process that stops itself, many times. */
static void by_itself(void)
{
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		for (int i = 0; i < 20; i++)
			raise(SIGSTOP);
		_exit(33);
	}
	for (int i = 0; i < 20; i++) {
		expect_stop(pid, SIGSTOP);
		check(kill(pid, SIGCONT) == 0);
	}
	reap(pid, 33);
}

static volatile sig_atomic_t told, told_code;
static void on_child(int sig, siginfo_t *si, void *ctx)
{
	(void)sig;
	(void)ctx;
	told_code = si->si_code;
	told++; /* last: others wait for it */
}

/* SIGCHLD tells of stops, unless SA_NOCLDSTOP. */
static void sigchld(void)
{
	struct sigaction sa;
	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = on_child;
	sa.sa_flags = SA_SIGINFO | SA_RESTART;
	check(sigaction(SIGCHLD, &sa, NULL) == 0);
	pid_t pid = start(1);
	check(kill(pid, SIGSTOP) == 0);
	expect_stop(pid, SIGSTOP);
	while (told < 1)
		nap();
	check(told_code == CLD_STOPPED);
	check(kill(pid, SIGCONT) == 0);
	expect_continue(pid);
	while (told < 2)
		nap();
	check(told_code == CLD_CONTINUED);
	sa.sa_flags |= SA_NOCLDSTOP;
	check(sigaction(SIGCHLD, &sa, NULL) == 0);
	cycle(pid, SIGSTOP);
	check(told == 2);
	check(kill(pid, SIGKILL) == 0);
	reap_killed(pid, SIGKILL);
	while (told < 3)
		nap();
	check(told == 3 && told_code == CLD_KILLED);
	handle(SIGCHLD, SIG_DFL, 0);
}

int main(void)
{
	stops(0);
	stops(5);
	by_waitid();
	calls_go_on();
	by_itself();
	sigchld();
	return ok();
}
