package main

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// remoteSource is the guest of the rows about files of another machine.
//
//go:embed guest/remote.c
var remoteSource []byte

// remoteLimit ends a sample: 2,000 files one after the other take sshfs a minute
// and a half.
const remoteLimit = 5 * time.Minute

// Sizes of what is worked on.
const (
	freshDirs  = 40
	smallFiles = 2_000
	filesFar   = 1_000
)

// remoteRows are the rows of files of another machine.
func remoteRows() []row {
	// sshfs takes minutes for some.
	near := func(t tool) bool { return t.name != overDistance("sshfs", farAway) }
	return []row{
		{name: openFresh, unit: ms, on: everyTool, measure: remote(each, "open", "FRESH", "@dirs"), note: "one of each of 40 directories that nobody has looked at"},
		{name: openListed, unit: ms, on: everyTool, measure: remote(each, "open", "LISTED", "@dirs"), note: "one of each of 40 directories"},
		{name: openAgain, unit: ms, on: everyTool, measure: remote(each, "open", "AGAIN", "@dirs")},
		{name: statListed, unit: ms, on: everyTool, measure: remote(each, "stat", "LISTED", "@dirs")},
		{name: statAgain, unit: ms, on: everyTool, measure: remote(each, "stat", "AGAIN", "@dirs")},
		{name: "stat of an absent name", unit: ms, on: everyTool, measure: remote(each, "stat", "ABSENT", "@dirs"), note: "in a directory just listed"},
		{name: manyFiles, unit: ms, on: everyTool, measure: remote(each, "files", "@many"), note: "opened, looked at and read one after the other, in the order of readdir"},
		{name: listMany, unit: ms, on: everyTool, measure: remote(each, "list", "@many"), note: "readdir, and lstat of each"},
		{name: "cat of 2,000 files", unit: ms, on: near, measure: shell("cat $1/* >/dev/null", "@many")},
		{name: "tar of 2,000 files", unit: ms, on: near, measure: shell("tar cf - $1 | cat >/dev/null", "@many")},
		{name: "grep -r in 2,000 files", unit: ms, on: near, measure: shell("! grep -r nowhere $1", "@many")},
		{name: readSome, unit: mbs, on: everyTool, measure: remote(rate(64), "read", "@64MiB")},
		{name: readMuch, unit: mbs, on: near, measure: remote(rate(1024), "read", "@1GiB")},
		{name: writeSome, unit: mbs, on: everyTool, measure: remote(rate(256), "write", "@written", "256"), note: "256 MiB, and fsync"},
		{name: "find, 1,000 files", unit: ms, on: everyTool, measure: shell("find $1 -size +3k", "@repo")},
		{name: "find again", unit: ms, on: near, measure: remote(each, "time", "again", "find", "@repo", "-size", "+3k")},
		{name: "git status, 1,000 files", unit: ms, on: everyTool, measure: shell("cd $1 && "+gitStatusLine, "@repo")},
		{name: "git status again", unit: ms, on: near, measure: remote(each, "time", "again", "git", "--no-optional-locks", "-C", "@repo", "status", "--porcelain")},
		{name: "python3 -c 'import email, json, sqlite3'", unit: ms, on: everyTool, measure: whole("/usr/bin/python3", "-c", "import email, json, sqlite3"), note: "the program and its libraries are the other machine's, too"},
		{name: "gcc -c", unit: ms, on: everyTool, measure: whole("/usr/bin/gcc", "-O1", "-c", "-o", "@hello.o", "@hello.c"), note: "likewise; a file that includes stdio.h, stdlib.h and string.h"},
		{name: shadowMemory, unit: mib, on: only(ours), measure: memoryOfShadow, note: "the peak (VmHWM) of the shadow that served all rows above but for the last two, a session each"},
	}
}

// Rows that goals speak of.
const (
	openFresh    = "open + fstat + read + close, directory not seen"
	openListed   = "open + fstat + read + close, directory just listed"
	openAgain    = "open + fstat + read + close, again"
	statListed   = "stat, directory just listed"
	statAgain    = "stat, again"
	manyFiles    = "2,000 small files"
	listMany     = "names and attributes of 2,000 files"
	readSome     = "read 64 MiB"
	readMuch     = "read 1 GiB"
	writeSome    = "write and fsync"
	shadowMemory = "memory of the shadow"
)

