/* exec that fails, scripts, descriptors instead of names, close-on-exec. */
#include "guest.h"

static char dir[] = "/tmp/penumbra-exec.XXXXXX";

static const char *in(const char *name)
{
	static char path[4][128];
	static int next;
	char *p = path[next++ % 4];
	snprintf(p, 128, "%s/%s", dir, name);
	return p;
}

static void put(const char *name, const char *text, mode_t mode)
{
	int fd = open(in(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	check(fd >= 0);
	check(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static char *args[] = { "x", NULL }, *env[] = { NULL };

static void failures(void)
{
	fails(execve(in("missing"), args, env), ENOENT);
	fails(execve("", args, env), ENOENT);
	put("plain", "#!/bin/sh\n", 0644);
	fails(execve(in("plain"), args, env), EACCES);
	put("text", "no program\n", 0755);
	fails(execve(in("text"), args, env), ENOEXEC);
	put("empty", "", 0755);
	fails(execve(in("empty"), args, env), ENOEXEC);
	fails(execve(dir, args, env), EACCES);
	fails(execve(in("plain/x"), args, env), ENOTDIR);
	put("lost", "#!/nonexistent/interpreter\n", 0755);
	fails(execve(in("lost"), args, env), ENOENT);
	check(symlink("loop", in("loop")) == 0);
	fails(execve(in("loop"), args, env), ELOOP);
	fails(execve((char *)1, args, env), EFAULT);
	fails(syscall(SYS_execve, "/proc/self/exe", 1, env), EFAULT);
	static char huge[256 * 1024];
	memset(huge, 'a', sizeof huge - 1);
	char *big[] = { "x", huge, NULL };
	fails(execve("/proc/self/exe", big, env), E2BIG);
	int fd = open(in("text"), O_WRONLY | O_CLOEXEC);
	check(fd >= 0);
	fails(execve(in("text"), args, env), ETXTBSY);
	close(fd);
}

static void output_of(const char *path, char *const argv[], const char *want)
{
	int p[2];
	char buf[256] = "";
	check(pipe(p) == 0);
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		dup2(p[1], 1);
		close(p[0]);
		close(p[1]);
		execv(path, argv);
		_exit(1);
	}
	close(p[1]);
	for (size_t n = 0, k = 1; k > 0 && n < sizeof buf - 1; n += k) {
		ssize_t r = read(p[0], buf + n, sizeof buf - 1 - n);
		check(r >= 0);
		k = r;
	}
	close(p[0]);
	reap(pid, 0);
	check(strcmp(buf, want) == 0);
}

static void scripts(void)
{
	char text[300], want[300];
	put("script", "#!/bin/echo one two\n", 0755);
	snprintf(want, sizeof want, "one two %s three\n", in("script"));
	output_of(in("script"), (char *[]){ "x", "three", NULL }, want);
	snprintf(text, sizeof text, "#!%s\n", in("script"));
	put("chain", text, 0755);
	snprintf(want, sizeof want, "one two %s %s\n", in("script"), in("chain"));
	output_of(in("chain"), (char *[]){ "x", NULL }, want);
}

static void by_descriptor(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), keep = dup2(0, 50);
	check(fd >= 0 && keep == 50);
	check(dup3(0, 51, O_CLOEXEC) == 51);
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();
		check(pid >= 0);
		if (pid == 0) {
			char *child[] = { "x", "child", NULL };
			if (i == 0)
				syscall(SYS_execveat, fd, "", child, env, AT_EMPTY_PATH);
			else
				fexecve(fd, child, env);
			_exit(1);
		}
		reap(pid, 28);
	}
	fails(syscall(SYS_execveat, 9999, "", args, env, AT_EMPTY_PATH), EBADF);
	fails(syscall(SYS_execveat, AT_FDCWD, in("loop"), args, env, AT_SYMLINK_NOFOLLOW), ELOOP);
}

int main(int argc, char **argv)
{
	if (argc == 2) {
		check(strcmp(argv[1], "child") == 0);
		check(fcntl(50, F_GETFD) == 0);
		fails(fcntl(51, F_GETFD), EBADF);
		return 28;
	}
	check(mkdtemp(dir) != NULL);
	failures();
	scripts();
	by_descriptor();
	static const char *const made[] = { "plain", "text", "empty", "lost", "loop", "script", "chain" };
	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
		check(unlink(in(made[i])) == 0);
	check(rmdir(dir) == 0);
	return ok();
}
