package network

import (
	"bytes"
	"testing"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

func TestAddresses(t *testing.T) {
	six := make([]byte, 28)
	six[0], six[3], six[8+15], six[24] = 10, 80, 1, 2 // AF_INET6, port, ::1, scope
	tests := []struct {
		name string
		b    []byte
		want wire.Address
		e    abi.Errno
	}{
		{"inet", []byte{2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0},
			wire.Address{Family: wire.FamilyInet, IP: [16]byte{127, 0, 0, 1}, Port: 80}, 0},
		{"inet6", six, wire.Address{Family: wire.FamilyInet6, IP: [16]byte{15: 1}, Port: 80, Scope: 2}, 0},
		{"path", []byte("\x01\x00/x\x00"), wire.Address{Family: wire.FamilyUnix, Name: "/x"}, 0},
		{"abstract", []byte("\x01\x00\x00x\x00y"), wire.Address{Family: wire.FamilyUnix, Name: "\x00x\x00y"}, 0},
		{"no name", []byte{1, 0}, wire.Address{Family: wire.FamilyUnix}, 0},
		{"no family", []byte{0, 0}, wire.Address{}, 0},
		{"inet cut short", []byte{2, 0, 0, 80, 127}, wire.Address{Family: wire.FamilyInet}, abi.EINVAL},
		{"another family", []byte{99, 0, 1}, wire.Address{}, abi.EAFNOSUPPORT},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, e := wire.DecodeSockaddr(tt.b)
			if got != tt.want || e != tt.e {
				t.Fatalf("got %+v, %v; want %+v, %v", got, e, tt.want, tt.e)
			}
			if e == 0 && got.Family != wire.FamilyNone && !bytes.Equal(wire.EncodeSockaddr(&got), tt.b) {
				t.Errorf("it goes back as %x instead of %x", wire.EncodeSockaddr(&got), tt.b)
			}
		})
	}
}

func FuzzDecodeAddress(f *testing.F) {
	f.Add([]byte{2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte("\x01\x00\x00abstract"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < familySize || len(b) > anySize {
			return
		}
		a, e := wire.DecodeSockaddr(b)
		if e != 0 || a.Family == wire.FamilyNone {
			return
		}
		if again, e := wire.DecodeSockaddr(wire.EncodeSockaddr(&a)); again != a || e != 0 {
			t.Errorf("%+v becomes %+v, %v", a, again, e)
		}
	})
}
