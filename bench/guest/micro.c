/*
 * micro runs one loop of system calls and prints what one turn costs,
 * timed inside the process, so that a tool's start-up is not counted.
 *
 *   micro LOOP MILLISECONDS FILE   run LOOP for about MILLISECONDS and print
 *                                  "nanoseconds-a-turn turns"; FILE is an
 *                                  existing file of 4 KiB or more, or is
 *                                  made; with MICRO_FILES of them open, and
 *                                  MICRO_PROCESSES beside, and the file
 *                                  MICRO_HOLD open, if these are set
 *   micro threads N                hold N threads until stdin ends
 *   micro list                     print the names of the loops
 *   micro exit                     do nothing
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef PTRACE_SYSEMU
#define PTRACE_SYSEMU 31
#endif

extern char **environ;

static const char *self; /* path of this program */
static const char *file; /* path of the scratch file */
static int in, out;      /* what the loop reads from and writes to */
static pid_t tracee;

static void die(const char *what)
{
	fprintf(stderr, "micro: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void must(int ok, const char *what)
{
	if (!ok)
		die(what);
}

/* Calls without preparation. */

static void run_getppid(long n)
{
	while (n--)
		getppid();
}

static void run_clock_gettime(long n)
{
	struct timespec t;

	while (n--)
		clock_gettime(CLOCK_MONOTONIC, &t);
}

static void run_open_close(long n)
{
	while (n--) {
		int fd = open(file, O_RDONLY);

		must(fd >= 0 && close(fd) == 0, "open and close");
	}
}

static void run_stat(long n)
{
	struct stat st;

	while (n--)
		must(stat(file, &st) == 0, "stat");
}

static void run_mmap_munmap(long n)
{
	while (n--) {
		void *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		must(p != MAP_FAILED && munmap(p, 65536) == 0, "mmap and munmap");
	}
}

/* Calls on an open descriptor. */

static void open_zero(void)
{
	in = open("/dev/zero", O_RDONLY);
	must(in >= 0, "open /dev/zero");
}

static void open_null(void)
{
	out = open("/dev/null", O_WRONLY);
	must(out >= 0, "open /dev/null");
}

static void open_file(void)
{
	in = open(file, O_RDONLY);
	must(in >= 0, "open the scratch file");
}

static void run_read(long n)
{
	char c;

	while (n--)
		must(read(in, &c, 1) == 1, "read");
}

static void run_write(long n)
{
	while (n--)
		must(write(out, "x", 1) == 1, "write");
}

static void run_pread(long n)
{
	char page[4096];

	while (n--)
		must(pread(in, page, sizeof page, 0) == sizeof page, "pread");
}

/* The file by way of memory: as much as a pread reads, mapped once. */

static const volatile char *mapped;

static void map_file(void)
{
	open_file();
	mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, in, 0);
	must(mapped != MAP_FAILED, "mmap the scratch file");
}

static void run_mapped(long n)
{
	while (n--)
		for (int i = 0; i < 4096; i += 8)
			mapped[i];
}

/* Ping-pong with a second process. */

/*
 * Both players stay on one CPU: otherwise the scheduler's choice of a CPU for
 * the second one, not the calls, makes most of the difference between runs.
 */
static void pin(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	must(sched_setaffinity(0, sizeof one, &one) == 0, "sched_setaffinity");
}

static void echo(int from, int to)
{
	char c;

	while (read(from, &c, 1) == 1)
		must(write(to, &c, 1) == 1, "write in the echo process");
	_exit(0);
}

static void start_pipe(void)
{
	int there[2], back[2];

	must(pipe(there) == 0 && pipe(back) == 0, "pipe");
	pin();
	pid_t pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		close(there[1]);
		close(back[0]);
		echo(there[0], back[1]);
	}
	close(there[0]);
	close(back[1]);
	out = there[1];
	in = back[0];
}

static void no_delay(int fd)
{
	int one = 1;

	must(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0, "TCP_NODELAY");
}

