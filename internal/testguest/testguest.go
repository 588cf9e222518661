// Package testguest builds the small programs that tests run as guests: one
// program a case, each in every kind of executable that Linux runs. A program
// checks itself, prints "ok" and exits 0; it exits [SkipStatus] after a line
// "skip: why" when the machine lacks what the case is about.
//
// Sources stand in src: NAME.c and NAME.asm are one program each, a directory
// NAME holds a Go program. What was built stays in a cache directory under a
// name made from the content of the source and the command that built it.
package testguest

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// SkipStatus is the exit status of a guest whose case needs what this machine
// has not; its output then says what that is.
const SkipStatus = 77

//go:embed src
var sources embed.FS

// Path returns the path of program, built by kind. It skips the test when the
// compiler is missing, naming the Debian package that brings it, and fails the
// test when the program does not compile.
func Path(t testing.TB, program string, kind Kind) string {
	t.Helper()
	file, err := Build(program, kind)
	if _, missing := errors.AsType[*MissingCompilerError](err); missing {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Build returns the path of program, built by kind. The error is a
// *[MissingCompilerError] when this machine cannot build that kind at all.
func Build(program string, kind Kind) (string, error) {
	b, err := builderOf(kind)
	if err != nil {
		return "", err
	}
	if err := b.probe(); err != nil {
		return "", &MissingCompilerError{kind, b.apt, err}
	}
	return b.build(program)
}

// Programs returns the names of the C programs that begin with prefix, sorted.
func Programs(prefix string) []string {
	files, err := fs.Glob(sources, "src/"+prefix+"*.c")
	if err != nil {
		panic(err) // the prefix is a constant of a test
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(path.Base(file), ".c")
	}
	return files
}

// MissingCompilerError says that a kind of guest cannot be built here.
type MissingCompilerError struct {
	Kind     Kind
	Packages string // the Debian packages that bring the compiler
	Err      error
}

func (e *MissingCompilerError) Error() string {
	return fmt.Sprintf("%s guests cannot be built: %v (apt install %s)", e.Kind, e.Err, e.Packages)
}

func (e *MissingCompilerError) Unwrap() error { return e.Err }

// Dir returns the directory that built guests are kept in. Any user can enter
// it, so that a test may run a guest without privileges.
func Dir() (string, error) {
	dir := os.Getenv("PENUMBRA_TEST_CACHE")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), fmt.Sprintf("penumbra-testguest-%d", os.Getuid()))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the directory of test guests: %w", err)
	}
	return dir, os.Chmod(dir, 0o755)
}

// building serialises builds of one process: two tests may want one program.
var building sync.Mutex

// build compiles program unless the cache has it, and returns its path.
func (b *builder) build(program string) (string, error) {
	building.Lock()
	defer building.Unlock()
	files, err := b.sourceOf(program)
	if err != nil {
		return "", err
	}
	dir, err := Dir()
	if err != nil {
		return "", err
	}
	target := filepath.Join(dir, key(b, files), program)
	if _, err := os.Stat(target); err == nil {
		return target, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	work, err := os.MkdirTemp(dir, "build")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	if err := b.compile(work, program, files); err != nil {
		return "", err
	}
	if err := os.Chmod(filepath.Join(work, program), 0o755); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return "", err
	}
	// Another process may have built it meanwhile; theirs is the same.
	return target, os.Rename(filepath.Join(work, program), target)
}

// compile writes the sources into the directory work and makes program there.
func (b *builder) compile(work, program string, files map[string][]byte) error {
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(work, name), text, 0o644); err != nil {
			return err
		}
	}
	for _, args := range b.commands(program) {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = work
		cmd.Env = append(os.Environ(), b.env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build guest %s as %s: %s: %w\n%s", program, b.kind, cmd, err, out)
		}
	}
	return nil
}

// sourceOf returns the files that program is made of.
func (b *builder) sourceOf(program string) (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, name := range b.sources(program) {
		text, err := sources.ReadFile(path.Join("src", name))
		if err != nil {
			return nil, fmt.Errorf("guest %s as %s: %w", program, b.kind, err)
		}
		files[path.Base(name)] = text
	}
	return files, nil
}

// key names the cache entry of what b makes from files.
func key(b *builder, files map[string][]byte) string {
	h := sha256.New()
	// Printing sorts a map by its keys.
	fmt.Fprintf(h, "%s %q %q %q", b.kind, b.commands("x"), b.env, files)
	return hex.EncodeToString(h.Sum(nil))[:16]
}
