package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"penumbra/internal/kernel"
)

// call runs penumbra with args in this process.
func call(args ...string) (stdout, stderr string, exit int) {
	var out, errs strings.Builder
	exit = dispatch(streams{out: &out, err: &errs}, args)
	return out.String(), errs.String(), exit
}

func TestMistakes(t *testing.T) {
	tests := []struct {
		line, want string
	}{
		{"rnu ls", `penumbra: unknown verb "rnu" (did you mean "run"?)`},
		{"ls -l", `penumbra: unknown verb "ls"; to run a program: penumbra run ls`},
		{"--intercept=trace ls", "penumbra: unknown flag --intercept=trace; flags follow the verb"},
		{"run --foo ls", "penumbra: run: unknown flag --foo"},
		{"run --intercpt=trace ls", "penumbra: run: unknown flag --intercpt (did you mean --intercept?)"},
		{"run", "penumbra: run: no command given"},
		{"run --verbose --", "penumbra: run: no command given"},
		{"doctor --jsno", "penumbra: doctor: unknown flag --jsno (did you mean --json?)"},
		{"doctor all", `penumbra: doctor: unexpected argument "all"`},
		{"version x", `penumbra: version: unexpected argument "x"`},
		{"completion", "penumbra: completion: name one shell"},
		{"completion tcsh", `penumbra: completion: unknown shell "tcsh"`},
		{"help rnu", `penumbra: help: unknown verb "rnu" (did you mean "run"?)`},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			out, errs, exit := call(strings.Fields(tt.line)...)
			if exit != exitUsage || out != "" || !strings.HasPrefix(errs, tt.want) {
				t.Errorf("exit %d, stdout %q, stderr %q; want exit %d and %q", exit, out, errs, exitUsage, tt.want)
			}
		})
	}
}

func TestUsageWithoutArguments(t *testing.T) {
	out, errs, exit := call()
	if exit != exitUsage || out != "" {
		t.Errorf("exit %d, stdout %q; want exit %d and nothing", exit, out, exitUsage)
	}
	for _, v := range verbs() {
		if !strings.Contains(errs, v.name) {
			t.Errorf("usage does not mention %s", v.name)
		}
	}
}

func TestHelp(t *testing.T) {
	for _, v := range verbs() {
		t.Run(v.name, func(t *testing.T) {
			if v.short == "" || strings.TrimSpace(v.long) == "" || len(v.examples) == 0 {
				t.Error("the verb is not fully described")
			}
			byVerb, _, exit := call("help", v.name)
			if exit != 0 {
				t.Fatalf("exit %d", exit)
			}
			if byFlag, _, _ := call(v.name, "--help"); byFlag != byVerb {
				t.Errorf("help %s and %s --help differ", v.name, v.name)
			}
			for _, f := range v.flags() {
				if !strings.Contains(byVerb, "  "+dashes(f.Name)) {
					t.Errorf("help does not explain %s", dashes(f.Name))
				}
			}
			for _, line := range strings.Split(byVerb, "\n") {
				if len(line) > 80 && !strings.HasPrefix(line, "  penumbra ") {
					t.Errorf("wider than 80 columns: %q", line)
				}
			}
		})
	}
	for _, args := range [][]string{{"help"}, {"--help"}, {"-h"}} {
		if out, errs, exit := call(args...); exit != 0 || errs != "" || !strings.Contains(out, "Examples:") {
			t.Errorf("%q: exit %d, stderr %q", args, exit, errs)
		}
	}
}

func TestVersion(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"--version"}} {
		if out, _, exit := call(args...); exit != 0 || !strings.HasPrefix(out, "penumbra "+version) {
			t.Errorf("%q: exit %d, %q", args, exit, out)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestUnwritableOutput(t *testing.T) {
	for _, args := range [][]string{{"help"}, {"version"}, {"completion", "bash"}, {"doctor"}} {
		var errs strings.Builder
		exit := dispatch(streams{out: fullDisk{}, err: &errs}, args)
		if exit != exitFailure || !strings.Contains(errs.String(), "no space left") {
			t.Errorf("%q: exit %d, stderr %q", args, exit, errs.String())
		}
	}
}

func TestDoctorJSON(t *testing.T) {
	out, errs, exit := call("doctor", "--json")
	var d diagnosis
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatalf("%v in %q, stderr %q", err, out, errs)
	}
	if d.Ready != (exit == 0) {
		t.Errorf("ready is %t, exit status %d", d.Ready, exit)
	}
	if d.Kernel != kernel.Release() || len(d.Features) < 15 {
		t.Errorf("kernel %q with %d features", d.Kernel, len(d.Features))
	}
}

func TestDoctorTable(t *testing.T) {
	works := kernel.Feature{Name: "works", What: "unseen", Since: "3.4", Need: kernel.Required, Status: kernel.OK}
	lacks := kernel.Feature{Name: "lacks", What: "nothing runs", Since: "5.19", Need: kernel.Required, Status: kernel.Missing,
		Detail: "invalid argument", Fix: "use a newer one"}
	half := kernel.Feature{Name: "half", What: "sudo fails", Since: "3.5", Need: kernel.Optional, Status: kernel.Limited}
	tests := []struct {
		name     string
		features []kernel.Feature
		verbose  bool
		want     []string
		not      []string
	}{
		{"all well", []kernel.Feature{works}, false, []string{"works", "all that it can do"}, []string{"unseen"}},
		{"verbose", []kernel.Feature{works}, true, []string{"without it: unseen"}, nil},
		{"limited", []kernel.Feature{works, half}, false, []string{"limited  half", "without it: sudo fails", "limits"}, []string{"unseen"}},
		{"missing", []kernel.Feature{works, lacks}, false,
			[]string{"missing  lacks", "5.19", "without it: nothing runs", "to do: use a newer one", "cannot work here"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := diagnosis{"6.0", "amd64", kernel.Ready(tt.features), tt.features}
			table := d.table(tt.verbose)
			for _, want := range tt.want {
				if !strings.Contains(table, want) {
					t.Errorf("no %q in\n%s", want, table)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(table, not) {
					t.Errorf("%q in\n%s", not, table)
				}
			}
		})
	}
}