static void start_tcp(void)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof addr;
	int door = socket(AF_INET, SOCK_STREAM, 0);

	must(door >= 0, "socket");
	must(bind(door, (struct sockaddr *)&addr, len) == 0, "bind");
	must(listen(door, 1) == 0, "listen");
	must(getsockname(door, (struct sockaddr *)&addr, &len) == 0, "getsockname");
	pin();
	pid_t pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		int fd = accept(door, NULL, NULL);

		must(fd >= 0, "accept");
		close(door);
		no_delay(fd);
		echo(fd, fd);
	}
	close(door);
	in = out = socket(AF_INET, SOCK_STREAM, 0);
	must(connect(in, (struct sockaddr *)&addr, len) == 0, "connect");
	no_delay(in);
}

static void run_ping_pong(long n)
{
	char c = 'x';

	while (n--)
		must(write(out, &c, 1) == 1 && read(in, &c, 1) == 1, "ping-pong");
}

/* Processes. */

static void reap(pid_t pid)
{
	int status;

	must(waitpid(pid, &status, 0) == pid, "waitpid");
	if (status != 0) {
		fprintf(stderr, "micro: a child ended with wait status %#x\n", status);
		exit(1);
	}
}

static void run_fork_wait(long n)
{
	while (n--) {
		pid_t pid = fork();

		must(pid >= 0, "fork");
		if (pid == 0)
			_exit(0);
		reap(pid);
	}
}

static void run_fork_exec_wait(long n)
{
	char *argv[] = {(char *)self, "exit", NULL};

	while (n--) {
		pid_t pid = fork();

		must(pid >= 0, "fork");
		if (pid == 0) {
			execve(self, argv, environ);
			_exit(127);
		}
		reap(pid);
	}
}

/*
 * One ptrace stop: the tracee's getppid is skipped (PTRACE_SYSEMU) and
 * answered by the tracer, which reads and writes its registers.
 */

