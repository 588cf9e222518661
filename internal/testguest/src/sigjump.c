/* A handler leaves a blocking call by siglongjmp, again and again. */
#include "guest.h"
#include <setjmp.h>

static sigjmp_buf back;
static void on_alarm(int sig) { siglongjmp(back, sig); }

int main(void)
{
	struct itimerval t = { { 0, 0 }, { 0, 2000 } };
	volatile int jumps = 0;
	int data[2];
	char c;
	check(pipe(data) == 0);
	handle(SIGALRM, on_alarm, SA_RESTART);
	while (jumps < 100) {
		if (sigsetjmp(back, 1) == 0) {
			check(setitimer(ITIMER_REAL, &t, NULL) == 0);
			switch (jumps % 4) {
			case 0: read(data[0], &c, 1); break;
			case 1: poll(NULL, 0, -1); break;
			case 2: pause(); break;
			case 3: for (;;) getppid(); break;
			}
			check(!"no call returns");
		}
		jumps++;
	}
	check(write(data[1], "z", 1) == 1);
	check(read(data[0], &c, 1) == 1 && c == 'z');
	return ok();
}
