package fault

import (
	"fmt"
	"strconv"
)

// short says how much a call may move: half of what it asks for, any smaller
// number, or bytes.
type short struct {
	half, random bool
	bytes        uint64
}

func parseShort(word string) (*short, error) {
	switch word {
	case "half":
		return &short{half: true}, nil
	case "random":
		return &short{random: true}, nil
	}
	n, err := strconv.ParseUint(word, 10, 63)
	if err != nil || n == 0 {
		return nil, fmt.Errorf("short=%s: write a number of bytes from 1 on, half or random", word)
	}
	return &short{bytes: n}, nil
}

// length returns how many of size bytes are moved.
func (s *short) length(size, draw uint64) uint64 {
	switch {
	case size < 2:
		return size
	case s.half:
		return size / 2
	case s.random:
		return lengthFrom(draw, size)
	}
	return s.bytes
}
