package abi

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
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
