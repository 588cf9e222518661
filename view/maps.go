package view

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"penumbra/intercept"
)

// memoryLists are the files of procfs that list what memory a process has.
var memoryLists = compiled(`^/proc/(\d+)(?:/task/\d+)?/s?maps$`)

// memoryList returns what the file of procfs at place, of which native is the content,
// tells in the view: the files of mounts by their places, and nothing of the inner
// door.
func (v *View) memoryList(place string, native []byte) []byte {
	hidden := v.hiddenIn(place)
	out := make([]byte, 0, len(native))
	shown := true
	for line := range bytes.Lines(native) {
		// In smaps, lines about a mapping follow the one that names it.
		if area, ok := readRange(string(line)); ok {
			shown = !area.within(hidden)
			line = v.renameMapping(line)
		}
		if shown {
			out = append(out, line...)
		}
	}
	return out
}

// area is the memory that a line is about.
type area intercept.Range

func readRange(line string) (area, bool) {
	var a area
	n, _ := fmt.Sscanf(line, "%x-%x ", &a.From, &a.To)
	return a, n == 2
}

func (a area) within(list []intercept.Range) bool {
	for _, r := range list {
		if a.From >= r.From && a.To <= r.To {
			return true
		}
	}
	return false
}

// renameMapping gives the file of a mapping its name in the view. It is the
// rest of a line that begins with five words (proc_pid_maps(5)).
func (v *View) renameMapping(line []byte) []byte {
	i := bytes.IndexByte(line, '/')
	if i < 0 || len(bytes.Fields(line[:i])) != 5 {
		return line
	}
	name := strings.TrimSuffix(string(line[i:]), "\n")
	return append(append(bytes.Clone(line[:i]), v.nameMapped(name)...), '\n')
}

// nameMapped returns the name in the view of a file that is mapped.
func (v *View) nameMapped(name string) string {
	path, isDeleted := strings.CutSuffix(name, deleted)
	place := v.placeOf(path, func() bool { return true })
	switch {
	case place == path:
		return name
	case isDeleted:
		return place + deleted
	}
	return place
}

// hiddenIn returns the memory of which the list at a place tells the guest nothing.
func (v *View) hiddenIn(place string) []intercept.Range {
	if v.inner == nil {
		return nil
	}
	pid, _ := strconv.Atoi(memoryLists().FindStringSubmatch(place)[1])
	return v.inner.Ranges(pid)
}
