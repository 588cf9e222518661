package posix

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func itoa(i int) string { return strconv.Itoa(i) }

func base(name string) string { return filepath.Base(name) }

func TestOpen(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{
			open(at("n"), unix.O_RDONLY).fails(unix.ENOENT), open(at("n"), unix.O_CREAT|unix.O_EXCL|unix.O_RDWR), open(at("n"), unix.O_CREAT|unix.O_EXCL|unix.O_RDWR).fails(unix.EEXIST),
			mkdir(at("d")), open(at("d"), unix.O_WRONLY).fails(unix.EISDIR), open(at("d"), unix.O_CREAT|unix.O_RDONLY).fails(unix.EISDIR),
			open(at("n"), unix.O_DIRECTORY).fails(unix.ENOTDIR), open(at("d"), unix.O_DIRECTORY), open(at("d"), unix.O_PATH),
			write(at("n"), "text"), open(at("n"), unix.O_WRONLY|unix.O_TRUNC),
		})
		if st := statOf(t, at("n")); st.Size != 0 {
			t.Errorf("truncated to %d", st.Size)
		}
		// The lowest number that is free, and close-on-exec as asked.
		low := must[int](t)(unix.Open("/dev/null", unix.O_RDONLY, 0))
		unix.Close(low)
		for _, cloexec := range []int{0, unix.O_CLOEXEC} {
			fd := must[int](t)(unix.Open(at("n"), unix.O_RDONLY|cloexec, 0))
			flags := must[int](t)(unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0))
			if fd != low || (flags&unix.FD_CLOEXEC != 0) != (cloexec != 0) {
				t.Errorf("descriptor %d with flags %d, want %d", fd, flags, low)
			}
			unix.Close(fd)
		}
	})
}

func TestReadWrite(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		f := must[*os.File](t)(os.OpenFile(at("f"), os.O_RDWR|os.O_CREATE, 0o644))
		defer f.Close()
		_ = must[int](t)(f.WriteString("0123456789"))
		_ = must[int](t)(f.WriteAt([]byte("AB"), 4))
		_ = must[int64](t)(f.Seek(2, io.SeekStart))
		other := os.NewFile(uintptr(must[int](t)(unix.Dup(int(f.Fd())))), "dup")
		defer other.Close()
		b := make([]byte, 3)
		_ = must[int](t)(io.ReadFull(other, b))
		if string(b) != "23A" || must[int64](t)(f.Seek(0, io.SeekCurrent)) != 5 {
			t.Errorf("read %q", b)
		}
		check(t, f.Truncate(1<<20))
		if st := statOf(t, at("f")); st.Size != 1<<20 || st.Blocks > 64 {
			t.Errorf("sparse: %+v", st)
		}
		_ = must[int](t)(f.WriteAt([]byte("end"), 1<<20))
		hole, err := unix.Seek(int(f.Fd()), 0, unix.SEEK_HOLE)
		if err != nil || hole <= 0 || hole > 1<<20 {
			t.Errorf("hole at %d, %v", hole, err)
		}
		run(t, []step{{"negative", func() error { _, err := unix.Seek(int(f.Fd()), -1, unix.SEEK_SET); return err }, unix.EINVAL},
			{"truncate by name", func() error { return unix.Truncate(at("f"), 10) }, nil},
			{"truncate what is missing", func() error { return unix.Truncate(at("missing"), 10) }, unix.ENOENT},
			{"truncate a directory", func() error { return unix.Truncate(at("."), 10) }, unix.EISDIR}})
		if got := content(t, at("f")); got != "0123AB6789" {
			t.Errorf("content %q", got)
		}
		run(t, []step{unlink(at("f")), stat(at("f")).fails(unix.ENOENT)})
		// What has no name lives on.
		_ = must[int](t)(f.WriteAt([]byte("xyz"), 0))
		all := make([]byte, 10)
		_ = must[int](t)(f.ReadAt(all, 0))
		var st unix.Stat_t
		check(t, unix.Fstat(int(f.Fd()), &st))
		if string(all) != "xyz3AB6789" || st.Nlink != 0 {
			t.Errorf("unlinked: %q %d links", all, st.Nlink)
		}
	})
}

