package main

import (
	"fmt"
	"testing"
)

// TestFlagsAgainstC asks a C compiler for the value of each name that the
// kernel's headers have.
func TestFlagsAgainstC(t *testing.T) {
	d, err := read(root)
	if err != nil {
		t.Fatal(err)
	}
	for i, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			needCompiler(t, i)
			ps := programs{}
			checked := 0
			for _, set := range d.sets {
				if set.headers != "" {
					checked += writeFlagAsserts(ps.forHeaders(set.headers), set, i)
				}
			}
			if checked < 1500 {
				t.Errorf("only %d names to check", checked)
			}
			ps.compile(t, i)
		})
	}
}

// writeFlagAsserts asserts the values of set and returns how many of them C
// must have.
func writeFlagAsserts(w *program, set *flagSet, i int) (n int) {
	for _, s := range set.sections {
		for _, f := range s.flags {
			typ := "unsigned"
			if set.wide && f.value[i]>>31 != 1 { // C's 1<<31 is negative
				typ = "unsigned long long"
			}
			assert := fmt.Sprintf("_Static_assert((%s)(%s) == %#xULL, \"flags.txt:%d %s\");\n", typ, f.name, f.value[i], f.number, f.name)
			switch {
			case f.isNew && f.has[i]:
				fmt.Fprintf(w, "#ifdef %s\n%s#endif\n", f.name, assert)
			case f.isNew:
			case f.has[i]:
				w.WriteString(assert)
				n++
			default:
				fmt.Fprintf(w, "#ifdef %s\n#error flags.txt:%d %s exists on %s\n#endif\n", f.name, f.number, f.name, archs[i])
			}
		}
	}
	return n
}
