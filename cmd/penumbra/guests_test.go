package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"penumbra/internal/testguest"
)

// turns bounds how many guests run at once: some are crowds of their own.
var turns = make(chan struct{}, 2)

// TestGuests runs each test guest natively, where it has to pass, and then
// under every form of supervision, where it has to do the same.
func TestGuests(t *testing.T) {
	for _, c := range testguest.Cases {
		for _, kind := range kindsOf(c) {
			t.Run(c.Program+"/"+string(kind), func(t *testing.T) {
				t.Parallel()
				turns <- struct{}{}
				defer func() { <-turns }()
				compareGuest(t, testguest.Path(t, c.Program, kind), nil)
			})
		}
	}
}

// kindsOf returns the kinds to run c as: one each when time is short.
func kindsOf(c testguest.Case) []testguest.Kind {
	if testing.Short() {
		return c.Kinds[:1]
	}
	return c.Kinds
}

// exceptions are what the kernel itself denies to a guest behind a filter, by
// program and mode, with the reason; "" is every mode.
var exceptions = map[[2]string]string{
	{"seccomp_notify", ""}:      "the kernel allows one listener in a chain of filters (EBUSY)",
	{"dumpable", "view"}:        "without privileges the memory of a child of an undumpable process cannot be read, and the user is told",
	{"io_uring", "view"}:        "a ring could open files past the mounts: ENOSYS",
	{"seccomp_trace", "notify"}: "SECCOMP_RET_USER_NOTIF, for every call here, goes before SECCOMP_RET_TRACE",
}

func exception(program string, m runMode) string {
	if why := exceptions[[2]string{program, ""}]; why != "" {
		return why
	}
	return exceptions[[2]string{program, strings.TrimPrefix(m.name, "observed ")}]
}

// compareGuest runs the program at path natively and under supervision.
func compareGuest(t *testing.T, path string, change func(*exec.Cmd)) {
	want := run(t, []string{path}, in(t, change))
	if want.status == fmt.Sprintf("exit status %d", testguest.SkipStatus) {
		t.Skip(strings.TrimSpace(want.stdout))
	}
	if want.status != "exit status 0" {
		t.Fatalf("native run fails: %v", want)
	}
	for _, m := range whole {
		t.Run(m.name, func(t *testing.T) {
			if why := exception(filepath.Base(path), m); why != "" {
				t.Skip(why)
			}
			if got := run(t, m.command(t, path), in(t, change)); got != want {
				t.Errorf("got %v\nwant %v", got, want)
			}
		})
	}
}

// in has a command run in a new directory, which catches the core files of
// guests that crash on purpose.
func in(t *testing.T, change func(*exec.Cmd)) func(*exec.Cmd) {
	return func(cmd *exec.Cmd) {
		dir, err := os.MkdirTemp("", "penumbra-guest")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		cmd.Dir = dir
		if change != nil {
			change(cmd)
		}
	}
}

// TestGuestsUnprivileged does as TestGuests for a user without privileges.
func TestGuestsUnprivileged(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("TestGuests has no privileges already")
	}
	const nobody = 65534
	drop := func(cmd *exec.Cmd) {
		if err := os.Chown(cmd.Dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	for _, c := range testguest.Cases {
		t.Run(c.Program, func(t *testing.T) {
			t.Parallel()
			turns <- struct{}{}
			defer func() { <-turns }()
			compareGuest(t, testguest.Path(t, c.Program, c.Kinds[0]), drop)
		})
	}
}

// TestExecOtherArchitecture has a guest change between x86-64 and i386.
func TestExecOtherArchitecture(t *testing.T) {
	wide := testguest.Path(t, "exec_other", testguest.Dynamic)
	narrow := testguest.Path(t, "exec_other", testguest.I386Static)
	for _, m := range append([]runMode{native}, supervised...) {
		t.Run(m.name, func(t *testing.T) {
			got := run(t, m.command(t, wide, wide, narrow), nil)
			if want := (result{"ok\n", "", "exit status 0"}); got != want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestOrphanOutlivesMain has the first process end before its daemon: penumbra
// stays until the daemon's work is done.
func TestOrphanOutlivesMain(t *testing.T) {
	path := testguest.Path(t, "orphan", testguest.Dynamic)
	for _, m := range supervised {
		t.Run(m.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "file")
			got := run(t, m.command(t, path, file), nil)
			if want := (result{"ok\n", "", "exit status 3"}); got != want {
				t.Errorf("got %v", got)
			}
			if text, err := os.ReadFile(file); err != nil || string(text) != "daemon was here\n" {
				t.Errorf("the daemon's file: %q, %v", text, err)
			}
		})
	}
}

// TestCloneParent has the first process make a child that is its sibling.
func TestCloneParent(t *testing.T) {
	path := testguest.Path(t, "clone_parent", testguest.Dynamic)
	for _, m := range supervised {
		t.Run(m.name, func(t *testing.T) {
			got := run(t, m.command(t, path), nil)
			if want := (result{"ok\n", "", "exit status 5"}); got != want {
				t.Errorf("got %v", got)
			}
		})
	}
}

// TestFatalSignals has the first process die of each signal that ends one:
// penumbra dies of the same.
func TestFatalSignals(t *testing.T) {
	path := testguest.Path(t, "die", testguest.Dynamic)
	signals := []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGILL,
		syscall.SIGTRAP, syscall.SIGABRT, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGKILL, syscall.SIGUSR1,
		syscall.SIGSEGV, syscall.SIGUSR2, syscall.SIGPIPE, syscall.SIGALRM, syscall.SIGTERM, syscall.SIGSTKFLT,
		syscall.SIGXCPU, syscall.SIGXFSZ, syscall.SIGVTALRM, syscall.SIGPROF, syscall.SIGIO, syscall.SIGPWR,
		syscall.SIGSYS, 34, 40, 64}
	for _, sig := range signals {
		for _, threads := range []string{"0", "5"} {
			t.Run(fmt.Sprintf("%d/%s", sig, threads), func(t *testing.T) {
				args := []string{path, fmt.Sprint(int(sig)), threads}
				want := run(t, args, nil)
				for _, m := range supervised {
					if got := run(t, m.command(t, args...), nil); got != want {
						t.Errorf("%s: got %v\nwant %v", m.name, got, want)
					}
				}
			})
		}
	}
}