func TestAppend(t *testing.T) {
	enterDir(t)
	const writers, lines = 4, 200
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			f, err := os.OpenFile("log", os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			for range lines {
				if _, err := f.WriteString(strings.Repeat(itoa(i), 20) + "\n"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	all := strings.Split(strings.TrimSpace(content(t, "log")), "\n")
	for _, line := range all {
		if len(line) != 20 || strings.Count(line, line[:1]) != 20 {
			t.Errorf("torn line %q", line)
		}
	}
	if len(all) != writers*lines {
		t.Errorf("%d lines", len(all))
	}
}

func TestTemporary(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{mkdir(at("d"))})
		fd, err := unix.Open(at("d"), unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
		if err == unix.EOPNOTSUPP {
			t.Skip("the file system has no O_TMPFILE")
		}
		check(t, err)
		defer unix.Close(fd)
		_ = must[int](t)(unix.Write(fd, []byte("text")))
		check(t, unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/"+itoa(fd), unix.AT_FDCWD, at("d/named"), unix.AT_SYMLINK_FOLLOW))
		if got := content(t, at("d/named")); got != "text" {
			t.Errorf("content %q", got)
		}
	})
}

func TestMmap(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{write(at("f"), strings.Repeat("a", 8192))})
		f := must[*os.File](t)(os.OpenFile(at("f"), os.O_RDWR, 0))
		defer f.Close()
		m := must[[]byte](t)(unix.Mmap(int(f.Fd()), 0, 8192, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED))
		m[5000] = 'b'
		if got := content(t, at("f")); got[5000] != 'b' {
			t.Error("read does not see what was written to memory")
		}
		_ = must[int](t)(f.WriteAt([]byte("c"), 100))
		if m[100] != 'c' {
			t.Error("memory does not see what was written")
		}
		check(t, unix.Msync(m, unix.MS_SYNC))
		check(t, unix.Munmap(m))
	})
}

func TestExec(t *testing.T) {
	dir := enterDir(t)
	self := must[string](t)(os.Executable())
	program := must[[]byte](t)(os.ReadFile("/bin/echo"))
	check(t, os.WriteFile("echo", program, 0o755))
	check(t, os.WriteFile("script", []byte("#!/bin/sh\necho \"$0\" \"$@\"\n"), 0o755))
	check(t, os.WriteFile("ours", []byte("#!"+dir+"/echo -e\n"), 0o755))
	check(t, os.WriteFile("denied", program, 0o644))
	check(t, os.WriteFile("broken", []byte("#!"+dir+"/none\n"), 0o755))
	for _, tt := range []struct{ name, want string }{
		{dir + "/echo", "a b\n"}, {"./echo", "a b\n"}, {dir + "/script", dir + "/script a b\n"}, {"./script", "./script a b\n"},
		{dir + "/ours", dir + "/ours a b\n"}, {"./ours", "./ours a b\n"},
	} {
		if out, err := exec.Command(tt.name, "a", "b").CombinedOutput(); err != nil || string(out) != tt.want {
			t.Errorf("%s: %q %v", tt.name, out, err)
		}
	}
	for name, want := range map[string]error{"/denied": unix.EACCES, "/broken": unix.ENOENT, "/none": unix.ENOENT, "": unix.EACCES} {
		err := unix.Exec(dir+name, []string{"x"}, nil)
		if err != want {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	if exe, err := os.Readlink("/proc/self/exe"); exe != self || err != nil {
		t.Errorf("this is %q, not %q: %v", exe, self, err)
	}
	f := must[*os.File](t)(os.OpenFile("echo", os.O_WRONLY, 0))
	defer f.Close()
	if err := unix.Exec(dir+"/echo", []string{"x"}, nil); err != unix.ETXTBSY {
		t.Errorf("exec of a file being written: %v", err)
	}
	check(t, os.WriteFile("cat", must[[]byte](t)(os.ReadFile("/bin/cat")), 0o755))
	cat := exec.Command("./cat")
	in := must[io.WriteCloser](t)(cat.StdinPipe())
	check(t, cat.Start())
	if _, err := os.OpenFile("cat", os.O_WRONLY, 0); !errors.Is(err, unix.ETXTBSY) {
		t.Errorf("writing to a program that runs: %v", err)
	}
	in.Close()
	check(t, cat.Wait())
	run(t, []step{write("cat", "changed")})
}

func TestLocks(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{write(at("f"), "text")})
		one := must[*os.File](t)(os.OpenFile(at("f"), os.O_RDWR, 0))
		defer one.Close()
		other := must[*os.File](t)(os.OpenFile(at("f"), os.O_RDWR, 0))
		defer other.Close()
		check(t, unix.Flock(int(one.Fd()), unix.LOCK_EX))
		lock := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart, Len: 2}
		check(t, unix.FcntlFlock(one.Fd(), unix.F_OFD_SETLK, &lock))
		overlap := unix.Flock_t{Type: unix.F_WRLCK, Start: 1, Len: 2}
		run(t, []step{
			{"flock", func() error { return unix.Flock(int(other.Fd()), unix.LOCK_SH|unix.LOCK_NB) }, unix.EWOULDBLOCK},
			{"ofd lock", func() error { return unix.FcntlFlock(other.Fd(), unix.F_OFD_SETLK, &overlap) }, unix.EAGAIN},
		})
	})
}

