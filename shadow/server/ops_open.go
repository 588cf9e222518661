package server

import (
	"errors"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/session"
	"penumbra/shadow/wire"
)

// alwaysOpen are flags of every file that is opened: none may wait, none is a
// terminal to this process.
const alwaysOpen = unix.O_NONBLOCK | unix.O_NOCTTY

// opOpen opens or creates a file. Of append only the guest's side has to know:
// there are operations for writing to an offset and to the end.
func (t *task) opOpen(o *wire.Op, r *wire.Result) error {
	dir, err := t.directory(t.proc, o.FD)
	if err != nil {
		return err
	}
	defer t.done(dir)
	b, err := t.base(&dir.handle, o.Path)
	if err != nil {
		return err
	}
	f := &file{flags: o.Flags, uses: 1}
	if o.Flags&wire.OpenWait != 0 {
		f.fd, f.at, err = t.openPipe(b, o.Flags)
	} else if o.Singular() {
		err = t.create(b, o, f)
	} else {
		f.fd, f.at, err = t.openFile(b, o.Flags, o.Mode)
	}
	if err != nil {
		return err
	}
	return t.deliver(f, o.FD2, r)
}

// deliver gives an open file to the representative.
func (t *task) deliver(f *file, want int32, r *wire.Result) (err error) {
	defer func() {
		if err != nil {
			unix.Close(f.fd)
		}
	}()
	if r.Attr, err = attrOf(f.fd); err != nil {
		return err
	}
	switch f.id = r.Attr.ID; r.Attr.Type {
	case wire.TypeRegular, wire.TypeDirectory:
	default:
		if f.stream = f.flags&wire.OpenPath == 0; f.stream && !mayStream(&r.Attr, f.flags) {
			return abi.EOPNOTSUPP
		}
	}
	if r.Path, err = f.at.pathOf(f.fd); err != nil {
		return err
	}
	if r.FD, err = t.install(t.proc, f, want); err != nil {
		return err
	}
	t.opened = append(t.opened, r.FD)
	return nil
}

// openFile opens a file, which it may create.
//
// It takes hold of the file first, and looks what it is and in which export:
// nothing must have happened by then. To open a device or a pipe does something,
// even if it is closed at once.
func (t *task) openFile(b base, flags, mode uint32) (int, *export, error) {
	hold := unix.O_PATH | wire.HostOpenFlags(flags&(wire.OpenNoFollow|wire.OpenDirectory))
	fd, e, err := t.open(b, hold, 0)
	switch {
	case err == nil && flags&wire.OpenPath != 0:
		return fd, e, nil
	case err == nil:
		defer unix.Close(fd)
		fd, err = openHeld(fd, e, flags)
		return fd, e, err
	case !errors.Is(err, unix.ENOENT) || flags&wire.OpenCreate == 0 || flags&wire.OpenPath != 0:
		return -1, nil, err
	}
	if e, err = t.exportFor(b, flags&wire.OpenNoFollow == 0); err != nil {
		return -1, nil, err
	}
	if err := e.writable(); err != nil {
		return -1, nil, err
	}
	fd, at, err := t.open(b, wire.HostOpenFlags(flags&^wire.OpenAppend)|alwaysOpen, uint64(mode&^t.umask()))
	if err == nil && at.readOnly {
		unix.Close(fd) // a link was exchanged meanwhile
		return -1, nil, abi.EROFS
	}
	return fd, at, err
}

// openHeld opens a file that is there, and that held is an O_PATH descriptor of.
func openHeld(held int, e *export, flags uint32) (int, error) {
	attr, err := attrOf(held)
	if err != nil {
		return -1, err
	}
	const both = wire.OpenCreate | wire.OpenExclusive
	switch {
	case flags&both == both:
		return -1, abi.EEXIST
	case attr.Type == wire.TypeSymlink:
		return -1, abi.ELOOP // which was not to be followed
	case attr.Type == wire.TypeDirectory && flags&(wire.OpenWrite|wire.OpenCreate|wire.OpenTruncate) != 0:
		return -1, abi.EISDIR
	case attr.Type != wire.TypeRegular && attr.Type != wire.TypeDirectory && !mayStream(&attr, flags):
		return -1, abi.EOPNOTSUPP
	case e.readOnly && attr.Type != wire.TypeCharDevice && flags&(wire.OpenWrite|wire.OpenTruncate) != 0:
		return -1, abi.EROFS
	}
	host := wire.HostOpenFlags(flags&^(wire.OpenAppend|both|wire.OpenNoFollow)) | alwaysOpen
	return restart(func() (int, error) { return unix.Open(procPath(held), int(host)|unix.O_CLOEXEC, 0) })
}

