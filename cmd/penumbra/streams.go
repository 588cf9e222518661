package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// streams are where a verb writes: its result to out, its complaints to err.
type streams struct {
	out, err io.Writer
}

// print writes a verb's whole result and returns the verb's exit status: a
// result that could not be written, as on a full disk, is a failure.
func (s streams) print(text string) int {
	if _, err := io.WriteString(s.out, text); err != nil {
		return s.fail("cannot write to standard output: "+err.Error(), exitFailure)
	}
	return 0
}

// complaints is standard error for as long as a guest runs. That nobody reads
// it must not end penumbra, and the guest with it: through package os a write
// to a broken pipe would.
type complaints struct{}

func (complaints) Write(p []byte) (int, error) {
	return unix.Write(2, p)
}

// fail says message as one of penumbra's own and returns exit.
func (s streams) fail(message string, exit int) int {
	s.say(message)
	return exit
}

// say writes message as one of penumbra's own, in one line.
func (s streams) say(message string) { fmt.Fprintf(s.err, "penumbra: %s\n", printable(message)) }

// printable returns text with what a terminal might take for a command, or what
// would look like another line, in the form of C's escapes: names of files and
// programs may hold anything.
func printable(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		i += n
	}
	return b.String()
}

// usage reports a command line of verb, or of none if that is "", that makes
// no sense.
func (s streams) usage(verb, message string) int {
	help := "penumbra help"
	if verb != "" {
		message = verb + ": " + message
		help += " " + verb
	}
	s.fail(message, exitUsage)
	fmt.Fprintf(s.err, "Try \"%s\".\n", help)
	return exitUsage
}
