/* Waits that swap the signal mask for their time: ppoll, pselect, epoll_pwait. */
#include "guest.h"
#include <sys/epoll.h>
#include <sys/select.h>

static volatile sig_atomic_t count;
static void on_signal(int sig) { (void)sig; count++; }

int main(void)
{
	sigset_t none, now;
	struct timespec zero = { 0, 0 }, late = { 60, 0 };
	struct epoll_event ev;
	int ep = epoll_create1(EPOLL_CLOEXEC);
	sigemptyset(&none);
	handle(SIGUSR1, on_signal, SA_RESTART);
	block(SIG_BLOCK, SIGUSR1);
	for (int i = 0; i < 100; i++) {
		int before = count;
		check(kill(getpid(), SIGUSR1) == 0); /* pending, blocked */
		check(count == before);
		switch (i % 4) {
		case 0: fails(ppoll(NULL, 0, &late, &none), EINTR); break;
		case 1: fails(pselect(0, NULL, NULL, NULL, &late, &none), EINTR); break;
		case 2: fails(epoll_pwait(ep, &ev, 1, 60000, &none), EINTR); break;
		case 3: fails(sigsuspend(&none), EINTR); break;
		}
		check(count == before + 1);
		check(sigprocmask(SIG_BLOCK, NULL, &now) == 0 && sigismember(&now, SIGUSR1));
	}
	check(ppoll(NULL, 0, &zero, &none) == 0);
	return ok();
}