func TestDescriptorLinks(t *testing.T) {
	dir := enterDir(t)
	run(t, []step{mkdir("d"), write("d/f", "text")})
	f := must[*os.File](t)(os.Open("d/f"))
	defer f.Close()
	d := must[*os.File](t)(os.Open("d"))
	defer d.Close()
	for _, tt := range []struct {
		f    *os.File
		want string
	}{{f, dir + "/d/f"}, {d, dir + "/d"}} {
		name := "/proc/self/fd/" + itoa(int(tt.f.Fd()))
		if link, err := os.Readlink(name); link != tt.want || err != nil {
			t.Errorf("%s leads to %q, %v; want %q", name, link, err, tt.want)
		}
	}
	if got := content(t, "/proc/self/fd/"+itoa(int(f.Fd()))); got != "text" {
		t.Errorf("opened again: %q", got)
	}
	if got := content(t, "/proc/self/fd/"+itoa(int(d.Fd()))+"/f"); got != "text" {
		t.Errorf("below: %q", got)
	}
	if got := content(t, "/proc/self/cwd/d/f"); got != "text" {
		t.Errorf("by cwd: %q", got)
	}
	if got := content(t, "/dev/fd/"+itoa(int(f.Fd()))); got != "text" {
		t.Errorf("by /dev/fd: %q", got)
	}
	run(t, []step{unlink("d/f")})
	if link, err := os.Readlink("/proc/self/fd/" + itoa(int(f.Fd()))); link != dir+"/d/f (deleted)" || err != nil {
		t.Errorf("of a deleted file: %q, %v", link, err)
	}
}

func TestPipe(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		if lacks("pipes") {
			run(t, []step{mkfifo(at("p")).fails(unix.EPERM), stat(at("p")).fails(unix.ENOENT)})
			return
		}
		run(t, []step{mkfifo(at("p"))})
		run(t, []step{open(at("p"), unix.O_WRONLY|unix.O_NONBLOCK).fails(unix.ENXIO), open(at("p"), unix.O_RDONLY|unix.O_NONBLOCK)})
		failed := make(chan error, 1)
		go func() { failed <- os.WriteFile(at("p"), []byte("through"), 0) }()
		if got := content(t, at("p")); got != "through" {
			t.Errorf("read %q", got)
		}
		check(t, <-failed)
		// The two ends wait for each other, not for a word.
		opened := make(chan *os.File)
		go func() { r, _ := os.Open(at("p")); opened <- r }()
		w := must[*os.File](t)(os.OpenFile(at("p"), os.O_WRONLY, 0))
		r := <-opened
		_ = must[int](t)(w.WriteString("word"))
		w.Close()
		if got := must[[]byte](t)(io.ReadAll(r)); string(got) != "word" {
			t.Errorf("read %q", got)
		}
		r.Close()
	})
}

