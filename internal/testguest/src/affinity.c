/* Whatever asks for a thread's processors learns what the guest itself has set,
 * while the threads make many calls: that may tempt a supervisor to bind them. */
#include "guest.h"

enum { TALKERS = 3, ROUNDS = 60 };
static cpu_set_t home, one;
static char home_list[256];
static pid_t talkers[TALKERS];
static volatile int quit;

static void talk(void)
{
	for (int i = 0; i < 40; i++)
		syscall(SYS_getppid);
}

static void has(pid_t tid, const cpu_set_t *want)
{
	cpu_set_t got;
	CPU_ZERO(&got);
	check(sched_getaffinity(tid, sizeof got, &got) == 0);
	check(CPU_EQUAL(&got, want));
}

static void set(pid_t tid, const cpu_set_t *mask)
{
	check(sched_setaffinity(tid, sizeof *mask, mask) == 0);
}

/* The list of processors in /proc/self/status. */
static void list(char *to, size_t size)
{
	char line[512] = "";
	FILE *f = fopen("/proc/self/status", "re");
	check(f != NULL);
	while (strncmp(line, "Cpus_allowed_list:", 18) != 0)
		check(fgets(line, sizeof line, f) != NULL);
	snprintf(to, size, "%s", line);
	fclose(f);
}

static void *talker(void *arg)
{
	int i = *(int *)arg;
	__atomic_store_n(&talkers[i], thread_id(), __ATOMIC_SEQ_CST);
	while (!quit) {
		talk();
		has(0, &home);
	}
	return NULL;
}

static void child(const cpu_set_t *want, char **argv, int exec)
{
	pid_t pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		has(0, want);
		talk();
		has(getpid(), want);
		if (exec) {
			execv("/proc/self/exe", (char *[]){ argv[0], CPU_COUNT(want) == 1 ? "1" : "n", NULL });
			_exit(1);
		}
		_exit(11);
	}
	talk();
	reap(pid, 11);
}

/* What a program finds that was run by one that talked. */
static int again(const char *count)
{
	cpu_set_t got;
	talk();
	check(sched_getaffinity(0, sizeof got, &got) == 0);
	check((CPU_COUNT(&got) == 1) == (count[0] == '1'));
	return 11;
}

static void ask(void)
{
	char now[256];
	for (int i = 0; i < ROUNDS; i++) {
		talk();
		has(0, &home);
		talk();
		has(getpid(), &home);
		has(talkers[i % TALKERS], &home);
		talk();
		list(now, sizeof now);
		check(strcmp(now, home_list) == 0);
	}
}

static void change(char **argv)
{
	for (int i = 0; i < ROUNDS / 6; i++) {
		talk();
		set(0, &one);
		has(0, &one);
		talk();
		has(0, &one);
		child(&one, argv, i % 2);
		talk();
		set(0, &home);
		talk();
		has(0, &home);
		child(&home, argv, i % 2);
	}
}

static void *bystander(void *arg)
{
	__atomic_store_n((pid_t *)arg, thread_id(), __ATOMIC_SEQ_CST);
	while (!quit)
		talk();
	return NULL;
}

/* The mask of another thread, while that talks. */
static void change_another(void)
{
	pthread_t t;
	pid_t tid = 0;
	quit = 0;
	check(pthread_create(&t, NULL, bystander, &tid) == 0);
	while (__atomic_load_n(&tid, __ATOMIC_SEQ_CST) == 0)
		talk();
	for (int i = 0; i < ROUNDS; i++) {
		const cpu_set_t *mask = i % 2 ? &home : &one;
		set(tid, mask);
		usleep(1000);
		has(tid, mask);
		has(0, &home);
	}
	quit = 1;
	check(pthread_join(t, NULL) == 0);
}

int main(int argc, char **argv)
{
	pthread_t t[TALKERS];
	int number[TALKERS];
	if (argc > 1)
		return again(argv[1]);
	CPU_ZERO(&home);
	CPU_ZERO(&one);
	check(sched_getaffinity(0, sizeof home, &home) == 0);
	if (CPU_COUNT(&home) < 2)
		skip("one processor only");
	for (int cpu = 0; CPU_COUNT(&one) == 0; cpu++)
		if (CPU_ISSET(cpu, &home))
			CPU_SET(cpu, &one);
	list(home_list, sizeof home_list);
	for (int i = 0; i < TALKERS; i++) {
		number[i] = i;
		check(pthread_create(&t[i], NULL, talker, &number[i]) == 0);
		while (__atomic_load_n(&talkers[i], __ATOMIC_SEQ_CST) == 0)
			usleep(100);
	}
	ask();
	child(&home, argv, 1);
	quit = 1;
	for (int i = 0; i < TALKERS; i++)
		check(pthread_join(t[i], NULL) == 0);
	change(argv);
	change_another();
	return ok();
}
