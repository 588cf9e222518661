package remote

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// Extended attributes are asked for when a guest does. Which there are is known for
// as long as the attributes of stat are, so that programs that look at each file for
// an access control list, as ls does, find out for a directory at a time.

// xattrs are the extended attributes that are known.
type xattrs struct {
	mu    sync.Mutex
	era   uint64 // counts what makes something unknown
	files map[string]*extended
	asked map[string]string   // by directory, the file that was asked about there first
	names map[string][]string // by directory
}

// extended are those of a file.
type extended struct {
	list   []byte // each name with a NUL behind it
	err    error
	values map[string][]byte // that were asked for
}

// mostExtended bounds of how many files they are kept, and mostListed of how many
// directories it is known what they hold.
const mostExtended, mostListed = 1 << 16, 256

func (x *xattrs) start() {
	x.files, x.asked, x.names = map[string]*extended{}, map[string]string{}, map[string][]string{}
}

// listed notes what a directory holds.
func (x *xattrs) listed(dir string, l *listing) {
	var names []string
	for _, e := range l.entries {
		names = append(names, path.Join(dir, e.Name()))
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.names) > mostListed {
		clear(x.names)
		clear(x.asked)
	}
	x.names[dir] = names
}

// forget says that those of a file may have changed.
func (x *xattrs) forget(name string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.era++
	delete(x.files, name)
}

// forgetIn says so of a directory and all below it.
func (x *xattrs) forgetIn(dir string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.era++
	for name := range x.files {
		if dir == "." || name == dir || strings.HasPrefix(name, dir+"/") {
			delete(x.files, name)
		}
	}
}

// keep notes what was found out in era.
func (x *xattrs) keep(era uint64, names []string, lists [][]byte, errs []error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.era != era {
		return
	}
	if len(x.files) > mostExtended {
		clear(x.files)
	}
	for i, name := range names {
		x.files[name] = &extended{list: lists[i], err: errs[i], values: map[string][]byte{}}
	}
}

// known returns those of a file, or nil, and the files that are to be asked about:
// who asks about a second one of a directory goes through it.
func (x *xattrs) known(name string) (e *extended, ask []string, era uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if e := x.files[name]; e != nil {
		return e, nil, x.era
	}
	dir := path.Dir(name)
	first, asked := x.asked[dir]
	x.asked[dir] = name
	ask = []string{name}
	if asked && first != name {
		delete(x.asked, dir)
		for _, other := range x.names[dir] {
			if other != name && x.files[other] == nil {
				ask = append(ask, other)
			}
		}
	}
	return nil, ask, x.era
}

// extendedOf returns the list of a file's extended attributes. A link's are its own.
func (f *FS) extendedOf(name string) *extended {
	e, ask, era := f.xattrs.known(name)
	if e != nil {
		return e
	}
	paths := make([]string, len(ask))
	for i, other := range ask {
		paths[i] = f.path(other)
	}
	lists, errs := f.process.ListxattrAll(context.Background(), wire.CWD, paths)
	f.xattrs.keep(era, ask, lists, errs)
	return &extended{list: lists[0], err: errs[0]}
}

// Listxattr implements module.Extended.
func (f *FS) Listxattr(name string) ([]byte, error) {
	e := f.extendedOf(name)
	return e.list, e.err
}

// Getxattr implements module.Extended.
func (f *FS) Getxattr(name, attribute string) ([]byte, error) {
	e := f.extendedOf(name)
	switch {
	case e.err != nil:
		return nil, e.err
	case isListed(attribute) && !slices.ContainsFunc(bytes.Split(e.list, []byte{0}), func(b []byte) bool { return string(b) == attribute }):
		return nil, abi.ENODATA
	}
	f.xattrs.mu.Lock()
	value, known := e.values[attribute]
	f.xattrs.mu.Unlock()
	if known {
		return value, nil
	}
	value, err := f.process.Getxattr(context.Background(), wire.CWD, f.path(name), attribute, wire.AtNoFollow)
	if err != nil {
		return nil, err
	}
	f.xattrs.mu.Lock()
	defer f.xattrs.mu.Unlock()
	if f.xattrs.files[name] == e {
		e.values[attribute] = value
	}
	return value, nil
}

// isListed reports whether an attribute that a file has is in the list; of others a
// file system may know without listing them (xattr(7)).
func isListed(attribute string) bool {
	for _, prefix := range []string{"user.", "security.", "system.posix_acl_"} {
		if strings.HasPrefix(attribute, prefix) {
			return true
		}
	}
	return false
}

// Setxattr implements module.Extended.
func (f *FS) Setxattr(name, attribute string, value []byte, flags int) error {
	defer f.xattrs.forget(name)
	return f.process.Setxattr(context.Background(), wire.CWD, f.path(name), attribute, value, uint32(flags)) // they have the same numbers
}

// Removexattr implements module.Extended.
func (f *FS) Removexattr(name, attribute string) error {
	defer f.xattrs.forget(name)
	return f.process.Removexattr(context.Background(), wire.CWD, f.path(name), attribute)
}
