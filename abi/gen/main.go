// Gen writes the tables of package abi and docs/syscalls.md from the
// descriptions in abi/*.txt. Run it by `go generate ./abi`; it takes the
// module's root as its argument, by default the parent of the working
// directory.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
)

func main() {
	root := ".."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	files, err := generate(root)
	for name, data := range files {
		if err == nil {
			err = os.WriteFile(filepath.Join(root, name), data, 0o666)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// description holds all that abi/*.txt say.
type description struct {
	calls   []*call
	layouts []*layout
	sets    []*flagSet
	errnos  []line
	words   *words
	manuals map[string]*manual // by name of the call
}

// read reads the descriptions below root and checks that they fit together.
func read(root string) (d description, err error) {
	parse := func(name string, parse func([]line) error) {
		var lines []line
		if err == nil {
			lines, err = readLines(filepath.Join(root, "abi", name))
		}
		if err == nil {
			err = parse(lines)
		}
	}
	parse("syscalls.txt", func(lines []line) (err error) { d.calls, err = parseCalls(lines); return err })
	parse("structs.txt", func(lines []line) (err error) { d.layouts, err = parseStructs(lines); return err })
	parse("flags.txt", func(lines []line) (err error) { d.sets, err = parseFlags(lines); return err })
	parse("errnos.txt", func(lines []line) error { d.errnos = lines; return nil })
	if err == nil {
		err = checkReferences(d.calls, d.layouts, d.sets)
	}
	known := newLexicon(d.calls, d.sets, d.errnos)
	parse("words.txt", func(lines []line) (err error) { d.words, err = parseWords(lines, known); return err })
	parse("manual.txt", func(lines []line) (err error) { d.manuals, err = parseManual(lines, known, d.words); return err })
	if err == nil {
		err = checkManuals(d.calls, d.manuals)
	}
	return d, err
}

// generate returns the contents of all generated files by their names below
// root.
func generate(root string) (map[string][]byte, error) {
	d, err := read(root)
	if err != nil {
		return nil, err
	}
	errnos, err := errnosSource(d.errnos)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{"docs/syscalls.md": docs(d.calls)}
	for name, source := range map[string][]byte{
		"abi/zsyscalls.go": callsSource(d.calls, d.sets),
		"abi/zlayouts.go":  layoutsSource(d.layouts, d.sets),
		"abi/zflags.go":    flagsSource(d.sets),
		"abi/zerrnos.go":   errnos,
		"abi/zwords.go":    wordsSource(d.words),
		"abi/zmanual.go":   manualSource(d.calls, d.manuals),
	} {
		if files[name], err = format.Source(source); err != nil {
			return nil, fmt.Errorf("format %s: %w", name, err)
		}
	}
	return files, nil
}

// newSource returns a buffer with the head of a generated file.
func newSource(from string) *bytes.Buffer {
	return bytes.NewBufferString("// Code generated from " + from + " by go generate. DO NOT EDIT.\n\npackage abi\n\n")
}
