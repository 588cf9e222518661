package sys

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

// TestPerform has each interface tell a file's size in its own structure.
func TestPerform(t *testing.T) {
	arena, err := NewArena(1 << 16)
	if err != nil {
		t.Fatal(err)
	}
	name := t.TempDir() + "/file"
	if err := os.WriteFile(name, make([]byte, 12345), 0o644); err != nil {
		t.Fatal(err)
	}
	copy(arena.Bytes(), name+"\x00")
	for _, tt := range []struct {
		arch abi.Arch
		call string
	}{{abi.AMD64, "newfstatat"}, {abi.ARM64, "newfstatat"}, {abi.I386, "fstatat64"}} {
		if tt.arch.String() != machine() && !(tt.arch == abi.I386 && machine() == "x86_64") {
			continue
		}
		s := abi.ByName(tt.call)
		number, _ := s.On(tt.arch)
		layout := abi.LayoutOf(s.ArgsOn(tt.arch)[2].Of)
		args := abi.Args{uint64(^uint32(99)), arena.Address(), arena.Address() + 8192}
		if r := Perform(tt.arch, number, args); r != 0 {
			if r == -int64(unix.ENOSYS) && tt.arch == abi.I386 {
				t.Skip("the kernel has no i386 calls")
			}
			t.Fatalf("%v: %d", tt.arch, r)
		}
		if size := layout.Field("st_size").Get(tt.arch, arena.Bytes()[8192:]); size != 12345 {
			t.Errorf("%v: size %d", tt.arch, size)
		}
		arena.Bytes()[0] = 0
		if r := Perform(tt.arch, number, args); r != -int64(unix.ENOENT) {
			t.Errorf("%v: an empty name gives %d", tt.arch, r)
		}
		arena.Bytes()[0] = '/'
	}
}

func machine() string {
	var u unix.Utsname
	_ = unix.Uname(&u)
	return unix.ByteSliceToString(u.Machine[:])
}
