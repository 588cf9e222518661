/* io_uring through its raw calls: a no-op, then a read of a file. */
#include "guest.h"
#include <linux/io_uring.h>

static int ring;
static char *sq, *cq;
static struct io_uring_sqe *sqes;
static struct io_uring_params params;

static int submit(struct io_uring_sqe *sqe)
{
	unsigned *tail = (unsigned *)(sq + params.sq_off.tail);
	unsigned mask = *(unsigned *)(sq + params.sq_off.ring_mask);
	unsigned index = *tail & mask;
	sqes[index] = *sqe;
	((unsigned *)(sq + params.sq_off.array))[index] = index;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	check(syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1);
	unsigned *head = (unsigned *)(cq + params.cq_off.head);
	unsigned ready = __atomic_load_n((unsigned *)(cq + params.cq_off.tail), __ATOMIC_ACQUIRE);
	check(ready - *head == 1);
	struct io_uring_cqe *cqe = (struct io_uring_cqe *)(cq + params.cq_off.cqes) +
		(*head & *(unsigned *)(cq + params.cq_off.ring_mask));
	check(cqe->user_data == sqe->user_data);
	int res = cqe->res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
}

int main(void)
{
	struct io_uring_sqe sqe;
	char buf[16] = "";
	ring = (int)syscall(SYS_io_uring_setup, 4, &params);
	if (ring == -1 && (errno == ENOSYS || errno == EPERM))
		skip("this kernel has io_uring switched off");
	check(ring >= 0);
	size_t sq_size = params.sq_off.array + params.sq_entries * sizeof(unsigned);
	size_t cq_size = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
	sq = mmap(NULL, sq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, cq_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
	sqes = mmap(NULL, params.sq_entries * sizeof *sqes, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
	check(sq != MAP_FAILED && cq != MAP_FAILED && (void *)sqes != MAP_FAILED);
	memset(&sqe, 0, sizeof sqe);
	sqe.opcode = IORING_OP_NOP;
	sqe.user_data = 1;
	check(submit(&sqe) == 0);

	FILE *f = tmpfile();
	check(f != NULL && fputs("by the ring", f) >= 0 && fflush(f) == 0);
	memset(&sqe, 0, sizeof sqe);
	sqe.opcode = IORING_OP_READ;
	sqe.fd = fileno(f);
	sqe.addr = (uint64_t)(uintptr_t)buf;
	sqe.len = sizeof buf - 1;
	sqe.user_data = 2;
	check(submit(&sqe) == 11);
	check(strcmp(buf, "by the ring") == 0);
	sqe.fd = 9999;
	check(submit(&sqe) == -EBADF);
	return ok();
}
