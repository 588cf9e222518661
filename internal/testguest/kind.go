package testguest

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
)

// Kind is a kind of executable.
type Kind string

// The kinds that guests are built as. They differ in who makes their calls and
// how: which C library or none, which instruction, which linker at the start.
const (
	Dynamic    Kind = "dynamic"     // x86-64, glibc, with an interpreter
	Static     Kind = "static"      // x86-64, glibc
	StaticPIE  Kind = "static-pie"  // x86-64, glibc, relocates itself
	Musl       Kind = "musl"        // x86-64, musl, static
	I386       Kind = "i386"        // i386, glibc: SYSENTER or SYSCALL through the vDSO
	I386Static Kind = "i386-static" // i386, glibc: the same, without an interpreter
	Assembly   Kind = "assembly"    // x86-64, no library
	Go         Kind = "go"          // x86-64, Go's runtime, static
)

// A builder makes one kind of executable.
type builder struct {
	kind     Kind
	apt      string   // the Debian packages that bring its compiler
	env      []string // added to the environment of its commands
	sources  func(program string) []string
	commands func(program string) [][]string

	once sync.Once
	err  error
}

func builderOf(kind Kind) (*builder, error) {
	for _, b := range builders {
		if b.kind == kind {
			return b, nil
		}
	}
	return nil, fmt.Errorf("testguest: no kind %q", kind)
}

var builders = []*builder{
	c(Dynamic, "gcc libc6-dev", "gcc", "-pthread"),
	c(Static, "gcc libc6-dev", "gcc", "-pthread", "-static"),
	c(StaticPIE, "gcc libc6-dev", "gcc", "-pthread", "-static-pie"),
	c(Musl, "musl-tools", "musl-gcc", "-static"),
	c(I386, "gcc-multilib", "gcc", i386...),
	c(I386Static, "gcc-multilib", "gcc", append([]string{"-static"}, i386...)...),
	{
		kind:    Assembly,
		apt:     "nasm binutils",
		sources: func(p string) []string { return []string{p + ".asm"} },
		commands: func(p string) [][]string {
			return [][]string{
				{"nasm", "-f", "elf64", "-o", p + ".o", p + ".asm"},
				{"ld", "-o", p, p + ".o"},
			}
		},
	},
	{
		kind:    Go,
		apt:     "golang-go",
		env:     []string{"CGO_ENABLED=0", "GOFLAGS=", "GO111MODULE=off"},
		sources: func(p string) []string { return []string{p + "/main.go"} },
		commands: func(p string) [][]string {
			return [][]string{{"go", "build", "-o", p, "main.go"}}
		},
	},
}

// i386 makes 32-bit programs with the kernel headers of the 64-bit compiler,
// for the packages of the 32-bit libraries alone do not bring any.
var i386 = []string{"-pthread", "-m32", "-idirafter", "/usr/include/x86_64-linux-gnu"}

// c is the builder of a kind whose source is a C file and guest.h.
func c(kind Kind, apt, compiler string, flags ...string) *builder {
	return &builder{
		kind:    kind,
		apt:     apt,
		sources: func(p string) []string { return []string{p + ".c", "guest.h"} },
		commands: func(p string) [][]string {
			args := []string{compiler, "-O1", "-g", "-Wall", "-o", p, p + ".c"}
			return [][]string{append(args, flags...)}
		},
	}
}

// probe builds the smallest program, once, and reports why it cannot be built.
func (b *builder) probe() error {
	b.once.Do(func() { b.err = b.tryCompiler() })
	return b.err
}

func (b *builder) tryCompiler() error {
	for _, args := range b.commands("x") {
		if _, err := exec.LookPath(args[0]); err != nil {
			return err
		}
	}
	smallest, ok := map[string]string{
		"x.c":       "#include <errno.h>\nint main(void) { return 0; }\n",
		"x.asm":     "bits 64\nglobal _start\n_start:\n",
		"x/main.go": "package main\nfunc main() {}\n",
	}[b.sources("x")[0]]
	if !ok {
		return fmt.Errorf("no smallest program for %s", b.kind)
	}
	work, err := os.MkdirTemp("", "testguest-probe")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	name := b.sources("x")[0]
	if b.kind == Go {
		name = "main.go"
	}
	return b.compile(work, "x", map[string][]byte{name: []byte(smallest)})
}
