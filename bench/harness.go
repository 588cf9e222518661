package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A harness is what measures share.
type harness struct {
	cache     string        // the directory of the fixtures
	sample    time.Duration // how long a loop of calls runs
	neighbour *neighbour    // what has the files of remote rows
}

// fixture gives the path of something that measures work on. What an earlier
// run left in the cache is used again; otherwise build makes it, under another
// name first, so that an interrupted run leaves nothing half made. A build that
// changes has to change its name.
func (h *harness) fixture(name string, build func(path string) error) (string, error) {
	path := filepath.Join(h.cache, name)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	unfinished := path + ".unfinished"
	if err := os.RemoveAll(unfinished); err != nil {
		return "", err
	}
	if err := build(unfinished); err != nil {
		return "", fmt.Errorf("make %s: %w", name, err)
	}
	return path, os.Rename(unfinished, path)
}