func TestSocket(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		if len(at("s")) > 100 {
			t.Skip("the directory's name is too long for a socket")
		}
		if lacks("sockets") {
			if _, err := net.Listen("unix", at("s")); !errors.Is(err, unix.EPERM) {
				t.Errorf("a socket: %v", err)
			}
			return
		}
		l := must[net.Listener](t)(net.Listen("unix", at("s")))
		defer l.Close()
		if st := statOf(t, at("s")); st.Mode&unix.S_IFMT != unix.S_IFSOCK {
			t.Errorf("mode %o", st.Mode)
		}
		go func() {
			if c, err := l.Accept(); err == nil {
				_, _ = io.Copy(c, c)
				c.Close()
			}
		}()
		c := must[net.Conn](t)(net.Dial("unix", at("s")))
		defer c.Close()
		if l.Addr().String() != at("s") || c.RemoteAddr().String() != at("s") {
			t.Errorf("it is called %s and %s", l.Addr(), c.RemoteAddr())
		}
		_ = must[int](t)(c.Write([]byte("ping")))
		b := make([]byte, 4)
		_ = must[int](t)(io.ReadFull(c, b))
		if string(b) != "ping" {
			t.Errorf("read %q", b)
		}
		if _, err := net.Dial("unix", at("none")); err == nil {
			t.Error("connected to nothing")
		}
		if _, err := net.Listen("unix", at("s")); err == nil {
			t.Error("bound twice")
		}
	})
}

// Messages find a socket by its name, and take along what they hold.
func TestDatagrams(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		if lacks("sockets") {
			t.Skip("the file system has no sockets")
		}
		if len(at("server")) > 100 {
			t.Skip("the directory's name is too long for a socket")
		}
		listen := func(name string) *net.UnixConn {
			c := must[*net.UnixConn](t)(net.ListenUnixgram("unixgram", &net.UnixAddr{Name: at(name), Net: "unixgram"}))
			t.Cleanup(func() { c.Close() })
			return c
		}
		server, client := listen("server"), listen("client")
		to := server.LocalAddr().(*net.UnixAddr)
		_ = must[int](t)(client.WriteTo([]byte("sendto"), to))
		b, oob := make([]byte, 100), make([]byte, 100)
		n, from, err := server.ReadFrom(b)
		check(t, err)
		if string(b[:n]) != "sendto" {
			t.Errorf("read %q", b[:n])
		}
		_ = must[int](t)(server.WriteTo([]byte("back"), from))
		if n := must[int](t)(client.Read(b)); string(b[:n]) != "back" {
			t.Errorf("read %q", b[:n])
		}
		run(t, []step{write(at("f"), "enclosed")})
		f := must[*os.File](t)(os.Open(at("f")))
		defer f.Close()
		_, _, err = client.WriteMsgUnix([]byte("sendmsg"), unix.UnixRights(int(f.Fd())), to)
		check(t, err)
		n, oobn, _, _, err := server.ReadMsgUnix(b, oob)
		check(t, err)
		list := must[[]unix.SocketControlMessage](t)(unix.ParseSocketControlMessage(oob[:oobn]))
		fds := must[[]int](t)(unix.ParseUnixRights(&list[0]))
		got := os.NewFile(uintptr(fds[0]), "received")
		defer got.Close()
		if text := must[[]byte](t)(io.ReadAll(got)); string(b[:n]) != "sendmsg" || string(text) != "enclosed" {
			t.Errorf("received %q and %q", b[:n], text)
		}
		if _, err := client.WriteTo([]byte("lost"), &net.UnixAddr{Name: at("none"), Net: "unixgram"}); !errors.Is(err, unix.ENOENT) {
			t.Errorf("to nobody: %v", err)
		}
		if _, err := client.WriteTo(make([]byte, 1<<24), to); !errors.Is(err, unix.EMSGSIZE) {
			t.Errorf("too much: %v", err)
		}
		// A queue that is full makes the sender wait.
		const many = 500
		sent := make(chan error, 1)
		go func() {
			for range many {
				if _, err := client.WriteTo([]byte("many"), to); err != nil {
					sent <- err
					return
				}
			}
			sent <- nil
		}()
		for range many {
			_ = must[int](t)(server.Read(b))
		}
		check(t, <-sent)
	})
}

