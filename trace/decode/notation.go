// Package decode reads what the arguments of a call mean, and the memory that
// they point to, and writes it down in a notation. What it knows of calls is
// package abi's table; where an argument's meaning depends on another one, a
// few functions beside it say how.
package decode

import (
	"penumbra/abi"
	"penumbra/guest"
)

// Notation is a way to write values down. A value is one call of a method
// below Label, or a record, list or bag with what is in it; an argument, field
// or item has one value, or two with Becomes between them.
type Notation interface {
	// Arg begins the argument of that name.
	Arg(name string)

	// Label shows the argument's name, for calls whose arguments have no order
	// that everybody knows.
	Label(name string)

	// Word is a name that stands for itself, or several in an expression.
	Word(string)
	Int(int64)
	Uint(uint64)
	Hex(uint64)
	Octal(uint64)
	// Flags is a value that names bits or one of several constants.
	Flags(set *abi.FlagSet, v uint64, a abi.Arch)
	// Number and Text are values that C has an expression for, as htons(80).
	Number(expression string, v uint64)
	Text(expression, value string)
	// String is text or bytes of the guest; cut says that there is more.
	String(b []byte, cut bool)
	// Bytes is a string of the guest that is never text.
	Bytes(b []byte, cut bool)
	// Abstract is the name of a Unix socket that no file has.
	Abstract(name []byte)
	// FD is a descriptor, CWD stands for the working directory where one may
	// be; with what it is open on, or nil if that is not known.
	FD(fd int64, file *guest.File)
	CWD(file *guest.File)

	Record()
	Field(name string)
	// Pointed is a field whose name stands within the expression for its value.
	Pointed(name, before, after, value string)
	EndRecord()

	// List is an ordered list; Item begins each of its elements.
	List()
	Item()
	EndList()
	// Bag is a set of names or numbers, or of all but them.
	Bag(complement bool)
	EndBag()

	// More is an element that stands for those left out, Rest the fields that
	// were.
	More()
	Rest()
	// Becomes stands between the value before a call and that after it.
	Becomes()
	// Comment explains the value before it, Count by how many things it holds.
	Comment(string)
	Count(n int, noun string)

	// Note begins what is told beside a result, Part each value of it, under a
	// label if it is not "".
	Note()
	Part(label string)
	EndNote()
}
