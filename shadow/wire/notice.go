package wire

import "strings"

// A Change is what a shadow tells, by itself, of a directory that the client has
// a lease on.
type Change struct {
	// All: every lease is over, and everything may have changed. The other fields
	// are empty.
	All   bool
	Lease uint32
	// Name is the name in the directory that has changed, or empty: the directory
	// itself.
	Name string
	// Gone: there is no such name. Without a name: this lease is over.
	Gone bool
	// Held, Attr and Link are those of a Dirent: what the name has now.
	Held bool
	Attr Attr
	Link string
}

func (c *coder) change(v *Change) {
	c.u32(&v.Lease)
	c.text(&v.Name, MaxName)
	if strings.Contains(v.Name, "/") {
		c.fail("entry %q", v.Name)
	}
	has := !v.Gone
	c.described(&has, &v.Held, &v.Attr, &v.Link)
	v.Gone = !has
}

// AppendChange appends an encoded change, which is not All, to b, the head of a
// notice. A head without changes says All.
func AppendChange(b []byte, v *Change) ([]byte, error) {
	c := coder{b: b}
	c.change(v)
	return c.b, c.err
}

// DecodeNotice decodes the head of a notice: one change at least.
func DecodeNotice(head []byte) ([]Change, error) {
	if len(head) == 0 {
		return []Change{{All: true}}, nil
	}
	var all []Change
	c := coder{b: head, reading: true}
	for len(c.b) > 0 {
		var v Change
		c.change(&v)
		all = append(all, v)
	}
	return all, c.err
}
