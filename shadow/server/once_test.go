package server

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"penumbra/abi"
	"penumbra/shadow/session"
	"penumbra/shadow/wire"
)

// solo returns an executor with a representative, 1, in dir, and what performs
// operations there.
func solo(t *testing.T, dir string) func(e *session.Entry, ops ...wire.Op) (*wire.Reply, error) {
	t.Helper()
	s, err := New(Config{Exports: Only(Export{Path: dir}), AllowRoot: true})
	if err != nil {
		t.Fatal(err)
	}
	x, err := s.begin("test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(x.Close)
	perform := func(e *session.Entry, ops ...wire.Op) (*wire.Reply, error) {
		t.Helper()
		q := wire.Request{Proc: 1, Ops: ops}
		head, payload, err := q.Encode(nil)
		if err != nil {
			t.Fatal(err)
		}
		var data []byte
		for _, b := range payload {
			data = append(data, b...)
		}
		r := x.Execute(context.Background(), &session.Request{Head: head, Payload: data, Entry: e})
		n := 0
		for _, b := range r.Payload {
			n += len(b)
		}
		reply, err := wire.DecodeReply(r.Head, n)
		if err != nil {
			t.Fatal(err)
		}
		return reply, reply.Err()
	}
	if _, err := perform(&session.Entry{}, wire.Op{Code: wire.Spawn, Proc: 1, Path: dir}); err != nil {
		t.Fatal(err)
	}
	return perform
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A shadow notes what it finds, and is killed: before the operation, in the midst
// of it, or behind it. The next one does what is left to do.
func TestSecondShadow(t *testing.T) {
	data := [][]byte{[]byte("two\n")}
	cwd := wire.CWD
	tests := []struct {
		name    string
		op      wire.Op
		between func(dir string) // what happens after the kill
		want    abi.Errno
		names   string // what is there in the end
		f       string // and in f
	}{
		{name: "append", op: wire.Op{Code: wire.Append, FD: 5, Data: data}, f: "one\ntwo\n"},
		{name: "append and others", op: wire.Op{Code: wire.Append, FD: 5, Data: data},
			between: func(dir string) { add(dir, "three\n") }, f: "one\ntwo\nthree\n"},
		{name: "append in part", op: wire.Op{Code: wire.Append, FD: 5, Data: data},
			between: func(dir string) { os.Truncate(dir+"/f", 6) }, f: "one\ntwo\n"},
		{name: "append cut off", op: wire.Op{Code: wire.Append, FD: 5, Data: data},
			between: func(dir string) { os.Truncate(dir+"/f", 2) }, want: abi.EIO, f: "on"},
		{name: "append overwritten", op: wire.Op{Code: wire.Append, FD: 5, Data: data},
			between: func(dir string) { os.Truncate(dir+"/f", 4); add(dir, "six\n") }, want: abi.EIO, f: "one\nsix\n"},
		{name: "rename", op: wire.Op{Code: wire.Rename, FD: cwd, Path: "a", FD2: cwd, Path2: "b"}, names: "b d f"},
		{name: "rename over", op: wire.Op{Code: wire.Rename, FD: cwd, Path: "a", FD2: cwd, Path2: "f"}, names: "d f", f: "a"},
		{name: "rename, and a new one", op: wire.Op{Code: wire.Rename, FD: cwd, Path: "a", FD2: cwd, Path2: "b"},
			between: func(dir string) { os.WriteFile(dir+"/a", []byte("new"), 0o600) }, names: "a b d f"},
		{name: "rename undone", op: wire.Op{Code: wire.Rename, FD: cwd, Path: "a", FD2: cwd, Path2: "b"},
			between: func(dir string) { os.Remove(dir + "/b") }, want: abi.EIO, names: "d f"},
		{name: "exchange", op: wire.Op{Code: wire.Rename, FD: cwd, Path: "a", FD2: cwd, Path2: "f", Flags: wire.RenameExchange}, f: "a"},
		{name: "rename nothing", op: wire.Op{Code: wire.Rename, FD: cwd, Path: "x", FD2: cwd, Path2: "y"}, want: abi.ENOENT},
		{name: "unlink", op: wire.Op{Code: wire.Unlink, FD: cwd, Path: "a"}, names: "d f"},
		{name: "unlink, and a new one", op: wire.Op{Code: wire.Unlink, FD: cwd, Path: "a"},
			between: func(dir string) { os.WriteFile(dir+"/a", nil, 0o600) }, names: "a d f"},
		{name: "unlink nothing", op: wire.Op{Code: wire.Unlink, FD: cwd, Path: "x"}, want: abi.ENOENT},
		{name: "rmdir", op: wire.Op{Code: wire.Rmdir, FD: cwd, Path: "d"}, names: "a f"},
		{name: "rmdir of a file", op: wire.Op{Code: wire.Rmdir, FD: cwd, Path: "a"}, want: abi.ENOTDIR},
		{name: "mkdir", op: wire.Op{Code: wire.Mkdir, FD: cwd, Path: "new", Mode: 0o700}, names: "a d f new"},
		{name: "mkdir again", op: wire.Op{Code: wire.Mkdir, FD: cwd, Path: "d"}, want: abi.EEXIST},
		{name: "mkdir, and a file", op: wire.Op{Code: wire.Mkdir, FD: cwd, Path: "new", Mode: 0o700},
			between: func(dir string) { os.Remove(dir + "/new"); os.WriteFile(dir+"/new", nil, 0o600) }, want: abi.EEXIST},
		{name: "mknod", op: wire.Op{Code: wire.Mknod, FD: cwd, Path: "new", Mode: 0o700, Kind: wire.TypeFIFO}, names: "a d f new"},
		{name: "mknod again", op: wire.Op{Code: wire.Mknod, FD: cwd, Path: "d", Kind: wire.TypeFIFO}, want: abi.EEXIST},
		{name: "mknod, and a file", op: wire.Op{Code: wire.Mknod, FD: cwd, Path: "new", Mode: 0o700, Kind: wire.TypeSocket},
			between: func(dir string) { os.Remove(dir + "/new"); os.WriteFile(dir+"/new", nil, 0o600) }, want: abi.EEXIST},
		{name: "symlink", op: wire.Op{Code: wire.Symlink, FD: cwd, Path: "new", Path2: "to"}, names: "a d f new"},
		{name: "symlink elsewhere", op: wire.Op{Code: wire.Symlink, FD: cwd, Path: "new", Path2: "to"},
			between: func(dir string) { os.Remove(dir + "/new"); os.Symlink("from", dir+"/new") }, want: abi.EEXIST},
		{name: "link", op: wire.Op{Code: wire.Link, FD: cwd, Path: "a", FD2: cwd, Path2: "new"}, names: "a d f new"},
		{name: "link again", op: wire.Op{Code: wire.Link, FD: cwd, Path: "a", FD2: cwd, Path2: "f"}, want: abi.EEXIST},
		{name: "create", op: wire.Op{Code: wire.Open, FD: cwd, Path: "new", FD2: 7, Flags: wire.OpenWrite | wire.OpenCreate | wire.OpenExclusive}, names: "a d f new"},
		{name: "create again", op: wire.Op{Code: wire.Open, FD: cwd, Path: "a", FD2: 7, Flags: wire.OpenWrite | wire.OpenCreate | wire.OpenExclusive}, want: abi.EEXIST},
		{name: "create, and another's", op: wire.Op{Code: wire.Open, FD: cwd, Path: "new", FD2: 7, Mode: 0o600, Flags: wire.OpenWrite | wire.OpenCreate | wire.OpenExclusive},
			between: func(dir string) { os.WriteFile(dir+"/new", []byte("theirs"), 0o600) }, want: abi.EEXIST},
	}
	open := wire.Op{Code: wire.Open, FD: cwd, Path: "f", FD2: 5, Flags: wire.OpenRead | wire.OpenWrite}
	for _, tt := range tests {
		// The first shadow ends with its note written, and
		//   before: nothing done
		//   after: all done
		//   answered: all done, and the outcome noted
		for _, when := range []string{"before", "after", "answered"} {
			if when == "before" && tt.between != nil || when == "answered" && tt.between != nil {
				continue
			}
			t.Run(tt.name+" "+when, func(t *testing.T) {
				dir := t.TempDir()
				write(t, dir+"/f", "one\n")
				write(t, dir+"/a", "a")
				if err := os.Mkdir(dir+"/d", 0o755); err != nil {
					t.Fatal(err)
				}
				var first session.Entry
				if when == "before" {
					// What would be noted, from a copy that is thrown away.
					first = session.Entry{Fact: noteOnly(t, dir, open, tt.op)}
				} else {
					perform := solo(t, dir)
					if _, err := perform(&session.Entry{}, open); err != nil {
						t.Fatal(err)
					}
					perform(&first, tt.op)
				}
				if tt.between != nil {
					tt.between(dir)
				}
				perform := solo(t, dir)
				if _, err := perform(&session.Entry{}, open); err != nil {
					t.Fatal(err)
				}
				again := &session.Entry{Again: true, Fact: first.Fact}
				if when == "answered" {
					again.Outcome = first.Outcome
				}
				reply, err := perform(again, tt.op)
				if got := wire.ErrnoOf(err); got != tt.want {
					t.Errorf("%v instead of %v", got.Name(), tt.want.Name())
				}
				if r := reply.Results[0]; tt.op.Code == wire.Append && err == nil && (r.Length != 4 || r.Offset != 4) {
					t.Errorf("appended %d at %d", r.Length, r.Offset)
				}
				if got := list(t, dir); tt.names != "" && got != tt.names {
					t.Errorf("there is %s", got)
				}
				if b, err := os.ReadFile(dir + "/f"); tt.f != "" && (err != nil || string(b) != tt.f) {
					t.Errorf("f has %q, %v", b, err)
				}
				if tt.op.Code == wire.Open && err == nil {
					if _, err := perform(&session.Entry{}, wire.Op{Code: wire.Write, FD: 7, Data: [][]byte{[]byte("x")}}); err != nil {
						t.Errorf("what was created cannot be written: %v", err)
					}
				}
			})
		}
	}
}

// noteOnly returns the fact that op notes, having it done and undone: dir is a
// directory with f, a and d, which keep their inodes.
func noteOnly(t *testing.T, dir string, open, op wire.Op) *session.Fact {
	t.Helper()
	keep := t.TempDir()
	for _, n := range []string{"f", "a"} {
		if err := os.Link(filepath.Join(dir, n), filepath.Join(keep, n)); err != nil {
			t.Fatal(err)
		}
	}
	perform := solo(t, dir)
	if _, err := perform(&session.Entry{}, open); err != nil {
		t.Fatal(err)
	}
	var e session.Entry
	perform(&e, op)
	fact := *e.Fact
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range entries {
		if d.Name() != "d" {
			os.Remove(filepath.Join(dir, d.Name()))
		}
	}
	if _, err := os.Stat(dir + "/d"); err != nil {
		os.Mkdir(dir+"/d", 0o755)
		attr, err := lookDir(dir + "/d")
		if err != nil {
			t.Fatal(err)
		}
		fact.ID = attr.ID // another directory in the place of the same
	}
	for _, n := range []string{"f", "a"} {
		if err := os.Rename(filepath.Join(keep, n), filepath.Join(dir, n)); err != nil {
			t.Fatal(err)
		}
	}
	os.Truncate(dir+"/f", 4)
	return &fact
}

func lookDir(name string) (wire.Attr, error) {
	return statx(-100, name, 0) // AT_FDCWD
}

func add(dir, text string) {
	f, err := os.OpenFile(dir+"/f", os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		panic(err)
	}
}

func list(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range entries {
		names = append(names, d.Name())
	}
	return strings.Join(names, " ")
}

// The journal is lost, or the machine was started anew: what must not be done
// twice is not done, and what may is.
func TestDoubt(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/a", "a")
	perform := solo(t, dir)
	doubt := &session.Entry{Again: true, Doubt: true}
	if _, err := perform(doubt, wire.Op{Code: wire.Unlink, FD: wire.CWD, Path: "a"}); err != abi.EIO {
		t.Errorf("unlink: %v", err)
	}
	if _, err := perform(doubt, wire.Op{Code: wire.Truncate, FD: wire.CWD, Path: "a", Length: 5}); err != nil {
		t.Errorf("truncate: %v", err)
	}
	if _, err := perform(&session.Entry{Again: true}, wire.Op{Code: wire.Unlink, FD: wire.CWD, Path: "a"}); err != nil {
		t.Errorf("without a doubt: %v", err)
	}
}

// Root may open what permissions forbid. Others may not.
func TestAsAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to be another user")
	}
	tmp, err := os.MkdirTemp("", "shadow")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(tmp)
	const nobody = 65534
	if err := os.Chown(tmp, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe", "-test.run=TestSecondShadow|TestReadOnlyFileIsReopened|TestNames|TestPaths|TestReadOnlyExports", "-test.v")
	cmd.Dir, cmd.Env = "/", append(os.Environ(), "TMPDIR="+tmp)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestReadOnlyFileIsReopened") {
		t.Errorf("%v\n%s", err, out)
	}
}

