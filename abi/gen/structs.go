package main

import (
	"slices"
	"strconv"
	"strings"
)

// layout is a number or a structure of structs.txt.
type layout struct {
	line
	name     string
	primType string    // the type of a number, or "" for a structure
	kind     string    // of a number: the identifier of an abi.Kind
	of       string    // of a number: its flag set
	blocks   [3]*block // of a structure, by architecture
	size     [3]int    // 0 where it does not exist
	align    [3]int
	fields   []*field // merged over the architectures
}

// block is one struct description, for one or more architectures.
type block struct {
	line
	packed  bool
	align   int
	ctype   string
	headers string
	check   [3]bool
	members []*member
}

// member is the line of one field.
type member struct {
	line
	name    string
	typ     string
	count   int // -1 if no array
	kind    string
	of      string
	cname   string
	isNew   bool
	overlay bool
	archs   [3]bool
}

// field is a field with its places on all architectures.
type field struct {
	name   string
	kind   string
	of     string
	signed bool
	count  [3]int
	offset [3]int // -1 where it does not exist
	size   [3]int
	first  *member
}

// primitive is a type of C: its size by architecture and its default kind.
type primitive struct {
	size   [3]int
	align  [3]int
	kind   string
	signed bool
}

var primitives = map[string]primitive{
	"u8": fixedSize(1, "KindU8", false), "s8": fixedSize(1, "KindS8", true),
	"u16": fixedSize(2, "KindU16", false), "s16": fixedSize(2, "KindS16", true),
	"u32": fixedSize(4, "KindU32", false), "s32": fixedSize(4, "KindS32", true),
	"int": fixedSize(4, "KindInt", true), "uint": fixedSize(4, "KindUint", false),
	"a64":   fixedSize(8, "KindU64", false),
	"char":  fixedSize(1, "KindChars", false),
	"long":  {[3]int{8, 4, 8}, [3]int{8, 4, 8}, "KindLong", true},
	"ulong": {[3]int{8, 4, 8}, [3]int{8, 4, 8}, "KindUlong", false},
	"ptr":   {[3]int{8, 4, 8}, [3]int{8, 4, 8}, "KindAddr", false},
	"u64":   {[3]int{8, 8, 8}, [3]int{8, 4, 8}, "KindU64", false},
	"s64":   {[3]int{8, 8, 8}, [3]int{8, 4, 8}, "KindS64", true},
}

func fixedSize(n int, kind string, signed bool) primitive {
	return primitive{[3]int{n, n, n}, [3]int{n, n, n}, kind, signed}
}

