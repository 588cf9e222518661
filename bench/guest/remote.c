/*
 * remote works on files of another machine and prints what a turn costs, in
 * nanoseconds, timed inside the process.
 *
 *   remote open FRESH|LISTED|AGAIN DIR  open, fstat, read and close a small file
 *                                of each directory in DIR: of directories that
 *                                nobody has looked at; that were just listed; a
 *                                second time
 *   remote stat LISTED|AGAIN|ABSENT DIR  the same with stat, and with names that
 *                                are not there
 *   remote files DIR             open, fstat, read and close all files of DIR,
 *                                in the order of readdir; prints the whole time
 *   remote list DIR              read the names of DIR, and lstat each; likewise
 *   remote read FILE             read FILE from begin to end, a MiB at a time
 *   remote write FILE MIB        write so many MiB to FILE, a MiB at a time,
 *                                and fsync it
 *   remote time [again] COMMAND  run COMMAND; again: twice, and time the second
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB (1 << 20)

static char buffer[MIB];

static void die(const char *what)
{
	fprintf(stderr, "remote: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void must(int ok, const char *what)
{
	if (!ok)
		die(what);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/* Reads a file as cat does: with an fstat, and until a read finds nothing. */
static void read_file(const char *name)
{
	struct stat st;
	int fd = open(name, O_RDONLY);
	ssize_t n;

	must(fd >= 0, name);
	must(fstat(fd, &st) == 0, "fstat");
	while ((n = read(fd, buffer, sizeof buffer)) > 0)
		;
	must(n == 0, "read");
	close(fd);
}

/* Returns the names in a directory, and sets their number. */
static char **names_in(const char *dir, int *count)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char **names = NULL;
	int n = 0;

	must(d != NULL, dir);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		names = realloc(names, (n + 1) * sizeof *names);
		must(names != NULL, "realloc");
		must(asprintf(&names[n++], "%s/%s", dir, e->d_name) > 0, "asprintf");
	}
	closedir(d);
	*count = n;
	return names;
}

static void use(const char *dir, const char *name, int opens, int absent)
{
	char path[4096];
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	if (opens)
		read_file(path);
	else
		must((stat(path, &st) == 0) == !absent, path);
}

static double in_each(const char *how, const char *top, int opens)
{
	int count, i, n, absent = !strcmp(how, "ABSENT");
	char **dirs = names_in(top, &count);
	const char *name = absent ? "absent" : "file";
	double begin;

	if (strcmp(how, "FRESH"))
		for (i = 0; i < count; i++)
			names_in(dirs[i], &n);
	if (!strcmp(how, "AGAIN"))
		for (i = 0; i < count; i++)
			use(dirs[i], name, opens, absent);
	begin = now();
	for (i = 0; i < count; i++)
		use(dirs[i], name, opens, absent);
	return (now() - begin) / count;
}

static double all_files(const char *dir, int opens)
{
	double begin = now();
	int count, i;
	char **names = names_in(dir, &count);
	struct stat st;

	for (i = 0; i < count; i++)
		if (opens)
			read_file(names[i]);
		else
			must(lstat(names[i], &st) == 0, names[i]);
	return now() - begin;
}

static double read_through(const char *name)
{
	struct stat st;
	double begin;

	must(stat(name, &st) == 0, name); /* the way there is not what is timed */
	begin = now();
	read_file(name);
	return now() - begin;
}

static double write_through(const char *name, int mib)
{
	double begin;
	int fd, i;

	for (i = 0; i < MIB; i++)
		buffer[i] = i * 7 + i / 251;
	begin = now();
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	must(fd >= 0, name);
	for (i = 0; i < mib; i++)
		must(write(fd, buffer, MIB) == MIB, "write");
	must(fsync(fd) == 0, "fsync");
	must(close(fd) == 0, "close");
	return now() - begin;
}

static double run(char **argv)
{
	double begin = now();
	pid_t pid = vfork();
	int status;

	must(pid >= 0, "vfork");
	if (pid == 0) {
		dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	must(waitpid(pid, &status, 0) == pid, "waitpid");
	if (status != 0) {
		fprintf(stderr, "remote: %s: status %#x\n", argv[0], status);
		exit(1);
	}
	return now() - begin;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	double took;

	if (argc == 4 && (!strcmp(what, "open") || !strcmp(what, "stat"))) {
		took = in_each(argv[2], argv[3], *what == 'o');
	} else if (argc == 3 && (!strcmp(what, "files") || !strcmp(what, "list"))) {
		took = all_files(argv[2], *what == 'f');
	} else if (argc == 3 && !strcmp(what, "read")) {
		took = read_through(argv[2]);
	} else if (argc == 4 && !strcmp(what, "write")) {
		took = write_through(argv[2], atoi(argv[3]));
	} else if (argc > 3 && !strcmp(what, "time") && !strcmp(argv[2], "again")) {
		run(argv + 3);
		took = run(argv + 3);
	} else if (argc > 2 && !strcmp(what, "time")) {
		took = run(argv + 2);
	} else {
		fprintf(stderr, "remote: the begin of remote.c says what can be asked\n");
		return 2;
	}
	printf("%.0f\n", took);
	return 0;
}
