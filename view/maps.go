package view

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"penumbra/intercept"
)

// memoryLists are the files of procfs that list what memory a process has.
var memoryLists = compiled(`^/proc/(\d+)(?:/task/\d+)?/s?maps$`)

// memoryList returns what the file of procfs at place tells in the view: the
// files of mounts by their places, and nothing of the inner door. It is nil if
// the file is none of those.
func (v *View) memoryList(place string) ([]byte, error) {
	match := memoryLists().FindStringSubmatch(place)
	if match == nil {
		return nil, nil
	}
	native, err := os.ReadFile(place)
	if err != nil {
		return nil, err
	}
	pid, _ := strconv.Atoi(match[1])
	var hidden []intercept.Range
	if v.inner != nil {
		hidden = v.inner.Ranges(pid)
	}
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
	return out, nil
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
	name, deleted := strings.CutSuffix(strings.TrimSuffix(string(line[i:]), "\n"), " (deleted)")
	place := v.placeOf(name, func() bool { return true })
	if place == name {
		return line
	}
	if deleted {
		place += " (deleted)"
	}
	return append(append(bytes.Clone(line[:i]), place...), '\n')
}
