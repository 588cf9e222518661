package iostat

import (
	"fmt"
	"strings"
)

// details says in lines what a row of a table has no room for.
func (f *file) details() (lines []string) {
	add := func(label, text string) {
		if text != "" {
			lines = append(lines, label+": "+text)
		}
	}
	add("calls", f.operations())
	add("read sizes", f.sizes(in))
	add("write sizes", f.sizes(out))
	add("short", f.shorts())
	add("errors", f.errors())
	for _, u := range f.uses {
		if u.calls[in]+u.calls[out] == 0 {
			continue
		}
		add(fmt.Sprintf("descriptor %d of %s", u.fd, u.who), u.String())
	}
	if f.unnamed > 0 {
		add("other descriptors", count(f.unnamed, "call", "calls"))
	}
	return lines
}

// String says what was done by a descriptor.
func (u *use) String() string {
	var parts []string
	if u.calls[in] > 0 {
		parts = append(parts, fmt.Sprintf("%s, %s", count(u.calls[in], "read", "reads"), size(u.bytes[in])))
	}
	if u.calls[out] > 0 {
		parts = append(parts, fmt.Sprintf("%s, %s", count(u.calls[out], "write", "writes"), size(u.bytes[out])))
	}
	return strings.Join(append(parts, duration(u.time)), ", ")
}

var opWords = [numOps][2]string{
	Open: {"open", "opens"}, Read: {"read", "reads"}, Write: {"write", "writes"}, Seek: {"seek", "seeks"},
	Sync: {"sync", "syncs"}, Map: {"mapping", "mappings"}, Close: {"close", "closes"},
	Name: {"by name", "by name"}, Manage: {"other", "others"},
}

// operations lists the calls with the time they took.
func (s *Stats) operations() string {
	var parts []string
	for op := range numOps {
		if s.Calls[op] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", count(s.Calls[op], opWords[op][0], opWords[op][1]), duration(s.Time[op])))
		}
	}
	if s.Mapped > 0 {
		parts = append(parts, size(s.Mapped)+" mapped")
	}
	return strings.Join(parts, ", ")
}

// sizes lists the classes of request sizes.
func (s *Stats) sizes(dir direction) string {
	var parts []string
	for class, n := range s.Sizes[dir] {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s × %s", number(n), sizeLabel(class)))
		}
	}
	return strings.Join(parts, ", ")
}

// sizeLabel names a class of sizes by its bounds.
func sizeLabel(class int) string {
	switch class {
	case 0, 1:
		return fmt.Sprintf("%d B", class)
	case 2:
		return "2–3 B"
	case sizeClasses - 1:
		return compact(1<<(class-1)) + " and more"
	}
	if class <= 10 {
		return fmt.Sprintf("%d–%d B", 1<<(class-1), 1<<class-1)
	}
	return fmt.Sprintf("%s to <%s", compact(1<<(class-1)), compact(1<<class))
}

// compact writes a power of two.
func compact(n uint64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	unit := 0
	for n >= 1024*1024 {
		n, unit = n/1024, unit+1
	}
	return fmt.Sprintf("%d %ciB", n/1024, units[unit])
}

func (s *Stats) shorts() string {
	var parts []string
	if s.Short[in] > 0 {
		parts = append(parts, count(s.Short[in], "short read", "short reads"))
	}
	if s.Short[out] > 0 {
		parts = append(parts, count(s.Short[out], "short write", "short writes"))
	}
	return strings.Join(parts, ", ")
}

func (s *Stats) errors() string {
	var parts []string
	if s.Interrupted > 0 {
		parts = append(parts, number(s.Interrupted)+" × EINTR")
	}
	for _, e := range s.sortedErrors() {
		parts = append(parts, number(e.Count)+" × "+e.Errno.Name())
	}
	return strings.Join(parts, ", ")
}