func TestNotify(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{mkdir(at("d"))})
		fd := must[int](t)(unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK))
		defer unix.Close(fd)
		_ = must[int](t)(unix.InotifyAddWatch(fd, at("d"), unix.IN_CREATE|unix.IN_DELETE))
		run(t, []step{write(at("d/made"), ""), unlink(at("d/made"))})
		var buf [4096]byte
		n := must[int](t)(unix.Read(fd, buf[:]))
		if bytes.Count(buf[:n], []byte("made")) != 2 {
			t.Errorf("%d bytes of events", n)
		}
	})
}

// Who watches a directory hears of what is done in it, and of nothing else.
func TestNotifyOwn(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{mkdir(at("d"))})
		fd := must[int](t)(unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK))
		defer unix.Close(fd)
		_ = must[int](t)(unix.InotifyAddWatch(fd, at("d"), unix.IN_ALL_EVENTS))
		run(t, []step{mkdir(at("d/a")), write(at("d/b"), ""), rename(at("d/a"), at("d/c")), symlink("b", at("d/l")),
			rmdir(at("d/c")), unlink(at("d/b")), unlink(at("d/l"))})
		var buf [4096]byte
		n := must[int](t)(unix.Read(fd, buf[:]))
		for b := buf[:n]; len(b) > 0; {
			const maskAt, lengthAt = 4, 12 // of struct inotify_event
			mask, length := binary.NativeEndian.Uint32(b[maskAt:]), binary.NativeEndian.Uint32(b[lengthAt:])
			if length == 0 {
				t.Errorf("event %#x of the directory itself", mask)
			}
			b = b[unix.SizeofInotifyEvent+int(length):]
		}
	})
}

func TestAttributes(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		before := unix.Umask(0o027)
		defer unix.Umask(before)
		run(t, []step{{"create", func() error { f, err := os.OpenFile(at("f"), os.O_CREATE|os.O_RDWR, 0o666); f.Close(); return err }, nil},
			{"mkdir", func() error { return unix.Mkdir(at("d"), 0o777) }, nil}})
		modes := map[string]uint32{"f": 0o640, "d": 0o750}
		if !lacks("pipes") {
			run(t, []step{mkfifo(at("p"))})
			modes["p"] = 0o640
		}
		for name, want := range modes {
			if got := statOf(t, at(name)).Mode & 0o7777; got != want {
				t.Errorf("%s made with mode %o, want %o", name, got, want)
			}
		}
		check(t, unix.Chmod(at("f"), 0o604))
		check(t, unix.Fchmodat(unix.AT_FDCWD, at("d"), 0o1711, 0))
		if got := statOf(t, at("f")).Mode & 0o7777; got != 0o604 {
			t.Errorf("mode %o", got)
		}
		if got := statOf(t, at("d")).Mode & 0o7777; got != 0o1711 {
			t.Errorf("mode %o", got)
		}
		when := time.Unix(1_000_000_000, 123456789)
		check(t, os.Chtimes(at("f"), when, when.Add(time.Second)))
		run(t, []step{symlink("f", at("l")), {"times of a link", func() error {
			ts := []unix.Timespec{{Sec: 5}, {Sec: 6}}
			return unix.UtimesNanoAt(unix.AT_FDCWD, at("l"), ts, unix.AT_SYMLINK_NOFOLLOW)
		}, nil}})
		st, lst := statOf(t, at("f")), statOf(t, at("l"))
		if st.Atim.Nano() != when.UnixNano() || st.Mtim.Nano() != when.UnixNano()+1e9 || lst.Mtim.Sec != 6 {
			t.Errorf("times %v %v %v", st.Atim, st.Mtim, lst.Mtim)
		}
		var stx unix.Statx_t
		check(t, unix.Statx(unix.AT_FDCWD, at("f"), 0, unix.STATX_ALL, &stx))
		if stx.Ino != st.Ino || stx.Mtime.Nsec != uint32(st.Mtim.Nsec) || unix.Mkdev(stx.Dev_major, stx.Dev_minor) != st.Dev {
			t.Errorf("statx says %+v", stx)
		}
		f := must[*os.File](t)(os.Open(at("f")))
		defer f.Close()
		var fst unix.Stat_t
		check(t, unix.Fstat(int(f.Fd()), &fst))
		if fst.Ino != st.Ino || fst.Dev != st.Dev {
			t.Errorf("by its descriptor another file: %+v %+v", fst, st)
		}
		check(t, unix.Lchown(at("l"), os.Getuid(), os.Getgid()))
		if os.Geteuid() != 0 {
			run(t, []step{{"chown", func() error { return unix.Chown(at("f"), 12345, -1) }, unix.EPERM}})
		} else {
			check(t, unix.Chown(at("f"), 12345, 54321))
			if st := statOf(t, at("f")); st.Uid != 12345 || st.Gid != 54321 {
				t.Errorf("owner %d:%d", st.Uid, st.Gid)
			}
		}
		path := must[int](t)(unix.Open(at("f"), unix.O_PATH|unix.O_CLOEXEC, 0))
		defer unix.Close(path)
		run(t, []step{
			{"fchmod by a descriptor for paths", func() error { return unix.Fchmod(path, 0o600) }, unix.EBADF},
			{"fchown by a descriptor for paths", func() error { return unix.Fchown(path, -1, os.Getgid()) }, unix.EBADF},
			{"fchmodat without a path", func() error { return unix.Fchmodat(path, "", 0o600, 0) }, unix.ENOENT},
			{"access", func() error { return unix.Access(at("f"), unix.F_OK) }, nil},
			{"access of nothing", func() error { return unix.Access(at("n"), unix.F_OK) }, unix.ENOENT},
			{"statfs", func() error { return unix.Statfs(at("f"), new(unix.Statfs_t)) }, nil},
		})
	})
}

