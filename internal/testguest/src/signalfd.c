/* Signals read from descriptors: signalfd, polled, with values. */
#include "guest.h"
#include <sys/epoll.h>
#include <sys/signalfd.h>

int main(void)
{
	sigset_t set;
	struct signalfd_siginfo si;
	union sigval value;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN + 3);
	sigaddset(&set, SIGCHLD);
	check(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	check(fd >= 0);
	fails(read(fd, &si, sizeof si), EAGAIN);
	for (int i = 0; i < 50; i++) {
		value.sival_int = i;
		check(sigqueue(getpid(), SIGRTMIN + 3, value) == 0);
	}
	struct pollfd p = { .fd = fd, .events = POLLIN };
	check(poll(&p, 1, -1) == 1);
	for (int i = 0; i < 50; i++) {
		check(read(fd, &si, sizeof si) == sizeof si);
		check(si.ssi_signo == (uint32_t)(SIGRTMIN + 3) && si.ssi_int == i);
		check(si.ssi_pid == (uint32_t)getpid());
	}
	check(kill(getpid(), SIGUSR1) == 0);
	check(kill(getpid(), SIGUSR1) == 0); /* an ordinary signal does not queue */
	check(read(fd, &si, sizeof si) == sizeof si && si.ssi_signo == SIGUSR1);
	fails(read(fd, &si, sizeof si), EAGAIN);

	/* a blocking read, ended by a child's end */
	check(fcntl(fd, F_SETFL, 0) == 0);
	pid_t me = getpid(), pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		wait_asleep(me);
		_exit(23);
	}
	check(read(fd, &si, sizeof si) == sizeof si);
	check(si.ssi_signo == SIGCHLD && si.ssi_pid == (uint32_t)pid);
	check(si.ssi_code == CLD_EXITED && si.ssi_status == 23);
	reap(pid, 23);

	/* by epoll, from a child */
	int ep = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev = { .events = EPOLLIN };
	check(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) == 0);
	pid = fork();
	check(pid >= 0);
	if (pid == 0) {
		wait_asleep(me);
		check(kill(me, SIGUSR1) == 0);
		for (;;)
			pause();
	}
	check(epoll_wait(ep, &ev, 1, -1) == 1);
	check(read(fd, &si, sizeof si) == sizeof si && si.ssi_signo == SIGUSR1);
	check(si.ssi_pid == (uint32_t)pid);
	check(kill(pid, SIGKILL) == 0);
	reap_killed(pid, SIGKILL);
	return ok();
}
