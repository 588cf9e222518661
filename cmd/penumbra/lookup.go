package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"penumbra/view"
)

// defaultPath is where execvp(3) looks when PATH is not set.
const defaultPath = "/bin:/usr/bin"

// A commandError says why a command cannot be run, and the exit status that
// env(1) has for that.
type commandError struct {
	name   string // as the user gave it
	reason string
	exit   int // exitNotFound or exitNotRun
}

func (e *commandError) Error() string {
	return fmt.Sprintf("cannot run %q: %s", e.name, e.reason)
}

// exitOf returns the exit status that err asks for.
func exitOf(err error) int {
	if e, ok := errors.AsType[*commandError](err); ok {
		return e.exit
	}
	return exitFailure
}

// A finder looks for commands in the view that they will run in.
type finder struct {
	// host returns the host's path of a file of the view; nil means that they
	// are the same.
	host func(string) (string, error)
}

// finderIn returns one for a view, or for the host if that is nil.
func finderIn(v *view.View) finder {
	if v == nil {
		return finder{}
	}
	return finder{host: v.HostPath}
}

// hostOf returns the host's path of a file, or its own if there is none.
func (f finder) hostOf(path string) string {
	if f.host != nil {
		if host, err := f.host(path); err == nil {
			return host
		}
	}
	return path
}

// lookCommand returns the path of the file that execvp(3) would run for name:
// name itself if it holds a slash, else the first executable of that name in
// PATH. The error is a *commandError.
func (f finder) lookCommand(name string) (path string, err error) {
	if strings.Contains(name, "/") {
		if err := f.executable(name); err != nil {
			return "", &commandError{name, reasonOf(err), exitFor(err)}
		}
		return name, nil
	}
	dirs, isSet := os.LookupEnv("PATH")
	if !isSet {
		dirs = defaultPath
	}
	var denied error // the file that would have been run, if only it could be
	for _, dir := range strings.Split(dirs, ":") {
		if name == "" {
			break
		}
		// An empty element means the current directory. The path is not
		// cleaned: the guest sees it as AT_EXECFN, and "link/.." is not ".".
		path := name
		if dir != "" {
			path = dir + "/" + name
		}
		err := f.executable(path)
		if err == nil {
			return path, nil
		}
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EISDIR) {
			denied = fmt.Errorf("%s: %s", path, reasonOf(err))
		}
	}
	if denied != nil {
		return "", &commandError{name, denied.Error(), exitNotRun}
	}
	return "", &commandError{name, f.notInPath(name, dirs), exitNotFound}
}

// notInPath says that name was not found, and what to type if it lies in the
// current directory.
func (f finder) notInPath(name, dirs string) string {
	if name != "" && f.executable("./"+name) == nil {
		return fmt.Sprintf("not in PATH, but in the current directory: use ./%s", name)
	}
	return fmt.Sprintf("no such command in PATH (%s)", dirs)
}

// executable returns why path cannot be executed by this process, or nil.
func (f finder) executable(path string) error {
	if f.host != nil {
		var err error
		if path, err = f.host(path); err != nil {
			return err
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return syscall.EISDIR
	}
	if !info.Mode().IsRegular() {
		return errNotRegular
	}
	return unix.Faccessat(unix.AT_FDCWD, path, unix.X_OK, unix.AT_EACCESS)
}

var errNotRegular = errors.New("not a regular file")

// reasonOf returns err without the operation and the path that os adds.
func reasonOf(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	if errors.Is(err, syscall.EACCES) {
		return "permission denied (not executable, or on a file system mounted noexec)"
	}
	return err.Error()
}

// exitFor returns env(1)'s exit status for a failure of execve(2).
func exitFor(err error) int {
	if errors.Is(err, fs.ErrNotExist) {
		return exitNotFound
	}
	return exitNotRun
}
