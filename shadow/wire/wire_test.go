package wire

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"penumbra/abi"
)

// codes returns all there are.
func codes() (all []Code) {
	for code := Null; code < codeEnd; code++ {
		if code.valid() {
			all = append(all, code)
		}
	}
	return all
}

// filled returns an operation in which each field that its code has is set, and
// no other.
func filled(code Code) Op {
	all := Op{FD: 3, Path: "a/b", FD2: -1, Path2: "/c", Flags: 5, Mode: 0o1755, Proc: 9, Offset: 1 << 40,
		Length: 77, UID: 1000, GID: KeepID, Atime: Time{1, 2}, Mtime: Time{-3, TimeOmit}, Name: "user.x", Lease: 4, PID: -5, Signal: 9,
		ID: Identity{1, 2, Time{3, 4}}, Paths: []string{"/x", "/y/z"}, Data: [][]byte{[]byte("da"), []byte("ta")},
		Sock: 8, Family: FamilyUnix, Type: SocketDatagram, Kind: TypeFIFO, Addr: Address{Family: FamilyUnix, Name: "\x00x"}, Option: 20,
		Protocol: 17, Events: 1 << 31, Token: 1 << 63, Watch: -2, Offset2: -1, Interval: Time{1, 2}, Value: Time{3, 4}}
	if code.Has("at") {
		all.Flags = AtNoFollow
	}
	o := Op{Code: code}
	from, to := reflect.ValueOf(all), reflect.ValueOf(&o).Elem()
	names := map[string]string{"fd": "FD", "path": "Path", "fd2": "FD2", "path2": "Path2", "open": "Flags", "at": "Flags",
		"flags": "Flags", "lock": "Flags", "mode": "Mode", "proc": "Proc", "offset": "Offset", "cookie": "Offset",
		"length": "Length", "uid": "UID", "gid": "GID", "atime": "Atime", "mtime": "Mtime", "name": "Name", "id": "ID",
		"paths": "Paths", "lease": "Lease", "data": "Data", "sock": "Sock",
		"family": "Family", "type": "Type", "kind": "Kind", "addr": "Addr", "option": "Option", "pid": "PID", "signal": "Signal",
		"protocol": "Protocol", "message": "Flags", "events": "Events", "token": "Token", "watch": "Watch", "cookie2": "Offset2",
		"interval": "Interval", "value": "Value"}
	for _, f := range layouts[code].args {
		to.FieldByName(names[f]).Set(from.FieldByName(names[f]))
	}
	return o
}

