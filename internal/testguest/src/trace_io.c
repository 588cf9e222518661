/* Reading and writing: buffers, vectors, offsets, space. */
#include "guest.h"
#include <sys/uio.h>
#include <sys/sendfile.h>

#define BAD ((void *)0xdead000)

int main(void)
{
	static char buf[4096];
	int fd = open("file", O_RDWR | O_CREAT, 0600);
	for (int i = 0; i < 256; i++)
		buf[i] = i;
	syscall(SYS_write, fd, buf, 256);
	syscall(SYS_write, fd, buf, 32);
	syscall(SYS_write, fd, buf, 33);
	syscall(SYS_write, fd, "", 0);
	syscall(SYS_write, fd, NULL, 0);
	syscall(SYS_write, fd, NULL, 5);
	syscall(SYS_write, fd, BAD, 5);
	syscall(SYS_write, 99, "abc", 3);
	syscall(SYS_write, -1, "abc", 3);
	syscall(SYS_write, fd, "\0001\0\01\7\0108\377\177 x\r\n\v\f\t\a\b\"'\\/?", 24);
	syscall(SYS_lseek, fd, 0L, SEEK_SET);
	syscall(SYS_lseek, fd, -1L, SEEK_SET);
	syscall(SYS_lseek, fd, 0L, SEEK_END);
	syscall(SYS_lseek, fd, 1L << 40, SEEK_CUR);
	syscall(SYS_lseek, fd, 0L, SEEK_DATA);
	syscall(SYS_lseek, fd, 0L, SEEK_HOLE);
	syscall(SYS_lseek, fd, 0L, 9);
	syscall(SYS_lseek, fd, 0L, -1);
	syscall(SYS_lseek, fd, 0L, SEEK_SET);
	syscall(SYS_read, fd, buf, 10);
	syscall(SYS_read, fd, buf, sizeof buf);
	syscall(SYS_read, fd, buf, sizeof buf);
	syscall(SYS_read, fd, BAD, 0);
	syscall(SYS_read, 99, buf, 5);
	syscall(SYS_read, fd, NULL, 1L << 62);
	syscall(SYS_pread64, fd, buf, 10, 5L);
	syscall(SYS_pread64, fd, buf, 10, -1L);
	syscall(SYS_pread64, fd, BAD, 10, 0L);
	syscall(SYS_pwrite64, fd, "hello", 5, 1L << 33);
	syscall(SYS_ftruncate, fd, 400L);
	static struct iovec many[40];
	struct iovec v[3] = { { buf, 3 }, { buf + 10, 0 }, { buf + 20, 100 } };
	syscall(SYS_writev, fd, v, 3);
	syscall(SYS_writev, fd, v, 0);
	syscall(SYS_writev, fd, NULL, 3);
	syscall(SYS_writev, fd, BAD, 3);
	many[0] = v[0];
	syscall(SYS_writev, fd, many, 40);
	syscall(SYS_writev, fd, many, -1L);
	struct iovec w[2] = { { BAD, 3 }, { NULL, 4 } };
	syscall(SYS_writev, fd, w, 2);
	syscall(SYS_lseek, fd, 0L, SEEK_SET);
	syscall(SYS_readv, fd, v, 3);
	syscall(SYS_readv, 99, v, 3);
	syscall(SYS_readv, fd, w, 2);
	syscall(SYS_preadv, fd, v, 3, 1L, 0L);
	syscall(SYS_pwritev, fd, v, 3, 1L, 0L);
	syscall(SYS_preadv2, fd, v, 3, 1L, 0L, RWF_HIPRI);
	syscall(SYS_preadv2, fd, v, 1, -1L, -1L, 0);
	syscall(SYS_pwritev2, fd, v, 3, 1L, 0L, RWF_DSYNC | RWF_APPEND);
	syscall(SYS_pwritev2, fd, v, 3, 1L, 0L, 0x40000000);
	int two = open("two", O_RDONLY);
	off_t at = 5, to = 7;
	syscall(SYS_sendfile, fd, two, NULL, 10);
	syscall(SYS_sendfile, fd, two, &at, 10);
	syscall(SYS_sendfile, fd, two, BAD, 10);
	syscall(SYS_sendfile, fd, 99, &at, 10);
	syscall(SYS_copy_file_range, two, &at, fd, &to, 12, 0);
	syscall(SYS_copy_file_range, two, NULL, fd, NULL, 12, 0);
	syscall(SYS_copy_file_range, two, &at, fd, &to, 12, 1);
	int p[2];
	syscall(SYS_pipe, p);
	syscall(SYS_splice, two, &at, p[1], NULL, 100, SPLICE_F_MOVE | SPLICE_F_MORE);
	syscall(SYS_splice, p[0], NULL, fd, &to, 10, 0);
	syscall(SYS_splice, p[0], &at, fd, &to, 10, 0x100);
	int q[2];
	syscall(SYS_pipe2, q, O_NONBLOCK | O_CLOEXEC);
	syscall(SYS_pipe2, q, 0x11);
	syscall(SYS_pipe2, NULL, 0);
	syscall(SYS_pipe, BAD);
	syscall(SYS_tee, p[0], q[1], 100, SPLICE_F_NONBLOCK);
	syscall(SYS_vmsplice, q[1], v, 1, SPLICE_F_GIFT);
	syscall(SYS_vmsplice, q[0], v, 1, 0);
	syscall(SYS_fallocate, fd, 0, 0L, 100L);
	syscall(SYS_fallocate, fd, 3, 0L, 1L << 33);
	syscall(SYS_fallocate, fd, 0x100, -1L, -2L);
	syscall(SYS_fsync, fd);
	syscall(SYS_fdatasync, fd);
	syscall(SYS_syncfs, 99);
	syscall(SYS_sync_file_range, fd, 0L, 100L, 7);
	syscall(SYS_sync_file_range, fd, 0L, 100L, 8);
	syscall(SYS_fadvise64, fd, 0L, 100L, 2);
	syscall(SYS_fadvise64, fd, 0L, 100L, 9);
	syscall(SYS_readahead, fd, 0L, 100L);
	syscall(SYS_flock, fd, 2 | 4);
	syscall(SYS_flock, fd, 8);
	syscall(SYS_flock, fd, 0x40);
	syscall(SYS_close, fd);
	syscall(SYS_close, fd);
	syscall(SYS_close, -1);
	return 0;
}
