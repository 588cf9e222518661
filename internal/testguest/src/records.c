// Keeps numbered records in the directory it is in: for each line of its input each
// of four processes appends to a log, and replaces a file by another. It says "ok"
// after each round.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { workers = 4, records = 12 };

static void must(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		_exit(1);
	}
}

static void put(const char *name, int flags, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | flags, 0644);
	must(fd >= 0, name);
	must(write(fd, text, strlen(text)) == (ssize_t)strlen(text), "write");
	must(close(fd) == 0, "close");
}

static void work(int worker, int round)
{
	char log[32], fresh[32], state[32], dir[32], text[4096], back[4096];
	sprintf(log, "log.%d", worker);
	sprintf(fresh, "fresh.%d", worker);
	sprintf(state, "state.%d", worker);
	sprintf(dir, "dir.%d", worker);
	for (int i = 0; i < records; i++) {
		sprintf(text, "worker %d round %d record %d\n", worker, round, i);
		put(log, O_APPEND, text);
		memset(text, 'a' + i, sizeof text);
		sprintf(text + 100 + i, "%d %d %d\n", worker, round, i);
		put(fresh, O_EXCL, text);
		must(rename(fresh, state) == 0, "rename");
		int fd = open(state, O_RDWR);
		must(fd >= 0, state);
		memset(back, 0, sizeof back);
		must(read(fd, back, sizeof back) == (ssize_t)strlen(text) && strcmp(back, text) == 0, "read back");
		must(pwrite(fd, "CHANGED", 7, i) == 7, "pwrite");
		must(i % 4 || fsync(fd) == 0, "fsync");
		must(close(fd) == 0, "close");
		must(mkdir(dir, 0755) == 0, "mkdir");
		must(chmod(state, 0600 + i % 8) == 0, "chmod");
		must(i == records - 1 || rmdir(dir) == 0, "rmdir");
	}
	must(rmdir(dir) == 0, "rmdir");
}

int main(void)
{
	char line[16];
	for (int round = 0; fgets(line, sizeof line, stdin); round++) {
		for (int w = 0; w < workers; w++) {
			pid_t child = fork();
			must(child >= 0, "fork");
			if (child == 0) {
				work(w, round);
				_exit(0);
			}
		}
		for (int w = 0; w < workers; w++) {
			int status;
			must(wait(&status) > 0, "wait");
			if (status != 0)
				return 1;
		}
		puts("ok");
		fflush(stdout);
	}
	return 0;
}
