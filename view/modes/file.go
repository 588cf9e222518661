package modes

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/mode"
	"penumbra/view/away"
)

// A file shows the mode of a thread: what is read is the kernel's to answer, what
// is written comes here.
type file struct {
	fd int // in memory, shared by all who open it
	id fileID
}

type fileID struct{ dev, ino uint64 }

func newFile(m mode.Mode) (*file, error) {
	fd, err := unix.MemfdCreate("syscall_mode", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("file for a syscall mode: %w", err)
	}
	f := &file{fd: fd}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("file for a syscall mode: %w", err)
	}
	_ = unix.Fchmod(fd, 0o644)
	f.id = fileID{st.Dev, st.Ino}
	f.show(m)
	return f, nil
}

// show has the file say m, if there is one.
func (f *file) show(m mode.Mode) {
	if f == nil {
		return
	}
	text := m.String() + "\n"
	_, _ = unix.Pwrite(f.fd, []byte(text), 0)
	_ = unix.Ftruncate(f.fd, int64(len(text)))
}

func (f *file) close() {
	if f != nil {
		unix.Close(f.fd)
	}
}

// fileName is the last name of the files that show modes.
const fileName = "syscall_mode"

var filePath = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^/proc/(\d+)/task/(\d+)/` + fileName + `$`) })

// threadAt returns the id of the thread whose mode the file at a path of c shows, or
// 0 if it is another file.
func threadAt(c *intercept.Call, dirfd int32, name string) int {
	if path.Base(name) != fileName {
		return 0
	}
	if !path.IsAbs(name) {
		link := fmt.Sprintf("/proc/%d/cwd", c.Thread.ID())
		if dirfd != unix.AT_FDCWD {
			link = fmt.Sprintf("/proc/%d/fd/%d", c.Thread.ID(), dirfd)
		}
		var text [unix.PathMax]byte
		n, err := unix.Readlink(link, text[:])
		if err != nil {
			return 0
		}
		name = string(text[:n]) + "/" + name
	}
	name = path.Clean(name)
	pid, tid := strconv.Itoa(c.Thread.Process().ID), strconv.Itoa(c.Thread.ID())
	if rest, ok := strings.CutPrefix(name, "/proc/self/"); ok {
		name = "/proc/" + pid + "/" + rest
	} else if rest, ok := strings.CutPrefix(name, "/proc/thread-self/"); ok {
		name = "/proc/" + pid + "/task/" + tid + "/" + rest
	}
	match := filePath().FindStringSubmatch(name)
	if match == nil || unix.Access("/proc/"+match[1]+"/task/"+match[2], unix.F_OK) != nil {
		return 0
	}
	id, _ := strconv.Atoi(match[2])
	return id
}

// openFile answers the opening of a file that shows a mode. It reports false for
// other files.
func (p *Policy) openFile(c *intercept.Call) (intercept.Verdict, bool) {
	args := c.Syscall.ArgsOn(c.Arch)
	at, dirfd := 0, int32(unix.AT_FDCWD)
	if args[0].Kind == abi.KindDirFD {
		at, dirfd = 1, c.Args.Int32(0)
	}
	name, err := c.ArgString(at, unix.PathMax-1)
	if err != nil || !strings.HasSuffix(name, fileName) {
		return intercept.Run, false
	}
	tid := threadAt(c, dirfd, name)
	if tid == 0 {
		return intercept.Run, false
	}
	switch {
	case c.Observed() && c.Syscall.Name == "openat2":
		return intercept.Pass, true
	case c.Observed():
		return intercept.Run, false // with O_PATH, for which it does not exist
	}
	flags := c.Args.Int32(at + 1)
	switch c.Syscall.Name {
	case "creat":
		flags = unix.O_WRONLY
	case "openat2":
		var how [8]byte
		if _, err := c.Memory().ReadAt(how[:], c.Args.Addr(at+1)); err != nil {
			return intercept.Fail(abi.EFAULT), true
		}
		flags = int32(binary.LittleEndian.Uint64(how[:]))
	}
	return p.giveFile(tid, int(flags)), true
}

// giveFile opens the file of thread tid for a guest.
func (p *Policy) giveFile(tid, flags int) intercept.Verdict {
	if flags&unix.O_DIRECTORY != 0 {
		return intercept.Fail(abi.ENOTDIR)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.threads[tid]
	if t == nil {
		return intercept.Fail(abi.ENOENT)
	}
	if t.file == nil {
		f, err := newFile(t.mode)
		if err != nil {
			return intercept.Fail(abi.ENOMEM)
		}
		t.file, p.files[f.id] = f, t
		p.opens.Add(1)
		if p.inner != nil {
			p.inner.Keep(f.id.ino)
		}
	}
	const kept = unix.O_ACCMODE | unix.O_CLOEXEC
	fd, err := unix.Open(fmt.Sprintf("/proc/self/fd/%d", t.file.fd), flags&kept|unix.O_CLOEXEC, 0)
	if err != nil {
		return intercept.Fail(abi.EMFILE)
	}
	return intercept.Give(fd, flags&unix.O_CLOEXEC != 0)
}

// fileOf returns the thread whose mode a descriptor of the caller shows, or nil.
func (p *Policy) fileOf(tid int, fd int32) *thread {
	var st unix.Stat_t
	if fd < 0 || unix.Stat(fmt.Sprintf("/proc/%d/fd/%d", tid, fd), &st) != nil {
		return nil
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.files[fileID{st.Dev, st.Ino}]
}

// useFile answers the calls by which a mode is set, and leaves others on such a file
// to the kernel, in whichever mode they are made. It reports false for other files.
func (p *Policy) useFile(c *intercept.Call, k *call) (intercept.Verdict, bool) {
	args := c.Syscall.ArgsOn(c.Arch)
	if len(args) == 0 || args[0].Kind != abi.KindFD || !k.writes && p.modeOf(c.Thread.ID()) != away.Mode {
		return intercept.Run, false
	}
	t := p.fileOf(c.Thread.ID(), c.Args.Int32(0))
	switch {
	case t == nil:
		return intercept.Run, false
	case !k.writes:
		return intercept.Run, true
	case strings.HasPrefix(c.Syscall.Name, "ftruncate"):
		return intercept.Skip(0), true // by a shell that wants it empty before it writes
	}
	return p.setByFile(c, t), true
}

// setByFile sets the mode that a call writes.
func (p *Policy) setByFile(c *intercept.Call, t *thread) intercept.Verdict {
	text, e := written(c)
	if e != 0 {
		return intercept.Fail(e)
	}
	m, err := mode.Parse(string(text))
	if err != nil {
		return intercept.Fail(abi.EINVAL)
	}
	if _, err := p.SetMode(t.ID(), m); err != nil {
		p.Notice(err.Error())
		switch {
		case errors.Is(err, mode.ErrNoShadow):
			return intercept.Fail(abi.ENODEV)
		case errors.Is(err, ErrNoThread):
			return intercept.Fail(abi.ESRCH)
		}
	}
	return intercept.Skip(int64(len(text)))
}

// written returns what a call writes: more than any mode has is EINVAL.
func written(c *intercept.Call) ([]byte, abi.Errno) {
	const most = 64
	if !strings.HasPrefix(c.Syscall.Name, "write") && !strings.HasPrefix(c.Syscall.Name, "pwrite") || c.Args[2] > most {
		return nil, abi.EINVAL
	}
	if strings.Contains(c.Syscall.Name, "writev") {
		pieces, e := away.Pieces(c, c.Args.Addr(1), int(c.Args[2]), most)
		if e != 0 {
			return nil, e
		}
		return away.Gather(c, pieces)
	}
	text := make([]byte, c.Args[2])
	if _, err := c.Memory().ReadAt(text, c.Args.Addr(1)); err != nil {
		return nil, abi.EFAULT
	}
	return text, 0
}