// What is made in a directory with a set-group-id bit belongs to its group.
func TestGroupOfDirectory(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, who may give files away")
	}
	const group = 54321
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{mkdir(at("d")),
			{"chown", func() error { return unix.Chown(at("d"), -1, group) }, nil},
			{"chmod", func() error { return unix.Chmod(at("d"), unix.S_ISGID|0o755) }, nil},
			write(at("d/f"), ""), mkdir(at("d/e")), symlink("f", at("d/l"))})
		for _, name := range []string{"d", "d/f", "d/e", "d/l"} {
			if st := statOf(t, at(name)); st.Gid != group {
				t.Errorf("%s is of group %d", name, st.Gid)
			}
		}
		if st := statOf(t, at("d/e")); st.Mode&unix.S_ISGID == 0 {
			t.Errorf("d/e has mode %o", st.Mode)
		}
	})
}

func TestExtendedAttributes(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{write(at("f"), "")})
		err := unix.Setxattr(at("f"), "user.name", []byte("value"), 0)
		if err == unix.EOPNOTSUPP {
			t.Skip("the file system has no user attributes")
		}
		check(t, err)
		buf := make([]byte, 100)
		n := must[int](t)(unix.Getxattr(at("f"), "user.name", buf))
		size := must[int](t)(unix.Getxattr(at("f"), "user.name", nil))
		if string(buf[:n]) != "value" || size != 5 {
			t.Errorf("value %q, size %d", buf[:n], size)
		}
		n = must[int](t)(unix.Listxattr(at("f"), buf))
		if !strings.Contains(string(buf[:n]), "user.name\x00") {
			t.Errorf("list %q", buf[:n])
		}
		run(t, []step{
			{"create", func() error { return unix.Setxattr(at("f"), "user.name", nil, unix.XATTR_CREATE) }, unix.EEXIST},
			{"too small", func() error { _, err := unix.Getxattr(at("f"), "user.name", buf[:2]); return err }, unix.ERANGE},
			{"remove", func() error { return unix.Removexattr(at("f"), "user.name") }, nil},
			{"missing", func() error { _, err := unix.Getxattr(at("f"), "user.name", buf); return err }, unix.ENODATA},
		})
	})
}
