// Package launch gives birth to a guest. The supervisor clones a small init
// process, and that one clones the guest's first process:
//
//	supervisor ──> init ──> first process ──exec──> the program
//
// The init is the guest's parent and the reaper of its orphans. It tells the
// supervisor of the first process's stops and end, of signals sent to the
// whole process group (it ignores them all itself), and of the end of the last
// guest process. When the supervisor's end of the lifeline closes, on purpose
// or because the supervisor died, the init kills whatever is left of the guest.
//
// Both children live in the memory of the supervisor, a Go process, each on a
// stack of its own, and therefore run only code that neither allocates, nor
// grows its stack, nor takes a lock: what init_unsafe.go and first_unsafe.go have
// them do is nosplit and uses raw system calls alone.
package launch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// Spec says what to start and in which state.
type Spec struct {
	Path string
	Argv []string
	Env  []string
	// Dir is the working directory; empty means the supervisor's.
	Dir string
	// Files are the guest's descriptors 0 to len(Files)-1, by number here; -1
	// is a closed one. Descriptors from len(Files) on are inherited unless
	// close-on-exec.
	Files []int
	// Ignored and Blocked are signal sets (bit n-1 for signal n) that the guest
	// starts with; Reset says to use them. Without it the guest inherits what
	// an exec by this process would have handed on.
	Reset            bool
	Ignored, Blocked uint64
	// Limits are those on resources that are not this process's own.
	Limits []Limit
	// Filter is the seccomp program, and FilterFlags the flags of its
	// installation beside NEW_LISTENER.
	Filter      []sys.Filter
	FilterFlags uint32
	// Follow makes the supervisor stop, when it says FollowStop, and go on with
	// the first process.
	Follow bool
	// NoNewPrivs sets PR_SET_NO_NEW_PRIVS, which the kernel wants before a
	// filter from those without CAP_SYS_ADMIN.
	NoNewPrivs bool
}

// Limit is a limit on a resource (RLIMIT_NOFILE and the like), soft and hard.
type Limit struct {
	Resource int
	unix.Rlimit
}

// Init is a running init process, seen from the supervisor.
type Init struct {
	PID   int // the init
	First int // the guest's first process

	lifeline *os.File // closing it makes the init kill the guest
	reports  *os.File // records from the init
	gate     *os.File // one byte lets the first process go on
	failure  *os.File // stage and errno if the first process failed; end of file if not
	dir      string
	memory   *child // in use by the init as long as it lives
}

// Report is one message of the init.
type Report struct {
	Kind ReportKind
	PID  int32 // Child: the first process. Signal: the sender.
	// Status is the wait(2) status of a Child.
	Status unix.WaitStatus
	Signal unix.Signal
	Code   int32 // Signal: si_code
	_      int32
}

// ReportKind says what a Report is about.
type ReportKind int32

const (
	ReportBorn    ReportKind = 1 + iota // the first process exists
	ReportChild                         // the first process stopped, went on or ended
	ReportSignal                        // a signal reached the process group
	ReportSettled                       // the answer to Settle
	reportFailed                        // the init could not begin: errno Status
)

const reportSize = 24

// NextReport returns the init's next report, or io.EOF after the last guest
// process has ended.
func (i *Init) NextReport() (r Report, err error) {
	var b [reportSize]byte
	if _, err := io.ReadFull(i.reports, b[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrClosed) {
			err = io.EOF
		}
		return r, err
	}
	word := func(n int) int32 { return int32(binary.NativeEndian.Uint32(b[4*n:])) }
	return Report{
		Kind: ReportKind(word(0)), PID: word(1), Status: unix.WaitStatus(word(2)),
		Signal: unix.Signal(word(3)), Code: word(4),
	}, nil
}

// Open lets the first process, waiting at its gate, go on.
func (i *Init) Open() error {
	_, err := i.gate.Write([]byte{1})
	return err
}

// ExecError waits until the first process has become the program, and returns
// nil, or has failed to, and returns why: a unix.Errno if it is the kernel's
// refusal to execute the file.
func (i *Init) ExecError() error {
	defer i.failure.Close()
	var b [failureSize]byte
	_, err := io.ReadFull(i.failure, b[:])
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return fmt.Errorf("launch: read exec status: %w", err)
	}
	errno := unix.Errno(binary.NativeEndian.Uint32(b[4:]))
	switch stage(binary.NativeEndian.Uint32(b[:])) {
	case stageDir:
		return &os.PathError{Op: "chdir", Path: i.dir, Err: errno}
	case stageFiles:
		return fmt.Errorf("launch: hand over descriptors: %w", errno)
	case stageFilter:
		return fmt.Errorf("launch: install the seccomp filter: %w", errno)
	}
	return errno
}

