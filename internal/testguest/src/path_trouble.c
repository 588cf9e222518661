/*
 * What may go wrong where calls with paths are passed on by code that lies in
 * the program's own memory: paths out of reach, signals and jumps out of their
 * handlers, threads, vfork, filters of the program's own, programs after
 * programs. The argument is the directory of the test's tree.
 */
#include "guest.h"
#if __has_include(<linux/filter.h>) /* musl comes without */
#include <linux/filter.h>
#include <linux/seccomp.h>
#endif
#include <setjmp.h>
#include <stddef.h>
#include <sys/wait.h>

enum { many = 3000 };

static char file[PATH_MAX], inside[PATH_MAX];

static off_t size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) < 0 ? -errno : st.st_size;
}

/* warm makes this program's calls come from places that have made them before. */
static void warm(void)
{
	struct stat st;
	for (int i = 0; i < 50; i++) {
		int fd = open(file, O_RDONLY);
		check(fd >= 0 && close(fd) == 0);
		check(stat(file, &st) == 0 && st.st_size == 4 && lstat(file, &st) == 0 && access(file, R_OK) == 0);
		check(stat(inside, &st) == 0 && st.st_size == 6);
	}
}

static void out_of_reach(void)
{
	long page = sysconf(_SC_PAGESIZE);
	struct stat st;
	char *two = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(two != MAP_FAILED && munmap(two + page, page) == 0);
	char *end = two + page - strlen(file);
	memcpy(end, file, strlen(file)); /* without its end */
	const char *bad[] = {NULL, (char *)8, (char *)-1, (char *)(1ull << 47), end};
	for (int round = 0; round < 5; round++)
		for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
			fails(stat(bad[i], &st), EFAULT);
			fails(lstat(bad[i], &st), EFAULT);
			fails(open(bad[i], O_RDONLY), EFAULT);
			fails(access(bad[i], R_OK), EFAULT);
			fails(readlink(bad[i], two, 10), EFAULT);
		}
#if defined __GLIBC__ && defined __x86_64__ /* elsewhere the library itself writes it */
	fails(stat(file, (struct stat *)8), EFAULT);
#endif
	char *name = malloc(PATH_MAX + 10);
	memset(name, 'a', PATH_MAX + 9);
	name[PATH_MAX + 9] = 0;
	fails(open(name, O_RDONLY), ENAMETOOLONG);
	fails(stat(name, &st), ENAMETOOLONG);
	name[256] = 0;
	fails(open(name, O_RDONLY), ENAMETOOLONG);
	name[255] = 0;
	fails(open(name, O_RDONLY), ENOENT);
	free(name);
}

static volatile sig_atomic_t ticks;
static sigjmp_buf away;
static volatile sig_atomic_t jumps;

static void tick(int s)
{
	struct stat st;
	(void)s;
	ticks++;
	check(stat(file, &st) == 0 && st.st_size == 4);
	if (jumps)
		siglongjmp(away, 1);
}

static void interrupted(int jump)
{
	struct sigaction sa = {.sa_handler = tick, .sa_flags = SA_RESTART};
	struct itimerval often = {{0, 200}, {0, 200}}, never = {{0, 0}, {0, 0}};
	volatile int i = 0;
	jumps = jump;
	check(sigaction(SIGALRM, &sa, NULL) == 0);
	if (sigsetjmp(away, 1))
		i++;
	check(setitimer(ITIMER_REAL, &often, NULL) == 0);
	for (; i < many; i++) {
		check(size_of(file) == 4);
		check(access(inside, R_OK) == 0);
	}
	jumps = 0;
	check(setitimer(ITIMER_REAL, &never, NULL) == 0);
	signal(SIGALRM, SIG_DFL);
}

static void *hammer(void *unused)
{
	for (int i = 0; i < many; i++) {
		check(size_of(file) == 4);
		check(size_of(inside) == 6);
		int fd = open(file, O_RDONLY | O_CLOEXEC);
		check(fd >= 0 && close(fd) == 0);
	}
	return unused;
}

static void threads(void)
{
	pthread_t all[8];
	for (int i = 0; i < 8; i++)
		check(pthread_create(&all[i], NULL, hammer, NULL) == 0);
	for (int i = 0; i < 8; i++)
		check(pthread_join(all[i], NULL) == 0);
}

/* A child in vfork goes elsewhere, in the same memory. */
static void elsewhere(const char *base)
{
	check(chdir(base) == 0 && chdir("host") == 0);
	for (int i = 0; i < 100; i++) {
		check(size_of("dir/f") == 1);
		pid_t pid = vfork();
		if (pid == 0) {
			if (chdir(i % 2 ? "../mnt" : "dir") != 0 || size_of(i % 2 ? "d/x" : "sub/g") != (i % 2 ? 3 : 2) ||
			    size_of(i % 2 ? "d/x" : "sub/g") != (i % 2 ? 3 : 2) || size_of("dir/f") != -ENOENT)
				_exit(1);
			_exit(0);
		}
		int status;
		check(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
		check(size_of("dir/f") == 1 && size_of("sub/g") == -ENOENT);
		check(chdir("dir") == 0 && size_of("sub/g") == 2 && size_of("dir/f") == -ENOENT && chdir("..") == 0);
	}
}

/* A directory becomes a link into a mount, and again a directory. */
static void exchanged(const char *base)
{
	char path[PATH_MAX + 20];
	check(chdir(base) == 0 && chdir("host") == 0);
	snprintf(path, sizeof path, "%s/host/swap/x", base);
	for (int i = 0; i < 50; i++) {
		check(mkdir("swap", 0755) == 0);
		for (int k = 0; k < 3; k++)
			check(size_of("swap/x") == -ENOENT && size_of(path) == -ENOENT && access(path, F_OK) < 0 && open(path, O_RDONLY) < 0);
		check(rmdir("swap") == 0 && symlink("../mnt/d", "swap") == 0);
		for (int k = 0; k < 3; k++) {
			check(size_of("swap/x") == 3 && size_of(path) == 3 && access(path, R_OK) == 0);
			int fd = open(path, O_RDONLY);
			check(fd >= 0 && close(fd) == 0);
		}
		check(unlink("swap") == 0);
	}
}

/* A filter that kills for calls that this program does not make. */
static void filtered(void)
{
#ifdef SECCOMP_MODE_FILTER
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof code / sizeof *code, code};
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
		check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0);
		warm();
		if (fork() == 0)
			warm();
		else
			wait(&status);
		_exit(0);
	}
	check(waitpid(pid, &status, 0) == pid && status == 0);
#endif
}

int main(int argc, char **argv)
{
	check(argc > 1);
	snprintf(file, sizeof file, "%s/host/file", argv[1]);
	snprintf(inside, sizeof inside, "%s/mnt/in", argv[1]);
	warm();
	if (argc > 2 && atoi(argv[2]) > 0) {
		char left[12];
		snprintf(left, sizeof left, "%d", atoi(argv[2]) - 1);
		execl("/proc/self/exe", argv[0], argv[1], left, NULL);
		check(!"exec");
	}
	if (argc > 2)
		return ok();
	out_of_reach();
	interrupted(0);
	interrupted(1);
	check(ticks > 0);
	threads();
	elsewhere(argv[1]);
	exchanged(argv[1]);
	filtered();
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		execl("/proc/self/exe", argv[0], argv[1], "20", NULL);
		_exit(1);
	}
	check(waitpid(pid, &status, 0) == pid && status == 0);
	return ok();
}
