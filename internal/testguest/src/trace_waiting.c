/* Waiting for descriptors: select, poll, epoll, event descriptors. */
#include "guest.h"
#include <sys/select.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

#define BAD ((void *)0xdead000)

int main(void)
{
	int p[2];
	check(pipe(p) == 0);
	struct pollfd f[3] = { { p[0], POLLIN }, { p[1], POLLOUT }, { -1, POLLPRI | 0x4000 } };
	syscall(SYS_poll, f, 1, 0);
	syscall(SYS_poll, f, 3, 0);
	syscall(SYS_poll, f, 0, 0);
	syscall(SYS_poll, NULL, 0, 1);
	syscall(SYS_poll, NULL, 3, -1);
	syscall(SYS_poll, BAD, 3, 5);
	struct pollfd g[2] = { { 99, POLLIN | POLLRDNORM }, { p[1], 0 } };
	syscall(SYS_poll, g, 2, -1);
	struct timespec none = { 0, 0 }, some = { 0, 1000 };
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	syscall(SYS_ppoll, f, 1, &none, NULL, 8);
	syscall(SYS_ppoll, f, 2, NULL, &set, 8);
	syscall(SYS_ppoll, f, 2, BAD, &set, 4);
	syscall(SYS_ppoll, f, 2, &none, BAD, 8);
	fd_set in, out, ex;
	struct timeval tv = { 0, 0 };
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&ex);
	FD_SET(p[0], &in);
	FD_SET(p[1], &out);
	FD_SET(p[0], &ex);
	syscall(SYS_select, 10, &in, &out, &ex, &tv);
	FD_SET(p[0], &in);
	FD_CLR(p[1], &out);
	tv.tv_usec = 0;
	syscall(SYS_select, 10, &in, &out, NULL, &tv);
	syscall(SYS_select, 0, NULL, NULL, NULL, &tv);
	FD_SET(p[1], &out);
	syscall(SYS_select, 10, NULL, &out, NULL, NULL);
	syscall(SYS_select, -1, &in, NULL, NULL, NULL);
	syscall(SYS_select, 10, BAD, NULL, NULL, &tv);
	syscall(SYS_select, 10, &in, NULL, NULL, BAD);
	tv.tv_sec = -1;
	syscall(SYS_select, 10, &in, NULL, NULL, &tv);
	FD_ZERO(&in);
	FD_SET(99, &in);
	tv.tv_sec = 0;
	syscall(SYS_select, 100, &in, NULL, NULL, &tv);
	struct { const void *p; size_t n; } pack = { &set, 8 };
	FD_ZERO(&in);
	FD_SET(p[0], &in);
	syscall(SYS_pselect6, 10, &in, NULL, NULL, &some, NULL);
	FD_SET(p[0], &in);
	syscall(SYS_pselect6, 10, &in, NULL, NULL, &none, &pack);
	pack.p = NULL;
	syscall(SYS_pselect6, 10, NULL, &out, NULL, NULL, &pack);
	syscall(SYS_pselect6, 10, NULL, &out, NULL, NULL, BAD);
	int e = syscall(SYS_epoll_create1, EPOLL_CLOEXEC);
	syscall(SYS_epoll_create1, 1);
	syscall(SYS_epoll_create, 5);
	syscall(SYS_epoll_create, -1);
	struct epoll_event ev = { EPOLLIN | EPOLLET, { .u64 = 0x123456789abcdef } }, got[4];
	syscall(SYS_epoll_ctl, e, EPOLL_CTL_ADD, p[0], &ev);
	ev.events = EPOLLOUT | EPOLLONESHOT | 0x4000000, ev.data.u64 = 7;
	syscall(SYS_epoll_ctl, e, EPOLL_CTL_ADD, p[1], &ev);
	syscall(SYS_epoll_ctl, e, EPOLL_CTL_MOD, 99, &ev);
	syscall(SYS_epoll_ctl, e, EPOLL_CTL_MOD, p[1], BAD);
	syscall(SYS_epoll_wait, e, got, 4, 0);
	syscall(SYS_epoll_wait, e, got, 4, 0);
	syscall(SYS_epoll_wait, e, BAD, -1, 0);
	syscall(SYS_epoll_pwait, e, got, 4, 0, &set, 8);
	syscall(SYS_epoll_pwait, e, got, 4, 0, NULL, 8);
	syscall(SYS_epoll_pwait2, e, got, 4, &none, &set, 8);
	syscall(SYS_epoll_pwait2, e, got, 4, BAD, NULL, 0);
	syscall(SYS_epoll_ctl, e, EPOLL_CTL_DEL, p[0], NULL);
	syscall(SYS_epoll_ctl, e, 9, p[0], &ev);
	int v = syscall(SYS_eventfd2, 5, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC);
	syscall(SYS_eventfd2, 5, 0x100);
	syscall(SYS_eventfd, 1);
	uint64_t n = 3;
	syscall(SYS_read, v, &n, 8);
	syscall(SYS_signalfd4, -1, &set, 8, SFD_NONBLOCK | SFD_CLOEXEC);
	syscall(SYS_signalfd4, -1, &set, 4, 0);
	syscall(SYS_signalfd4, -1, NULL, 8, 1);
	syscall(SYS_signalfd, -1, &set, 8);
	return 0;
}