// stage says what the first process was doing when it failed.
type stage int32

const (
	stageExec stage = iota
	stageDir
	stageFiles
	stageFilter
)

const failureSize = 8

// FollowStop tells the init that this process is ready to be stopped as the
// first process has been, if that is still so.
func (i *Init) FollowStop() error {
	_, err := i.lifeline.Write([]byte{askFollow})
	return err
}

// What is asked of the init through the lifeline.
const (
	askSettle = 1 + iota
	askFollow
)

// Settle asks the init to report every signal that the process group has got
// until now, and then ReportSettled.
func (i *Init) Settle() error {
	_, err := i.lifeline.Write([]byte{askSettle})
	return err
}

// Kill makes the init kill every process of the guest.
func (i *Init) Kill() { i.lifeline.Close() }

// Close frees what the supervisor holds of an init that has ended, but for
// what ExecError may still want to read and frees itself.
func (i *Init) Close() {
	for _, f := range []*os.File{i.lifeline, i.reports, i.gate} {
		f.Close()
	}
}

// pipes are the four pipes between supervisor, init and first process.
type pipes struct {
	lifeline, reports, gate, failure [2]int
}

func openPipes() (p pipes, err error) {
	for _, fds := range []*[2]int{&p.lifeline, &p.reports, &p.gate, &p.failure} {
		if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
			p.close()
			return p, fmt.Errorf("launch: pipe: %w", err)
		}
		for i, fd := range fds {
			if fds[i], err = aboveStandard(fd); err != nil {
				p.close()
				return p, fmt.Errorf("launch: pipe: %w", err)
			}
		}
	}
	return p, nil
}

// aboveStandard moves fd out of the way of descriptors 0, 1 and 2, which the
// children rearrange.
func aboveStandard(fd int) (int, error) {
	if fd > 2 {
		return fd, nil
	}
	n, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	unix.Close(fd)
	return n, err
}

func (p *pipes) close() {
	for _, fds := range [][2]int{p.lifeline, p.reports, p.gate, p.failure} {
		for _, fd := range fds {
			if fd > 0 {
				unix.Close(fd)
			}
		}
	}
}

// births has one guest's pipes made and its init cloned before another's pipes are
// there. A first process at its gate holds all that was open when its init was
// cloned: if two of them held each other's lifelines, neither would notice that
// the supervisor died.
var births sync.Mutex

// bear makes the pipes and clones the init.
func bear(s *Spec) (pid int, c *child, p pipes, err error) {
	births.Lock()
	defer births.Unlock()
	if p, err = openPipes(); err != nil {
		return 0, nil, p, err
	}
	if c, err = newChild(s, &p); err != nil {
		p.close()
		return 0, nil, p, err
	}
	pid, errno := startInit(c)
	if errno != 0 {
		p.close()
		return 0, nil, p, fmt.Errorf("launch: clone: %w", errno)
	}
	return pid, c, p, nil
}

// Start clones the init and returns when the first process exists, waiting at
// its gate. The calling goroutine must be locked to its thread, which becomes
// the init's parent.
func Start(s *Spec) (*Init, error) {
	pid, child, p, err := bear(s)
	if err != nil {
		return nil, err
	}
	for _, fd := range []int{p.lifeline[0], p.reports[1], p.gate[0], p.failure[1]} {
		unix.Close(fd)
	}
	i := &Init{
		PID:      pid,
		dir:      s.Dir,
		memory:   child,
		lifeline: os.NewFile(uintptr(p.lifeline[1]), "lifeline"),
		reports:  os.NewFile(uintptr(p.reports[0]), "reports"),
		gate:     os.NewFile(uintptr(p.gate[1]), "gate"),
		failure:  os.NewFile(uintptr(p.failure[0]), "failure"),
	}
	r, err := i.NextReport()
	if err == nil && r.Kind == ReportBorn {
		i.First = int(r.PID)
		return i, nil
	}
	if r.Kind == reportFailed {
		err = unix.Errno(r.Status)
	}
	i.Close()
	i.failure.Close()
	sys.Wait(pid, 0)
	return nil, fmt.Errorf("launch: prepare the guest's init: %w", err)
}
