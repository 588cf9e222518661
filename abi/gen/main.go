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

// generate returns the contents of all generated files by their names below
// root.
func generate(root string) (map[string][]byte, error) {
	calls, err := readCalls(filepath.Join(root, "abi/syscalls.txt"))
	if err != nil {
		return nil, err
	}
	structs, err := readLines(filepath.Join(root, "abi/structs.txt"))
	if err != nil {
		return nil, err
	}
	layouts, err := parseStructs(structs)
	if err != nil {
		return nil, err
	}
	errnos, err := readErrnos(root)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{"docs/syscalls.md": docs(calls)}
	for name, source := range map[string][]byte{
		"abi/zsyscalls.go": callsSource(calls),
		"abi/zerrnos.go":   errnos,
		"abi/zlayouts.go":  layoutsSource(layouts),
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
