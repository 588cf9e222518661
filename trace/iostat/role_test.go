package iostat

import (
	"testing"

	"penumbra/abi"
)

func TestRoles(t *testing.T) {
	tests := []struct {
		call string
		arch abi.Arch
		want role
	}{
		{"read", abi.AMD64, role{action: transfer, fd: 0, mem: 1, size: 2, pos: -1}},
		{"pwrite64", abi.AMD64, role{action: transfer, dir: out, fd: 0, mem: 1, size: 2, pos: 3, posHi: -1}},
		{"pwrite64", abi.I386, role{action: transfer, dir: out, fd: 0, mem: 1, size: 2, pos: 3, posHi: 4}},
		{"preadv2", abi.ARM64, role{action: transfer, vector: true, fd: 0, mem: 1, size: 2, pos: 3, posHi: -1}},
		{"sendto", abi.AMD64, role{action: transfer, dir: out, socket: true, fd: 0, mem: 1, size: 2, pos: -1}},
		{"recvmsg", abi.AMD64, role{action: message, socket: true, fd: 0, mem: 1, size: -1, pos: -1}},
		{"sendmmsg", abi.AMD64, role{action: messages, dir: out, socket: true, fd: 0, mem: 1, size: 2, pos: -1}},
		{"sendfile", abi.AMD64, role{action: copyBytes, dir: out, fd: 1, fd2: 0, mem: -1, size: 3, pos: 2}},
		{"copy_file_range", abi.AMD64, role{action: copyBytes, fd: 0, fd2: 2, mem: -1, size: 4, pos: 1, pos2: 3}},
		{"tee", abi.AMD64, role{action: copyBytes, fd: 0, fd2: 1, mem: -1, size: 2, pos: -1, pos2: -1}},
		{"getdents64", abi.AMD64, role{action: transfer, fd: 0, mem: 1, size: 2, pos: -1}},
		{"mmap2", abi.I386, role{action: mapFile, fd: 4, mem: -1, size: 1, pos: -1}},
		{"_llseek", abi.I386, role{action: seekResult, fd: 0, mem: -1, size: -1, pos: 2, posHi: 1, pos2: 3}},
		{"fallocate", abi.AMD64, role{action: resize, fd: 0, mem: -1, size: -1, pos: 2}},
		{"statx", abi.AMD64, role{action: name, fd: 0, mem: -1, size: -1, pos: -1}},
		{"fgetxattr", abi.AMD64, role{action: ignore, fd: 0, mem: 2, size: 3, pos: -1}},
		{"poll", abi.AMD64, role{action: ignore, fd: -1, mem: -1, size: 1, pos: -1}},
	}
	for _, tt := range tests {
		t.Run(tt.call, func(t *testing.T) {
			nr, ok := abi.ByName(tt.call).On(tt.arch)
			if !ok {
				t.Fatalf("%v has no such call", tt.arch)
			}
			got := roles()[tt.arch][nr]
			if got.action != tt.want.action || got.dir != tt.want.dir || got.vector != tt.want.vector || got.socket != tt.want.socket ||
				got.fd != tt.want.fd || got.mem != tt.want.mem || got.size != tt.want.size || got.pos != tt.want.pos ||
				tt.want.fd2 != 0 && got.fd2 != tt.want.fd2 || tt.want.pos2 != 0 && got.pos2 != tt.want.pos2 ||
				tt.want.posHi != 0 && got.posHi != tt.want.posHi {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestCalls(t *testing.T) {
	calls := Calls()
	for _, name := range []string{"read", "write", "pread64", "writev", "pwritev2", "sendfile", "copy_file_range",
		"splice", "tee", "recvmmsg", "open", "openat2", "creat", "close", "close_range", "dup3", "fcntl", "fcntl64", "lseek",
		"_llseek", "fsync", "fdatasync", "sync_file_range", "ftruncate64", "fallocate", "mmap2", "getdents64", "renameat2",
		"unlinkat", "truncate", "statx", "newfstatat", "fstat", "clone3", "accept4", "unshare"} {
		if !calls.Has(abi.ByName(name)) {
			t.Errorf("%s is not seen", name)
		}
	}
	// What costs a stop and says nothing must not be asked for.
	for _, name := range []string{"poll", "epoll_wait", "brk", "mprotect", "futex", "getpid", "ioctl", "execve", "exit_group", "rt_sigaction"} {
		if calls.Has(abi.ByName(name)) {
			t.Errorf("%s is seen, for nothing", name)
		}
	}
}
