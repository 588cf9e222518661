package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// write makes a file with contents and mode below dir and returns its path.
func write(t *testing.T, dir, name, contents string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(contents), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLookCommand(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, dir, "a/tool", "", 0o777)
	write(t, dir, "b/tool", "", 0o777)
	write(t, dir, "a/plain", "", 0o666)
	write(t, dir, "b/plain", "", 0o777)
	write(t, dir, "a/locked", "", 0o666)
	write(t, dir, "here", "", 0o777)
	write(t, dir, "file", "", 0o666)
	if err := os.MkdirAll("a/folder", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo("a/pipe", 0o777); err != nil {
		t.Fatal(err)
	}
	ab := dir + "/a:" + dir + "/b"
	tests := []struct {
		test, path, name string
		want             string // the path found, or
		exit             int    // the status
		reason           string // and what the error has to say
	}{
		{"first in PATH", ab, "tool", dir + "/a/tool", 0, ""},
		{"skips what is not executable", ab, "plain", dir + "/b/plain", 0, ""},
		{"empty element is the current directory", "/nowhere:", "here", "here", 0, ""},
		{"empty PATH is the current directory", "", "here", "here", 0, ""},
		{"relative element", "a", "tool", "a/tool", 0, ""},
		{"element that is no directory", dir + "/file:" + ab, "tool", dir + "/a/tool", 0, ""},
		{"slash means a path", "", "./here", "./here", 0, ""},
		{"path through a directory", "", "a/tool", "a/tool", 0, ""},

		{"nowhere in PATH", ab, "nothing", "", exitNotFound, "no such command in PATH"},
		{"not in PATH but here", ab, "here", "", exitNotFound, "use ./here"},
		{"empty name", ab, "", "", exitNotFound, "no such command"},
		{"only one, not executable", ab, "locked", "", exitNotRun, "permission denied"},
		{"directory in PATH", ab, "folder", "", exitNotRun, "is a directory"},
		{"path not there", ab, "./nothing", "", exitNotFound, "no such file"},
		{"path not executable", ab, "./file", "", exitNotRun, "permission denied"},
		{"path is a directory", ab, "./a", "", exitNotRun, "is a directory"},
		{"path through a file", ab, "file/x", "", exitNotRun, "not a directory"},
		{"path is a pipe", ab, "a/pipe", "", exitNotRun, "not a regular file"},
	}
	for _, tt := range tests {
		t.Run(tt.test, func(t *testing.T) {
			t.Setenv("PATH", tt.path)
			got, err := (finder{}).lookCommand(tt.name)
			if tt.want != "" {
				if err != nil || got != tt.want {
					t.Errorf("got %q, %v; want %q", got, err, tt.want)
				}
				return
			}
			if err == nil || exitOf(err) != tt.exit || !strings.Contains(err.Error(), tt.reason) {
				t.Fatalf("got %q, %v with exit %d; want exit %d and %q", got, err, exitOf(err), tt.exit, tt.reason)
			}
		})
	}
	t.Run("no PATH", func(t *testing.T) {
		t.Setenv("PATH", "") // so that it is restored
		os.Unsetenv("PATH")
		if got, err := (finder{}).lookCommand("sh"); err != nil || got != "/bin/sh" {
			t.Errorf("got %q, %v; want /bin/sh", got, err)
		}
	})
}

// A file without a known format goes to the shell, but only if it is text.
func TestExecCommandScripts(t *testing.T) {
	dir := t.TempDir()
	script := write(t, dir, "script", "echo hello\n", 0o777)
	binary := write(t, dir, "binary", "\x7fOTHER\x00\x01\x02", 0o777)
	tests := []struct {
		name, path string
		want       []string // the last execve's path and arguments
	}{
		{"text", script, []string{shell, shell, script, "x", "y"}},
		{"binary", binary, []string{binary, "name", "x", "y"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var last []string
			err := execCommand(tt.path, []string{"name", "x", "y"}, nil, func(path string, argv, env []string) error {
				last = append([]string{path}, argv...)
				return syscall.ENOEXEC
			})
			if err != syscall.ENOEXEC || strings.Join(last, " ") != strings.Join(tt.want, " ") {
				t.Errorf("executed %q, error %v; want %q", last, err, tt.want)
			}
		})
	}
}

func TestExplainExec(t *testing.T) {
	dir := t.TempDir()
	orphan := write(t, dir, "orphan", "#! /no/such/interpreter -x\n", 0o777)
	tests := []struct {
		name, path string
		err        error
		exit       int
		reason     string
	}{
		{"interpreter", orphan, syscall.ENOENT, exitNotFound, "its interpreter /no/such/interpreter does not exist"},
		{"gone", dir + "/gone", syscall.ENOENT, exitNotFound, "no such file"},
		{"format", orphan, syscall.ENOEXEC, exitNotRun, "not a program"},
		{"busy", orphan, syscall.ETXTBSY, exitNotRun, "open for writing"},
		{"long", orphan, syscall.E2BIG, exitNotRun, "too long"},
		{"noexec", orphan, syscall.EACCES, exitNotRun, "permission denied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := explainExec("x", tt.path, tt.err)
			if exitOf(err) != tt.exit || !strings.Contains(err.Error(), `cannot run "x": `) || !strings.Contains(err.Error(), tt.reason) {
				t.Errorf("exit %d, %v; want exit %d and %q", exitOf(err), err, tt.exit, tt.reason)
			}
		})
	}
	if got := exitOf(errors.New("other")); got != exitFailure {
		t.Errorf("exit of another error is %d, want %d", got, exitFailure)
	}
}

func TestInterpreterOfELF(t *testing.T) {
	path, err := (finder{}).lookCommand("sh")
	if err != nil {
		t.Fatal(err)
	}
	if got := interpreterOf(path); got != "" && (finder{}).executable(got) != nil {
		t.Errorf("interpreter of %s is %q, which cannot be executed", path, got)
	}
	if got := interpreterOf(os.DevNull); got != "" {
		t.Errorf("interpreter of %s is %q", os.DevNull, got)
	}
}
