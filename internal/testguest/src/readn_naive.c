/* Copies a file as programs do that take one read and one write for enough:
 * natively that goes well, and in bad weather it does not. */
#include "guest.h"

enum { SIZE = 30000, ROUNDS = 20 };
static char data[SIZE], got[SIZE];

int main(void)
{
	char name[] = "/tmp/penumbra-naive.XXXXXX";
	int fd = mkstemp(name);
	check(fd >= 0 && unlink(name) == 0);
	for (int i = 0; i < ROUNDS; i++) {
		memset(data, 'a' + i, SIZE);
		check(lseek(fd, 0, SEEK_SET) == 0);
		check(write(fd, data, SIZE) > 0);
		check(lseek(fd, 0, SEEK_SET) == 0);
		memset(got, 0, SIZE);
		check(read(fd, got, SIZE) > 0);
		if (memcmp(got, data, SIZE) != 0) {
			dprintf(2, "the copy differs\n");
			return 1;
		}
	}
	return ok();
}
