package inner

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

// machine is machine code written in hexadecimal.
func machine(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFindSite(t *testing.T) {
	const call = 0x7f0000001000
	for _, c := range []struct {
		name, code string
		number     int
		want       string // what the trampoline makes up for, "" if nothing is found
	}{
		{"number last", "41 89 ca b8 06 01 00 00 0f 05", 0x106, "b8 06 01 00 00"},
		{"number first", "89 f2 b8 01 01 00 00 48 89 fe bf 9c ff ff ff 0f 05", 0x101, "b8 01 01 00 00 48 89 fe bf 9c ff ff ff"},
		{"a move between", "b8 04 00 00 00 48 89 ef 0f 05", 4, "b8 04 00 00 00 48 89 ef"},
		{"an extended register between", "b8 04 00 00 00 41 ba 00 10 00 00 0f 05", 4, "b8 04 00 00 00 41 ba 00 10 00 00"},
		{"sign extension and xor", "b8 04 00 00 00 48 63 f6 45 31 d2 0f 05", 4, "b8 04 00 00 00 48 63 f6 45 31 d2"},
		{"behind a test", "80 3d 31 33 0e 00 00 74 17 31 c0 0f 05", 0, "80 3d 31 33 0e 00 00 74 17 31 c0"},
		{"zero alone", "31 c0 0f 05", 0, ""},
		{"another number", "b8 05 00 00 00 0f 05", 4, ""},
		{"another register", "41 b8 04 00 00 00 0f 05", 4, ""},
		{"memory between", "b8 04 00 00 00 48 8b 74 24 08 0f 05", 4, ""},
		{"relative to an address", "b8 04 00 00 00 48 8d 3d 00 10 00 00 0f 05", 4, ""},
		{"a constant of 64 bits", "b8 04 00 00 00 48 bf 01 00 00 00 00 00 00 00 0f 05", 4, ""},
		{"too many moves", "b8 04 00 00 00 48 89 fe 48 89 fe 48 89 fe 48 89 fe 48 89 fe 0f 05", 4, ""},
		{"number from a register", "48 89 d8 48 89 fe 0f 05", 4, ""},
		{"int 0x80", "b8 04 00 00 00 cd 80", 4, ""},
		{"cut off", "0f 05", 4, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := append(bytes.Repeat([]byte{0x90}, SiteRoom), machine(t, c.code)...)
			s, ok := FindSite(b[len(b)-SiteRoom:], call, c.number)
			want := machine(t, c.want)
			if ok != (c.want != "") || ok && !bytes.Equal(s.before, want) {
				t.Fatalf("%x, %v", s.before, ok)
			}
			if !ok {
				return
			}
			if s.Start() != call-uint64(len(want)) {
				t.Errorf("starts at %#x", s.Start())
			}
			if b := s.Trampoline(call + 0x1000); len(b) > TrampolineSize || !s.guarded && !bytes.HasPrefix(b, want) {
				t.Errorf("trampoline %x", b)
			}
		})
	}
}

func TestSiteJump(t *testing.T) {
	s := Site{call: 0x10000005, before: []byte{0xb8, 4, 0, 0, 0}}
	for _, c := range []struct {
		to   uint64
		want string
	}{
		{0x10000005, "e9 00 00 00 00"},
		{0x10000000, "e9 fb ff ff ff"},
		{0x10000005 + 1<<31 - 1, "e9 ff ff ff 7f"},
		{0x10000005 + 1<<31, ""},
		{0x7f0000000000, ""},
	} {
		if b, ok := s.Jump(c.to); ok != (c.want != "") || ok && !bytes.Equal(b, machine(t, c.want)) {
			t.Errorf("to %#x: %x, %v", c.to, b, ok)
		}
	}
}

func TestGoSite(t *testing.T) {
	text := append(bytes.Repeat([]byte{0xcc}, 100), goSyscall6...)
	if s, ok := GoSite(text, 0x401000); !ok || s.Start() != 0x401064 || s.call != 0x40106a {
		t.Errorf("%+v, %v", s, ok)
	}
	if _, ok := GoSite(text[:len(text)-1], 0x401000); ok {
		t.Error("found half of it")
	}
}

// Sites are recognized in what a guest has in its memory, whatever that is.
func FuzzFindSite(f *testing.F) {
	f.Add([]byte{0xb8, 6, 1, 0, 0, 0x0f, 0x05}, 0x106)
	f.Add([]byte{0xb8, 6, 1, 0, 0, 0x41, 0x0f, 0x05}, 0x106)
	f.Fuzz(func(t *testing.T, b []byte, number int) {
		if s, ok := FindSite(b, 0x1000, number); ok && (!bytes.HasSuffix(b, append(s.before, syscallInstruction...)) || len(s.before) < jumpSize) {
			t.Errorf("%x in %x", s.before, b)
		}
	})
}

// What is relative to an address is so at another one.
func TestSiteGuarded(t *testing.T) {
	const call, at = 0x7f000000100b, 0x7f0000100000
	s, ok := FindSite(append(bytes.Repeat([]byte{0x90}, 8), machine(t, "80 3d 31 33 0e 00 00 74 17 31 c0 0f 05")...), call, 0)
	if !ok {
		t.Fatal("not found")
	}
	// The test is of 0x7f0000001007+0xe3331, the jump to 0x7f0000001009+0x17.
	want := machine(t, "80 3d 31 43 fe ff 00 0f 84 13 10 f0 ff 31 c0")
	if b := s.Trampoline(at); !bytes.HasPrefix(b, want) {
		t.Errorf("%x, want %x", b, want)
	}
}
