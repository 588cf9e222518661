package abi_test

import (
	"testing"

	"penumbra/abi"
)

func TestLayoutSizes(t *testing.T) {
	for name, want := range map[string][3]int{
		"stat":        {144, 64, 128},
		"stat64":      {0, 96, 0},
		"statx":       {256, 256, 256},
		"timespec":    {16, 8, 16},
		"timespec64":  {16, 16, 16},
		"siginfo":     {128, 128, 128},
		"sigaction":   {32, 20, 32},
		"epoll_event": {12, 12, 16},
		"msghdr":      {56, 28, 56},
		"iovec":       {16, 8, 16},
		"utsname":     {390, 390, 390},
		"clone_args":  {88, 88, 88},
		"open_how":    {24, 24, 24},
		"pollfd":      {8, 8, 8},
		"sockaddr_un": {110, 110, 110},
		"flock64":     {32, 24, 32},
		"sysinfo":     {112, 64, 112},
		"termios":     {36, 36, 36},
		"rusage":      {144, 72, 144},
		"fd":          {4, 4, 4},
		"long":        {8, 4, 8},
	} {
		l := abi.LayoutOf(name)
		for i, a := range arches {
			if got := l.Size(a); got != want[i] {
				t.Errorf("%s on %s has %d bytes, want %d", name, a, got, want[i])
			}
		}
	}
	if l := abi.LayoutOf("nosuch"); l != nil {
		t.Errorf("a layout that does not exist: %v", l.Name)
	}
}

func TestFieldOffsets(t *testing.T) {
	for _, test := range []struct {
		layout, field string
		want          [3]int
	}{
		{"stat", "st_size", [3]int{48, 20, 48}},
		{"stat", "st_mode", [3]int{24, 8, 16}},
		{"epoll_event", "data", [3]int{4, 4, 8}},
		{"siginfo", "kill.pid", [3]int{16, 12, 16}},
		{"siginfo", "sigchld.status", [3]int{24, 20, 24}},
		{"itimerspec", "it_value.tv_nsec", [3]int{24, 12, 24}},
		{"stat64", "st_ino", [3]int{-1, 88, -1}},
	} {
		f := abi.LayoutOf(test.layout).Field(test.field)
		for i, a := range arches {
			if got := f.Offset(a); got != test.want[i] {
				t.Errorf("%s.%s on %s is at %d, want %d", test.layout, test.field, a, got, test.want[i])
			}
		}
	}
	for _, name := range []string{"nosuch", "it_value.nosuch", "it_value.tv_sec.deeper", ""} {
		if f := abi.LayoutOf("itimerspec").Field(name); f != nil {
			t.Errorf("itimerspec has a field %q: %v", name, f)
		}
	}
}

func TestFieldsInOrder(t *testing.T) {
	for _, l := range abi.Layouts() {
		for _, a := range arches {
			offset := 0
			for f := range l.Fields(a) {
				if f.Offset(a) < offset || f.Offset(a)+f.Size(a) > l.Size(a) {
					t.Errorf("%s.%s on %s: %d bytes at %d in %d", l.Name, f.Name, a, f.Size(a), f.Offset(a), l.Size(a))
				}
				offset = f.Offset(a)
				if f.Kind == abi.KindFlags && abi.FlagSetOf(f.Of) == nil {
					t.Errorf("%s.%s: no flag set %q", l.Name, f.Name, f.Of)
				}
				if f.Kind == abi.KindStruct && abi.LayoutOf(f.Of) == nil {
					t.Errorf("%s.%s: no layout %q", l.Name, f.Name, f.Of)
				}
			}
		}
	}
}

func TestFieldGetPut(t *testing.T) {
	for _, test := range []struct {
		layout, field string
		arch          abi.Arch
		put, want     uint64
		bytes         string
	}{
		{"pollfd", "fd", abi.AMD64, ^uint64(0), ^uint64(0), "\xff\xff\xff\xff\x00\x00\x00\x00"},
		{"pollfd", "events", abi.AMD64, 0x8001, 0xffffffffffff8001, "\x00\x00\x00\x00\x01\x80\x00\x00"},
		{"timespec", "tv_sec", abi.I386, 0xfffffffe, 0xfffffffffffffffe, "\xfe\xff\xff\xff\x00\x00\x00\x00"},
		{"iovec", "iov_base", abi.I386, 0xfffffffe, 0xfffffffe, "\xfe\xff\xff\xff\x00\x00\x00\x00"},
		{"iovec", "iov_len", abi.I386, 1 << 32, 0, "\x00\x00\x00\x00\x00\x00\x00\x00"},
		{"iovec", "iov_len", abi.AMD64, 1 << 32, 1 << 32, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00"},
		{"linger", "l_linger", abi.ARM64, 5, 5, "\x00\x00\x00\x00\x05\x00\x00\x00"},
		{"sockaddr_in", "sin_port", abi.AMD64, 80, 80, "\x00\x00\x00\x50\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		{"sockaddr_in", "sin_addr", abi.AMD64, 0x7f000001, 0x7f000001, "\x00\x00\x00\x00\x7f\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00"},
		{"sock_filter", "jt", abi.AMD64, 0x1ff, 0xff, "\x00\x00\xff\x00\x00\x00\x00\x00"},
		{"stat64", "st_size", abi.AMD64, 5, 0, ""},
	} {
		l := abi.LayoutOf(test.layout)
		f := l.Field(test.field)
		b := make([]byte, l.Size(test.arch))
		f.Put(test.arch, b, test.put)
		if string(b) != test.bytes {
			t.Errorf("%s.%s on %s: put %#x as %q, want %q", l.Name, f.Name, test.arch, test.put, b, test.bytes)
		}
		if got := f.Get(test.arch, b); got != test.want {
			t.Errorf("%s.%s on %s: got %#x, want %#x", l.Name, f.Name, test.arch, got, test.want)
		}
	}
}
