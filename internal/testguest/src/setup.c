/* setup WORD ... -- COMMAND ARGS: changes what COMMAND inherits, then execs it.
 * block=SIG ignore=SIG personality=HEX slack=NS batch close=FD open=FD
 * nonblock=FD cpu0 arg0=TEXT env=ENTRY (added as it is, even without a "=") */
#include "guest.h"
#include <sys/personality.h>

static char *name;

static void apply(const char *word)
{
	char verb[32];
	const char *value = strchr(word, '=');
	size_t n = value ? (size_t)(value - word) : strlen(word);
	check(n < sizeof verb);
	memcpy(verb, word, n);
	verb[n] = 0;
	value = value ? value + 1 : "";
	if (strcmp(verb, "block") == 0)
		block(SIG_BLOCK, atoi(value));
	else if (strcmp(verb, "ignore") == 0)
		handle(atoi(value), SIG_IGN, 0);
	else if (strcmp(verb, "personality") == 0)
		check(personality(strtoul(value, NULL, 16)) != -1);
	else if (strcmp(verb, "slack") == 0)
		check(prctl(PR_SET_TIMERSLACK, atol(value)) == 0);
	else if (strcmp(verb, "batch") == 0) {
		struct sched_param p = { 0 };
		check(sched_setscheduler(0, SCHED_BATCH, &p) == 0);
	} else if (strcmp(verb, "close") == 0)
		close(atoi(value));
	else if (strcmp(verb, "open") == 0) {
		int fd = open("/dev/null", O_RDWR | O_APPEND);
		check(fd >= 0 && dup2(fd, atoi(value)) == atoi(value));
		if (fd != atoi(value))
			close(fd);
	} else if (strcmp(verb, "nonblock") == 0) {
		int flags = fcntl(atoi(value), F_GETFL);
		check(fcntl(atoi(value), F_SETFL, flags | O_NONBLOCK) == 0);
	} else if (strcmp(verb, "cpu0") == 0) {
		cpu_set_t set;
		CPU_ZERO(&set);
		CPU_SET(0, &set);
		check(sched_setaffinity(0, sizeof set, &set) == 0);
	} else if (strcmp(verb, "env") == 0) {
		static char *entries[64];
		static int n;
		check(n < 63);
		entries[n++] = strdup(value);
		environ = entries;
	} else if (strcmp(verb, "arg0") == 0)
		name = strdup(value);
	else
		check(!"a word that setup knows");
}

int main(int argc, char **argv)
{
	int i;
	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		apply(argv[i]);
	check(i + 1 < argc);
	char *file = argv[i + 1];
	if (name != NULL)
		argv[i + 1] = name;
	execvp(file, argv + i + 1);
	check(!"exec returned");
}
