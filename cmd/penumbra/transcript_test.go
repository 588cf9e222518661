package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// A transcript is what strace or penumbra trace wrote about a run, by process:
// the order between processes is the scheduler's.
type transcript struct {
	names []string            // of the processes: "1", its first child "1.1", ...
	pids  map[string]int      // by name
	lines map[string][]string // by name, without the pid
}

var (
	pidPrefix = regexp.MustCompile(`^(?:\[pid +(\d+)\] |(\d+) {1,5})?(.*)$`)
	// births are calls whose result is a new process or thread.
	births  = regexp.MustCompile(`(?:^|[ \]])(?:clone|clone3|fork|vfork)\(.*\) += (\d+)(?: <[\d.]+>)?$`)
	resumed = regexp.MustCompile(`<\.\.\. \w+ resumed>`)
	// own is a call whose result is the caller's own pid.
	own = regexp.MustCompile(`^set_tid_address\(.*\) += (\d+)`)
)

const unfinished = " <unfinished ...>"

// readTranscript takes text apart. A line without a pid is about the first
// process: the others have gone, or are still to come.
func readTranscript(text string) transcript {
	var order []int
	byPID := map[int][]string{}
	first := 0
	for line := range strings.Lines(text) {
		if m := own.FindStringSubmatch(line); m != nil && first == 0 {
			first, _ = strconv.Atoi(m[1])
		}
	}
	for line := range strings.Lines(text) {
		m := pidPrefix.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		pid, _ := strconv.Atoi(m[1] + m[2])
		if pid == 0 {
			pid = first
		}
		if !slices.Contains(order, pid) {
			order = append(order, pid)
		}
		byPID[pid] = append(byPID[pid], m[3])
	}
	t := transcript{pids: map[string]int{}, lines: map[string][]string{}}
	if len(order) == 0 {
		return t
	}
	several := len(order) > 1
	t.add("1", order[0], byPID, several)
	for i, pid := range order[1:] {
		if byPID[pid] != nil { // nobody says whose child it is
			t.add(fmt.Sprintf("other%d", i), pid, byPID, several)
		}
	}
	return t
}

// add takes the lines of pid and of those that it made out of byPID.
func (t *transcript) add(name string, pid int, byPID map[int][]string, several bool) {
	lines := byPID[pid]
	delete(byPID, pid)
	t.names = append(t.names, name)
	t.pids[name] = pid
	if several {
		lines = slices.DeleteFunc(join(lines), told.MatchString)
	}
	t.lines[name] = lines
	children := 0
	for _, line := range lines {
		if m := births.FindStringSubmatch(line); m != nil {
			child, _ := strconv.Atoi(m[1])
			if byPID[child] != nil {
				children++
				t.add(fmt.Sprintf("%s.%d", name, children), child, byPID, several)
			}
		}
	}
}

// When the end of a child is told its parent, between which of its calls or
// within which, is chance; and with it what its handler does. One that is told
// while another is pending is told never.
var told = regexp.MustCompile(`(?:^|[ \]])--- SIGCHLD |(?:^|[ \]])rt_sigreturn\(|\) = \? ERESTART\w+ \(`)

var padding = regexp.MustCompile(`\) += `)

// join puts the halves of lines together that another process's line has
// parted. Whether it did is chance, and with it the column of the result.
func join(lines []string) []string {
	var joined []string
	begun := ""
	for _, line := range lines {
		if head, ok := strings.CutSuffix(line, unfinished); ok {
			begun = head
			continue
		}
		if at := resumed.FindStringIndex(line); at != nil {
			line = begun + line[at[1]:]
			begun = ""
		}
		joined = append(joined, padding.ReplaceAllString(line, ") = "))
	}
	if begun != "" {
		joined = append(joined, begun+unfinished)
	}
	return joined
}

// readOrdered takes text apart and keeps its lines in their order.
func readOrdered(text string) transcript {
	t := readTranscript(text)
	t.names = []string{"all"}
	t.lines = map[string][]string{"all": strings.Split(strings.TrimSuffix(text, "\n"), "\n")}
	return t
}

// merged returns all lines, those of each process under its name.
func (t transcript) merged() string {
	var b strings.Builder
	for _, name := range t.names {
		for _, line := range t.lines[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, line)
		}
	}
	return b.String()
}

// A matching says which pids and addresses of one transcript are which of
// another.
type matching struct {
	pids      map[string]string
	addresses map[string]string
}

func newMatching(a, b transcript) *matching {
	m := &matching{pids: map[string]string{}}
	for name, pid := range a.pids {
		if other, ok := b.pids[name]; ok {
			m.pids[strconv.Itoa(pid)] = strconv.Itoa(other)
		}
	}
	return m
}

// word is a number or a name, which two lines may have different ones of.
var word = regexp.MustCompile(`[0-9A-Za-z_]+`)

// sameLine reports whether b says of one process what a says of the other.
func (m *matching) sameLine(a, b string) bool {
	if a == b {
		return true
	}
	aWords, bWords := word.FindAllString(a, -1), word.FindAllString(b, -1)
	if len(aWords) != len(bWords) || word.ReplaceAllString(a, "_") != word.ReplaceAllString(b, "_") {
		return false
	}
	for i := range aWords {
		if aWords[i] != bWords[i] && m.pids[aWords[i]] != bWords[i] && !m.sameAddress(aWords[i], bWords[i]) {
			return false
		}
	}
	return true
}

// sameAddress reports whether b stands for what a does; two that meet for the
// first time do.
func (m *matching) sameAddress(a, b string) bool {
	if !isAddress(a) || !isAddress(b) {
		return false
	}
	if known, ok := m.addresses[a]; ok {
		return known == b
	}
	m.addresses[a] = b
	return true
}

// isAddress reports whether a word is an address that is chance: of memory
// that the kernel has placed. Without randomization most are not.
func isAddress(w string) bool {
	digits, ok := strings.CutPrefix(w, "0x")
	v, err := strconv.ParseUint(digits, 16, 64)
	return ok && err == nil && v >= 0x5500_0000_0000 && v < 1<<47
}

// compare returns the lines of a and b that differ, as a text for people, or
// "".
func compare(a, b transcript) string {
	m := newMatching(a, b)
	for _, name := range a.names {
		m.addresses = map[string]string{}
		aLines, bLines := a.lines[name], b.lines[name]
		for i := range max(len(aLines), len(bLines)) {
			if i < len(aLines) && i < len(bLines) && m.sameLine(aLines[i], bLines[i]) {
				if strings.HasPrefix(aLines[i], "execve") {
					m.addresses = map[string]string{}
				}
				// For a diff that shows only what matters.
				bLines[i] = aLines[i]
				continue
			}
			m.align(aLines[i:], bLines[i:])
			break
		}
	}
	at, bt := a.merged(), b.merged()
	if at == bt {
		return ""
	}
	return string(diff.Diff("strace", []byte(at), "penumbra", []byte(bt)))
}

// align makes those of b that say what some line of a does, in the same order,
// the same as that.
func (m *matching) align(a, b []string) {
	for i := range b {
		loose := &matching{m.pids, map[string]string{}}
		for j := range min(len(a), 40) {
			if loose.sameLine(a[j], b[i]) {
				b[i] = a[j]
				a = a[j+1:]
				break
			}
		}
	}
}
