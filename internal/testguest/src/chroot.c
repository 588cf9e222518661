/* chroot and exec of a program inside; built static, needs root. */
#include "guest.h"

static void copy(const char *from, const char *to)
{
	char buf[65536];
	ssize_t n;
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_EXCL, 0755);
	check(in >= 0 && out >= 0);
	while ((n = read(in, buf, sizeof buf)) > 0)
		check(write(out, buf, n) == n);
	check(n == 0);
	close(in);
	close(out);
}

int main(int argc, char **argv)
{
	char dir[] = "/tmp/penumbra-chroot.XXXXXX", path[128], cwd[PATH_MAX];
	struct stat st;
	(void)argv;
	if (argc > 1) {
		check(stat("/guest", &st) == 0);
		fails(stat("/etc/passwd", &st), ENOENT);
		check(getcwd(cwd, sizeof cwd) != NULL && strcmp(cwd, "/") == 0);
		return 26;
	}
	check(mkdtemp(dir) != NULL);
	snprintf(path, sizeof path, "%s/guest", dir);
	copy("/proc/self/exe", path);
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		if (chroot(dir) == -1 && errno == EPERM)
			_exit(99);
		check(chdir("/") == 0);
		check(mkdir("/made", 0700) == 0);
		execl("/guest", "guest", "inside", (char *)NULL);
		_exit(1);
	}
	int status;
	check(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	unlink(path);
	snprintf(path, sizeof path, "%s/made", dir);
	rmdir(path);
	rmdir(dir);
	if (WEXITSTATUS(status) == 99)
		skip("chroot needs CAP_SYS_CHROOT");
	check(WEXITSTATUS(status) == 26);
	return ok();
}
