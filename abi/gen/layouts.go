package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// place is where a member lies on one architecture.
type place struct{ offset, size int }

// compute fills in the size and alignment of lay on architecture i.
func (p *structParser) compute(lay *layout, i int) error {
	if lay.size[i] != 0 {
		return nil
	}
	if lay.primType != "" {
		prim := primitives[lay.primType]
		lay.size, lay.align = prim.size, prim.align
		return nil
	}
	if lay.blocks[i] == nil {
		return nil
	}
	lay.size[i] = -1 // while under way
	_, size, align, err := p.place(lay.blocks[i], i)
	lay.size[i], lay.align[i] = size, align
	return err
}

// place lays out the members of b on architecture i as C does.
func (p *structParser) place(b *block, i int) (places map[*member]place, size, align int, err error) {
	places = map[*member]place{}
	align = max(1, b.align)
	for start := 0; start < len(b.members); {
		end := start + 1
		for end < len(b.members) && b.members[end].overlay {
			end++
		}
		group := slices.DeleteFunc(slices.Clone(b.members[start:end]), func(m *member) bool { return !m.archs[i] })
		start = end
		groupAlign := 1
		for _, m := range group {
			msize, malign, err := p.sizeOf(m, i)
			if err != nil {
				return nil, 0, 0, err
			}
			places[m] = place{size: msize}
			groupAlign = max(groupAlign, malign)
		}
		if b.packed {
			groupAlign = 1
		}
		align = max(align, groupAlign)
		offset := roundUp(size, groupAlign)
		for _, m := range group {
			places[m] = place{offset, places[m].size}
			size = max(size, offset+places[m].size)
		}
	}
	return places, roundUp(size, align), align, nil
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// sizeOf returns the size and alignment of m on architecture i.
func (p *structParser) sizeOf(m *member, i int) (size, align int, err error) {
	if prim, ok := primitives[m.typ]; ok {
		size, align = prim.size[i], prim.align[i]
	} else {
		lay := p.byName[m.typ]
		if lay == nil {
			return 0, 0, m.line.errorf("unknown type %q", m.typ)
		}
		if err := p.compute(lay, i); err != nil {
			return 0, 0, err
		}
		if lay.size[i] <= 0 {
			return 0, 0, m.line.errorf("%s does not exist on %s, or contains itself", m.typ, archs[i])
		}
		size, align = lay.size[i], lay.align[i]
	}
	if m.count >= 0 {
		size *= m.count
	}
	return size, align, nil
}

// merge collects the fields of lay over the architectures.
func (p *structParser) merge(lay *layout) error {
	for i, b := range lay.blocks {
		if b == nil {
			continue
		}
		places, _, _, err := p.place(b, i)
		if err != nil {
			return err
		}
		for _, m := range b.members {
			at, ok := places[m]
			if !ok || m.name == "-" {
				continue
			}
			f, err := lay.field(m)
			if err != nil {
				return err
			}
			if f.offset[i] >= 0 {
				return m.line.errorf("%s.%s is described twice for %s", lay.name, m.name, archs[i])
			}
			f.offset[i], f.size[i], f.count[i] = at.offset, at.size, m.count
		}
	}
	return nil
}

// field returns the merged field that m describes.
func (lay *layout) field(m *member) (*field, error) {
	prim, isPrim := primitives[m.typ]
	f := &field{name: m.name, kind: m.kind, of: m.of, signed: prim.signed, first: m, offset: [3]int{-1, -1, -1}}
	if f.kind == "" {
		f.kind = prim.kind
	}
	if !isPrim {
		f.kind, f.of = "KindStruct", m.typ
	}
	i := slices.IndexFunc(lay.fields, func(g *field) bool { return g.name == m.name })
	if i < 0 {
		lay.fields = append(lay.fields, f)
		return f, nil
	}
	g := lay.fields[i]
	if m.kind != g.first.kind || f.of != g.of {
		return nil, m.line.errorf("%s.%s means something else than in line %d", lay.name, m.name, g.first.line.number)
	}
	return g, nil
}

// layoutsSource returns the Go source of the layouts: a variable each, so that
// they can point to one another.
func layoutsSource(layouts []*layout, sets []*flagSet) []byte {
	b := newSource("structs.txt")
	for _, lay := range layouts {
		kind := lay.kind
		if lay.primType == "" {
			kind = "KindStruct"
		}
		fmt.Fprintf(b, "var %s = Layout{Name: %q, Kind: %s, %sSigned: %t, size: %s, align: %s",
			layoutIdent(lay.name), lay.name, kind, reference(lay.kind, lay.of, sets), primitives[lay.primType].signed,
			triple(lay.size), triple(lay.align))
		if len(lay.fields) > 0 {
			b.WriteString(", fields: []Field{\n")
			for _, f := range lay.fields {
				writeField(b, f, sets)
			}
			b.WriteString("}, order: [NumArch][]uint8{\n")
			for i := range archs {
				fmt.Fprintf(b, "%s,\n", strings.Replace(fmt.Sprintf("%#v", lay.order(i)), "[]byte", "", 1))
			}
			b.WriteString("}")
		}
		b.WriteString("}\n\n")
	}
	b.WriteString("var layouts = [...]*Layout{\n")
	for _, lay := range layouts {
		fmt.Fprintf(b, "&%s,\n", layoutIdent(lay.name))
	}
	b.WriteString("}\n")
	return b.Bytes()
}

func layoutIdent(name string) string { return "layout_" + name }

// reference returns the fields of a composite literal by which what is of that
// kind refers to a flag set or a layout.
func reference(kind, of string, sets []*flagSet) string {
	switch {
	case of == "":
		return ""
	case kind == "KindFlags":
		i := slices.IndexFunc(sets, func(set *flagSet) bool { return set.name == of })
		return fmt.Sprintf("Of: %q, Set: &flagSets[%d], ", of, i)
	}
	return fmt.Sprintf("Of: %q, Layout: &%s, ", of, layoutIdent(of))
}

// order returns the indices of the fields that lay has on architecture i, by
// offset; those of a union stay in the order of the description.
func (lay *layout) order(i int) []byte {
	order := []byte{}
	for k, f := range lay.fields {
		if f.offset[i] >= 0 {
			order = append(order, byte(k))
		}
	}
	slices.SortStableFunc(order, func(a, b byte) int { return lay.fields[a].offset[i] - lay.fields[b].offset[i] })
	return order
}

func writeField(b *bytes.Buffer, f *field, sets []*flagSet) {
	fmt.Fprintf(b, "{Name: %q, Kind: %s, %sSigned: %t, Array: %t, offset: %s, size: %s, count: %s},\n",
		f.name, f.kind, reference(f.kind, f.of, sets), f.signed, f.first.count >= 0, triple(f.offset), triple(f.size), triple(f.counts()))
}

// counts returns the number of elements, which is 1 for what is no array.
func (f *field) counts() (n [3]int) {
	for i := range archs {
		switch {
		case f.offset[i] < 0:
		case f.first.count < 0:
			n[i] = 1
		default:
			n[i] = f.count[i]
		}
	}
	return n
}

func triple(v [3]int) string { return fmt.Sprintf("[NumArch]int{%d, %d, %d}", v[0], v[1], v[2]) }
