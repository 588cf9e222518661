/* All the ways to wait for a child, and what each tells. */
#include "guest.h"

static void nothing(int sig) { (void)sig; }

static pid_t child(int code)
{
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0)
		_exit(code);
	return pid;
}

static void look_then_take(void)
{
	siginfo_t si;
	pid_t pid = child(40);
	for (int i = 0; i < 3; i++) {
		memset(&si, 0, sizeof si);
		check(waitid(P_PID, pid, &si, WEXITED | WNOWAIT) == 0);
		check(si.si_signo == SIGCHLD && si.si_code == CLD_EXITED);
		check(si.si_pid == pid && si.si_status == 40 && si.si_uid == getuid());
	}
	check(state_of(pid, pid) == 'Z');
	reap(pid, 40);
	fails(waitid(P_PID, pid, &si, WEXITED), ECHILD);
}

static void by_group(void)
{
	int status, gate[2];
	char c;
	check(pipe(gate) == 0);
	pid_t a = fork();
	check(a >= 0);
	if (a == 0) {
		check(setpgid(0, 0) == 0);
		close(gate[1]);
		check(read(gate[0], &c, 1) == 0);
		_exit(41);
	}
	setpgid(a, a);
	pid_t b = child(42);
	check(waitpid(-a, &status, WNOHANG) == 0);
	check(waitpid(0, &status, 0) == b && WEXITSTATUS(status) == 42);
	close(gate[1]);
	check(waitpid(-a, &status, 0) == a && WEXITSTATUS(status) == 41);
	close(gate[0]);
}

static void usage(void)
{
	struct rusage ru;
	int status;
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		struct timespec t;
		do
			clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
		while (t.tv_nsec < 20000000);
		_exit(0);
	}
	check(wait4(pid, &status, 0, &ru) == pid);
	check(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec >= 15000);
	check(getrusage(RUSAGE_CHILDREN, &ru) == 0);
	check(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec >= 15000);
}

/* Nobody waits: the kernel buries the children itself. */
static void unwanted(int use_flag)
{
	handle(SIGCHLD, use_flag ? nothing : SIG_IGN, use_flag ? SA_NOCLDWAIT | SA_RESTART : 0);
	pid_t pid = child(43);
	fails(waitpid(pid, NULL, 0), ECHILD);
	check(state_of(pid, pid) == 0);
	handle(SIGCHLD, SIG_DFL, 0);
}

static int thread_child[2];
static void *forker(void *arg)
{
	thread_child[0] = child(44);
	return arg;
}

/* A thread waits for the child of another thread, unless __WNOTHREAD. */
static void from_other_thread(void)
{
	pthread_t t;
	check(pthread_create(&t, NULL, forker, NULL) == 0);
	check(pthread_join(t, NULL) == 0);
	reap(thread_child[0], 44);
}

static void *waiter(void *arg)
{
	reap(*(pid_t *)arg, 45);
	return arg;
}

static void many_waiters(void)
{
	enum { N = 20 };
	pthread_t t[N];
	static pid_t pids[N];
	for (int i = 0; i < N; i++) {
		pids[i] = child(45);
		check(pthread_create(&t[i], NULL, waiter, &pids[i]) == 0);
	}
	for (int i = 0; i < N; i++)
		check(pthread_join(t[i], NULL) == 0);
}

static void sigchld_info(void)
{
	sigset_t set;
	siginfo_t si;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	handle(SIGCHLD, nothing, 0);
	pid_t pid = child(46);
	check(sigwaitinfo(&set, &si) == SIGCHLD);
	check(si.si_pid == pid && si.si_status == 46 && si.si_code == CLD_EXITED);
	reap(pid, 46);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		raise(SIGKILL);
	}
	check(sigwaitinfo(&set, &si) == SIGCHLD);
	check(si.si_pid == pid && si.si_status == SIGKILL && si.si_code == CLD_KILLED);
	reap_killed(pid, SIGKILL);
	check(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
	handle(SIGCHLD, SIG_DFL, 0);
}

int main(void)
{
	fails(wait(NULL), ECHILD);
	fails(waitpid(getpid(), NULL, 0), ECHILD);
	fails(waitpid(-1, NULL, 0x1000), EINVAL);
	look_then_take();
	by_group();
	usage();
	unwanted(0);
	unwanted(1);
	from_other_thread();
	many_waiters();
	sigchld_info();
	fails(wait(NULL), ECHILD);
	return ok();
}