func TestRequestsComeBackAsTheyWere(t *testing.T) {
	for _, code := range codes() {
		t.Run(code.String(), func(t *testing.T) {
			want := Request{Proc: 7, Ops: []Op{{Code: Null}, filled(code), {Code: Close, FD: 2}}}
			head, payload, err := want.Encode(nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := DecodeRequest(head, bytes.Join(payload, nil))
			if err != nil {
				t.Fatal(err)
			}
			for i := range want.Ops {
				if d := want.Ops[i].Data; d != nil {
					want.Ops[i].Data = [][]byte{bytes.Join(d, nil)}
				}
			}
			if !reflect.DeepEqual(*got, want) {
				t.Errorf("got  %+v\nwant %+v", *got, want)
			}
			for n := range head {
				if _, err := DecodeRequest(head[:n], nil); !errors.Is(err, ErrMalformed) {
					t.Fatalf("cut to %d bytes: %v", n, err)
				}
			}
		})
	}
}

func TestRepliesComeBackAsTheyWere(t *testing.T) {
	attr := Attr{Type: TypeRegular, Perm: 0o4755, Nlink: 2, UID: 1, GID: 2, Size: 1 << 50, Blocks: 8, BlockSize: 4096,
		RdevMajor: 1, RdevMinor: 2, ID: Identity{5, 6, Time{7, 8}}, Atime: Time{1, 2}, Mtime: Time{3, 4}, Ctime: Time{5, 6}}
	tests := []struct {
		name string
		r    Reply
		size int
	}{
		{"open and read", Reply{[]Result{{Code: Open, FD: 4, Attr: attr, Path: "/x"}, {Code: Read, Size: 3, Data: [][]byte{[]byte("abc")}}}}, 3},
		{"error behind a result", Reply{[]Result{{Code: Null}, {Code: Open, Errno: abi.ENOENT}}}, 0},
		{"rename", Reply{[]Result{{Code: Rename, Path: "/a", Path2: "/b"}}}, 0},
		{"append", Reply{[]Result{{Code: Append, Length: 3, Offset: 9}}}, 0},
		{"statfs", Reply{[]Result{{Code: Statfs, FS: FSInfo{Type: 0xef53, BlockSize: 4096, Blocks: 1, Free: 2, Available: 3, Files: 4, FilesFree: 5, NameLength: 255, NoExec: true}}}}, 0},
		{"method", Reply{[]Result{{Code: Method, Chain: "buffer:remote:", Forever: true}}}, 0},
		{"clock", Reply{[]Result{{Code: Clock, Now: Time{1 << 40, 5}, Tick: Time{0, 1}}}}, 0},
		{"names", Reply{[]Result{{Code: Names, Names: &MachineNames{"Linux", "node", "6.1", "#1", "x86_64", "(none)"}}}}, 0},
		{"user", Reply{[]Result{{Code: User, User: &Credentials{1, 2, 3, 4, 5, 6, []uint32{7, 8}}}}}, 0},
		{"load", Reply{[]Result{{Code: Load, Load: &MachineLoad{1, [3]uint64{2, 3, 4}, 5, 6, 7, 8, 9, 10, 11}}}}, 0},
		{"limits", Reply{[]Result{{Code: Limits, Limits: &Bounds{[2]uint64{1, ^uint64(0)}, [2]uint64{3, 4}}}}}, 0},
		{"lock", Reply{[]Result{{Code: Lock, Flags: LockShared, Offset: 1, Length: 2, Proc: 3}}}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			head, payload, err := tt.r.Encode(nil)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(bytes.Join(payload, nil)); n != tt.size {
				t.Errorf("payload of %d bytes instead of %d", n, tt.size)
			}
			got, err := DecodeReply(head, tt.size)
			if err != nil {
				t.Fatal(err)
			}
			for i := range tt.r.Results {
				tt.r.Results[i].Data = nil
			}
			if !reflect.DeepEqual(*got, tt.r) {
				t.Errorf("got  %+v\nwant %+v", *got, tt.r)
			}
		})
	}
}

func TestMalformedRequests(t *testing.T) {
	encode := func(r Request) []byte {
		head, _, err := r.Encode(nil)
		if err != nil {
			t.Fatal(err)
		}
		return head
	}
	stat := encode(Request{Ops: []Op{{Code: Stat, Path: "x"}}})
	tests := []struct {
		name    string
		head    []byte
		payload string
	}{
		{"nothing", nil, ""},
		{"no operation", []byte{0, 0, 0, 0, 0}, ""},
		{"too many operations", []byte{0, 0, 0, 0, MaxOps + 1}, ""},
		{"unknown operation", []byte{0, 0, 0, 0, 1, 255}, ""},
		{"operation 0", []byte{0, 0, 0, 0, 1, 0}, ""},
		{"bytes behind", append(slices.Clone(stat), 0), ""},
		{"payload behind", stat, "x"},
		{"payload missing", encode(Request{Ops: []Op{{Code: Write, Data: [][]byte{[]byte("abc")}}}}), "ab"},
		{"NUL in a path", bytes.Replace(stat, []byte("x"), []byte{0}, 1), ""},
		{"path too long", append([]byte{0, 0, 0, 0, 1, byte(Stat), 0, 0, 0, 0, 0x00, 0x10}, make([]byte, 8192)...), ""},
		{"unknown flag", bytes.Replace(stat, []byte("x\x00"), []byte("x\xff"), 1), ""},
		{"negative offset", encode(Request{Ops: []Op{{Code: Readdir}}})[:5], ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if r, err := DecodeRequest(tt.head, []byte(tt.payload)); !errors.Is(err, ErrMalformed) {
				t.Errorf("got %+v, %v", r, err)
			}
		})
	}
}

