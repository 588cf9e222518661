// Signals that the processor, files, filters and terminals cause; stops; calls
// that are made again.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static sigjmp_buf back;

static void jump(int s, siginfo_t *i, void *c) { siglongjmp(back, 1); }
static void nothing(int s, siginfo_t *i, void *c) { }

static void on(int s, void (*f)(int, siginfo_t *, void *), int flags)
{
	struct sigaction a = {.sa_sigaction = f, .sa_flags = SA_SIGINFO | flags};
	sigaction(s, &a, NULL);
}

static void faults(void)
{
	int signals[] = {SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSEGV};
	for (int i = 0; i < 5; i++)
		on(signals[i], jump, SA_NODEFER);
	int fd = open("empty", O_RDWR | O_CREAT, 0600);
	char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (!sigsetjmp(back, 0))
		*(volatile char *)p;
	volatile int zero = 0;
	if (!sigsetjmp(back, 0))
		zero = 1 / zero;
	if (!sigsetjmp(back, 0))
		__builtin_trap();
	if (!sigsetjmp(back, 0))
		__asm__ volatile("int3");
	if (!sigsetjmp(back, 0))
		*(volatile int *)16 = 1;
	p = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!sigsetjmp(back, 0))
		*(volatile char *)p = 1;
	if (!sigsetjmp(back, 0))
		*(volatile char *)0x8000000000000000 = 1;
}

static void io(void)
{
	int p[2];
	on(SIGIO, nothing, 0);
	on(SIGRTMIN + 5, nothing, 0);
	on(SIGURG, nothing, 0);
	socketpair(AF_UNIX, SOCK_STREAM, 0, p);
	fcntl(p[0], F_SETOWN, getpid());
	fcntl(p[0], F_SETFL, O_ASYNC);
	write(p[1], "x", 1);
	fcntl(p[0], F_SETSIG, SIGRTMIN + 5);
	write(p[1], "x", 1);
	on(SIGPIPE, nothing, 0);
	close(p[0]);
	write(p[1], "x", 1);
}

static void filtered(void)
{
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP | 7),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTTY),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof f / sizeof *f, f};
	on(SIGSYS, nothing, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

static void again(void)
{
	struct itimerval t = {{0, 0}, {0, 20000}};
	struct timespec n = {0, 60000000};
	int p[2];
	char c;
	on(SIGALRM, nothing, SA_RESTART);
	setitimer(ITIMER_REAL, &t, NULL);
	nanosleep(&n, NULL);
	setitimer(ITIMER_REAL, &t, NULL);
	pipe(p);
	struct pollfd f = {p[0], POLLIN};
	poll(&f, 1, 60);
	on(SIGALRM, nothing, 0);
	setitimer(ITIMER_REAL, &t, NULL);
	read(p[0], &c, 1);
}

static void stops(void)
{
	/* How far a wait is when a stop's SIGCHLD interrupts it is chance. */
	int status;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid_t child = fork();
	if (child == 0) {
		signal(SIGTSTP, SIG_DFL);
		kill(getpid(), SIGTSTP);
		raise(SIGSTOP);
		_exit(4);
	}
	waitpid(child, &status, WUNTRACED);
	kill(child, SIGCONT);
	waitpid(child, &status, WUNTRACED);
	kill(child, SIGCONT);
	waitpid(child, &status, WUNTRACED);
	signal(SIGILL, SIG_DFL);
	if ((child = fork()) == 0)
		__builtin_trap();
	waitpid(child, &status, 0);
}

int main(void)
{
	faults();
	io();
	again();
	stops();
	filtered();
	return 0;
}
