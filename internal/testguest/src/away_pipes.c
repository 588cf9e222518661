/* Pipes, named and not, as pipe(7), fifo(7) and signal(7) have them.
 *
 * away_pipes DIR: DIR is where files may be made. */
#include "guest.h"
#include <sys/ioctl.h>
#include <sys/uio.h>

static volatile sig_atomic_t caught;
static void note(int sig) { caught = sig; }

/* Signals the main thread again and again, until it is told to stop. */
static pthread_t target, sender;
static volatile sig_atomic_t stopped;

static void *signaller(void *sig)
{
	while (!stopped) {
		usleep(50 * 1000);
		pthread_kill(target, (int)(long)sig);
	}
	return NULL;
}

static void start_signals(int sig)
{
	target = pthread_self();
	stopped = 0;
	check(pthread_create(&sender, NULL, signaller, (void *)(long)sig) == 0);
}

static void stop_signals(void)
{
	stopped = 1;
	check(pthread_join(sender, NULL) == 0);
}

static int set_nonblock(int fd, int on)
{
	int flags = fcntl(fd, F_GETFL);
	return fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

static void basics(void)
{
	char buf[64];
	struct stat st;
	int p[2], n;
	check(pipe(p) == 0 && p[0] >= 3 && p[1] > p[0]);
	check(fstat(p[0], &st) == 0 && S_ISFIFO(st.st_mode));
	fails(lseek(p[0], 0, SEEK_CUR), ESPIPE);
	fails(pread(p[0], buf, 1, 0), ESPIPE);
	fails(pwrite(p[1], buf, 1, 0), ESPIPE);
	fails(read(p[1], buf, 1), EBADF);
	fails(write(p[0], buf, 1), EBADF);
	check((fcntl(p[0], F_GETFL) & O_ACCMODE) == O_RDONLY && (fcntl(p[1], F_GETFL) & O_ACCMODE) == O_WRONLY);
	check(write(p[1], "abcdef", 6) == 6 && ioctl(p[0], FIONREAD, &n) == 0 && n == 6);
	struct iovec v[2] = { { buf, 2 }, { buf + 10, 4 } };
	check(readv(p[0], v, 2) == 6 && !memcmp(buf, "ab", 2) && !memcmp(buf + 10, "cdef", 4));
	check(write(p[1], "x", 0) == 0);
	check(set_nonblock(p[0], 1) == 0);
	fails(read(p[0], buf, 1), EAGAIN);
	check(set_nonblock(p[0], 0) == 0);
	int both = dup(p[1]);
	check(close(p[1]) == 0 && write(both, "z", 1) == 1 && close(both) == 0);
	check(read(p[0], buf, sizeof buf) == 1 && buf[0] == 'z' && read(p[0], buf, 1) == 0);
	check(close(p[0]) == 0);
	fails(close(p[0]), EBADF);
	fails(syscall(SYS_pipe2, p, 0x40000000), EINVAL);
	check(pipe2(p, O_CLOEXEC | O_NONBLOCK) == 0 && fcntl(p[0], F_GETFD) == FD_CLOEXEC && (fcntl(p[1], F_GETFL) & O_NONBLOCK));
	/* As much as there is room for, and no more. */
	static char much[1 << 20];
	ssize_t took = write(p[1], much, sizeof much);
	check(took >= 4096 && took < (ssize_t)sizeof much);
	fails(write(p[1], much, 1), EAGAIN);
	close(p[0]);
	close(p[1]);
}

/* More than a pipe holds goes through one, and the last close is seen. */
static void throughput(void)
{
	enum { SIZE = 3 << 20 };
	int p[2];
	check(pipe(p) == 0);
	pid_t child = fork();
	if (child == 0) {
		unsigned char *b = malloc(SIZE);
		close(p[0]);
		for (int i = 0; i < SIZE; i++)
			b[i] = (unsigned char)(i * 7 ^ i >> 8);
		check(write(p[1], b, SIZE) == SIZE);
		_exit(0);
	}
	close(p[1]);
	unsigned char b[50000];
	int at = 0;
	for (;;) {
		ssize_t n = read(p[0], b, sizeof b);
		check(n >= 0);
		if (n == 0)
			break;
		for (int i = 0; i < n; i++, at++)
			check(b[i] == (unsigned char)(at * 7 ^ at >> 8));
	}
	check(at == SIZE);
	close(p[0]);
	reap(child, 0);
}

/* Who writes where nobody reads is told. */
static void broken(void)
{
	int p[2];
	check(pipe(p) == 0 && close(p[0]) == 0);
	handle(SIGPIPE, note, 0);
	caught = 0;
	fails(write(p[1], "x", 1), EPIPE);
	check(caught == SIGPIPE);
	handle(SIGPIPE, SIG_IGN, 0);
	fails(write(p[1], "x", 1), EPIPE);
	handle(SIGPIPE, SIG_DFL, 0);
	pid_t child = fork();
	if (child == 0) {
		write(p[1], "x", 1);
		_exit(1);
	}
	reap_killed(child, SIGPIPE);
	close(p[1]);
}

static volatile sig_atomic_t *told;
static void tell(int sig) { *told = sig; }

/* Signals interrupt who waits, or do not, as the handler says. */
static void interrupted(void)
{
	char c = 0;
	int p[2];
	check(pipe(p) == 0);
	handle(SIGUSR1, note, 0);
	start_signals(SIGUSR1);
	fails(read(p[0], &c, 1), EINTR);
	stop_signals();
	check(caught == SIGUSR1);
	handle(SIGUSR1, tell, SA_RESTART);
	told = shared(sizeof *told);
	pid_t child = fork();
	if (child == 0) {
		while (!*told)
			nap();
		usleep(100 * 1000);
		check(write(p[1], "q", 1) == 1);
		_exit(0);
	}
	start_signals(SIGUSR1);
	check(read(p[0], &c, 1) == 1 && c == 'q' && *told);
	stop_signals();
	reap(child, 0);
	/* What was written before a signal counts. */
	static char much[1 << 20];
	handle(SIGUSR1, note, 0);
	start_signals(SIGUSR1);
	ssize_t n = write(p[1], much, sizeof much);
	stop_signals();
	check(n > 0 && n < (ssize_t)sizeof much);
	/* Who waits dies. */
	child = fork();
	if (child == 0) {
		int q[2];
		check(pipe(q) == 0);
		read(q[0], &c, 1);
		_exit(1);
	}
	usleep(200 * 1000);
	kill(child, SIGKILL);
	reap_killed(child, SIGKILL);
	close(p[0]);
	close(p[1]);
}

static void *reads_one(void *fd)
{
	char c = 0;
	check(read((int)(long)fd, &c, 1) == 1);
	return (void *)(long)c;
}

/* Many wait at once, and others go on. */
static void many(void)
{
	enum { N = 90 }; /* more than requests that a session has at a time */
	int p[N][2], go[2];
	pthread_t t[N];
	check(pipe(go) == 0);
	for (int i = 0; i < N; i++) {
		check(pipe(p[i]) == 0);
		check(pthread_create(&t[i], NULL, reads_one, (void *)(long)p[i][0]) == 0);
	}
	char c;
	check(write(go[1], "g", 1) == 1 && read(go[0], &c, 1) == 1);
	for (int i = N - 1; i >= 0; i--)
		check(write(p[i][1], &(char){ (char)(i + 1) }, 1) == 1);
	for (int i = 0; i < N; i++) {
		void *got;
		check(pthread_join(t[i], &got) == 0 && (long)got == i + 1);
		close(p[i][0]);
		close(p[i][1]);
	}
	close(go[0]);
	close(go[1]);
}

static void fifo(void)
{
	char buf[16];
	struct stat st;
	unlink("fifo");
	check(mkfifo("fifo", 0640) == 0 && stat("fifo", &st) == 0 && S_ISFIFO(st.st_mode));
	fails(mkfifo("fifo", 0600), EEXIST);
	check(mknod("plain", S_IFREG | 0600, 0) == 0 && stat("plain", &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0);
	check(unlink("plain") == 0);
	fails(open("fifo", O_WRONLY | O_NONBLOCK), ENXIO);
	int r = open("fifo", O_RDONLY | O_NONBLOCK);
	check(r >= 3 && read(r, buf, 1) == 0);
	int w = open("fifo", O_WRONLY);
	check(w >= 3 && write(w, "ab", 2) == 2 && read(r, buf, sizeof buf) == 2);
	close(w);
	check(read(r, buf, 1) == 0);
	close(r);
	pid_t child = fork();
	if (child == 0) {
		usleep(200 * 1000);
		w = open("fifo", O_WRONLY);
		check(w >= 3 && write(w, "hello", 5) == 5);
		_exit(0);
	}
	r = open("fifo", O_RDONLY); /* waits for the other */
	check(r >= 3 && read(r, buf, sizeof buf) == 5 && read(r, buf, 1) == 0);
	close(r);
	reap(child, 0);
	handle(SIGUSR1, note, 0);
	start_signals(SIGUSR1);
	fails(open("fifo", O_RDONLY), EINTR);
	stop_signals();
	int null = open("/dev/null", O_RDWR);
	if (null >= 0) { /* it is exported */
		check(write(null, buf, 5) == 5 && read(null, buf, 5) == 0);
		close(null);
	}
}

/* The standard streams are where they were, whatever is in their place meanwhile. */
static void streams(void)
{
	char buf[16];
	int p[2];
	int saved = fcntl(1, F_DUPFD_CLOEXEC, 10);
	check(saved >= 10 && fcntl(saved, F_GETFD) == FD_CLOEXEC && pipe(p) == 0);
	check(dup2(p[1], 1) == 1 && write(1, "in", 2) == 2 && read(p[0], buf, sizeof buf) == 2);
	int made = open("made", O_CREAT | O_TRUNC | O_RDWR, 0600);
	check(made >= 3 && dup2(made, 1) == 1 && dprintf(1, "text") == 4 && pread(made, buf, sizeof buf, 0) == 4);
	check(dup2(saved, 1) == 1 && close(saved) == 0);
	fails(write(saved, "x", 1), EBADF);
	check(dprintf(1, "one\n") == 4);
	int again = dup(1);
	check(again >= 3 && dprintf(again, "two\n") == 4 && dup2(again, 20) == 20 && dprintf(20, "three\n") == 6);
	pid_t child = fork();
	if (child == 0) {
		check(close(1) == 0);
		fails(write(1, "x", 1), EBADF);
		check(dprintf(20, "four\n") == 5);
		check(dup2(20, 1) == 1 && dprintf(1, "five\n") == 5);
		/* A program finds it. */
		execl("/bin/sh", "sh", "-c", "echo six; echo seven | cat; exec >/dev/null; echo no", (char *)NULL);
		_exit(1);
	}
	reap(child, 0);
	check(close(again) == 0 && close(20) == 0 && close(made) == 0 && unlink("made") == 0);
	close(p[0]);
	close(p[1]);
	struct stat st;
	check(fstat(1, &st) == 0 && fcntl(1, F_GETFL) >= 0);
}

int main(int argc, char **argv)
{
	check(argc == 2 && chdir(argv[1]) == 0);
	basics();
	throughput();
	broken();
	interrupted();
	many();
	fifo();
	streams();
	return ok();
}