func TestLimitsWhenEncoding(t *testing.T) {
	for name, r := range map[string]Request{
		"no operation":  {},
		"too many":      {Ops: make([]Op, MaxOps+1)},
		"path too long": {Ops: []Op{{Code: Stat, Path: strings.Repeat("a", MaxPath+1)}}},
		"NUL":           {Ops: []Op{{Code: Stat, Path: "a\x00b"}}},
		"permissions":   {Ops: []Op{{Code: Mkdir, Path: "a", Mode: 0o10000}}},
	} {
		if _, _, err := r.Encode(nil); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHeaders(t *testing.T) {
	want := Header{Kind: KindReply, Flags: FlagZstd, Slot: 3, Head: MaxHead, Payload: MaxPayload, Seq: 1 << 60}
	got, err := ReadHeader(bytes.NewReader(want.Append(nil)))
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, h := range map[string]Header{
		"kind":    {Kind: kindEnd},
		"no kind": {},
		"flags":   {Kind: KindPing, Flags: flagsEnd},
		"head":    {Kind: KindRequest, Head: MaxHead + 1},
		"payload": {Kind: KindRequest, Payload: MaxPayload + 1},
		"slot":    {Kind: KindRequest, Slot: MaxSlots},
	} {
		if _, err := ReadHeader(bytes.NewReader(h.Append(nil))); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGreetings(t *testing.T) {
	hello := Hello{1, 2, ID{1}, ID{2}, 3600, 64, FeatureZstd}
	if got, err := DecodeHello(append(hello.Encode(), "of a later version"...)); err != nil || *got != hello {
		t.Errorf("hello: %+v, %v", got, err)
	}
	if _, err := DecodeHello([]byte("GET / HTTP/1.1\r\n\r\n")); !errors.Is(err, ErrMalformed) {
		t.Errorf("HTTP is taken for a hello: %v", err)
	}
	welcome := Welcome{1, ID{3}, ID{4}, 64, 10, 0}
	b, err := welcome.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := DecodeWelcome(b); err != nil || *got != welcome {
		t.Errorf("welcome: %+v, %v", got, err)
	}
	refuse := Refuse{true, strings.Repeat("why", 1000)}
	if got, err := DecodeRefuse(refuse.Encode()); err != nil || !got.Again || len(got.Why) != 1024 {
		t.Errorf("refuse: %+v, %v", got, err)
	}
}

func TestDirents(t *testing.T) {
	want := []Dirent{{Name: ".", Ino: 1, Type: TypeDirectory, Cookie: 5},
		{Name: "x", Ino: 2, Type: TypeRegular, Cookie: -7, HasAttr: true, Attr: Attr{Type: TypeRegular, Size: 9}},
		{Name: "l", Type: TypeSymlink, HasAttr: true, Held: true, Attr: Attr{Type: TypeSymlink}, Link: "../x"}}
	var b []byte
	for i := range want {
		var err error
		if b, err = AppendDirent(b, &want[i]); err != nil {
			t.Fatal(err)
		}
	}
	got, err := DecodeDirents(b)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, name := range []string{"", "a/b", "/", strings.Repeat("x", MaxName+1)} {
		if _, err := AppendDirent(nil, &Dirent{Name: name}); !errors.Is(err, ErrMalformed) {
			t.Errorf("name %q: %v", name, err)
		}
	}
}

func TestNotices(t *testing.T) {
	want := []Change{{Lease: 1, Name: "x", Gone: true}, {Lease: 1, Attr: Attr{Type: TypeDirectory}, Held: true},
		{Lease: 2, Name: "l", Attr: Attr{Type: TypeSymlink}, Link: "y"}, {Lease: 3, Gone: true}}
	var b []byte
	for i := range want {
		var err error
		if b, err = AppendChange(b, &want[i]); err != nil {
			t.Fatal(err)
		}
	}
	got, err := DecodeNotice(b)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := DecodeNotice(b[:len(b)-1]); !errors.Is(err, ErrMalformed) {
		t.Errorf("cut short: %v", err)
	}
	if got, err = DecodeNotice(nil); err != nil || !reflect.DeepEqual(got, []Change{{All: true}}) {
		t.Errorf("an empty notice: %+v, %v", got, err)
	}
	if _, err := AppendChange(nil, &Change{Name: "a/b"}); !errors.Is(err, ErrMalformed) {
		t.Errorf("a path for a name: %v", err)
	}
}

func TestRecords(t *testing.T) {
	inet := Address{Family: FamilyInet, IP: [16]byte{127, 0, 0, 1}, Port: 80}
	inet6 := Address{Family: FamilyInet6, IP: [16]byte{15: 1}, Port: 80, Flow: 1, Scope: 2}
	tests := []Record{
		{Sock: 1, Offset: 1 << 40, Kind: RecordData},
		{Sock: 1, Kind: RecordDatagram, Addr: inet},
		{Sock: 1, Kind: RecordConnection, New: ShadowSocket, Addr: inet6, Addr2: inet},
		{Sock: 1, Kind: RecordConnected, Errno: abi.ECONNREFUSED},
		{Sock: 1, Kind: RecordConnected, Addr: Address{Family: FamilyUnix, Name: "/x"}, Addr2: Address{Family: FamilyUnix}},
		{Sock: 1, Kind: RecordLimit, Limit: 5},
		{Sock: 1, Kind: RecordEnd},
		{Sock: 1, Kind: RecordFailed, Errno: abi.ECONNRESET},
	}
	for _, want := range tests {
		head, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := DecodeRecord(head); err != nil || *got != want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
		for n := range head {
			if _, err := DecodeRecord(head[:n]); !errors.Is(err, ErrMalformed) {
				t.Fatalf("%+v cut to %d bytes: %v", want, n, err)
			}
		}
	}
	for name, r := range map[string]Record{
		"no kind":         {},
		"unknown kind":    {Kind: recordKindEnd},
		"negative offset": {Kind: RecordData, Offset: -1},
		"large error":     {Kind: RecordFailed, Errno: 512},
		"long name":       {Kind: RecordDatagram, Addr: Address{Family: FamilyUnix, Name: strings.Repeat("x", MaxUnixName+1)}},
	} {
		if _, err := r.Encode(); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The options have the numbers that they have on other machines, too.
func TestOptions(t *testing.T) {
	for o := range options {
		if info := Option(o).Info(); info.Name != "" {
			if got, ok := OptionOf(info.Level, info.Opt); !ok || got != Option(o) {
				t.Errorf("%s: %d, %v", info.Name, got, ok)
			}
		}
	}
	if o, ok := OptionOf(1, 9999); ok {
		t.Errorf("an unknown one is %d", o)
	}
}

func TestOpenFlags(t *testing.T) {
	tests := []struct {
		words string
		want  uint32
		errno abi.Errno
	}{
		{"O_RDONLY", OpenRead, 0},
		{"O_WRONLY|O_CREAT|O_TRUNC", OpenWrite | OpenCreate | OpenTruncate, 0},
		{"O_RDWR|O_EXCL|O_CREAT|O_APPEND|O_CLOEXEC", OpenRead | OpenWrite | OpenExclusive | OpenCreate | OpenAppend, 0},
		{"O_RDONLY|O_DIRECTORY|O_NOFOLLOW|O_NONBLOCK", OpenRead | OpenDirectory | OpenNoFollow, 0},
		{"O_WRONLY|O_SYNC|O_LARGEFILE", OpenWrite | OpenSync, 0},
		{"O_WRONLY|O_DSYNC|O_DIRECT", OpenWrite | OpenDataSync, 0},
		{"O_RDONLY|O_PATH", OpenRead | OpenPath, 0},
		{"O_RDWR|O_TMPFILE", 0, abi.EOPNOTSUPP},
		{"O_ACCMODE", 0, abi.EINVAL},
		{"O_RDONLY|0x40000000", 0, abi.EINVAL},
	}
	for a := abi.Arch(0); a < abi.NumArch; a++ {
		for _, tt := range tests {
			t.Run(a.String()+" "+tt.words, func(t *testing.T) {
				v, err := abi.FlagSetOf("open").Parse(tt.words, a)
				if err != nil {
					t.Fatal(err)
				}
				got, err := OpenFlags(v, a)
				if got != tt.want || ErrnoOf(err) != tt.errno {
					t.Errorf("got %#x, %v; want %#x, %v", got, err, tt.want, tt.errno)
				}
				if err == nil {
					if back, err := OpenFlags(HostOpenFlags(got), abi.Native); err != nil || back != got {
						t.Errorf("to the host and back: %#x, %v", back, err)
					}
				}
			})
		}
	}
}

func TestErrnoOf(t *testing.T) {
	tests := []struct {
		err  error
		want abi.Errno
	}{
		{nil, 0}, {syscall.ENOENT, abi.ENOENT}, {&os.PathError{Err: syscall.EXDEV}, abi.EXDEV},
		{abi.ESTALE, abi.ESTALE}, {errors.New("?"), abi.EIO}, {syscall.EWOULDBLOCK, abi.EAGAIN},
	}
	for _, tt := range tests {
		if got := ErrnoOf(tt.err); got != tt.want {
			t.Errorf("%v: %v instead of %v", tt.err, got, tt.want)
		}
	}
}

func TestRepeatable(t *testing.T) {
	open := func(flags uint32, fd int32) Op { return Op{Code: Open, Path: "x", Flags: flags, FD2: fd} }
	tests := []struct {
		name string
		ops  []Op
		want bool
	}{
		{"stat", []Op{{Code: Stat}}, true},
		{"open, read, close", []Op{open(OpenRead, 3), {Code: Read, FD: 3}, {Code: Close, FD: 3}}, true},
		{"open stays", []Op{open(OpenRead, 3), {Code: Read, FD: 3}}, false},
		{"closes another", []Op{open(OpenRead, 3), {Code: Close, FD: 4}}, false},
		{"closes twice", []Op{open(OpenRead, 3), {Code: Close, FD: 3}, {Code: Close, FD: 3}}, false},
		{"any descriptor", []Op{open(OpenRead, Any), {Code: Close, FD: Any}}, false},
		{"creates", []Op{open(OpenWrite|OpenCreate, 3), {Code: Close, FD: 3}}, false},
		{"write", []Op{{Code: Write}}, false},
		{"lock", []Op{{Code: Lock}}, false},
	}
	for _, tt := range tests {
		if got := (&Request{Ops: tt.ops}).Repeatable(); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// docs/protocol.md is what another implementation goes by.
func TestProtocolDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range codes() {
		l := layouts[code]
		row := "| " + strconv.Itoa(int(code)) + " | " + l.name + " | " + strings.Join(l.args, ", ") + " | " + strings.Join(l.results, ", ") + " |"
		if !strings.Contains(string(text), row) {
			t.Errorf("docs/protocol.md lacks: %s", row)
		}
	}
	var attr, fs, id coder
	attr.attr(&Attr{})
	fs.fsinfo(&FSInfo{})
	id.identity(&Identity{})
	for field, c := range map[string]*coder{"attr": &attr, "fs": &fs, "id": &id} {
		if row := fmt.Sprintf("| `%s` | %d |", field, len(c.b)); !strings.Contains(string(text), row) {
			t.Errorf("docs/protocol.md lacks: %s", row)
		}
	}
	for o, info := range options {
		if row := fmt.Sprintf("%d %s", o, info.Name); info.Name != "" && !strings.Contains(string(text), row) {
			t.Errorf("docs/protocol.md lacks option %s", row)
		}
	}
	for _, fields := range []map[string]bool{names(opFields), names(resultFields)} {
		for f := range fields {
			if !strings.Contains(string(text), "| `"+f+"` |") {
				t.Errorf("docs/protocol.md does not describe the field %s", f)
			}
		}
	}
}

func names[V any](m map[string]V) map[string]bool {
	all := map[string]bool{}
	for n := range m {
		all[n] = true
	}
	return all
}
