/* Calls of every class in all four syscall modes, in a guest with a shadow.
 *
 * modes DIR NODE STRANGER: the directory DIR holds, here, a file "name" that says
 * "here\n", and at the shadow one that says "at the shadow\n" and a directory
 * "sub" with the same and a program "program" that exits with 42. The shadow's machine is called NODE. STRANGER is a process
 * that is no guest. */
#include "guest.h"
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/sysinfo.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#define LU "local,unmapped"
#define LM "local,mapped"
#define RU "remote,unmapped"
#define RM "remote,mapped"
#define HERE "here\n"
#define THERE "at the shadow\n"

static __thread int modefd = -1; /* of the thread's own mode */

/* Goes into a mode, and returns the former one. */
static const char *enter(const char *mode)
{
	static __thread char former[32];
	if (modefd < 0) {
		char name[64];
		snprintf(name, sizeof name, "/proc/self/task/%d/syscall_mode", thread_id());
		modefd = open(name, O_RDWR | O_CLOEXEC);
		if (modefd < 0) {
			dprintf(2, "%s: %s\n", name, strerror(errno));
			_exit(1);
		}
	}
	ssize_t n = pread(modefd, former, sizeof former - 1, 0);
	former[n > 0 ? n : 0] = 0;
	if (write(modefd, mode, strlen(mode)) != (ssize_t)strlen(mode)) {
		dprintf(2, "%s: %s\n", mode, strerror(errno));
		_exit(1);
	}
	return former;
}

static void failed(int line, const char *what)
{
	int e = errno;
	char mode[32];
	snprintf(mode, sizeof mode, "%s", enter(LU));
	dprintf(2, "modes.c:%d: in %s: %s is false (%s)\n", line, mode, what, strerror(e));
	_exit(1);
}

