package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/internal/testguest"
)

// Two guests and a program of the shadow's machine add to a number in a file, each
// by several processes: nobody's addition is lost.
func TestShadowLocksAdd(t *testing.T) {
	const guests, processes, times = 2, 2, 50
	adder := testguest.Path(t, "locks", testguest.Static)
	for _, kind := range []string{"posix", "ofd", "flock"} {
		t.Run(kind, func(t *testing.T) {
			h := newHome(t)
			where, _ := h.serve("--listen=unix:"+filepath.Join(h.dir, "s"), "--export="+h.files+":rw")
			file := filepath.Join(h.files, "number")
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{adder, "add", kind, file, fmt.Sprint(times), fmt.Sprint(processes)}
			commands := []*exec.Cmd{exec.Command(args[0], args[1:]...)}
			for range guests {
				commands = append(commands, exec.Command(penumbraAt(t), append([]string{"run", "--shadow=" + where, "--mount=type=bind,source=" + filepath.Dir(adder) + ",target=" + filepath.Dir(adder), "--"}, args...)...))
			}
			var wg sync.WaitGroup
			for _, c := range commands {
				wg.Go(func() {
					if out, err := c.CombinedOutput(); err != nil || string(out) != "ok\n" {
						t.Errorf("%v: %v\n%s", c.Args, err, out)
					}
				})
			}
			wg.Wait()
			if b, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(b)) != fmt.Sprint((guests+1)*processes*times) {
				t.Errorf("the number is %q, %v", b, err)
			}
		})
	}
}

// A lock of a program of the shadow's machine, and one of another guest, is in the way
// of a guest, and no more when who has it is killed.
func TestShadowLocksProbe(t *testing.T) {
	locks := testguest.Path(t, "locks", testguest.Static)
	h := newHome(t)
	where, _ := h.serve("--listen=unix:"+filepath.Join(h.dir, "s"), "--export="+h.files+":rw")
	file := filepath.Join(h.files, "file")
	if err := os.WriteFile(file, make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	guest := func(args ...string) *exec.Cmd {
		return exec.Command(penumbraAt(t), append([]string{"run", "--shadow=" + where, "--mount=type=bind,source=" + filepath.Dir(locks) + ",target=" + filepath.Dir(locks), "--"}, args...)...)
	}
	holders := map[string]*exec.Cmd{
		"of the shadow's machine": exec.Command(locks, "hold", file),
		"of another guest":        guest(locks, "hold", file),
	}
	for name, holder := range holders {
		t.Run(name, func(t *testing.T) {
			in, err := holder.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			out, err := holder.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			holder.Stderr = os.Stderr
			if err := holder.Start(); err != nil {
				t.Fatal(err)
			}
			line := bufio.NewScanner(out)
			line.Scan()
			pid, err := strconv.Atoi(line.Text())
			if err != nil {
				t.Fatalf("it says %q", line.Text())
			}
			if out, err := guest(locks, "probe", file).CombinedOutput(); err != nil || string(out) != "ok\n" {
				t.Errorf("probe: %v\n%s", err, out)
			}
			_ = unix.Kill(pid, unix.SIGKILL)
			if err := holder.Wait(); !errors.As(err, new(*exec.ExitError)) {
				t.Error(err)
			}
			if out, err := guest(locks, "add", "posix", file, "1", "1").CombinedOutput(); err != nil || string(out) != "ok\n" {
				t.Errorf("when it is dead: %v\n%s", err, out)
			}
		})
	}
}

// A shadow that takes the place of a killed one has the guest's locks; if somebody else
// was faster, the guest is told that its file is stale.
func TestShadowLocksOutliveIt(t *testing.T) {
	locks := testguest.Path(t, "locks", testguest.Static)
	h := newHome(t)
	serve := func() (string, func()) {
		return h.serve("--listen=unix:"+filepath.Join(h.dir, "s"), "--export="+h.files+":rw")
	}
	where, kill := serve()
	defer func() { kill() }()
	file := filepath.Join(h.files, "file")
	if err := os.WriteFile(file, make([]byte, 100), 0o600); err != nil {
		t.Fatal(err)
	}
	holder := exec.Command(penumbraAt(t), "run", "--shadow="+where, "--mount=type=bind,source="+filepath.Dir(locks)+",target="+filepath.Dir(locks), "--", locks, "hold", file)
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	ask := func(want string) {
		t.Helper()
		for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
			fmt.Fprint(in, "r")
			if lines.Scan(); lines.Text() == want {
				return
			}
			if time.Since(began) > patience {
				t.Fatalf("a read says %q, want %q", lines.Text(), want)
			}
		}
	}
	ask("10 0")
	own, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	kill()
	_, kill = serve()
	isHeld := func() bool {
		l := unix.Flock_t{Type: unix.F_WRLCK, Start: 15, Len: 1}
		return unix.FcntlFlock(own.Fd(), unix.F_OFD_GETLK, &l) == nil && l.Type == unix.F_WRLCK
	}
	for began := time.Now(); !isHeld(); time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatal("the lock is not had again")
		}
	}
	ask("10 0")
	kill()
	l := unix.Flock_t{Type: unix.F_WRLCK, Start: 15, Len: 1}
	for began := time.Now(); unix.FcntlFlock(own.Fd(), unix.F_OFD_SETLK, &l) != nil; time.Sleep(time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatal("the lock of a shadow that is dead is in the way")
		}
	}
	_, kill = serve()
	ask("-1 " + strconv.Itoa(int(unix.ESTALE)))
	in.Close()
	if err := holder.Wait(); err != nil {
		t.Error(err)
	}
}

// sqlite3, with a rollback journal, is used from two guests and the shadow's machine.
func TestShadowLocksSqlite(t *testing.T) {
	const times = 10
	sqlite, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("sqlite3 is missing")
	}
	h := newHome(t)
	where, _ := h.serve("--listen=unix:"+filepath.Join(h.dir, "s"), "--export="+h.files+":rw")
	db := filepath.Join(h.files, "db")
	if out, err := exec.Command(sqlite, db, "create table t (n); insert into t values (0)").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	script := filepath.Join(h.files, "script")
	if err := os.WriteFile(script, []byte(".timeout 60000\n"+strings.Repeat("begin immediate; update t set n = n + 1; commit;\n", times)), 0o600); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, prefix := range [][]string{{penumbraAt(t), "run", "--shadow=" + where, "--"}, {penumbraAt(t), "run", "--shadow=" + where, "--"}, {"env"}} {
		wg.Go(func() {
			args := append(prefix, sqlite, "-bail", db, ".read "+script)
			if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
				t.Errorf("%v: %v\n%s", args, err, out)
			}
		})
	}
	wg.Wait()
	if out, err := exec.Command(sqlite, db, "select n from t; pragma integrity_check").CombinedOutput(); err != nil || string(out) != fmt.Sprintf("%d\nok\n", 3*times) {
		t.Errorf("%v, %q", err, out)
	}
}
