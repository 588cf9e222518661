package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// callsSource returns the Go source of the table of calls.
func callsSource(calls []*call, sets []*flagSet) []byte {
	b := newSource("syscalls.txt")
	fmt.Fprintf(b, "var table = [...]Syscall{\n")
	for i, c := range calls {
		writeCall(b, i, c, sets)
	}
	fmt.Fprintf(b, "}\n\n// byNumber holds 1 + the index in table, or 0 for no call.\nvar byNumber = [NumArch][]uint16{\n")
	for i, ident := range []string{"AMD64", "I386", "ARM64"} {
		fmt.Fprintf(b, "%s: {\n", ident)
		for j, c := range byNumber(calls, i) {
			fmt.Fprintf(b, "%d: %d,", c.number[i], slices.Index(calls, c)+1)
			if j%8 == 7 {
				b.WriteByte('\n')
			}
		}
		fmt.Fprintf(b, "\n},\n")
	}
	fmt.Fprintf(b, "}\n")
	return b.Bytes()
}

// byNumber returns the calls that architecture i has, in numerical order.
func byNumber(calls []*call, i int) []*call {
	var sorted []*call
	for _, c := range calls {
		if c.number[i] >= 0 {
			sorted = append(sorted, c)
		}
	}
	slices.SortFunc(sorted, func(a, b *call) int { return a.number[i] - b.number[i] })
	return sorted
}

func writeCall(b *bytes.Buffer, index int, c *call, sets []*flagSet) {
	fmt.Fprintf(b, "{Name: %q, index: %d, Number: [NumArch]int{%d, %d, %d}, Class: %s, Axis: %s, Returns: %s",
		c.name, index, c.number[0], c.number[1], c.number[2], classIdents[c.class], axisIdents[c.axis], c.result.kind)
	if c.result.of != "" {
		fmt.Fprintf(b, ", %s", strings.TrimSuffix(reference(c.result.kind, c.result.of, sets), ", "))
	}
	for _, flag := range []struct {
		set   bool
		field string
	}{{c.eintr, "Interruptible"}, {c.norestart, "NeverRestarts"}, {c.noreturn, "NoReturn"}, {c.unimplemented, "Unimplemented"}} {
		if flag.set {
			fmt.Fprintf(b, ", %s: true", flag.field)
		}
	}
	if len(c.args) > 0 {
		fmt.Fprintf(b, ", Args: ")
		writeArgs(b, c.args, sets)
	}
	if slices.ContainsFunc(c.variants[:], func(v []arg) bool { return v != nil }) {
		fmt.Fprintf(b, ", variants: [NumArch][]Arg{")
		for i, ident := range []string{"AMD64", "I386", "ARM64"} {
			if c.variants[i] != nil {
				fmt.Fprintf(b, "%s: ", ident)
				writeArgs(b, c.variants[i], sets)
				b.WriteString(",")
			}
		}
		b.WriteString("}")
	}
	b.WriteString("},\n")
}

func writeArgs(b *bytes.Buffer, args []arg, sets []*flagSet) {
	b.WriteString("[]Arg{\n")
	for _, a := range args {
		fmt.Fprintf(b, "{Name: %q, Kind: %s", a.name, a.kind)
		if a.dir != "" {
			fmt.Fprintf(b, ", Dir: %s", a.dir)
		}
		if a.of != "" {
			fmt.Fprintf(b, ", %s", strings.TrimSuffix(reference(a.kind, a.of, sets), ", "))
		}
		if a.length != "LengthOne" {
			fmt.Fprintf(b, ", Length: %s", a.length)
		}
		if a.fixed != 0 {
			fmt.Fprintf(b, ", Fixed: %d", a.fixed)
		}
		fmt.Fprintf(b, ", Len: %d, Per: %d, At: %d", a.len, a.per, a.at)
		if a.nofollow {
			b.WriteString(", NoFollow: true")
		}
		b.WriteString("},\n")
	}
	b.WriteString("}")
}