/* As check, which could not be heard from the shadow. */
#define want(cond)                                  \
	do {                                        \
		if (!(cond))                        \
			failed(__LINE__, #cond);    \
	} while (0)
#define wants(call, e) want((errno = 0, (call) == -1) && errno == (e))

static int says(int fd, const char *text)
{
	char buf[64];
	ssize_t n = pread(fd, buf, sizeof buf, 0);
	return n == (ssize_t)strlen(text) && !memcmp(buf, text, n);
}

static int name_says(const char *path, const char *text)
{
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	int same = says(fd, text);
	close(fd);
	return same;
}

static char here_node[65];
static const char *node;
static pid_t stranger;

/* Names, paths and the network of names follow the first axis. */
static void first_axis(const char *mode, int remote)
{
	struct utsname u;
	struct stat st;
	char buf[PATH_MAX];
	enter(mode);
	want(uname(&u) == 0 && !strcmp(u.nodename, remote ? node : here_node));
	want(stat("name", &st) == 0 && st.st_size == (off_t)strlen(remote ? THERE : HERE));
	want(name_says("name", remote ? THERE : HERE));
	want((access("sub", X_OK) == 0) == remote);
	want((readlink("link", buf, sizeof buf) > 0) == remote);
	want(getcwd(buf, sizeof buf) != NULL);
	struct sysinfo si;
	want(sysinfo(&si) == 0 && si.totalram > 0 && si.mem_unit > 0);
	struct timespec ts, res;
	want(clock_gettime(CLOCK_REALTIME, &ts) == 0 && ts.tv_sec > 1000000000);
	want(clock_getres(CLOCK_REALTIME, &res) == 0);
	want(clock_gettime(CLOCK_MONOTONIC, &ts) == 0);
	want(getuid() != (uid_t)-1 && getgid() != (gid_t)-1 && getgroups(0, NULL) >= 0);
	if (remote) {
		/* Here, these would do no harm. */
		struct timex tx = { .modes = 0 };
		wants(sethostname(NULL, 1 << 20), EPERM);
		wants(adjtimex(&tx), EPERM);
		want(setuid(geteuid()) == 0);
	}
}

/* What is open follows the second. */
static void second_axis(void)
{
	enter(RM);
	int far = open("name", O_RDONLY);
	want(far >= 0 && says(far, THERE));
	enter(LM);
	want(says(far, THERE)); /* as its access method says, though local */
	int near = open("name", O_RDONLY);
	want(near >= 0 && says(near, HERE));
	enter(RM);
	want(says(near, HERE));
	enter(RU);
	wants(pread(far, &far, 1, 0), EBADF); /* no number of the representative's */
	int other = open("name", O_RDONLY);
	want(other >= 3 && says(other, THERE));
	enter(LU);
	want(says(near, HERE));
	enter(RU);
	want(close(other) == 0);
	wants(close(other), EBADF);
	enter(RM);
	close(near);
	close(far);
}

/* Files by descriptor at the representative. */
static void representative(void)
{
	char buf[64], dir[PATH_MAX];
	struct stat st;
	struct statfs fs;
	struct iovec v[2] = { { "ab", 2 }, { "cde", 3 } };
	enter(RU);
	int fd = open("made", O_RDWR | O_CREAT | O_EXCL, 0666);
	want(fd >= 3);
	wants(open("made", O_RDWR | O_CREAT | O_EXCL, 0666), EEXIST);
	want(write(fd, "0123456789", 10) == 10);
	want(lseek(fd, 2, SEEK_SET) == 2 && read(fd, buf, 3) == 3 && !memcmp(buf, "234", 3));
	want(lseek(fd, 0, SEEK_CUR) == 5);
	want(writev(fd, v, 2) == 5 && lseek(fd, 0, SEEK_END) == 10);
	want(pread(fd, buf, sizeof buf, 0) == 10 && !memcmp(buf, "01234abcde", 10));
	want(pwrite(fd, "X", 1, 0) == 1);
	struct iovec r[2] = { { buf, 1 }, { buf + 1, 9 } };
	want(lseek(fd, 0, SEEK_SET) == 0 && readv(fd, r, 2) == 10 && !memcmp(buf, "X1234abcde", 10));
	int copy = dup(fd), high = fcntl(fd, F_DUPFD_CLOEXEC, 40);
	want(copy > fd && high == 40 && fcntl(high, F_GETFD) == FD_CLOEXEC);
	want(lseek(copy, 4, SEEK_SET) == 4 && lseek(fd, 0, SEEK_CUR) == 4);
	want(dup2(fd, 50) == 50 && close(50) == 0 && close(high) == 0 && close(copy) == 0);
	want(fcntl(fd, F_SETFL, O_APPEND) == 0 && (fcntl(fd, F_GETFL) & (O_APPEND | O_ACCMODE)) == (O_APPEND | O_RDWR));
	want(write(fd, "!", 1) == 1 && lseek(fd, 0, SEEK_CUR) == 11);
	want(ftruncate(fd, 6) == 0 && fstat(fd, &st) == 0 && st.st_size == 6);
	want(fsync(fd) == 0 && fdatasync(fd) == 0 && fstatfs(fd, &fs) == 0 && fs.f_bsize > 0);
	want(fchmod(fd, 0600) == 0 && stat("made", &st) == 0 && (st.st_mode & 07777) == 0600 && S_ISREG(st.st_mode));
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	want(fcntl(fd, F_SETLK, &l) == 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && flock(fd, LOCK_UN) == 0);
	char *mapped = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	want(mapped != MAP_FAILED && !memcmp(mapped, "X1234a", 6) && munmap(mapped, 4096) == 0);
	wants((long)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), ENODEV);
	want(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
	struct timespec times[2] = { { 1000000000, 0 }, { 1234567890, 500 } };
	want(futimens(fd, times) == 0 && fstat(fd, &st) == 0 && st.st_mtime == 1234567890);
	if (setxattr("made", "user.x", "value", 5, 0) == 0) {
		want(getxattr("made", "user.x", buf, sizeof buf) == 5 && !memcmp(buf, "value", 5));
		want(listxattr("made", buf, sizeof buf) >= 7 && removexattr("made", "user.x") == 0);
	}
	want(close(fd) == 0);

	want(mkdir("d", 0777) == 0 && rename("made", "d/moved") == 0 && link("d/moved", "d/again") == 0);
	want(symlink("moved", "d/link") == 0 && readlink("d/link", buf, sizeof buf) == 5);
	want(lstat("d/link", &st) == 0 && S_ISLNK(st.st_mode) && stat("d/link", &st) == 0 && st.st_nlink == 2);
	want(truncate("d/moved", 3) == 0 && stat("d/again", &st) == 0 && st.st_size == 3);
	int at = open("d", O_RDONLY | O_DIRECTORY);
	want(at >= 3 && fstatat(at, "moved", &st, 0) == 0 && faccessat(at, "moved", W_OK, 0) == 0);
	int names = 0;
	DIR *list = fdopendir(at);
	want(list != NULL);
	while (readdir(list))
		names++;
	want(names == 5); /* with . and .. */
	closedir(list);
	mode_t mask = umask(027);
	fd = open("d/masked", O_CREAT | O_WRONLY, 0666);
	want(fd >= 3 && fstat(fd, &st) == 0 && (st.st_mode & 0777) == 0640 && close(fd) == 0);
	want(umask(mask) == 027);
	want(getcwd(dir, sizeof dir) != NULL && chdir("d") == 0 && getcwd(buf, 2) == NULL && errno == ERANGE);
	want(unlink("masked") == 0 && unlink("link") == 0 && unlink("again") == 0 && unlink("moved") == 0);
	want(chdir(dir) == 0 && rmdir("d") == 0);
	int ends[2];
	want(pipe(ends) == 0 && write(ends[1], "ab", 2) == 2 && read(ends[0], buf, sizeof buf) == 2);
	enter(LU);
	wants(fcntl(ends[0], F_GETFD), EBADF); /* no number of this machine's */
	enter(RU);
	want(close(ends[0]) == 0 && close(ends[1]) == 0);
	want(fcntl(2, F_GETFL) >= 0 && write(2, "", 0) == 0); /* its own, here */
	wants(syscall(SYS_io_setup, 1, buf), ENOSYS);
	enter(RM);
	wants(access("made", F_OK), ENOENT);
}

/* A directory that was entered in one mode means its place in another. */
static void directories(void)
{
	struct stat st;
	enter(RM);
	want(chdir("sub") == 0 && name_says("name", THERE) && name_says("../name", THERE));
	enter(LM);
	wants(access("name", F_OK), ENOENT); /* there is no such directory here */
	want(name_says("../name", HERE) || errno == ENOENT);
	enter(RM);
	want(chdir("..") == 0);
	int far = open(".", O_RDONLY | O_DIRECTORY);
	enter(LM);
	want(far >= 0 && fstatat(far, "name", &st, 0) == 0 && st.st_size == (off_t)strlen(HERE));
	want(chdir(".") == 0 && name_says("name", HERE));
	int near = open(".", O_RDONLY | O_DIRECTORY);
	enter(LU);
	want(near >= 0 && fstatat(far, "name", &st, 0) == 0 && st.st_size == (off_t)strlen(HERE));
	enter(RM);
	want(fstatat(near, "name", &st, 0) == 0 && st.st_size == (off_t)strlen(THERE));
	want(name_says("name", THERE)); /* from where chdir led here */
	want(fchdir(far) == 0 && name_says("name", THERE));
	close(near);
	close(far);
}

static void signals(void)
{
	int pair[2];
	enter(LM);
	wants(kill(stranger, 0), ESRCH);
	want(kill(getpid(), 0) == 0 && kill(getppid(), 0) == 0);
	wants(kill(getppid(), SIGTERM), ESRCH); /* that is Penumbra's */
	wants(getpgid(stranger), ESRCH);
	wants(getpriority(PRIO_PROCESS, stranger), ESRCH);
	wants(syscall(SYS_pidfd_open, stranger, 0), ESRCH);
	wants(syscall(SYS_tgkill, stranger, stranger, 0), ESRCH);
	want(pipe(pair) == 0);
	wants(fcntl(pair[0], F_SETOWN, stranger), ESRCH);
	want(fcntl(pair[0], F_SETOWN, getpid()) == 0);
	close(pair[0]);
	close(pair[1]);
	pid_t child = fork();
	if (child == 0)
		for (;;)
			pause();
	handle(SIGUSR1, SIG_IGN, 0);
	want(kill(0, SIGUSR1) == 0); /* ends the child, and nobody outside */
	reap_killed(child, SIGUSR1);
	handle(SIGUSR1, SIG_DFL, 0);
	wants(kill(-1, 0), ESRCH); /* nobody else is the guest's */
	enter(RM);
	wants(kill(stranger, 0), ESRCH);
	enter(LU);
	want(kill(stranger, 0) == 0);
	enter(RU);
	wants(kill(stranger, 0), EPERM); /* the shadow was not told to permit it */
	wants(syscall(SYS_tgkill, stranger, stranger, 0), EPERM);
	want(syscall(SYS_tgkill, getpid(), thread_id(), 0) == 0 && syscall(SYS_tkill, thread_id(), 0) == 0);
	enter(RM);
}

static pthread_barrier_t both;

/* Two threads in different modes at the same time. */
static void *other_thread(void *mode)
{
	want(!strncmp(enter(LM), RM "\n", 14)); /* as its creator */
	for (int i = 0; i < 50; i++) {
		pthread_barrier_wait(&both);
		want(name_says("name", HERE));
	}
	return mode;
}

static void threads(void)
{
	pthread_t t;
	enter(RM);
	pthread_barrier_init(&both, NULL, 2);
	want(pthread_create(&t, NULL, other_thread, NULL) == 0);
	for (int i = 0; i < 50; i++) {
		pthread_barrier_wait(&both);
		want(name_says("name", THERE));
	}
	want(pthread_join(t, NULL) == 0);
}

/* A mode is inherited over fork and exec, and so is a representative. */
static void inheritance(char *self)
{
	enter(RU);
	int fd = open("name", O_RDONLY), gone = open("name", O_RDONLY | O_CLOEXEC);
	want(fd >= 3 && gone >= 3 && lseek(fd, 3, SEEK_SET) == 3);
	pid_t child = fork();
	if (child == 0) {
		char c;
		modefd = -1;
		want(read(fd, &c, 1) == 1 && c == THERE[3] && close(fd) == 0);
		_exit(0);
	}
	reap(child, 0);
	char c;
	want(read(fd, &c, 1) == 1 && c == THERE[4]); /* the position is shared */
	want(close(fd) == 0 && close(gone) == 0);
	/* A program is found where the representative is. */
	child = fork();
	if (child == 0) {
		want(chdir("sub") == 0);
		execl("./program", "program", (char *)NULL);
		_exit(9);
	}
	reap(child, 42);
	static const char *modes[] = { LU, LM, RM };
	for (int i = 0; i < 3; i++) {
		enter(modes[i]);
		child = fork();
		if (child == 0) {
			execl(self, "modes", "inherited", modes[i], (char *)NULL);
			_exit(9);
		}
		reap(child, 0);
	}
	enter(RM);
}

int main(int argc, char **argv)
{
	struct utsname u;
	if (argc == 3 && !strcmp(argv[1], "inherited"))
		return strncmp(enter(argv[2]), argv[2], strlen(argv[2])) != 0;
	check(argc == 4 && chdir(argv[1]) == 0);
	check(getauxval(AT_SYSINFO_EHDR) == 0); /* the vDSO would know this machine's time */
	node = argv[2];
	stranger = atoi(argv[3]);
	int pair[2];
	check(pipe(pair) == 0);
	for (int i = 0; i < 3; i++) /* also when calls from here have passed unseen */
		fails(fcntl(pair[0], F_SETOWN, stranger), ESRCH);
	close(pair[0]);
	close(pair[1]);
	enter(LU);
	check(uname(&u) == 0);
	strcpy(here_node, u.nodename);
	want(!strcmp(enter(RM), LU "\n")); /* the former mode */
	wants(write(modefd, "remote", 6), EINVAL);
	want(chdir(argv[1]) == 0);
	first_axis(LU, 0);
	first_axis(LM, 0);
	first_axis(RM, 1);
	first_axis(RU, 1);
	second_axis();
	representative();
	directories();
	signals();
	threads();
	inheritance(argv[0]);
	return ok();
}
