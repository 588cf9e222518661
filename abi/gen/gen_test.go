package main

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// compilers make programs for the architectures, in the order of archs.
var compilers = [][]string{{"gcc", "-m64"}, {"gcc", "-m32"}, {"aarch64-linux-gnu-gcc"}}

// compile compiles a C program that asserts what is to hold.
func compile(t *testing.T, arch int, source string) {
	t.Helper()
	args := append(compilers[arch][1:len(compilers[arch]):len(compilers[arch])], "-D_GNU_SOURCE", "-fsyntax-only", "-x", "c", "-")
	cmd := exec.Command(compilers[arch][0], args...)
	cmd.Stdin = strings.NewReader(source)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// needCompiler skips the test where there is no compiler with the kernel's
// headers for the architecture.
func needCompiler(t *testing.T, arch int) {
	t.Helper()
	c := compilers[arch]
	cmd := exec.Command(c[0], append(c[1:len(c):len(c)], "-fsyntax-only", "-x", "c", "-")...)
	cmd.Stdin = strings.NewReader("#include <stddef.h>\n#include <sys/socket.h>\n#include <linux/version.h>\n" +
		"_Static_assert(LINUX_VERSION_CODE >= 0x60100, \"headers of Linux 6.1 or later\");\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("needs a C compiler with the headers for %s, as by %s: %v\n%s", archs[arch], strings.Join(c, " "), err, out)
	}
}

// programs collects C programs by the headers they need. The kernel's headers
// get along with each other, but many clash with the C library's.
type programs map[string]*program

type program struct {
	headers []string
	strings.Builder
}

func (ps programs) forHeaders(list string) *program {
	headers := strings.Split(list, ",")
	key := list
	if !slices.ContainsFunc(headers, func(h string) bool {
		return !strings.HasPrefix(h, "linux/") && !strings.HasPrefix(h, "asm/")
	}) {
		key = "the kernel's"
	}
	if ps[key] == nil {
		ps[key] = &program{}
	}
	for _, header := range headers {
		if !slices.Contains(ps[key].headers, header) {
			ps[key].headers = append(ps[key].headers, header)
		}
	}
	return ps[key]
}

func (ps programs) compile(t *testing.T, arch int) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(ps)) {
		source := "#include <stddef.h>\n"
		for _, header := range ps[key].headers {
			source += "#include <" + header + ">\n"
		}
		compile(t, arch, source+ps[key].String())
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
