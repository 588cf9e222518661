package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"penumbra/internal/testguest"
)

// TestScript runs the scripts of testdata/script, where $TESTDATA is testdata.
// Besides the commands of package testscript they have:
//
//	guest VAR PROGRAM KIND      builds a test guest and puts its path into VAR
//	status N COMMAND [ARG...]   COMMAND exits with N, or dies of signal N-128
//	alike COMMAND [ARG...]      COMMAND does under penumbra as it does natively
func TestScript(t *testing.T) {
	dir := filepath.Dir(penumbraAt(t))
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	testdata, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join(testdata, "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", dir+string(filepath.ListSeparator)+env.Getenv("PATH"))
			env.Setenv("GOROOT", string(root[:len(root)-1]))
			env.Setenv("LC_ALL", "C")
			env.Setenv("TESTDATA", testdata)
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, "cache"))
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Values[keyOfTest{}] = env.T()
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"guest":  guestCommand,
			"status": statusCommand,
			"alike":  alikeCommand,
		},
		Condition: func(cond string) (bool, error) {
			if cond == "privileged" {
				return os.Geteuid() == 0, nil
			}
			return false, errors.New("unknown condition " + cond)
		},
	})
}

// keyOfTest is the key of a script's testing.T among its values.
type keyOfTest struct{}

func guestCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: guest VAR PROGRAM KIND")
	}
	path, err := testguest.Build(args[1], testguest.Kind(args[2]))
	if _, missing := errors.AsType[*testguest.MissingCompilerError](err); missing {
		ts.Value(keyOfTest{}).(testscript.T).Skip(err)
	}
	ts.Check(err)
	ts.Setenv(args[0], path)
}

func statusCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
		if s := exit.Sys().(syscall.WaitStatus); s.Signaled() {
			got = 128 + int(s.Signal())
		}
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("status %d, want %d", got, want)
	}
}
