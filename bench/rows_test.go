package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

func TestTableIsConsistent(t *testing.T) {
	seen := make(map[string]bool)
	for _, r := range allRows() {
		if seen[r.name] {
			t.Errorf("two rows are called %q", r.name)
		}
		seen[r.name] = true
		if r.unit.name == "" || r.on == nil || r.measure == nil {
			t.Errorf("%q lacks its unit, its tools or its measure", r.name)
		}
	}
	for _, r := range allRows() {
		for _, l := range []limit{r.target.must, r.target.hope} {
			if l.of != "" && !l.ofTool() && !seen[l.of] {
				t.Errorf("%q has a target in multiples of %q, which is no row", r.name, l.of)
			}
		}
	}
}

func TestSelectRows(t *testing.T) {
	tests := []struct {
		expression string
		want       []string
	}{
		{"^getppid$", []string{"getppid"}},
		{"notify door", []string{onePtraceStop, "getppid skipped at the notify door"}},
		{"no such row", nil},
	}
	for _, test := range tests {
		t.Run(test.expression, func(t *testing.T) {
			got := selectRows(allRows(), regexp.MustCompile(test.expression))
			if len(got) != len(test.want) {
				t.Fatalf("%d rows, want %v", len(got), test.want)
			}
			for i, r := range got {
				if r.name != test.want[i] {
					t.Errorf("row %d is %q, want %q", i, r.name, test.want[i])
				}
			}
		})
	}
}

func TestSelectToolsKeepsNative(t *testing.T) {
	got := selectTools(allTools("penumbra"), regexp.MustCompile("^proot$"))
	if len(got) != 2 || got[0].name != native || got[1].name != "proot" {
		t.Errorf("tools %v", got)
	}
}

// TestLoopsRunNatively gives every row of single calls one short turn.
func TestLoopsRunNatively(t *testing.T) {
	h := &harness{cache: t.TempDir(), sample: time.Millisecond}
	if _, err := microGuest(t.Context(), h); err != nil {
		t.Skipf("needs gcc and a static libc: %v", err)
	}
	for _, r := range allRows() {
		if r.unit != ns {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			if cost, err := r.measure(t.Context(), h, tool{name: native}); err != nil || cost <= 0 {
				t.Errorf("%v ns, %v", cost, err)
			}
		})
	}
	t.Run("unknown", func(t *testing.T) {
		if _, err := loop("no such loop")(t.Context(), h, tool{name: native}); err == nil {
			t.Error("a loop that does not exist was measured")
		}
	})
	t.Run("memory", func(t *testing.T) {
		if peak, err := memory(10)(t.Context(), h, tool{name: native}); err != nil || peak <= 0 {
			t.Errorf("%v MiB, %v", peak, err)
		}
	})
}

func TestPeakCountsTheToolsOwnProcesses(t *testing.T) {
	peakOfShell := func(script string) float64 {
		t.Helper()
		cmd := exec.Command("sh", "-c", script)
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Wait()
		defer stdin.Close()
		// Who echoes the line runs, and is the program it should be.
		if _, err := stdin.Write([]byte("ready\n")); err != nil {
			t.Fatal(err)
		}
		if _, err := stdout.Read(make([]byte, 16)); err != nil {
			t.Fatal(err)
		}
		peak, err := peakOf(cmd.Process.Pid)
		if err != nil {
			t.Fatal(err)
		}
		return peak
	}
	alone := peakOfShell("read line; echo $line; read line")
	helper := peakOfShell("(read line; echo $line; read line); true")
	guest := peakOfShell("cat; true")
	if alone <= 0 || helper < 1.15*alone {
		t.Errorf("a shell takes %v MiB, two shells %v", alone, helper)
	}
	if guest > 1.15*alone {
		t.Errorf("a shell takes %v MiB, but %v with a guest", alone, guest)
	}
}

func TestFixture(t *testing.T) {
	h := &harness{cache: t.TempDir()}
	built := 0
	build := func(path string) error {
		built++
		return writeTree(path, 250)
	}
	for range 2 {
		if _, err := h.fixture("tree", build); err != nil {
			t.Fatal(err)
		}
	}
	if built != 1 {
		t.Errorf("built %d times", built)
	}
	files, err := filepath.Glob(filepath.Join(h.cache, "tree", "*", "*"))
	if err != nil || len(files) != 250 {
		t.Errorf("%d files, %v", len(files), err)
	}
	fail := errors.New("no space")
	path, err := h.fixture("other", func(path string) error {
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			return err
		}
		return fail
	})
	if !errors.Is(err, fail) {
		t.Errorf("error %v, want %v", err, fail)
	}
	if _, err := os.Stat(filepath.Join(h.cache, "other")); err == nil {
		t.Errorf("%q looks complete though its build failed", path)
	}
}

func TestProgramReportsFailure(t *testing.T) {
	h := &harness{cache: t.TempDir()}
	_, err := program(1, fixed("sh", "-c", "echo first >&2; echo why >&2; exit 3"))(t.Context(), h, tool{name: native})
	if err == nil || err.Error() != "exit status 3: why" {
		t.Errorf("error %v", err)
	}
}
