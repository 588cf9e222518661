/* Mappings: shared with children, moved, protected, of files, at the top of brk. */
#include "guest.h"
#include <setjmp.h>

static sigjmp_buf back;
static void on_fault(int sig, siginfo_t *si, void *ctx)
{
	(void)sig;
	(void)ctx;
	siglongjmp(back, si->si_code);
}

int main(void)
{
	struct sigaction sa;
	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = on_fault;
	sa.sa_flags = SA_SIGINFO;
	check(sigaction(SIGSEGV, &sa, NULL) == 0);
	int *word = shared(4096);
	for (int i = 0; i < 50; i++) {
		pid_t pid = fork();
		check(pid >= 0);
		if (pid == 0) {
			++*word;
			_exit(0);
		}
		reap(pid, 0);
	}
	check(*word == 50);
	volatile char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	p[0] = 'a';
	check(mprotect((char *)p, 4096, PROT_READ) == 0);
	int why = sigsetjmp(back, 1);
	if (why == 0) {
		p[0] = 'b';
		check(!"a write to a read-only page returned");
	}
	check(why == SEGV_ACCERR && p[0] == 'a');
	p = mremap((char *)p, 4096, 65536, MREMAP_MAYMOVE);
	check(p != MAP_FAILED && p[0] == 'a');
	check(munmap((char *)p, 65536) == 0);
	why = sigsetjmp(back, 1);
	if (why == 0) {
		p[0] = 'c';
		check(!"a write to no page returned");
	}
	check(why == SEGV_MAPERR);
	FILE *f = tmpfile();
	check(f != NULL && ftruncate(fileno(f), 8192) == 0);
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(f), 0);
	check(p != MAP_FAILED);
	strcpy((char *)p + 4096, "mapped");
	check(msync((char *)p, 8192, MS_SYNC) == 0);
	char buf[8] = "";
	check(pread(fileno(f), buf, 7, 4096) == 7 && strcmp(buf, "mapped") == 0);
	for (int i = 0; i < 200; i++) {
		char *top = sbrk(4096);
		check(top != (char *)-1);
		top[0] = top[4095] = 1;
	}
	check(sbrk(-200 * 4096) != (char *)-1);
	return ok();
}
