package view

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"penumbra/guest"
	"penumbra/internal/sys"
	"penumbra/namespace"
)

// procLink tells what a link of procfs is to t. What the kernel gives as the
// text of a link to a file is the file's place on the host; the guest is to
// come, and to believe that it comes, to its place in the view.
func (v *View) procLink(t *guest.Thread, place string) namespace.Entry {
	switch place {
	case "/proc/self":
		return namespace.Entry{Kind: namespace.Symlink, Link: strconv.Itoa(t.Process().ID)}
	case "/proc/thread-self":
		return namespace.Entry{Kind: namespace.Symlink, Link: fmt.Sprintf("%d/task/%d", t.Process().ID, t.ID())}
	}
	if !magic().MatchString(place) {
		text, err := os.Readlink(place)
		if err != nil {
			return namespace.Entry{Kind: namespace.Foreign}
		}
		return namespace.Entry{Kind: namespace.Symlink, Link: text}
	}
	host := readLink(place)
	seen := v.seenAt(place, host)
	if _, isCopy := v.placeOfCopy(host); host == "" || !isCopy && v.hostPath(seen) != host {
		return namespace.Entry{Kind: namespace.Foreign}
	}
	return namespace.Entry{Kind: namespace.Jump, Link: seen}
}

// compiled returns a function that returns a regular expression, compiled when it
// is first asked for: most runs need none.
func compiled(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// magic matches the links of procfs that lead to a thing and not to a name.
var magic = compiled(`^/proc/\d+(/task/\d+)?/(cwd|root|exe|fd/\d+|map_files/[^/]*)$`)

// seenAt returns the place of the view for what a link of procfs leads to.
func (v *View) seenAt(link, host string) string {
	if place := copyOf(host); place != "" || host == "" {
		return place
	}
	parts := strings.Split(link, "/")
	tid, _ := strconv.Atoi(parts[2])
	return v.placeOf(host, func() bool {
		switch parts[len(parts)-1] {
		case "cwd":
			return v.reachedThrough(tid)
		case "root":
			return false
		case "exe":
			return true
		}
		if fd, err := strconv.Atoi(parts[len(parts)-1]); err == nil && isDirectory(host) {
			return v.marked(tid, int32(fd))
		}
		return true
	})
}

// NameOf implements intercept.Namer.
func (v *View) NameOf(t *guest.Thread, link, path string) string {
	return v.seenAt(fmt.Sprintf("/proc/%d/%s", t.ID(), link), path)
}

func isDirectory(host string) bool {
	var st unix.Stat_t
	return unix.Lstat(host, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR
}

// reachedThrough reports whether a process came into its working directory by
// way of a bind mount.
func (v *View) reachedThrough(pid int) bool {
	v.mu.Lock()
	p := v.processes[pid]
	v.mu.Unlock()
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bound != nil
}

// A file that a guest opened through a bind mount is the same as if it had
// opened it where it is. The flags of its descriptor keep the difference, and
// pass it on to whoever inherits or receives it: for reading, O_DSYNC means
// nothing. An O_PATH descriptor has room for other flags alone.
const (
	markOpen = unix.O_DSYNC
	markPath = unix.O_DIRECTORY | unix.O_NOFOLLOW
)

// marked reports whether a descriptor was opened through a bind mount, as far
// as marks tell: those of directories, and on read-only mounts all.
func (v *View) marked(tid int, fd int32) bool {
	b, err := sys.ReadProc(tid, fmt.Sprint("fdinfo/", fd))
	if err != nil {
		return false
	}
	_, rest, _ := bytes.Cut(b, []byte("flags:"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	flags, _ := strconv.ParseUint(string(bytes.TrimSpace(line)), 8, 64)
	if flags&unix.O_PATH != 0 {
		return flags&markPath == markPath
	}
	return flags&unix.O_ACCMODE == unix.O_RDONLY && flags&markOpen != 0
}

// mountLists are the files of procfs that list mounts.
var mountLists = compiled(`^/proc/\d+(/task/\d+)?/(mountinfo|mounts)$`)

// mountList returns what the file list, of which native is the content, tells in
// the view.
func (v *View) mountList(list string, native []byte) []byte {
	field, format := 1, (*mount).mountsLine
	if strings.HasSuffix(list, "/mountinfo") {
		field, format = 4, (*mount).infoLine
	}
	var out bytes.Buffer
	parents := map[string]string{}
	var inTrees [][]string // what the guest mounted there, at its places in the view
	for line := range strings.Lines(string(native)) {
		words := strings.Fields(line)
		if len(words) <= field {
			continue
		}
		at := unescape(words[field])
		if place := v.placeOf(at, func() bool { return false }); place != at {
			words[field] = escape(place)
			inTrees = append(inTrees, words)
			continue
		}
		if m, rel := v.mountOf(at); m != nil && (rel != "" || at != m.target) {
			continue // covered
		}
		parents[at] = words[0]
		out.WriteString(line)
	}
	// Outer mounts first, which those within name as their parents.
	mounts := slices.Clone(v.mounts)
	slices.SortStableFunc(mounts, func(a, b *mount) int { return len(a.target) - len(b.target) })
	const firstID = 1_000_000 // the kernel's are counted from 1
	for i, m := range mounts {
		if m.hidden || !v.visible(m) {
			continue
		}
		id := strconv.Itoa(firstID + i)
		out.WriteString(format(m, id, parentID(parents, m.target)))
		parents[m.target] = id
	}
	for _, words := range inTrees {
		if place := unescape(words[field]); strings.HasSuffix(list, "/mountinfo") {
			words[1] = parentID(parents, place)
			parents[place] = words[0]
		}
		out.WriteString(strings.Join(words, " ") + "\n")
	}
	return out.Bytes()
}

// parentID returns the id of the mount that a target stands in, or on.
func parentID(ids map[string]string, target string) string {
	for dir := target; ; dir = namespace.Parent(dir) {
		if id, ok := ids[dir]; ok {
			return id
		}
		if dir == "/" {
			return "1"
		}
	}
}

func (m *mount) access() string {
	if m.ReadOnly {
		return "ro"
	}
	return "rw"
}

// infoLine is the mount's line in mountinfo (proc_pid_mountinfo(5)).
func (m *mount) infoLine(id, parent string) string {
	return fmt.Sprintf("%s %s %d:%d / %s %s,relatime - %s %s %s\n", id, parent, unix.Major(m.stat.Dev), unix.Minor(m.stat.Dev),
		escape(m.target), m.access(), m.Kind, escape(m.Source), m.access())
}

// mountsLine is the mount's line in mounts (fstab(5)).
func (m *mount) mountsLine(_, _ string) string {
	return fmt.Sprintf("%s %s %s %s,relatime 0 0\n", escape(m.Source), escape(m.target), m.Kind, m.access())
}

// escape writes a path as the kernel does there, where blanks separate.
var escape = strings.NewReplacer(" ", `\040`, "\t", `\011`, "\n", `\012`, `\`, `\134`).Replace

var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace
