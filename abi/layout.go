package abi

import (
	"encoding/binary"
	"iter"
	"slices"
	"sort"
	"strings"
)

// Layout is how a structure, or a number that memory holds by itself, lies in
// a guest's memory. All architectures here are little-endian.
type Layout struct {
	Name   string
	Kind   Kind     // KindStruct, or what the number means
	Of     string   // the name of Set
	Set    *FlagSet // of a number that is KindFlags
	Signed bool     // of a number

	size, align [NumArch]int
	fields      []Field
	order       [NumArch][]uint8 // indices of fields, by offset
}

// Field is a field of a structure.
type Field struct {
	Name   string
	Kind   Kind
	Of     string   // the name of Set or Layout
	Set    *FlagSet // of KindFlags
	Layout *Layout  // of KindStruct
	Signed bool     // a number is to be sign-extended
	Array  bool     // there are Count elements

	offset, size, count [NumArch]int
}

// LayoutOf returns the layout of that name, or nil if there is none. Names
// are the kernel's, with these differences: what i386 alone has with 64-bit
// times ends in 64 (timespec64) on all architectures, stat64, statfs64 and
// flock64 are i386's, and sigaction is the one of rt_sigaction(2).
func LayoutOf(name string) *Layout {
	i, ok := sort.Find(len(layouts), func(i int) int { return strings.Compare(name, layouts[i].Name) })
	if !ok {
		return nil
	}
	return layouts[i]
}

// Layouts returns all layouts, sorted by name.
func Layouts() []*Layout { return slices.Clone(layouts[:]) }

// Size returns the size of l on a in bytes, or 0 if a has no such structure.
func (l *Layout) Size(a Arch) int { return l.size[a] }

// Align returns the alignment of l on a in bytes.
func (l *Layout) Align(a Arch) int { return l.align[a] }

// Fields yields the fields that l has on a in the order of their offsets.
// Fields of a union share an offset.
func (l *Layout) Fields(a Arch) iter.Seq[*Field] {
	return func(yield func(*Field) bool) {
		for _, i := range l.order[a] {
			if !yield(&l.fields[i]) {
				return
			}
		}
	}
}

// Field returns the field of that name, or nil if there is none. Dots lead
// into structures within: it_value.tv_sec. The offset of such a field counts
// from the start of l.
func (l *Layout) Field(name string) *Field {
	name, inner, nested := strings.Cut(name, ".")
	i := slices.IndexFunc(l.fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	f := &l.fields[i]
	if !nested {
		return f
	}
	if f.Kind != KindStruct {
		return nil
	}
	g := f.Layout.Field(inner)
	if g == nil {
		return nil
	}
	moved := *g
	for a := range moved.offset {
		if moved.offset[a] >= 0 && f.offset[a] >= 0 {
			moved.offset[a] += f.offset[a]
		} else {
			moved.offset[a] = -1
		}
	}
	return &moved
}

// Offset returns how many bytes f lies from the start of the structure on a,
// or -1 if the structure has no such field there.
func (f *Field) Offset(a Arch) int { return f.offset[a] }

// Size returns the size of f on a in bytes, that of all elements of an array.
func (f *Field) Size(a Arch) int { return f.size[a] }

// Count returns the number of elements of f on a: 1 for what is no array, 0
// for an array without a fixed length at the end of a structure.
func (f *Field) Count(a Arch) int { return f.count[a] }

// Get returns the number that f has in the structure that begins at b[0],
// sign-extended if f is signed. Of an array it is the first element. It
// returns 0 if a has no such field, or one that is no number, and panics if b
// ends before the field does.
func (f *Field) Get(a Arch, b []byte) uint64 {
	b = f.element(a, b)
	switch len(b) {
	case 1:
		if f.Signed {
			return uint64(int8(b[0]))
		}
		return uint64(b[0])
	case 2:
		v := binary.LittleEndian.Uint16(b)
		if f.Kind == KindBE16 {
			v = binary.BigEndian.Uint16(b)
		}
		if f.Signed {
			return uint64(int16(v))
		}
		return uint64(v)
	case 4:
		v := binary.LittleEndian.Uint32(b)
		if f.Kind == KindBE32 {
			v = binary.BigEndian.Uint32(b)
		}
		if f.Signed {
			return uint64(int32(v))
		}
		return uint64(v)
	case 8:
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Put stores v, cut to the field's width, as Get reads it. It does nothing if
// a has no such field, or one that is no number.
func (f *Field) Put(a Arch, b []byte, v uint64) {
	b = f.element(a, b)
	switch {
	case len(b) == 1:
		b[0] = byte(v)
	case f.Kind == KindBE16:
		binary.BigEndian.PutUint16(b, uint16(v))
	case len(b) == 2:
		binary.LittleEndian.PutUint16(b, uint16(v))
	case f.Kind == KindBE32:
		binary.BigEndian.PutUint32(b, uint32(v))
	case len(b) == 4:
		binary.LittleEndian.PutUint32(b, uint32(v))
	case len(b) == 8:
		binary.LittleEndian.PutUint64(b, v)
	}
}

// element returns the bytes of the first element of f, or nil.
func (f *Field) element(a Arch, b []byte) []byte {
	if f.offset[a] < 0 || f.count[a] == 0 || f.Kind == KindStruct {
		return nil
	}
	return b[f.offset[a] : f.offset[a]+f.size[a]/f.count[a]]
}
