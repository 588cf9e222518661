// Calls that programs make of special parts of the kernel: asynchronous I/O,
// io_uring, bpf, keys, performance counters.
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void aio(void)
{
	aio_context_t ctx = 0;
	char buf[16];
	struct iovec v = {buf, 4};
	int fd = open("one", O_RDWR);
	struct iocb r = {.aio_data = 7, .aio_lio_opcode = IOCB_CMD_PREAD, .aio_fildes = fd, .aio_buf = (unsigned long)buf, .aio_nbytes = 4, .aio_offset = 2};
	struct iocb w = {.aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = fd, .aio_buf = (unsigned long)"data", .aio_nbytes = 4};
	struct iocb rv = {.aio_lio_opcode = IOCB_CMD_PREADV, .aio_fildes = fd, .aio_buf = (unsigned long)&v, .aio_nbytes = 1};
	struct iocb s = {.aio_lio_opcode = IOCB_CMD_FSYNC, .aio_fildes = fd, .aio_flags = IOCB_FLAG_RESFD, .aio_resfd = 99};
	struct iocb *all[] = {&r, &w, &rv}, *bad[] = {&s, (void *)8};
	struct io_event done[4];
	struct timespec soon = {0, 1000};
	syscall(SYS_io_setup, 4, &ctx);
	syscall(SYS_io_setup, 0, &ctx);
	syscall(SYS_io_submit, ctx, 1, all);
	syscall(SYS_io_getevents, ctx, 1, 1, done, NULL);
	syscall(SYS_io_submit, ctx, 2, all + 1);
	syscall(SYS_io_getevents, ctx, 2, 2, done, &soon);
	syscall(SYS_io_getevents, ctx, 1, 4, done, &soon);
	syscall(SYS_io_submit, ctx, 2, bad);
	syscall(SYS_io_submit, ctx, 1, 8);
	syscall(SYS_io_cancel, ctx, &r, done);
	syscall(SYS_io_destroy, ctx);
	syscall(SYS_io_destroy, 0);
}

static void uring(void)
{
	struct io_uring_params p = {.flags = IORING_SETUP_CQSIZE, .cq_entries = 8};
	int files[2] = {0, -1};
	struct iovec v = {"data", 4};
	syscall(SYS_io_uring_setup, 0, &p);
	syscall(SYS_io_uring_setup, 4, 8);
	p.flags = 0;
	int ring = syscall(SYS_io_uring_setup, 4, &p);
	syscall(SYS_io_uring_enter, ring, 0, 0, 0, NULL, 8);
	syscall(SYS_io_uring_enter, -1, 1, 2, IORING_ENTER_GETEVENTS, NULL, 8);
	syscall(SYS_io_uring_register, -1, IORING_REGISTER_BUFFERS, &v, 1);
	syscall(SYS_io_uring_register, -1, IORING_REGISTER_FILES, files, 2);
	syscall(SYS_io_uring_register, -1, IORING_UNREGISTER_FILES, NULL, 0);
}

static void programs(void)
{
	union bpf_attr a;
	memset(&a, 0, sizeof a);
	a.map_type = BPF_MAP_TYPE_HASH;
	a.key_size = 4;
	a.value_size = 0;
	a.max_entries = 5;
	syscall(SYS_bpf, BPF_MAP_CREATE, &a, 20);
	syscall(SYS_bpf, BPF_MAP_CREATE, 8, 20);
	syscall(SYS_bpf, 999, &a, 20);
	syscall(SYS_bpf, BPF_MAP_CREATE, NULL, 0);
	memset(&a, 0, sizeof a);
	a.map_fd = -1;
	a.key = 16;
	a.value = 32;
	syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &a, 32);
	syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &a, 32);
	syscall(SYS_bpf, BPF_MAP_DELETE_ELEM, &a, 16);
}

static void keys(void)
{
	syscall(SYS_add_key, "nosuchtype", "desc", "payload", 7, KEY_SPEC_THREAD_KEYRING);
	syscall(SYS_add_key, 8, NULL, NULL, 0, 77);
	syscall(SYS_request_key, "nosuchtype", "desc", NULL, 0);
	syscall(SYS_request_key, "nosuchtype", "desc", "info", KEY_SPEC_SESSION_KEYRING);
	syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, 77, 1);
	syscall(SYS_keyctl, KEYCTL_REVOKE, 0x7fffffff);
	syscall(SYS_keyctl, KEYCTL_SETPERM, 0x7fffffff, 0x3f3f0000);
	syscall(SYS_keyctl, KEYCTL_DESCRIBE, 0x7fffffff, 8, 16);
	syscall(SYS_keyctl, KEYCTL_CLEAR, 0x7fffffff);
	syscall(SYS_keyctl, KEYCTL_LINK, 0x7fffffff, KEY_SPEC_USER_KEYRING);
	syscall(SYS_keyctl, KEYCTL_SEARCH, 0x7fffffff, "user", "desc", 0);
	syscall(SYS_keyctl, KEYCTL_READ, 0x7fffffff, 8, 16);
	syscall(SYS_keyctl, KEYCTL_SET_TIMEOUT, 0x7fffffff, 10);
	syscall(SYS_keyctl, 999, 1, 2, 3, 4);
}

static void counters(void)
{
	struct perf_event_attr a;
	memset(&a, 0, sizeof a);
	a.type = PERF_TYPE_SOFTWARE;
	a.size = sizeof a;
	a.config = PERF_COUNT_SW_CPU_CLOCK;
	a.disabled = 1;
	a.exclude_kernel = 1;
	syscall(SYS_perf_event_open, &a, 0, -1, 77, 0);
	syscall(SYS_perf_event_open, &a, 0, -1, -1, 0x1000);
	syscall(SYS_perf_event_open, 8, 0, 0, 0, PERF_FLAG_FD_CLOEXEC);
}

int main(void)
{
	aio();
	uring();
	programs();
	keys();
	counters();
	return 0;
}
