/* What the flags of clone share and what they do not. */
#include "guest.h"
#include <sys/socket.h>

static char stack[64 * 1024] __attribute__((aligned(16)));
static volatile int value;
static pid_t tid_word;

static pid_t fork_with(int flags)
{
	return (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);
}

static void files(int flag)
{
	enum { FD = 77 };
	pid_t pid = fork_with(flag | SIGCHLD);
	check(pid >= 0);
	if (pid == 0)
		_exit(dup2(1, FD) == FD ? 0 : 1);
	reap(pid, 0);
	check((fcntl(FD, F_GETFD) != -1) == (flag != 0));
	if (flag)
		close(FD);
}

static void fs(int flag)
{
	char before[PATH_MAX], after[PATH_MAX];
	mode_t mask = umask(022);
	check(getcwd(before, sizeof before) != NULL);
	pid_t pid = fork_with(flag | SIGCHLD);
	check(pid >= 0);
	if (pid == 0) {
		umask(0123);
		_exit(chdir("/proc") == 0 ? 0 : 1);
	}
	reap(pid, 0);
	check(getcwd(after, sizeof after) != NULL);
	check(strcmp(after, flag ? "/proc" : before) == 0);
	check(umask(mask) == (flag ? 0123 : 022));
	check(chdir(before) == 0);
}

static int set_value(void *arg)
{
	value = *(int *)arg;
	_exit(0);
}

static void memory(int flag)
{
	int want = 42;
	value = 0;
	pid_t pid = clone(set_value, stack + sizeof stack, flag | SIGCHLD, &want);
	check(pid > 0);
	reap(pid, 0);
	check(value == (flag & CLONE_VM ? 42 : 0));
}

static void vfork_waits(void)
{
	int want = 43;
	value = 0;
	pid_t pid = clone(set_value, stack + sizeof stack,
			  CLONE_VM | CLONE_VFORK | SIGCHLD, &want);
	check(value == 43); /* before any wait: the child came first */
	reap(pid, 0);
}

/* The child of a CLONE_PARENT clone is its creator's sibling. */
static void parent(void)
{
	pid_t *sibling = shared(4096), me = getpid();
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		pid_t s = fork_with(CLONE_PARENT | SIGCHLD);
		check(s >= 0);
		if (s == 0) {
			check(getppid() == me);
			_exit(12);
		}
		*sibling = s;
		fails(waitpid(s, NULL, 0), ECHILD);
		_exit(11);
	}
	reap(pid, 11);
	reap(*sibling, 12);
}

/* A child whose end sends no SIGCHLD is seen with __WALL or __WCLONE only. */
static void silent_child(void)
{
	int status;
	pid_t pid = fork_with(0);
	check(pid >= 0);
	if (pid == 0)
		_exit(13);
	fails(waitpid(pid, &status, 0), ECHILD);
	check(waitpid(pid, &status, __WCLONE) == pid);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 13);
}

static int end_thread(void *arg)
{
	value = *(int *)arg;
	syscall(SYS_exit, 0);
	return 0;
}

/* A thread made without the C library; the kernel wakes on its end. */
static void raw_thread(void)
{
	int want = 44;
	tid_word = -1;
	pid_t tid = clone(end_thread, stack + sizeof stack,
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
		CLONE_SYSVSEM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
		&want, &tid_word, NULL, &tid_word);
	check(tid > 0);
	for (;;) {
		pid_t seen = __atomic_load_n(&tid_word, __ATOMIC_SEQ_CST);
		if (seen == 0)
			break;
		syscall(SYS_futex, &tid_word, 0 /* FUTEX_WAIT */, seen, NULL, NULL, 0);
	}
	check(value == 44);
	fails(waitpid(tid, NULL, __WALL), ECHILD);
}

static void unshare_files(void)
{
	enum { FD = 78 };
	pid_t pid = fork_with(CLONE_FILES | SIGCHLD);
	check(pid >= 0);
	if (pid == 0) {
		check(unshare(CLONE_FILES) == 0);
		_exit(dup2(1, FD) == FD ? 0 : 1);
	}
	reap(pid, 0);
	fails(fcntl(FD, F_GETFD), EBADF);
}

int main(void)
{
	files(0);
	files(CLONE_FILES);
	fs(0);
	fs(CLONE_FS);
	memory(0);
	memory(CLONE_VM);
	vfork_waits();
	parent();
	silent_child();
	raw_thread();
	unshare_files();
	fails(waitpid(-1, NULL, __WALL), ECHILD);
	return ok();
}
