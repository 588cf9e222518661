package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The whole programs of the table and what they work on.

const (
	filesInTree = 40_000
	filesInRepo = 4_000
	filesInDir  = 100
)

// writeTree makes files of up to 4 KiB, a hundred to a directory, the same in
// every run.
func writeTree(root string, files int) error {
	random := rand.New(rand.NewPCG(1, 2))
	text := bytes.Repeat([]byte("All work and no play makes a dull benchmark.\n"), 100)[:4096]
	for i := range files {
		dir := filepath.Join(root, fmt.Sprintf("dir%03d", i/filesInDir))
		if i%filesInDir == 0 {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
		name := filepath.Join(dir, fmt.Sprintf("file%02d.txt", i%filesInDir))
		if err := os.WriteFile(name, text[:1+random.IntN(len(text))], 0o644); err != nil {
			return err
		}
	}
	return nil
}

func tree(h *harness) (string, error) {
	return h.fixture("tree-1", func(path string) error { return writeTree(path, filesInTree) })
}

func findFiles(_ context.Context, h *harness) (command, error) {
	root, err := tree(h)
	// A test of the size makes find look at each file, not only at its name.
	return command{args: []string{"find", root, "-size", "+3k"}}, err
}

func tarFiles(_ context.Context, h *harness) (command, error) {
	root, err := tree(h)
	return command{args: []string{"sh", "-c", "tar cf - . | cat >/dev/null"}, dir: root}, err
}

// gitEnv keeps the user's configuration out.
var gitEnv = []string{"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1"}

// Without the lock it writes no index, and every run does the same.
const gitStatusLine = "git --no-optional-locks status --porcelain"

func gitStatus(ctx context.Context, h *harness) (command, error) {
	return inRepo(ctx, h, repeat(20, gitStatusLine))
}

func gitStatusOnce(ctx context.Context, h *harness) (command, error) {
	return inRepo(ctx, h, strings.Fields(gitStatusLine))
}

func inRepo(ctx context.Context, h *harness, args []string) (command, error) {
	repo, err := h.fixture("repo-1", func(path string) error { return writeRepo(ctx, path, filesInRepo) })
	return command{args: args, dir: repo, env: gitEnv}, err
}

func writeRepo(ctx context.Context, path string, files int) error {
	if err := writeTree(path, files); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"git", "init", "--quiet"},
		{"git", "add", "."},
		{"git", "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "--quiet", "-m", "tree"},
	} {
		if _, err := (command{args: args, dir: path, env: gitEnv}).run(ctx); err != nil {
			return fmt.Errorf("git %s: %w", args[1], err)
		}
	}
	return nil
}

// repeat gives a shell loop, all of whose turns run under one tool.
func repeat(times int, line string) []string {
	return []string{"sh", "-c", "n=0; while [ $n -lt " + strconv.Itoa(times) + " ]; do " + line + " || exit 1; n=$((n+1)); done"}
}

func compileC(_ context.Context, h *harness) (command, error) {
	source, err := h.fixture("functions-2.c", func(path string) error {
		return os.WriteFile(path, generateC(400), 0o644)
	})
	return command{args: []string{"gcc", "-O1", "-c", "-o", "/dev/null", source}}, err
}

// generateC gives a C file of that many functions that call each other.
func generateC(functions int) []byte {
	var b bytes.Buffer
	b.WriteString("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n\n")
	b.WriteString("int f0(int x) { return x; }\n")
	for i := 1; i < functions; i++ {
		fmt.Fprintf(&b, `
int f%d(int x)
{
	int sum = %d;

	for (int i = 0; i < x; i++)
		sum = i %% 3 ? sum + f%d(i) : sum ^ x;
	if (sum < 0)
		printf("%%d\n", sum);
	return sum;
}
`, i, i*7919, i-1)
	}
	return b.Bytes()
}

func pythonPass(context.Context, *harness) (command, error) {
	python, err := systemPython()
	return command{args: repeat(20, python+" -c pass")}, err
}

func pythonOnce(context.Context, *harness) (command, error) {
	python, err := systemPython()
	return command{args: []string{python, "-c", "pass"}}, err
}

// systemPython prefers the system's own Python: a version manager's python3 is
// a shell script that starts many programs.
func systemPython() (string, error) {
	python := "/usr/bin/python3"
	if _, err := os.Stat(python); err != nil {
		if python, err = exec.LookPath("python3"); err != nil {
			return "", fmt.Errorf("%w: python3 is not installed", errSkipped)
		}
	}
	return python, nil
}

// goBuild changes the program first, as go build does nothing for a source that
// it has seen before. Its own cache keeps the user's clean.
func goBuild(ctx context.Context, h *harness) (command, error) {
	dir := filepath.Join(h.cache, "hello")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return command{}, err
	}
	source := fmt.Sprintf("package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"hello\", %d) }\n", time.Now().UnixNano())
	for name, text := range map[string]string{"go.mod": "module hello\n\ngo 1.21\n", "main.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return command{}, err
		}
	}
	env := []string{"GOCACHE=" + filepath.Join(h.cache, "go-build"), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off"}
	return command{args: []string{"go", "build", "-o", "hello", "."}, dir: dir, env: env}, nil
}