// Ways to make a figure of the nanoseconds that the guest tells.
func each(took float64) float64 { return took / 1e6 }

func rate(mebibytes float64) func(float64) float64 {
	return func(took float64) float64 { return mebibytes * (1 << 20) / took * 1e3 }
}

// remote measures the guest at work. A word @NAME becomes
// the path of what has that name in farFiles.
func remote(figure func(float64) float64, words ...string) measure {
	return func(ctx context.Context, h *harness, t tool) (float64, error) {
		return atWork(ctx, h, t, false, figure, words)
	}
}

// shell measures a line of the shell, which is a program of this machine.
func shell(line string, words ...string) measure {
	return remote(each, append([]string{"time", "sh", "-c", line, "sh"}, words...)...)
}

// whole measures a program that is the other machine's as well.
func whole(words ...string) measure {
	return func(ctx context.Context, h *harness, t tool) (float64, error) {
		return atWork(ctx, h, t, true, each, append([]string{"time"}, words...))
	}
}

func atWork(ctx context.Context, h *harness, t tool, whole bool, figure func(float64) float64, words []string) (float64, error) {
	guest, err := remoteGuest(ctx, h)
	if err != nil {
		return 0, err
	}
	dir, err := farFiles(ctx, h)
	if err != nil {
		return 0, err
	}
	for _, made := range []string{"written", "hello.o"} {
		_ = os.Remove(filepath.Join(dir, made))
	}
	place := reached{}
	if t.reach != nil {
		if place, err = t.reach(ctx, h, whole); err != nil {
			return 0, err
		}
		defer place.done()
	}
	args := append(append([]string{}, place.prefix...), guest)
	for _, word := range words {
		if name, ok := strings.CutPrefix(word, "@"); ok {
			word = filepath.Join(place.root, dir, name)
		}
		args = append(args, word)
	}
	out, err := command{args: args, env: gitEnv, limit: remoteLimit}.run(ctx)
	if err != nil {
		return 0, err
	}
	took, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		return 0, fmt.Errorf("the guest printed %q instead of a number", out)
	}
	return figure(took), nil
}

func remoteGuest(ctx context.Context, h *harness) (string, error) {
	return h.fixture(fmt.Sprintf("remote-%.4x", sha256.Sum256(remoteSource)), func(path string) error {
		source := path + ".c"
		if err := os.WriteFile(source, remoteSource, 0o644); err != nil {
			return err
		}
		defer os.Remove(source)
		_, err := command{args: []string{"gcc", "-O2", "-static", "-o", path, source}}.run(ctx)
		return err
	})
}

// farFiles gives the directory that the other machine has.
func farFiles(ctx context.Context, h *harness) (string, error) {
	return h.fixture("far-1", func(dir string) error {
		if err := writeSmall(dir); err != nil {
			return err
		}
		for name, size := range map[string]int{"64MiB": 64, "1GiB": 1024} {
			if err := writeRandom(filepath.Join(dir, name), size); err != nil {
				return err
			}
		}
		source := "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n\nint main(void) { return puts(\"hello\") < 0; }\n"
		if err := os.WriteFile(filepath.Join(dir, "hello.c"), []byte(source), 0o644); err != nil {
			return err
		}
		return writeRepo(ctx, filepath.Join(dir, "repo"), filesFar)
	})
}

// writeSmall makes directories with few small files, and one with many.
func writeSmall(dir string) error {
	var names []string
	for i := range freshDirs {
		for _, name := range []string{"file", "other", "third"} {
			names = append(names, fmt.Sprintf("dirs/%03d/%s", i, name))
		}
	}
	for i := range smallFiles {
		names = append(names, fmt.Sprintf("many/file%04d.txt", i))
	}
	for i, name := range names {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		text := strings.Repeat("all work and no play\n", 1+i%190)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writeRandom makes a file of so many MiB that nobody can compress.
func writeRandom(name string, mebibytes int) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	random := rand.NewChaCha8([32]byte{1})
	buffer := make([]byte, 1<<20)
	for range mebibytes {
		_, _ = random.Read(buffer) // it never fails
		if _, err := file.Write(buffer); err != nil {
			return err
		}
	}
	return file.Close()
}
