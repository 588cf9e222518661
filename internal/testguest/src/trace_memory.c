/* Memory mapped, protected, advised and placed. */
#include "guest.h"
#include <linux/mempolicy.h>

#define BAD ((void *)0xdead000)

int main(void)
{
	int fd = open("two", O_RDONLY);
	char *p = (char *)syscall(SYS_mmap, NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
	syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096L);
	syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_SHARED_VALIDATE | MAP_POPULATE, fd, 0L);
	syscall(SYS_mmap, NULL, 0, PROT_NONE, 0, -1, 0L);
	syscall(SYS_mmap, NULL, 4096, PROT_NONE, MAP_ANONYMOUS, -1, 0L);
	syscall(SYS_mmap, NULL, 4096, 0xff00000f, 0xf | MAP_FIXED, 99, 1L);
	syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_GROWSDOWN, MAP_PRIVATE | MAP_HUGETLB | MAP_ANONYMOUS | (21 << 26), -1, 0L);
	syscall(SYS_mmap, (void *)1, 4096, 0x100, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_LOCKED | MAP_NORESERVE | MAP_STACK, -1, -1L);
	syscall(SYS_mmap, NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_32BIT | MAP_GROWSDOWN | MAP_NONBLOCK, 99, 1L << 44);
	syscall(SYS_mmap, NULL, -1L, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_SYNC, -1, 0L);
	syscall(SYS_mprotect, p, 4096, PROT_READ);
	syscall(SYS_mprotect, p + 1, 4096, PROT_NONE);
	syscall(SYS_mprotect, p, 4096, PROT_READ | PROT_WRITE | PROT_EXEC | 0x40);
	syscall(SYS_mprotect, p, 8192, PROT_READ | PROT_WRITE);
	syscall(SYS_pkey_mprotect, p, 4096, PROT_READ, -1);
	syscall(SYS_pkey_mprotect, p, 4096, PROT_READ, 99);
	syscall(SYS_pkey_alloc, 0, 3);
	syscall(SYS_pkey_alloc, 1, 0x100);
	syscall(SYS_pkey_free, 99);
	syscall(SYS_madvise, p, 4096, MADV_DONTNEED);
	syscall(SYS_madvise, p, 4096, MADV_NOHUGEPAGE);
	syscall(SYS_madvise, p, 4096, 999);
	syscall(SYS_madvise, p, 4096, -1);
	syscall(SYS_mincore, p, 8192, p);
	syscall(SYS_mincore, p, 4096, BAD);
	syscall(SYS_mincore, p + 1, 4096, p);
	syscall(SYS_msync, p, 4096, MS_SYNC | MS_INVALIDATE);
	syscall(SYS_msync, p, 4096, 0x100);
	syscall(SYS_mlock, p, 4096);
	syscall(SYS_mlock2, p, 4096, 1);
	syscall(SYS_mlock2, p, 4096, 2);
	syscall(SYS_munlock, p, 4096);
	syscall(SYS_mlockall, MCL_CURRENT | MCL_ONFAULT | 0x10);
	syscall(SYS_munlockall);
	p = (char *)syscall(SYS_mremap, p, 8192, 16384, MREMAP_MAYMOVE);
	syscall(SYS_mremap, p, 8192, 4096, 0);
	syscall(SYS_mremap, p, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, p + 8192);
	syscall(SYS_mremap, p, 4096, 4096, 0x10, BAD);
	syscall(SYS_munmap, p, 4096);
	syscall(SYS_munmap, p + 1, 0);
	syscall(SYS_brk, 0x1000L);
	unsigned long nodes[2] = { 1, 0 };
	int mode;
	syscall(SYS_mbind, BAD, 4096, MPOL_BIND, nodes, 64, MPOL_MF_STRICT | MPOL_MF_MOVE);
	syscall(SYS_mbind, BAD, 4096, 0x4002, nodes, 128, 0x100);
	syscall(SYS_mbind, BAD, 4096, 99, NULL, 0, 0);
	syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0);
	syscall(SYS_set_mempolicy, MPOL_PREFERRED | MPOL_F_STATIC_NODES, BAD, 64);
	syscall(SYS_set_mempolicy, 77, nodes, 65);
	syscall(SYS_get_mempolicy, &mode, nodes, 128, NULL, 0);
	syscall(SYS_get_mempolicy, NULL, NULL, 0, BAD, MPOL_F_ADDR | MPOL_F_NODE | 0x100);
	syscall(SYS_migrate_pages, 0, 64, nodes, nodes);
	void *pages[2] = { main, BAD };
	int node[2] = { 0, 1 }, status[2];
	syscall(SYS_move_pages, 0, 2, pages, NULL, status, 0);
	syscall(SYS_move_pages, 0, 2, pages, node, status, 0x22);
	syscall(SYS_move_pages, 0, 2, BAD, NULL, BAD, MPOL_MF_MOVE);
	syscall(SYS_remap_file_pages, BAD, 4096, 0, 0, 0);
	struct iovec { void *base; size_t len; } v = { p, 4096 };
	syscall(440 /* process_madvise */, 99, &v, 1, MADV_COLD, 0);
	syscall(462 /* mseal */, BAD, 4096, 0);
	syscall(SYS_userfaultfd, 0x1000);
	syscall(323, O_CLOEXEC | 1);
	return 0;
}