// openAgain opens a file that was open before, and is still the one with the
// identity id if that is not nil; else ESTALE. It may be open for what its
// permissions forbid, if these have changed, or since it was created.
func (t *task) openAgain(b base, flags uint32, id *wire.Identity) (int, *export, error) {
	flags &^= wire.OpenCreate | wire.OpenExclusive
	held, e, err := t.openFile(b, wire.OpenPath|flags&(wire.OpenNoFollow|wire.OpenDirectory), 0)
	if err != nil {
		return -1, nil, err
	}
	attr, err := attrOf(held)
	if err == nil && id != nil && attr.ID != *id {
		err = abi.ESTALE
	}
	if err == nil && flags&wire.OpenPath != 0 {
		return held, e, nil
	}
	defer unix.Close(held)
	if err != nil {
		return -1, nil, err
	}
	fd, err := openHeld(held, e, flags)
	if errors.Is(err, unix.EACCES) {
		err = permitted(held, attr, func() error {
			fd, err = openHeld(held, e, flags)
			return err
		})
	}
	return fd, e, err
}

// permitted calls do while the owner, if that is the shadow's user, may read and
// write a file.
func permitted(fd int, attr wire.Attr, do func() error) error {
	if attr.UID != uint32(unix.Geteuid()) {
		return abi.EACCES
	}
	if err := unix.Chmod(procPath(fd), uint32(attr.Perm)|0o600); err != nil {
		return err
	}
	err := do()
	return errors.Join(err, unix.Chmod(procPath(fd), uint32(attr.Perm)))
}

// exportFor returns the export in which a file will be that does not exist yet.
func (t *task) exportFor(b base, follow bool) (*export, error) {
	from, err := b.at.pathOf(b.dir)
	if err != nil {
		return nil, err
	}
	e, _, err := t.walk(from+"/"+b.rel, follow)
	return e, err
}

// create opens a file that must not have existed.
func (t *task) create(b base, o *wire.Op, f *file) error {
	// The last name is not followed, so the file will be in this directory.
	pl, err := t.place(&handle{b.dir, b.at}, b.rel, abi.EEXIST)
	if err != nil {
		return err
	}
	defer pl.close()
	if err := pl.at.writable(); err != nil {
		return err
	}
	if pl.slashed {
		return abi.EISDIR
	}
	in := base{pl.dir, pl.at, pl.name}
	f.fd = -1
	_, err = t.once(change{
		look: pl.look,
		done: func(was session.Fact) verdict {
			now, err := lookAt(pl.dir, pl.name)
			if err != nil {
				return notDone
			}
			return made(was, now, now.Type == wire.TypeRegular && now.Size == 0)
		},
		do: func() (out session.Outcome, err error) {
			f.fd, f.at, err = t.openFile(in, o.Flags, o.Mode)
			return out, err
		},
	})
	if err == nil && f.fd < 0 { // a former shadow made it
		f.fd, f.at, err = t.openAgain(in, o.Flags|wire.OpenNoFollow, nil)
	}
	return err
}

// opReopen opens a file that was open before: the first of some paths where the
// same file is found. There is none: ESTALE, for the descriptor's operations, too.
func (t *task) opReopen(o *wire.Op, r *wire.Result) error {
	for _, p := range o.Paths {
		b, err := t.base(nil, absolute(p))
		if err != nil {
			continue
		}
		f := &file{flags: o.Flags &^ (wire.OpenCreate | wire.OpenExclusive | wire.OpenTruncate), uses: 1}
		if f.fd, f.at, err = t.openAgain(b, f.flags, &o.ID); err != nil {
			continue
		}
		return t.deliver(f, o.FD2, r)
	}
	if _, err := t.install(t.proc, &file{handle: handle{fd: -1}, flags: o.Flags, uses: 1}, o.FD2); err != nil {
		return err
	}
	return abi.ESTALE
}
