/* 1,200 threads at once, then 2,000 that come and go. */
#include "guest.h"

enum { N = 1200 };
static pthread_barrier_t all;
static pid_t tids[N];

static void *run(void *arg)
{
	tids[(long)arg] = thread_id();
	pthread_barrier_wait(&all);
	check(getpid() != thread_id());
	pthread_barrier_wait(&all);
	return arg;
}

static void *brief(void *arg) { return (char *)arg + (getppid() > 0); }

static int compare(const void *a, const void *b)
{
	return *(const pid_t *)a - *(const pid_t *)b;
}

static int count_tasks(void)
{
	int n = 0;
	struct dirent *e;
	DIR *d = opendir("/proc/self/task");
	check(d != NULL);
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

int main(void)
{
	static pthread_t threads[N];
	pthread_attr_t attr;
	pthread_attr_init(&attr);
	check(pthread_attr_setstacksize(&attr, 64 * 1024) == 0);
	check(pthread_barrier_init(&all, NULL, N + 1) == 0);
	for (long i = 0; i < N; i++)
		check(pthread_create(&threads[i], &attr, run, (void *)i) == 0);
	pthread_barrier_wait(&all);
	check(count_tasks() == N + 1);
	pthread_barrier_wait(&all);
	for (long i = 0; i < N; i++) {
		void *got;
		check(pthread_join(threads[i], &got) == 0);
		check(got == (void *)i);
	}
	qsort(tids, N, sizeof tids[0], compare);
	for (int i = 1; i < N; i++)
		check(tids[i] != tids[i - 1]);
	for (long i = 0; i < 2000; i++) {
		pthread_t t;
		void *got;
		check(pthread_create(&t, &attr, brief, (void *)i) == 0);
		check(pthread_join(t, &got) == 0);
		check(got == (char *)i + 1);
	}
	return ok();
}
