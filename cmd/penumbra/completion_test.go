package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestCompletionIsComplete(t *testing.T) {
	for _, sh := range shells() {
		t.Run(sh, func(t *testing.T) {
			script, _, exit := call("completion", sh)
			if exit != 0 {
				t.Fatalf("exit %d", exit)
			}
			for _, v := range verbs() {
				if !strings.Contains(script, v.name) {
					t.Errorf("does not know %s", v.name)
				}
				for _, f := range v.flags() {
					spelling := dashes(f.Name)
					if sh == "fish" { // which writes -l name and -s n
						spelling = map[bool]string{true: "-s ", false: "-l "}[len(f.Name) == 1] + f.Name
					}
					if !strings.Contains(script, spelling) {
						t.Errorf("does not know %s of %s", spelling, v.name)
					}
					for _, value := range choicesOf(f) {
						if !strings.Contains(script, value) {
							t.Errorf("does not know %s=%s", dashes(f.Name), value)
						}
					}
				}
			}
		})
	}
}

// Every shell that is installed has to accept its script.
func TestCompletionSyntax(t *testing.T) {
	for _, sh := range shells() {
		t.Run(sh, func(t *testing.T) {
			if _, err := exec.LookPath(sh); err != nil {
				t.Skipf("needs %s", sh)
			}
			script, _, _ := call("completion", sh)
			path := write(t, t.TempDir(), "script", script, 0o666)
			if out, err := exec.Command(sh, "-n", path).CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%s -n: %v\n%s", sh, err, out)
			}
		})
	}
}

func TestBashCompletes(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("needs bash")
	}
	dir := t.TempDir()
	write(t, dir, "bin/frobnicate", "#!/bin/sh\n", 0o777)
	write(t, dir, "data-file", "", 0o666)
	script, _, _ := call("completion", "bash")
	write(t, dir, "script", script, 0o666)
	tests := []struct {
		line string
		want []string
	}{
		{"penumbra ", append(verbNames(), "--help", "--version")},
		{"penumbra d", []string{"doctor"}},
		{"penumbra run --i", []string{"--intercept=none", "--intercept=notify", "--intercept=trace"}},
		{"penumbra run --intercept=n", []string{"none", "notify"}},
		{"penumbra run --verbose --k", []string{"--kill-orphans"}},
		{"penumbra run frobni", []string{"frobnicate"}},
		{"penumbra run --verbose -- frobni", []string{"frobnicate"}},
		{"penumbra run frobnicate data", []string{"data-file"}},
		{"penumbra run frobnicate --k", nil},
		{"penumbra doctor --", []string{"--help", "--json"}},
		{"penumbra completion ", shells()},
		{"penumbra shadow ", []string{"init"}},
		{"penumbra shadow --st", []string{"--stdio"}},
		{"penumbra help v", []string{"version"}},
		{"penumbra explain openat", []string{"openat", "openat2"}},
		{"penumbra explain %net", []string{"%net", "%network"}},
		{"penumbra nonsense ", nil},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			cmd := exec.Command(bash, "--norc", "-c", `. ./script; COMP_LINE=$1; COMP_POINT=${#1}; _penumbra; printf '%s\n' "${COMPREPLY[@]}"`, "bash", tt.line)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+dir+"/bin")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			got := slices.Sorted(strings.FieldsSeq(string(out)))
			want := slices.Sorted(slices.Values(tt.want))
			if !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
