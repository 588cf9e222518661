package abi

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Errno is an error number of Linux as a guest sees it. The numbers are the
// same on all architectures here; see errno(3). Those from 512 on belong to
// the kernel itself: a guest never sees them, but a supervisor may answer a
// call with one, as with ERESTARTSYS.
type Errno int

// errnoText holds, by number, what is known of an Errno.
type errnoText struct{ name, text string }

// Name returns the name of e, as ENOENT, or the number if it has none.
func (e Errno) Name() string {
	if e >= 0 && int(e) < len(errnoTexts) && errnoTexts[e].name != "" {
		return errnoTexts[e].name
	}
	return fmt.Sprintf("errno %d", int(e))
}

// Error returns the text that strerror(3) has for e.
func (e Errno) Error() string {
	if e >= 0 && int(e) < len(errnoTexts) && errnoTexts[e].text != "" {
		return errnoTexts[e].text
	}
	return fmt.Sprintf("errno %d", int(e))
}

// Is makes errors.Is treat e as it treats the syscall.Errno of that number.
func (e Errno) Is(target error) bool {
	switch target {
	case fs.ErrPermission:
		return e == EACCES || e == EPERM
	case fs.ErrExist:
		return e == EEXIST || e == ENOTEMPTY
	case fs.ErrNotExist:
		return e == ENOENT
	case errors.ErrUnsupported:
		return e == ENOSYS || e == ENOTSUP || e == EOPNOTSUPP
	}
	host, ok := target.(syscall.Errno)
	return ok && int(host) == int(e)
}

// ErrnoByName returns the error number of that name.
func ErrnoByName(name string) (e Errno, ok bool) {
	if e, ok = errnoAliases[name]; ok {
		return e, true
	}
	i := slices.IndexFunc(errnoTexts[:], func(t errnoText) bool { return t.name == name })
	return Errno(i), i > 0
}

// ParseErrno reads an error number as users write it: its name in any case, or
// a number from 1 to 4095. An unknown name is an error that names the nearest
// match.
func ParseErrno(word string) (Errno, error) {
	const most = 4095 // of linux/err.h
	if n, err := strconv.Atoi(word); err == nil {
		if n < 1 || n > most {
			return 0, fmt.Errorf("%d is no error number: they are 1 to %d", n, most)
		}
		return Errno(n), nil
	}
	name := strings.ToUpper(word)
	if e, ok := ErrnoByName(name); ok {
		return e, nil
	}
	return 0, Unknown("error", name, func(yield func(string) bool) {
		for _, t := range errnoTexts {
			if t.name != "" && !yield(t.name) {
				return
			}
		}
	})
}
