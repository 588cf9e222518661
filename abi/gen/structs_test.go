package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
)

// TestLayoutsAgainstC asks a C compiler for the size of each structure that
// the kernel's headers have and for the offset and size of each field.
func TestLayoutsAgainstC(t *testing.T) {
	d, err := read(root)
	if err != nil {
		t.Fatal(err)
	}
	for i, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			needCompiler(t, i)
			ps := programs{}
			checked := 0
			for _, lay := range d.layouts {
				b := lay.blocks[i]
				if b == nil || b.ctype == "" || !b.check[i] {
					continue
				}
				writeAsserts(ps.forHeaders(b.headers), lay, i)
				checked++
			}
			if checked < 70 {
				t.Errorf("only %d structures to check", checked)
			}
			ps.compile(t, i)
		})
	}
}

func writeAsserts(w *program, lay *layout, i int) {
	b := lay.blocks[i]
	assert := func(what string, want int) {
		fmt.Fprintf(w, "_Static_assert(%s == %d, \"%s:%d %s\");\n", what, want, filepath.Base(b.file), b.number, what)
	}
	grown := false
	for _, m := range b.members {
		grown = grown || m.isNew
		f := lay.find(m.name)
		if m.name == "-" || m.cname == "-" || m.isNew || !m.archs[i] {
			continue
		}
		assert(fmt.Sprintf("offsetof(%s, %s)", b.ctype, m.cname), f.offset[i])
		if m.count != 0 {
			assert(fmt.Sprintf("sizeof(((%s *)0)->%s)", b.ctype, m.cname), f.size[i])
		}
	}
	if !grown {
		assert(fmt.Sprintf("sizeof(%s)", b.ctype), lay.size[i])
	}
}

func (lay *layout) find(name string) *field {
	i := slices.IndexFunc(lay.fields, func(f *field) bool { return f.name == name })
	if i < 0 {
		return nil
	}
	return lay.fields[i]
}
