package server

import (
	"bytes"
	"errors"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/session"
	"penumbra/shadow/wire"
)

// mostXattr is the size of an attribute's value, and of the list of names, at
// most: XATTR_SIZE_MAX of linux/limits.h.
const mostXattr = 64 << 10

func (t *task) opGetxattr(o *wire.Op, r *wire.Result) error {
	return t.with(o, func(h handle) error {
		return t.fill(r, func(b []byte) (int, error) { return unix.Getxattr(procPath(h.fd), o.Name, b) })
	})
}

func (t *task) opListxattr(o *wire.Op, r *wire.Result) error {
	return t.with(o, func(h handle) error {
		return t.fill(r, func(b []byte) (int, error) { return unix.Listxattr(procPath(h.fd), b) })
	})
}

// fill has get fill a buffer that is as large as it says.
func (t *task) fill(r *wire.Result, get func([]byte) (int, error)) error {
	n, err := get(nil)
	if err != nil || n == 0 {
		return err
	}
	buf, err := t.request.Buffer(n)
	if err != nil {
		return err
	}
	got, err := get(buf[:n])
	if errors.Is(err, unix.ERANGE) { // it has grown
		if buf, err = t.request.Buffer(mostXattr); err == nil {
			got, err = get(buf)
		}
	}
	if err == nil {
		r.Data = [][]byte{buf[:got]}
	}
	return err
}

func (t *task) opSetxattr(o *wire.Op, _ *wire.Result) error {
	o2 := *o
	o2.Flags = 0 // those of setxattr are not those of paths
	value := bytes.Join(o.Data, nil)
	flags := 0
	if o.Flags&wire.XattrCreate != 0 {
		flags |= unix.XATTR_CREATE
	}
	if o.Flags&wire.XattrReplace != 0 {
		flags |= unix.XATTR_REPLACE
	}
	return t.modify(&o2, func(h handle) error {
		do := func() error { return unix.Setxattr(procPath(h.fd), o.Name, value, flags) }
		if !o.Singular() {
			return do()
		}
		return t.change(func(was session.Fact) verdict {
			now := make([]byte, len(value)+1)
			n, err := unix.Getxattr(procPath(h.fd), o.Name, now)
			if !was.Exists && err == nil && bytes.Equal(now[:n], value) {
				return isDone
			}
			return notDone
		}, hasXattr(h, o.Name), do)
	})
}

func (t *task) opRemovexattr(o *wire.Op, _ *wire.Result) error {
	return t.modify(o, func(h handle) error {
		look := hasXattr(h, o.Name)
		return t.change(func(was session.Fact) verdict {
			if now, err := look(); was.Exists && err == nil && !now.Exists {
				return isDone
			}
			return notDone
		}, look, func() error { return unix.Removexattr(procPath(h.fd), o.Name) })
	})
}

// hasXattr looks for an attribute.
func hasXattr(h handle, name string) func() (session.Fact, error) {
	return func() (session.Fact, error) {
		_, err := unix.Getxattr(procPath(h.fd), name, nil)
		if errors.Is(err, abi.ENODATA) || errors.Is(err, unix.ENODATA) {
			return session.Fact{}, nil
		}
		return session.Fact{Exists: err == nil}, err
	}
}