// git creates its objects for writing, with permissions that forbid that.
func TestReadOnlyFileIsReopened(t *testing.T) {
	dir := t.TempDir()
	perform := solo(t, dir)
	open := wire.Op{Code: wire.Open, FD: wire.CWD, Path: "f", FD2: 3, Mode: 0o444, Flags: wire.OpenWrite | wire.OpenCreate | wire.OpenExclusive}
	reply, err := perform(&session.Entry{}, open)
	if err != nil {
		t.Fatal(err)
	}
	perform = solo(t, dir)
	reopen := wire.Op{Code: wire.Reopen, Paths: []string{"/none", reply.Results[0].Path}, ID: reply.Results[0].Attr.ID, Flags: open.Flags, FD2: 3}
	if _, err := perform(&session.Entry{}, reopen, wire.Op{Code: wire.Write, FD: 3, Data: [][]byte{[]byte("x")}}); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(dir + "/f"); err != nil || info.Mode() != 0o444 || info.Size() != 1 {
		t.Errorf("%v, %v", info, err)
	}
	reopen.ID.Ino++
	if _, err := perform(&session.Entry{}, reopen); err != abi.ESTALE {
		t.Errorf("another file: %v", err)
	}
}

// Each operation of the protocol is performed by something.
func TestOperationsAreComplete(t *testing.T) {
	for c := wire.Null; !strings.HasPrefix(c.String(), "operation"); c++ {
		if int(c) >= len(operations) || operations[c] == nil {
			t.Errorf("nothing performs %v", c)
		}
	}
}

