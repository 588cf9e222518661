package main

import (
	"bytes"
	"fmt"
	"strings"
)

const docsHead = `# The system calls and what Penumbra does with them

This page is generated from abi/syscalls.txt; edit that file and run
` + "`go generate ./abi`" + `. It lists every system call of Linux on x86-64, i386 and
arm64 with its number on each (– where the architecture lacks it), its
arguments, its result, and who answers it under ` + "`penumbra run`" + `. A ⚡ marks a
call that may fail with EINTR after a signal handler ran. The notation of the
arguments is explained at the head of abi/syscalls.txt. The axis is that of the
syscall mode which the call follows, as [modes.md](modes.md) explains.

A number that this page does not list is one that Penumbra does not know: the
kernel answers it, with ENOSYS if it does not know the number either.
`

// classTitles are the sections of the page, in order.
var classTitles = []struct{ class, title string }{
	{"file", "Files by path"},
	{"desc", "Files by descriptor"},
	{"process", "Processes and threads"},
	{"memory", "Memory"},
	{"signal", "Signals"},
	{"time", "Time"},
	{"identity", "Identity"},
	{"network", "Network"},
	{"ipc", "System V and POSIX IPC"},
	{"machine", "The machine"},
	{"other", "Other"},
}

// docs returns the support page.
func docs(calls []*call) []byte {
	b := bytes.NewBufferString(docsHead)
	for _, section := range classTitles {
		fmt.Fprintf(b, "\n## %s\n\n| call | x86-64 | i386 | arm64 | axis | arguments | result | under run |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n", section.title)
		for _, c := range calls {
			if c.class == section.class {
				writeRow(b, c)
			}
		}
	}
	return b.Bytes()
}

func writeRow(b *bytes.Buffer, c *call) {
	mark := ""
	if c.eintr {
		mark = " ⚡"
	}
	fmt.Fprintf(b, "| %s%s ", c.name, mark)
	for _, n := range c.number {
		if n < 0 {
			b.WriteString("| – ")
		} else {
			fmt.Fprintf(b, "| %d ", n)
		}
	}
	fmt.Fprintf(b, "| %s | %s | %s | %s |\n", c.axis, argsCell(c), c.result.word, underRun(c))
}

func argsCell(c *call) string {
	cell := argsText(c.args)
	for i, variant := range c.variants {
		if variant != nil {
			cell += "<br>" + archs[i] + ": " + argsText(variant)
		}
	}
	return cell
}

func argsText(args []arg) string {
	var words []string
	for _, a := range args {
		words = append(words, a.name+":"+strings.ReplaceAll(a.word, "*", `\*`))
	}
	return strings.Join(words, " ")
}

// underRun says who answers c when the view is empty.
func underRun(c *call) string {
	switch {
	case c.name == "ptrace":
		return "EPERM, and one line on stderr: a process has one tracer, and that is Penumbra"
	case c.name == "prctl":
		return "the kernel answers; PR_SET_SECCOMP to strict mode: a filter and a tracer stand in for it"
	case c.name == "seccomp":
		return "the kernel answers (EBUSY to a listener, for Penumbra has one); SECCOMP_SET_MODE_STRICT: a filter and a tracer stand in for it"
	case c.unimplemented:
		return "the kernel answers: ENOSYS"
	}
	return "the kernel answers"
}
