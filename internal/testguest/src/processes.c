/* 2,000 processes, 100 at a time, each with its own exit status. */
#include "guest.h"

enum { WAVES = 20, WIDTH = 100 };

int main(void)
{
	for (int w = 0; w < WAVES; w++) {
		pid_t pids[WIDTH];
		int gate[2];
		char c;
		check(pipe(gate) == 0);
		for (int i = 0; i < WIDTH; i++) {
			pids[i] = fork();
			check(pids[i] >= 0);
			if (pids[i] == 0) {
				close(gate[1]);
				check(read(gate[0], &c, 1) == 0);
				_exit((w * WIDTH + i) % 251);
			}
		}
		close(gate[1]); /* all of the wave are alive: let them go */
		for (int i = 0; i < WIDTH; i++)
			reap(pids[i], (w * WIDTH + i) % 251);
		close(gate[0]);
	}
	fails(wait(NULL), ECHILD);
	return ok();
}
