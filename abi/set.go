package abi

import (
	"fmt"
	"iter"
	"regexp"
	"strings"
)

// Set is a set of calls. The zero value is the empty set, and sets compare
// by ==.
type Set struct {
	bits [(len(table) + 63) / 64]uint64
}

// SetOf returns the set of the calls given.
func SetOf(calls ...*Syscall) Set {
	var set Set
	for _, s := range calls {
		set.add(s)
	}
	return set
}

// AllCalls returns the set of all calls.
func AllCalls() Set { return setWhere(func(*Syscall) bool { return true }) }

func (set *Set) add(s *Syscall) { set.bits[s.index/64] |= 1 << (s.index % 64) }

func setWhere(keep func(*Syscall) bool) Set {
	var set Set
	for i := range table {
		if keep(&table[i]) {
			set.add(&table[i])
		}
	}
	return set
}

// Has reports whether s is in set. A nil s, a call that the table does not
// know, is in no set.
func (set Set) Has(s *Syscall) bool {
	return s != nil && set.bits[s.index/64]>>(s.index%64)&1 != 0
}

// All yields the calls of set, sorted by name.
func (set Set) All() iter.Seq[*Syscall] {
	return func(yield func(*Syscall) bool) {
		for i := range table {
			if set.Has(&table[i]) && !yield(&table[i]) {
				return
			}
		}
	}
}

// Len returns the number of calls in set.
func (set Set) Len() int {
	n := 0
	for range set.All() {
		n++
	}
	return n
}

// Empty reports whether no call is in set.
func (set Set) Empty() bool { return set == Set{} }

// Union returns the calls that are in set, in other, or in both.
func (set Set) Union(other Set) Set {
	for i := range set.bits {
		set.bits[i] |= other.bits[i]
	}
	return set
}

// Without returns the calls of set that are not in other.
func (set Set) Without(other Set) Set {
	for i := range set.bits {
		set.bits[i] &^= other.bits[i]
	}
	return set
}

// Invert returns the calls that are not in set.
func (set Set) Invert() Set { return AllCalls().Without(set) }

// ParseSet reads a set of calls as users write it:
//
//	open,read           calls by name
//	%file,%desc         classes of calls
//	/^(open|stat)       calls whose name matches a regular expression
//	all, none           every call, no call
//	!%file,read         every call but these
//
// The items are separated by commas, so a regular expression has none. A name
// that begins with ? is skipped if there is no such call. The classes are
// those of Class and, under the names that strace(1) uses, some that overlap:
//
//	%file      takes the name of a file
//	%desc      takes or makes a descriptor, sockets' own calls aside
//	%process   class process, and sending signals
//	%memory    class memory, and others that map memory
//	%network   class network, and sendfile
//	%signal    class signal, and signalfd
//	%creds     user and group ids and capabilities
//	%clock     reads or sets a clock
//	%pure      takes nothing, cannot fail and changes nothing
//	%stat %lstat %fstat %%stat %statfs %fstatfs %%statfs
//	           the variants of stat and statfs
//
// An unknown name or class is an error that names the nearest match.
func ParseSet(expr string) (Set, error) {
	list, negate := strings.CutPrefix(strings.TrimSpace(expr), "!")
	var set Set
	for item := range strings.SplitSeq(list, ",") {
		part, err := parseItem(strings.TrimSpace(item))
		if err != nil {
			return Set{}, fmt.Errorf("parse set of calls %q: %w", expr, err)
		}
		set = set.Union(part)
	}
	if negate {
		return set.Invert(), nil
	}
	return set, nil
}

func parseItem(item string) (Set, error) {
	switch {
	case item == "":
		return Set{}, fmt.Errorf("a name is missing (write none for no call)")
	case item == "all":
		return AllCalls(), nil
	case item == "none":
		return Set{}, nil
	case item[0] == '%':
		return parseClass(item)
	case item[0] == '/':
		re, err := regexp.Compile(item[1:])
		if err != nil {
			return Set{}, err
		}
		return setWhere(func(s *Syscall) bool { return re.MatchString(s.Name) }), nil
	}
	name, optional := strings.CutPrefix(item, "?")
	if s := ByName(name); s != nil {
		return SetOf(s), nil
	}
	if optional {
		return Set{}, nil
	}
	return Set{}, Unknown("call", name, func(yield func(string) bool) {
		for i := range table {
			if !yield(table[i].Name) {
				return
			}
		}
	})
}

// Unknown returns an error that says that there is no kind of thing called
// name, and which of names comes nearest if one is near at all.
func Unknown(kind, name string, names iter.Seq[string]) error {
	best, distance := "", len(name)/2+1
	for candidate := range names {
		if d := editDistance(name, candidate); d < distance {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return fmt.Errorf("no %s is named %q", kind, name)
	}
	return fmt.Errorf("no %s is named %q (did you mean %s?)", kind, name, best)
}

// editDistance returns how many bytes must be inserted, deleted or replaced
// to turn a into b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
