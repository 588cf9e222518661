/* Reads at the shadow for ever. modes_reads DIR: DIR/ready is there when it does. */
#include "guest.h"

int main(int argc, char **argv)
{
	char c;
	check(argc == 2 && chdir(argv[1]) == 0);
	int mode = open("/proc/thread-self/syscall_mode", O_RDWR), ready = open("ready.part", O_CREAT | O_WRONLY, 0644);
	check(mode >= 0 && ready >= 0);
	check(write(mode, "remote,unmapped", 15) == 15);
	int fd = open("name", O_RDONLY);
	check(fd >= 0 && pread(fd, &c, 1, 0) == 1);
	check(write(mode, "local,unmapped", 14) == 14);
	check(rename("ready.part", "ready") == 0);
	check(write(mode, "remote,unmapped", 15) == 15);
	while (pread(fd, &c, 1, 0) == 1)
		;
	return 1;
}
