package posix

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

var dirFlag = flag.String("dir", "", "the directory to test in, absolute; a temporary one if empty")

var lacksFlag = flag.String("lacks", "", "what the file system cannot do, with commas: pipes, sockets, exchange")

// lacks reports whether the file system under test is known not to have something.
func lacks(what string) bool { return slices.Contains(strings.Split(*lacksFlag, ","), what) }

// enterDir makes a new directory for a test, goes there and returns its path.
func enterDir(t *testing.T) string {
	t.Helper()
	base := *dirFlag
	if base == "" {
		base = t.TempDir()
	}
	dir, err := os.MkdirTemp(base, "posix")
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.Open(".")
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Chdir(dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = before.Chdir()
		before.Close()
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// step is one call and the error that it has to have.
type step struct {
	what string
	call func() error
	want error
}

func run(t *testing.T, steps []step) {
	t.Helper()
	for _, s := range steps {
		if err := s.call(); !errors.Is(err, s.want) && err != s.want {
			t.Errorf("%s: %v, want %v", s.what, err, s.want)
		}
	}
}

func mkdir(name string) step {
	return step{"mkdir " + name, func() error { return unix.Mkdir(name, 0o755) }, nil}
}

func write(name, text string) step {
	return step{"write " + name, func() error { return os.WriteFile(name, []byte(text), 0o644) }, nil}
}

func mkfifo(name string) step {
	return step{"mkfifo " + name, func() error { return unix.Mkfifo(name, 0o666) }, nil}
}

func symlink(text, name string) step {
	return step{"symlink " + name, func() error { return unix.Symlink(text, name) }, nil}
}

func (s step) fails(e error) step { s.want = e; return s }

func rmdir(name string) step {
	return step{"rmdir " + name, func() error { return unix.Rmdir(name) }, nil}
}

func unlink(name string) step {
	return step{"unlink " + name, func() error { return unix.Unlink(name) }, nil}
}

func rename(from, to string) step {
	return step{"rename " + from + " " + to, func() error { return unix.Rename(from, to) }, nil}
}

func link(from, to string) step {
	return step{"link " + from + " " + to, func() error { return unix.Link(from, to) }, nil}
}

func stat(name string) step {
	return step{"stat " + name, func() error { return unix.Stat(name, new(unix.Stat_t)) }, nil}
}

func lstat(name string) step {
	return step{"lstat " + name, func() error { return unix.Lstat(name, new(unix.Stat_t)) }, nil}
}

func open(name string, flags int) step {
	return step{"open " + name, func() error {
		fd, err := unix.Open(name, flags|unix.O_CLOEXEC, 0o644)
		if err == nil {
			unix.Close(fd)
		}
		return err
	}, nil}
}

// both runs a test twice: with the names relative, and with absolute ones.
func both(t *testing.T, test func(t *testing.T, at func(string) string)) {
	t.Run("relative", func(t *testing.T) {
		enterDir(t)
		test(t, func(name string) string { return name })
	})
	t.Run("absolute", func(t *testing.T) {
		dir := enterDir(t)
		if err := unix.Chdir("/"); err != nil {
			t.Fatal(err)
		}
		test(t, func(name string) string { return dir + "/" + name })
	})
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func statOf(t *testing.T, name string) unix.Stat_t {
	t.Helper()
	var st unix.Stat_t
	check(t, unix.Lstat(name, &st))
	return st
}

func content(t *testing.T, name string) string {
	t.Helper()
	return string(must[[]byte](t)(os.ReadFile(name)))
}

func parent(dir string) string { return filepath.Dir(dir) }
