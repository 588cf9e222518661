// Adds to a number in a file under a lock: locks add KIND FILE TIMES PROCESSES, with
// KIND posix, ofd or flock. In the end each process leaves its lock to exit. Or looks
// whether a lock can be had, is interrupted waiting for one, and is told what is in the
// way: locks probe FILE. Or holds locks of all kinds until its input ends: locks hold
// FILE, says which process it is, and for each byte of input what a read comes to.
#include "guest.h"
#include <sys/file.h>

static void lock(const char *kind, int fd, short type)
{
	struct flock l = {.l_type = type, .l_whence = SEEK_SET};
	int how = type == F_UNLCK ? LOCK_UN : LOCK_EX;
	if (strcmp(kind, "flock") == 0)
		check(flock(fd, how) == 0);
	else
		check(fcntl(fd, strcmp(kind, "ofd") == 0 ? F_OFD_SETLKW : F_SETLKW, &l) == 0);
}

static void add(const char *kind, const char *name, int times)
{
	char text[32] = "";
	int fd = open(name, O_RDWR);
	check(fd >= 0);
	for (int i = 0; i < times; i++) {
		lock(kind, fd, F_WRLCK);
		memset(text, 0, sizeof text);
		check(pread(fd, text, sizeof text - 1, 0) >= 0);
		int n = snprintf(text, sizeof text, "%ld\n", atol(text) + 1);
		check(pwrite(fd, text, n, 0) == n);
		if (i < times - 1)
			lock(kind, fd, F_UNLCK);
	}
}

static void nothing(int sig) { (void)sig; }

static void probe(const char *name)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 15, .l_len = 1};
	struct sigaction act = {.sa_handler = nothing};
	int fd = open(name, O_RDWR);
	check(fd >= 0);
	errno = 0;
	check(fcntl(fd, F_SETLK, &l) == -1 && (errno == EAGAIN || errno == EACCES));
	fails(flock(fd, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	check(fcntl(fd, F_GETLK, &l) == 0);
	check(l.l_type == F_WRLCK && l.l_whence == SEEK_SET && l.l_start == 10 && l.l_len == 10 && l.l_pid == -1);
	l = (struct flock){.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 30, .l_len = 1};
	check(fcntl(fd, F_SETLK, &l) == 0);
	l.l_type = F_WRLCK;
	errno = 0;
	check(fcntl(fd, F_SETLK, &l) == -1 && (errno == EAGAIN || errno == EACCES));
	sigaction(SIGALRM, &act, NULL);
	alarm(1);
	fails(fcntl(fd, F_SETLKW, &l), EINTR);
	alarm(1);
	fails(flock(fd, LOCK_EX), EINTR);
	check(close(fd) == 0);
}

static void hold(const char *name)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 10};
	struct flock shared = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 30, .l_len = 10};
	char end, text[10];
	int fd = open(name, O_RDWR);
	check(fd >= 0 && fcntl(fd, F_SETLK, &l) == 0 && fcntl(fd, F_SETLK, &shared) == 0 && flock(fd, LOCK_EX | LOCK_NB) == 0);
	check(dprintf(1, "%d\n", getpid()) > 0);
	while (read(0, &end, 1) == 1) {
		errno = 0;
		ssize_t n = pread(fd, text, sizeof text, 0);
		check(dprintf(1, "%zd %d\n", n, errno) > 0);
	}
}

int main(int argc, char **argv)
{
	check(argc > 2);
	if (strcmp(argv[1], "probe") == 0) {
		probe(argv[2]);
		return ok();
	}
	if (strcmp(argv[1], "hold") == 0) {
		hold(argv[2]);
		return 0;
	}
	check(argc > 5);
	for (int i = 0; i < atoi(argv[5]); i++) {
		pid_t child = fork();
		check(child >= 0);
		if (child == 0) {
			add(argv[2], argv[3], atoi(argv[4]));
			_exit(0);
		}
	}
	for (int status; wait(&status) > 0;)
		check(status == 0);
	return ok();
}