static void start_tracee(void)
{
	int status;

	tracee = fork();
	must(tracee >= 0, "fork");
	if (tracee == 0) {
		/* It spins: it must not outlive a tracer that fails. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		must(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0, "PTRACE_TRACEME");
		raise(SIGSTOP);
		for (;;)
			getppid();
	}
	must(waitpid(tracee, &status, 0) == tracee && WIFSTOPPED(status), "wait for the tracee");
	must(ptrace(PTRACE_SETOPTIONS, tracee, NULL, (void *)(long)PTRACE_O_EXITKILL) == 0,
	     "PTRACE_O_EXITKILL");
}

static void run_ptrace_stop(long n)
{
	struct user_regs_struct regs;
	struct iovec iov = {&regs, sizeof regs};
	int status;

	while (n--) {
		must(ptrace(PTRACE_SYSEMU, tracee, NULL, NULL) == 0, "PTRACE_SYSEMU");
		must(waitpid(tracee, &status, 0) == tracee && WIFSTOPPED(status), "waitpid");
		must(ptrace(PTRACE_GETREGSET, tracee, (void *)NT_PRSTATUS, &iov) == 0,
		     "PTRACE_GETREGSET");
#if defined(__x86_64__)
		regs.rax = 1;
#elif defined(__aarch64__)
		regs.regs[0] = 1;
#else
#error "which register holds a call's result here?"
#endif
		must(ptrace(PTRACE_SETREGSET, tracee, (void *)NT_PRSTATUS, &iov) == 0,
		     "PTRACE_SETREGSET");
	}
}

static const struct loop {
	const char *name;
	void (*prepare)(void);
	void (*run)(long n);
} loops[] = {
	{"getppid", NULL, run_getppid},
	{"clock_gettime", NULL, run_clock_gettime},
	{"open+close", NULL, run_open_close},
	{"stat", NULL, run_stat},
	{"read", open_zero, run_read},
	{"write", open_null, run_write},
	{"pread", open_file, run_pread},
	{"mapped", map_file, run_mapped},
	{"pipe", start_pipe, run_ping_pong},
	{"tcp", start_tcp, run_ping_pong},
	{"fork+wait", NULL, run_fork_wait},
	{"fork+exec+wait", NULL, run_fork_exec_wait},
	{"mmap+munmap", NULL, run_mmap_munmap},
	{"ptrace-stop", start_tracee, run_ptrace_stop},
	{NULL, NULL, NULL},
};

static const struct loop *find(const char *name)
{
	const struct loop *l = loops;

	while (l->name && strcmp(l->name, name) != 0)
		l++;
	if (!l->name) {
		fprintf(stderr, "micro: no loop is called %s; try: micro list\n", name);
		exit(2);
	}
	return l;
}

static double nanoseconds(void (*run)(long), long n)
{
	struct timespec a, b;

	clock_gettime(CLOCK_MONOTONIC, &a);
	run(n);
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec);
}

/* crowd adds what the environment asks for: open files and idle processes. */
static void crowd(void)
{
	const char *files = getenv("MICRO_FILES"), *processes = getenv("MICRO_PROCESSES"), *held = getenv("MICRO_HOLD");
	struct rlimit most;
	pid_t parent = getpid();

	must(!held || open(held, O_RDONLY) >= 0, "open the file to hold");
	if (files) {
		must(getrlimit(RLIMIT_NOFILE, &most) == 0, "getrlimit");
		most.rlim_cur = most.rlim_max;
		must(setrlimit(RLIMIT_NOFILE, &most) == 0, "setrlimit");
		for (int i = atoi(files); i > 0; i--)
			must(open(file, O_RDONLY) >= 0, "open the scratch file many times");
	}
	if (processes)
		for (int i = atoi(processes); i > 0; i--) {
			pid_t pid = fork();

			must(pid >= 0, "fork");
			if (pid == 0) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				if (getppid() != parent)
					_exit(0); /* it has ended already */
				for (;;)
					pause();
			}
		}
}

/* found makes the scratch file if it is not there yet. */
static void found(void)
{
	int fd = open(file, O_RDWR | O_CREAT, 0644);
	struct stat st;

	must(fd >= 0 && fstat(fd, &st) == 0, "open the scratch file");
	must(st.st_size > 0 || ftruncate(fd, 8192) == 0, "make the scratch file");
	close(fd);
}

/* measure grows the count until it lasts long enough to foretell the rest. */
static void measure(const struct loop *l, double budget)
{
	long n = 1;
	double took;

	if (l->prepare)
		l->prepare();
	while ((took = nanoseconds(l->run, n)) < budget / 16)
		n *= 2;
	n = n * (budget / took) + 1;
	took = nanoseconds(l->run, n);
	printf("%.2f %ld\n", took / n, n);
}

static pthread_barrier_t started;

static void *idle(void *arg)
{
	getppid();
	pthread_barrier_wait(&started);
	for (;;)
		pause();
	return arg;
}

static void hold_threads(long n)
{
	pthread_attr_t small;
	pthread_t id;
	char c;

	must(n > 0, "threads");
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	pthread_barrier_init(&started, NULL, n);
	for (long i = 1; i < n; i++) {
		errno = pthread_create(&id, &small, idle, NULL);
		must(errno == 0, "pthread_create");
	}
	pthread_barrier_wait(&started);
	puts("ready");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	_exit(0);
}

int main(int argc, char **argv)
{
	self = argv[0];
	if (argc == 2 && strcmp(argv[1], "exit") == 0)
		return 0;
	if (argc == 2 && strcmp(argv[1], "list") == 0) {
		for (const struct loop *l = loops; l->name; l++)
			puts(l->name);
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "threads") == 0) {
		hold_threads(atol(argv[2]));
		return 0;
	}
	if (argc != 4) {
		fprintf(stderr, "usage: micro LOOP MILLISECONDS FILE | threads N | list | exit\n");
		return 2;
	}
	file = argv[3];
	found();
	crowd();
	measure(find(argv[1]), atof(argv[2]) * 1e6);
	return 0;
}
