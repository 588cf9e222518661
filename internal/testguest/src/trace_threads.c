/* Threads' own calls: futexes, robust lists, rseq, membarrier. */
#include "guest.h"
#include <linux/futex.h>

#define BAD ((void *)0xdead000)

int main(void)
{
	static uint32_t f[2] = { 1, 2 };
	struct timespec ts = { 0, 1000 };
	syscall(SYS_futex, f, FUTEX_WAIT, 7, NULL);
	syscall(SYS_futex, f, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 1, &ts);
	syscall(SYS_futex, f, FUTEX_WAIT, 1, BAD);
	syscall(SYS_futex, f, FUTEX_WAKE, 1);
	syscall(SYS_futex, f, FUTEX_WAKE_PRIVATE, 0x7fffffff);
	syscall(SYS_futex, f, FUTEX_FD, 1);
	syscall(SYS_futex, f, FUTEX_REQUEUE, 1, 2, f + 1);
	syscall(SYS_futex, f, FUTEX_CMP_REQUEUE, 1, 2, f + 1, 9);
	syscall(SYS_futex, f, FUTEX_WAKE_OP_PRIVATE, 1, 2, f + 1, FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_EQ, 3));
	syscall(SYS_futex, f, FUTEX_WAKE_OP, 1, 2, f + 1, FUTEX_OP((FUTEX_OP_OPARG_SHIFT | FUTEX_OP_XOR), 5, FUTEX_OP_CMP_GE, 6));
	syscall(SYS_futex, f, FUTEX_WAKE_OP, 1, 2, f + 1, 0xffffffff);
	f[0] = getpid();
	syscall(SYS_futex, f, FUTEX_TRYLOCK_PI, 0);
	syscall(SYS_futex, f, FUTEX_LOCK_PI, 0, &ts);
	syscall(SYS_futex, f, FUTEX_LOCK_PI2, 0, &ts);
	syscall(SYS_futex, f, FUTEX_UNLOCK_PI);
	syscall(SYS_futex, f, FUTEX_UNLOCK_PI);
	syscall(SYS_futex, f, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 1, &ts, NULL, FUTEX_BITSET_MATCH_ANY);
	syscall(SYS_futex, f, FUTEX_WAIT_BITSET, 9, NULL, NULL, 5);
	syscall(SYS_futex, f, FUTEX_WAKE_BITSET, 1, NULL, NULL, 5);
	syscall(SYS_futex, f, FUTEX_WAIT_REQUEUE_PI, 9, &ts, f + 1);
	syscall(SYS_futex, f, FUTEX_CMP_REQUEUE_PI, 1, 2, f + 1, 77);
	syscall(SYS_futex, f, 0x7f, 1, 2L, 3L, 4);
	syscall(SYS_futex, NULL, FUTEX_WAKE, -1);
	struct { uint64_t val, addr; uint32_t flags, pad; } w[2] = { { 9, (uintptr_t)f, 2 }, { 1, 0, 0x84 } };
	syscall(449 /* futex_waitv */, w, 1, 0, NULL, CLOCK_MONOTONIC);
	syscall(449, w, 2, 1, &ts, 77);
	syscall(449, BAD, 2, 0, NULL, 0);
	syscall(SYS_set_robust_list, f, 7);
	syscall(SYS_set_robust_list, NULL, 24);
	void *head;
	size_t len;
	syscall(SYS_get_robust_list, 0, &head, &len);
	syscall(SYS_get_robust_list, 99999999, &head, &len);
	syscall(SYS_rseq, BAD, 32, 0, 0x53053053);
	syscall(SYS_rseq, NULL, 31, 3, 0);
	syscall(SYS_membarrier, 0, 0, 0);
	syscall(SYS_membarrier, 1 << 4, 0, 0);
	syscall(SYS_membarrier, 1 << 20, 1, 7);
	syscall(SYS_membarrier, 1 << 7, 1, 7);
	syscall(SYS_set_tid_address, f);
	syscall(SYS_get_thread_area, BAD);
	syscall(SYS_modify_ldt, 0, f, 8);
	syscall(SYS_modify_ldt, 17, BAD, 16);
	syscall(SYS_arch_prctl, 0x1003, f);
	syscall(SYS_arch_prctl, 0x1004, BAD);
	syscall(SYS_arch_prctl, 0x1011, 0L);
	syscall(SYS_arch_prctl, 0x1012, 1L);
	syscall(SYS_arch_prctl, 0x9999, 1L);
	syscall(SYS_restart_syscall);
	syscall(SYS_gettid);
	syscall(SYS_tgkill, 99999999, 1, 0);
	syscall(500, 1L, 2L, 3L, 4L, 5L, 6L);
	syscall(-1L, 1L, 2L, 3L, 4L, 5L, 6L);
	syscall(SYS_exit, 0x1ff);
	return 0;
}
