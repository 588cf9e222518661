/* Prints all that a program inherits from whoever started it. What a run
 * changes by its nature (process ids, pipe numbers, addresses) is left out. */
#include "guest.h"
#include <sys/auxv.h>
#include <sys/personality.h>

static void print_bytes(const char *what, const char *s)
{
	printf("%s ", what);
	for (; *s; s++)
		if (*s >= ' ' && *s < 127 && *s != '\\')
			putchar(*s);
		else
			printf("\\x%02x", (unsigned char)*s);
	putchar('\n');
}

static void descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	check(d != NULL);
	for (int fd = 0; fd < 2000; fd++) {
		char link[64], target[PATH_MAX] = "";
		struct stat st;
		int flags = fcntl(fd, F_GETFD);
		if (fd == dirfd(d) || flags == -1)
			continue;
		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		check(readlink(link, target, sizeof target - 1) > 0);
		check(fstat(fd, &st) == 0);
		if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))
			strcpy(target, "pipe or socket");
		printf("fd %d %s mode %o flags %#x cloexec %d offset %lld\n", fd, target,
		       st.st_mode, fcntl(fd, F_GETFL), flags,
		       S_ISREG(st.st_mode) ? (long long)lseek(fd, 0, SEEK_CUR) : 0LL);
	}
	int n = 0;
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	printf("descriptors %d\n", n - 1);
	closedir(d);
}

/* The lines of a /proc file that begin with one of the words. */
static void lines(const char *name, const char *const *words)
{
	char line[4096];
	FILE *f = fopen(name, "re");
	check(f != NULL);
	while (fgets(line, sizeof line, f) != NULL)
		for (int i = 0; words == NULL ? i < 1 : words[i] != NULL; i++)
			if (words == NULL || strncmp(line, words[i], strlen(words[i])) == 0)
				fputs(line, stdout);
	fclose(f);
}

static void flag(const char *name, int option)
{
	printf("%s %d\n", name, prctl(option, 0, 0, 0, 0));
}

static void identity(void)
{
	struct itimerval t;
	cpu_set_t cpus;
	CPU_ZERO(&cpus);
	printf("umask %o\n", umask(0));
	printf("pgrp %d session %d\n", getpgrp(), getsid(0));
	int tty = open("/dev/tty", O_RDONLY | O_CLOEXEC);
	printf("tty %s\n", tty >= 0 ? "yes" : strerror(errno));
	if (tty >= 0) {
		printf("foreground %d\n", tcgetpgrp(tty));
		close(tty);
	}
	for (int fd = 0; fd < 3; fd++)
		printf("ttyname %d %s\n", fd, isatty(fd) ? ttyname(fd) : "none");
	printf("nice %d policy %d\n", getpriority(PRIO_PROCESS, 0), sched_getscheduler(0));
	check(sched_getaffinity(0, sizeof cpus, &cpus) == 0);
	printf("cpus %d\n", CPU_COUNT(&cpus));
	printf("ioprio %ld\n", (long)syscall(SYS_ioprio_get, 1, 0));
	printf("personality %#x\n", personality(0xffffffff));
	getitimer(ITIMER_REAL, &t);
	printf("alarm %d\n", t.it_value.tv_sec || t.it_value.tv_usec);
	flag("timerslack", PR_GET_TIMERSLACK);
	flag("dumpable", PR_GET_DUMPABLE);
	flag("keepcaps", PR_GET_KEEPCAPS);
	flag("securebits", PR_GET_SECUREBITS);
	flag("thp", 42);
	int value = -1;
	prctl(PR_GET_PDEATHSIG, &value);
	printf("pdeathsig %d\n", value);
	prctl(37 /* PR_GET_CHILD_SUBREAPER */, &value);
	printf("subreaper %d\n", value);
	if (geteuid() == 0) /* who is not root is told: it is 1 under a filter */
		flag("no_new_privs", 39);
}

static void aux(void)
{
	static const struct { const char *name; int type; } values[] = {
		{ "AT_PAGESZ", 6 }, { "AT_UID", 11 }, { "AT_EUID", 12 },
		{ "AT_GID", 13 }, { "AT_EGID", 14 }, { "AT_HWCAP", 16 },
		{ "AT_CLKTCK", 17 }, { "AT_SECURE", 23 }, { "AT_HWCAP2", 26 },
		{ "AT_MINSIGSTKSZ", 51 },
	};
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
		printf("%s %#lx\n", values[i].name, getauxval(values[i].type));
	print_bytes("AT_EXECFN", (char *)getauxval(31));
	print_bytes("AT_PLATFORM", (char *)getauxval(15));
	printf("vdso %d\n", getauxval(33) != 0);
}

static void handlers(void)
{
	struct sigaction sa;
	for (int sig = 1; sig < 65; sig++)
		if (sigaction(sig, NULL, &sa) == 0 && sa.sa_handler != SIG_DFL)
			printf("signal %d %s\n", sig, sa.sa_handler == SIG_IGN ? "ignored" : "caught");
}

int main(int argc, char **argv, char **envp)
{
	static const char *const status[] = { "Name:", "Umask:", "Uid:", "Gid:", "Groups:",
		"Threads:", "SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:",
		"CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:", "Cpus_allowed_list:",
		"Mems_allowed_list:", "CoreDumping:", "THP_enabled:", "Kthread:",
		"Speculation_Store_Bypass:", "SpeculationIndirectBranch:", NULL };
	static const char *const spaces[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };
	char buf[PATH_MAX], name[64];
	descriptors();
	for (int i = 0; i < argc; i++)
		print_bytes("argv", argv[i]);
	for (; *envp; envp++)
		print_bytes("env", *envp);
	if (getcwd(buf, sizeof buf) != NULL)
		print_bytes("cwd", buf);
	else
		printf("cwd %s\n", strerror(errno));
	print_bytes("root", realpath("/proc/self/root", buf) ? buf : "?");
	identity();
	lines("/proc/self/status", status);
	lines("/proc/self/limits", NULL);
	lines("/proc/self/cgroup", NULL);
	lines("/proc/self/oom_score_adj", NULL);
	lines("/proc/self/coredump_filter", NULL);
	lines("/proc/self/comm", NULL);
	for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
		char target[64] = "none";
		snprintf(name, sizeof name, "/proc/self/ns/%s", spaces[i]);
		if (readlink(name, target, sizeof target - 1) < 0)
			snprintf(target, sizeof target, "%s", strerror(errno));
		printf("namespace %s\n", target);
	}
	ssize_t n = readlink("/proc/self/exe", buf, sizeof buf - 1);
	check(n > 0);
	buf[n] = 0;
	print_bytes("exe", buf);
	aux();
	handlers();
	fails(waitpid(-1, NULL, WNOHANG | __WALL), ECHILD);
	printf("children none\n");
	return 0;
}
