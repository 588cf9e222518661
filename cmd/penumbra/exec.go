package main

import (
	"bufio"
	"debug/elf"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
)

// shell runs the scripts that do not name an interpreter.
const shell = "/bin/sh"

// execCommand executes path with argv by exec, which has the signature of
// syscall.Exec and likewise returns only if it fails. A file that the kernel
// does not know how to run is given to the shell, as execvp(3) does.
func execCommand(path string, argv, env []string, exec func(string, []string, []string) error) error {
	err := exec(path, argv, env)
	if errors.Is(err, syscall.ENOEXEC) && !isBinary(path) {
		return exec(shell, append([]string{shell, path}, argv[1:]...), env)
	}
	return err
}

// isBinary reports whether the file at path is no text: giving it to the
// shell, as execvp(3) would, only brings up a syntax error.
func isBinary(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 256)
	n, _ := io.ReadFull(f, head)
	line, _, _ := strings.Cut(string(head[:n]), "\n")
	return strings.Contains(line, "\x00")
}

// explainExec returns the *commandError for err, which execve(2) returned for
// the file path that the user called name.
func explainExec(name, path string, err error) error {
	reason := reasonOf(err)
	switch {
	case errors.Is(err, syscall.ENOENT):
		if interpreter := interpreterOf(path); interpreter != "" {
			reason = "its interpreter " + interpreter + " does not exist"
		}
	case errors.Is(err, syscall.ENOEXEC):
		reason = "not a program that this machine can run"
	case errors.Is(err, syscall.ETXTBSY):
		reason = "the file is open for writing"
	case errors.Is(err, syscall.E2BIG):
		reason = "the arguments and the environment are too long"
	}
	return &commandError{name, reason, exitFor(err)}
}

// interpreterOf returns the program that has to run the file at path: that of
// a script's first line, or an ELF program's dynamic linker. It returns "" if
// there is none.
func interpreterOf(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	line, _ := bufio.NewReader(io.LimitReader(f, 256)).ReadString('\n')
	if script, ok := strings.CutPrefix(line, "#!"); ok {
		if fields := strings.Fields(script); len(fields) > 0 {
			return fields[0]
		}
		return ""
	}
	program, err := elf.NewFile(f)
	if err != nil {
		return ""
	}
	for _, p := range program.Progs {
		if p.Type == elf.PT_INTERP {
			name, _ := io.ReadAll(io.LimitReader(p.Open(), 4096))
			return strings.TrimRight(string(name), "\x00")
		}
	}
	return ""
}
