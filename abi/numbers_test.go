package abi_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"penumbra/abi"
)

// notCalls are names in headers that mark something else.
var notCalls = map[string]bool{"syscalls": true, "arch_specific_syscall": true}

// checkNumbers compares the table with name and number pairs that pattern
// finds in text.
func checkNumbers(t *testing.T, a abi.Arch, text string, pattern *regexp.Regexp) {
	t.Helper()
	found := 0
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		name := strings.ToLower(m[1])
		want, err := strconv.Atoi(m[2])
		if err != nil || notCalls[name] {
			continue
		}
		found++
		s := abi.ByName(name)
		if s == nil {
			t.Errorf("%s: %s (%d) is missing", a, name, want)
			continue
		}
		if nr, _ := s.On(a); nr != want {
			t.Errorf("%s: %s is %d, want %d", a, name, nr, want)
		}
		if got := abi.Lookup(a, want); got != s {
			t.Errorf("%s: Lookup(%d) = %v, want %s", a, want, got, name)
		}
	}
	if found < 300 {
		t.Fatalf("%s: only %d calls found in the source of truth", a, found)
	}
}

// kernelHeaders returns the preprocessed call numbers that a C compiler has
// for asm/unistd.h.
func kernelHeaders(t *testing.T, compiler ...string) string {
	t.Helper()
	if _, err := exec.LookPath(compiler[0]); err != nil {
		t.Skipf("needs %s: %v", compiler[0], err)
	}
	cmd := exec.Command(compiler[0], append(compiler[1:], "-E", "-dM", "-x", "c", "-")...)
	cmd.Stdin = strings.NewReader("#include <asm/unistd.h>\n")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Skipf("needs the kernel's headers for %q: %v\n%s", compiler, err, out)
	}
	return string(out)
}

func TestNumbersAgainstKernelHeaders(t *testing.T) {
	// arm64's header gives eleven calls by way of __NR3264 names.
	define := regexp.MustCompile(`(?m)^#define __NR(?:3264)?_(\w+) (\d+)$`)
	for _, test := range []struct {
		arch     abi.Arch
		compiler []string
	}{
		{abi.AMD64, []string{"gcc", "-m64"}},
		{abi.I386, []string{"gcc", "-m32"}},
		{abi.ARM64, []string{"aarch64-linux-gnu-gcc"}},
	} {
		t.Run(test.arch.String(), func(t *testing.T) {
			text := kernelHeaders(t, test.compiler...)
			if test.arch == abi.ARM64 {
				text = strings.ReplaceAll(text, "__NR3264_fstatat ", "__NR3264_newfstatat ")
			}
			checkNumbers(t, test.arch, text, define)
		})
	}
}

func TestNumbersAgainstXSys(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys").Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Skipf("needs the source of golang.org/x/sys in the module cache: %v", err)
	}
	constant := regexp.MustCompile(`(?m)^\tSYS_(\w+) += (\d+)$`)
	for arch, suffix := range map[abi.Arch]string{abi.AMD64: "amd64", abi.I386: "386", abi.ARM64: "arm64"} {
		t.Run(arch.String(), func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(dir, "unix", "zsysnum_linux_"+suffix+".go"))
			if err != nil {
				t.Fatal(err)
			}
			checkNumbers(t, arch, string(text), constant)
		})
	}
}
