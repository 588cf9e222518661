/* Threads that have just begun open a file, again and again, while a timer interrupts
 * whoever runs and others map memory. Each has to get the file. */
#include "guest.h"
#include <pthread.h>
#include <sys/time.h>

static const char *name;
static volatile int over;
static void on_alarm(int sig) { (void)sig; }

static void *open_it(void *failed)
{
	int fd = open(name, O_RDONLY);
	if (fd < 0)
		*(int *)failed = errno;
	else
		close(fd);
	return NULL;
}

static void *map(void *unused)
{
	(void)unused;
	while (!over)
		munmap(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096);
	return NULL;
}

int main(int argc, char **argv)
{
	enum { mappers = 2, rounds = 300 };
	struct sigaction sa = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	struct itimerval every = {{0, 200}, {0, 200}};
	pthread_t others[mappers];
	name = argc > 1 ? argv[1] : "/";
	sigaction(SIGALRM, &sa, NULL);
	for (int i = 0; i < mappers; i++)
		pthread_create(&others[i], NULL, map, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	int failed = 0;
	for (int i = 0; i < rounds && !failed; i++) {
		pthread_t one;
		if (pthread_create(&one, NULL, open_it, &failed))
			return 2;
		pthread_join(one, NULL);
	}
	over = 1;
	for (int i = 0; i < mappers; i++)
		pthread_join(others[i], NULL);
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
	if (failed)
		printf("open: %s\n", strerror(failed));
	else
		puts("ok");
	return failed != 0;
}
