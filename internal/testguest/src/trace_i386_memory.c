// i386's calls on memory and segments.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct user_desc { unsigned entry, base, limit, flags; };

int main(void)
{
	unsigned long args[6] = {0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0};
	struct user_desc d = {-1, 0x1000, 0xfffff, 0x51};
	char buf[64];
	int fd = open("two", O_RDONLY);
	syscall(SYS_mmap, args);
	args[4] = fd;
	args[3] = MAP_SHARED;
	args[5] = 4096;
	syscall(SYS_mmap, args);
	syscall(SYS_mmap, 8);
	long p = syscall(SYS_mmap2, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	syscall(SYS_mmap2, 0, 4096, PROT_READ, MAP_SHARED, fd, 0x123456);
	syscall(SYS_mmap2, 0, 4096, PROT_READ, MAP_SHARED, -1, 0);
	syscall(SYS_mprotect, p, 4096, PROT_READ);
	syscall(SYS_madvise, p, 4096, MADV_DONTNEED);
	syscall(SYS_mremap, p, 8192, 4096, MREMAP_MAYMOVE, 0);
	syscall(SYS_msync, p, 4096, MS_SYNC);
	syscall(SYS_mincore, p, 4096, buf);
	syscall(SYS_munmap, p, 4096);
	syscall(SYS_brk, 0);
	syscall(SYS_set_thread_area, &d);
	syscall(SYS_get_thread_area, &d);
	d.entry = 99;
	syscall(SYS_get_thread_area, &d);
	d.flags = 0x28;
	syscall(SYS_set_thread_area, &d);
	syscall(SYS_set_thread_area, 8);
	syscall(SYS_modify_ldt, 0, buf, 16);
	return 0;
}
