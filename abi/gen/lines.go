package main

import (
	"fmt"
	"os"
	"strings"
)

// line is one line of a description with a place to blame.
type line struct {
	file     string
	number   int
	indented bool
	fields   []string
}

// errorf returns an error that begins with file:line.
func (l line) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", l.file, l.number, fmt.Sprintf(format, args...))
}

// readLines returns the lines of a file that are neither blank nor comment.
func readLines(file string) ([]line, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return splitLines(file, string(data)), nil
}

func splitLines(file, text string) []line {
	var lines []line
	number := 0
	for raw := range strings.SplitSeq(text, "\n") {
		number++
		fields := strings.Fields(raw)
		if len(fields) > 0 && fields[0][0] != '#' {
			indented := raw[0] == ' ' || raw[0] == '\t'
			lines = append(lines, line{file, number, indented, fields})
		}
	}
	return lines
}
