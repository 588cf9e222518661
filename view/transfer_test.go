package view

import (
	"fmt"
	"strings"
	"testing"

	"penumbra/abi"
)

// TestTransfers says what is read off the table of calls. A new call that moves
// content turns up here by itself.
func TestTransfers(t *testing.T) {
	want := map[abi.Arch]string{
		abi.AMD64: "copy_file_range pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readv sendfile splice tee write writev",
		abi.I386:  "copy_file_range pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readv sendfile sendfile64 splice tee write writev",
		abi.ARM64: "copy_file_range pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readv sendfile splice tee write writev",
	}
	for a, names := range want {
		var got []string
		for _, s := range abi.Syscalls() {
			if _, ok := s.On(a); ok && transferOf(a, s) != nil {
				got = append(got, s.Name)
			}
		}
		if strings.Join(got, " ") != names {
			t.Errorf("%v: %s", a, strings.Join(got, " "))
		}
	}
	for _, tt := range []struct {
		arch abi.Arch
		name string
		want string
	}{
		{abi.AMD64, "read", "{[{0 false -1 -1 -1 false}] 2 -1 -1}"},
		{abi.AMD64, "pwrite64", "{[{0 true 3 -1 -1 false}] 2 -1 -1}"},
		{abi.I386, "pwrite64", "{[{0 true 3 4 -1 false}] 2 -1 -1}"},
		{abi.AMD64, "preadv2", "{[{0 false 3 -1 -1 false}] -1 1 5}"},
		{abi.I386, "preadv2", "{[{0 false 3 4 -1 false}] -1 1 5}"},
		{abi.I386, "sendfile", "{[{0 true -1 -1 -1 false} {1 false -1 -1 2 false}] 3 -1 -1}"},
		{abi.I386, "sendfile64", "{[{0 true -1 -1 -1 false} {1 false -1 -1 2 true}] 3 -1 -1}"},
		{abi.AMD64, "splice", "{[{0 false -1 -1 1 true} {2 true -1 -1 3 true}] 4 -1 -1}"},
	} {
		if got := fmt.Sprint(*transferOf(tt.arch, abi.ByName(tt.name))); got != tt.want {
			t.Errorf("%s on %v: %s, want %s", tt.name, tt.arch, got, tt.want)
		}
	}
}
