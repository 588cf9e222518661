package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// compilers make programs for the architectures, in the order of archs.
var compilers = [][]string{{"gcc", "-m64"}, {"gcc", "-m32"}, {"aarch64-linux-gnu-gcc"}}

// compile checks a C program, which asserts what is to hold when it is
// compiled. It returns what the compiler says.
func compile(t *testing.T, arch int, program string) string {
	t.Helper()
	args := append(compilers[arch][1:len(compilers[arch]):len(compilers[arch])], "-D_GNU_SOURCE", "-fsyntax-only", "-x", "c", "-")
	cmd := exec.Command(compilers[arch][0], args...)
	cmd.Stdin = strings.NewReader(program)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}

// needCompiler skips the test where there is no compiler with the kernel's
// headers for the architecture.
func needCompiler(t *testing.T, arch int) {
	t.Helper()
	c := compilers[arch]
	cmd := exec.Command(c[0], append(c[1:len(c):len(c)], "-fsyntax-only", "-x", "c", "-")...)
	cmd.Stdin = strings.NewReader("#include <stddef.h>\n#include <sys/socket.h>\n#include <asm/unistd.h>\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("needs a C compiler with the headers for %s, as by %s: %v\n%s", archs[arch], strings.Join(c, " "), err, out)
	}
}

func TestGeneratedFilesAreFresh(t *testing.T) {
	files, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./abi", name)
		}
	}
}
