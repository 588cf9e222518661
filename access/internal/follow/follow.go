// Package follow finds what a symbolic link leads to, where others follow links but
// nobody says where they lead.
package follow

import (
	"path"

	"penumbra/abi"
)

// mostLinks is how many links the kernel follows (MAXSYMLINKS).
const mostLinks = 40

// Links returns the name, without a link at its end, of what name leads to. It need
// not exist. readlink returns what a link says, or "" for what is none.
func Links(name string, readlink func(name string) (string, error)) (string, error) {
	for range mostLinks {
		text, err := readlink(name)
		switch {
		case err != nil:
			return "", err
		case text == "":
			return name, nil
		case path.IsAbs(text):
			name = text
		default:
			// Not cleaned: the directory may be a link itself, and its .. elsewhere.
			dir, _ := path.Split(name)
			name = dir + text
		}
	}
	return "", abi.ELOOP
}