// parseStructs returns the layouts sorted by name, with all offsets computed.
func parseStructs(lines []line) ([]*layout, error) {
	p := structParser{byName: map[string]*layout{}}
	for _, l := range lines {
		if err := p.parseLine(l); err != nil {
			return nil, err
		}
	}
	for _, lay := range p.layouts {
		for i := range archs {
			if err := p.compute(lay, i); err != nil {
				return nil, err
			}
		}
	}
	for _, lay := range p.layouts {
		if err := p.merge(lay); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(p.layouts, func(a, b *layout) int { return strings.Compare(a.name, b.name) })
	return p.layouts, nil
}

type structParser struct {
	byName  map[string]*layout
	layouts []*layout
	current *block
}

func (p *structParser) parseLine(l line) error {
	switch {
	case !l.indented && l.fields[0] == "type":
		p.current = nil
		return p.parseType(l)
	case !l.indented && l.fields[0] == "struct":
		return p.parseHead(l)
	case !l.indented:
		return l.errorf("want type, struct, or an indented field, not %q", l.fields[0])
	case p.current == nil:
		return l.errorf("a field outside of a struct")
	}
	m, err := parseMember(l)
	if err == nil && m.overlay && len(p.current.members) == 0 {
		err = l.errorf("%s overlays no field", m.name)
	}
	if err != nil {
		return err
	}
	p.current.members = append(p.current.members, m)
	return nil
}

// named returns the layout of that name, made if there was none.
func (p *structParser) named(l line, name string) *layout {
	lay := p.byName[name]
	if lay == nil {
		lay = &layout{line: l, name: name}
		p.byName[name] = lay
		p.layouts = append(p.layouts, lay)
	}
	return lay
}

func (p *structParser) parseType(l line) error {
	if len(l.fields) < 3 || len(l.fields) > 4 {
		return l.errorf("a type is: type name type [meaning]")
	}
	if p.byName[l.fields[1]] != nil {
		return l.errorf("%s is described twice", l.fields[1])
	}
	lay := p.named(l, l.fields[1])
	prim, ok := primitives[l.fields[2]]
	if !ok {
		return l.errorf("unknown type %q", l.fields[2])
	}
	lay.primType, lay.kind = l.fields[2], prim.kind
	if len(l.fields) == 4 {
		var err error
		lay.kind, lay.of, err = parseMeaning(l, l.fields[3])
		return err
	}
	return nil
}

func (p *structParser) parseHead(l line) error {
	if len(l.fields) < 2 {
		return l.errorf("a struct has no name")
	}
	b := &block{line: l, check: [3]bool{true, true, true}}
	on := [3]bool{true, true, true}
	for _, word := range l.fields[2:] {
		var err error
		if list, ok := strings.CutPrefix(word, "@"); ok {
			on, err = parseArchs(l, list)
		} else if list, ok := strings.CutPrefix(word, "check="); ok {
			b.check, err = parseArchs(l, list)
		} else if b.ctype == "" && strings.HasPrefix(word, "c=") {
			b.ctype = strings.Replace(word[2:], "struct_", "struct ", 1)
		} else if strings.HasPrefix(word, "h=") {
			b.headers = word[2:]
		} else if strings.HasPrefix(word, "align=") {
			b.align, err = strconv.Atoi(word[6:])
		} else if word == "packed" {
			b.packed = true
		} else {
			err = l.errorf("unknown word %q after a struct", word)
		}
		if err != nil {
			return err
		}
	}
	if (b.ctype == "") != (b.headers == "") {
		return l.errorf("c= and h= go together")
	}
	lay := p.named(l, l.fields[1])
	for i := range archs {
		if !on[i] {
			continue
		}
		if lay.blocks[i] != nil || lay.primType != "" {
			return l.errorf("%s is described twice for %s", lay.name, archs[i])
		}
		lay.blocks[i] = b
	}
	p.current = b
	return nil
}

func parseArchs(l line, list string) (on [3]bool, err error) {
	for word := range strings.SplitSeq(list, ",") {
		i := slices.Index(archs, word)
		if i < 0 && word != "none" {
			return on, l.errorf("unknown architecture %q", word)
		}
		if i >= 0 {
			on[i] = true
		}
	}
	return on, nil
}

func parseMember(l line) (*member, error) {
	m := &member{line: l, count: -1, archs: [3]bool{true, true, true}}
	fields := l.fields
	if fields[0] == "|" {
		m.overlay, fields = true, fields[1:]
	}
	if len(fields) < 2 {
		return nil, l.errorf("a field is: name type [meaning] [options]")
	}
	m.name, m.typ, m.cname = fields[0], fields[1], fields[0]
	if typ, count, ok := strings.Cut(m.typ, "["); ok {
		n, err := strconv.ParseUint(strings.TrimSuffix(count, "]"), 10, 16)
		if err != nil {
			return nil, l.errorf("malformed type %q", m.typ)
		}
		m.typ, m.count = typ, int(n)
	}
	for _, word := range fields[2:] {
		var err error
		if list, ok := strings.CutPrefix(word, "@"); ok {
			m.archs, err = parseArchs(l, list)
		} else if cname, ok := strings.CutPrefix(word, "c="); ok {
			m.cname = cname
		} else if word == "new" {
			m.isNew = true
		} else {
			m.kind, m.of, err = parseMeaning(l, word)
		}
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

func parseMeaning(l line, word string) (kind, of string, err error) {
	if set, ok := strings.CutPrefix(word, "{"); ok && strings.HasSuffix(set, "}") {
		return "KindFlags", strings.TrimSuffix(set, "}"), nil
	}
	switch word {
	case "be16":
		return "KindBE16", "", nil
	case "be32":
		return "KindBE32", "", nil
	}
	if kind = scalarIdents[word]; kind == "" {
		return "", "", l.errorf("unknown meaning %q", word)
	}
	return kind, "", nil
}