func TestOneSingularOperation(t *testing.T) {
	perform := solo(t, t.TempDir())
	mkdir := func(name string) wire.Op { return wire.Op{Code: wire.Mkdir, FD: wire.CWD, Path: name} }
	if _, err := perform(&session.Entry{}, mkdir("a"), mkdir("b")); err != abi.EINVAL {
		t.Errorf("two: %v", err)
	}
	if _, err := perform(&session.Entry{}, mkdir("a")); err != nil {
		t.Errorf("the first of two was done: %v", err)
	}
}

// A request that fails leaves no descriptor open.
func TestFailedRequestClosesWhatItOpened(t *testing.T) {
	perform := solo(t, t.TempDir())
	create := wire.Op{Code: wire.Open, FD: wire.CWD, Path: "f", FD2: 3, Flags: wire.OpenWrite | wire.OpenCreate}
	if _, err := perform(&session.Entry{}, create, wire.Op{Code: wire.Stat, FD: wire.CWD, Path: "none"}); err != abi.ENOENT {
		t.Error(err)
	}
	if _, err := perform(&session.Entry{}, wire.Op{Code: wire.Close, FD: 3}); err != abi.EBADF {
		t.Errorf("it is still open: %v", err)
	}
}

// Whatever a client sends, the shadow answers, and stays in its export.
func FuzzExecute(f *testing.F) {
	for _, o := range []wire.Op{
		{Code: wire.Open, FD: wire.CWD, Path: "f", Flags: wire.OpenWrite | wire.OpenCreate, FD2: 3},
		{Code: wire.Rename, FD: wire.CWD, Path: "f", FD2: wire.CWD, Path2: "g"},
		{Code: wire.Symlink, FD: wire.CWD, Path: "f", Path2: "/"},
		{Code: wire.Chdir, FD: wire.CWD, Path: ".."},
		{Code: wire.Lock, FD: 3, Flags: wire.LockShared | wire.LockProcess},
		{Code: wire.Dup, Proc: 1, FD: 3, FD2: 4},
		{Code: wire.Spawn, Proc: 2, Path: ""},
		{Code: wire.Reopen, Paths: []string{"f"}, FD2: 3},
		{Code: wire.Append, FD: 3, Data: [][]byte{[]byte("x")}},
	} {
		head, payload, err := (&wire.Request{Proc: 1, Ops: []wire.Op{o, {Code: wire.Stat, FD: 3}}}).Encode(nil)
		if err != nil {
			f.Fatal(err)
		}
		var data []byte
		for _, b := range payload {
			data = append(data, b...)
		}
		f.Add(head, data)
	}
	dir := f.TempDir()
	if err := os.Mkdir(dir+"/in", 0o755); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, head, payload []byte) {
		q, err := wire.DecodeRequest(head, payload)
		if err != nil {
			return
		}
		for i := range q.Ops {
			switch o := &q.Ops[i]; o.Code {
			case wire.Read, wire.Readdir, wire.Getxattr, wire.Listxattr:
				return // they need a session's memory
			case wire.Truncate, wire.Allocate, wire.Write:
				o.Length, o.Offset = o.Length%4096, o.Offset%4096
			case wire.Lock:
				o.Flags &^= wire.LockWait
			}
		}
		q.Proc = 1
		perform := solo(t, dir+"/in")
		if _, err := perform(&session.Entry{}, wire.Op{Code: wire.Open, FD: wire.CWD, Path: ".", Flags: wire.OpenRead, FD2: 3}); err != nil {
			t.Skip("the directory cannot be opened any more: ", err)
		}
		perform(&session.Entry{}, q.Ops...)
		if got := list(t, dir); got != "in" {
			t.Fatalf("outside of the export: %s", got)
		}
	})
}
