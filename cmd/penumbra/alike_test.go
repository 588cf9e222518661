package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// alikeCommand runs a command natively and under each form of supervision,
// each time in a fresh copy of the script's directory "in" that has the same
// name, and compares output, status, and the files that the run leaves. The
// command reads the script's file "stdin" if there is one. What a program
// itself makes differ in each run, as times in an index, goes into the script's
// file "ignore", one pattern of path.Match a line.
func alikeCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: alike COMMAND [ARG...]")
	}
	want := trial(ts, native, args)
	ts.Logf("native: %s", want.result)
	for _, m := range append(slices.Clone(whole), mounted) {
		got := trial(ts, m, args)
		if got.result != want.result {
			ts.Fatalf("%s: %s", m.name, got.result)
		}
		for _, name := range want.changed(got) {
			ts.Fatalf("%s: %s: %q, natively %q", m.name, name, got.files[name], want.files[name])
		}
	}
}

// An outcome is a result and the files that are there after it.
type outcome struct {
	result
	files map[string]string // a short description of each by its name
}

// changed returns the names of the files that differ between o and other.
func (o outcome) changed(other outcome) []string {
	var names []string
	for name, text := range o.files {
		if other.files[name] != text {
			names = append(names, name)
		}
	}
	for name := range other.files {
		if _, ok := o.files[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// trial runs args once in mode m.
func trial(ts *testscript.TestScript, m runMode, args []string) outcome {
	dir, real := ts.MkAbs("work"), ts.MkAbs("work")
	if m.mounted {
		real = ts.MkAbs("mounted")
	}
	for _, d := range []string{dir, real} {
		ts.Check(removeAll(d))
		ts.Check(os.MkdirAll(d, 0o755))
	}
	if in := ts.MkAbs("in"); exists(in) {
		ts.Check(os.CopyFS(real, os.DirFS(in)))
	}
	words := args
	if m.name != native.name {
		if m.mounted {
			m.flags = append(slices.Clone(m.flags), "--mount=type=bind,source="+real+",target="+dir)
		}
		words = slices.Concat([]string{"penumbra"}, m.words(), args)
	}
	// The shell finds the command by the script's own PATH.
	argv := append([]string{"/bin/sh", "-c", `exec "$@"`, "sh"}, words...)
	got, err := runToEnd(argv, func(cmd *exec.Cmd) {
		cmd.Dir = dir
		cmd.Env = environmentOf(ts)
		if in, err := os.Open(ts.MkAbs("stdin")); err == nil {
			ts.Defer(func() { in.Close() })
			cmd.Stdin = in
		}
	})
	if err != nil {
		ts.Fatalf("%s: %v", m.name, err)
	}
	files, err := describeTree(real, ignored(ts))
	ts.Check(err)
	return outcome{got, files}
}

// environmentOf returns the environment that the script has set.
func environmentOf(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "GOROOT", "GOCACHE", "LC_ALL", "GUEST"} {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func ignored(ts *testscript.TestScript) []string {
	if !exists(ts.MkAbs("ignore")) {
		return nil
	}
	return strings.Fields(ts.ReadFile("ignore"))
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// removeAll removes dir, even what a program has made read-only in it.
func removeAll(dir string) error {
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			return os.Chmod(name, 0o700)
		}
		return nil
	})
	return os.RemoveAll(dir)
}

// describeTree describes every file below dir by type, mode, links and content.
func describeTree(dir string, ignore []string) (map[string]string, error) {
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		short, _ := filepath.Rel(dir, name)
		for _, pattern := range ignore {
			if ok, _ := filepath.Match(pattern, short); ok {
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
		}
		files[short], err = describeFile(name, d)
		return err
	})
	return files, err
}

func describeFile(name string, d fs.DirEntry) (string, error) {
	info, err := d.Info()
	if err != nil {
		return "", err
	}
	text := info.Mode().String()
	switch {
	case info.Mode().IsRegular():
		content, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		links := info.Sys().(*syscall.Stat_t).Nlink
		return fmt.Sprintf("%s, %d links, %d bytes, %x", text, links, len(content), sha256.Sum256(content)), nil
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(name)
		return text + " to " + target, err
	}
	return text, nil
}
