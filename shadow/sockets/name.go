package sockets

import (
	"fmt"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// sockaddrOf returns an address as the kernel takes it here. Paths are not for it:
// they lead through an export. (Those of package unix have no room for the longest
// abstract name.)
func sockaddrOf(a *wire.Address) syscall.Sockaddr {
	switch a.Family {
	case wire.FamilyInet:
		return &syscall.SockaddrInet4{Port: int(a.Port), Addr: [4]byte(a.IP[:4])}
	case wire.FamilyInet6:
		return &syscall.SockaddrInet6{Port: int(a.Port), Addr: a.IP, ZoneId: a.Scope}
	}
	if a.Name == "" {
		return &syscall.SockaddrUnix{}
	}
	return &syscall.SockaddrUnix{Name: "@" + a.Name[1:]} // as Go spells an abstract name
}

// addressOf returns an address of the kernel's as the client is told it.
func addressOf(from unix.Sockaddr, family wire.Family) wire.Address {
	switch a := from.(type) {
	case *unix.SockaddrInet4:
		out := wire.Address{Family: wire.FamilyInet, Port: uint16(a.Port)}
		copy(out.IP[:], a.Addr[:])
		return out
	case *unix.SockaddrInet6:
		return wire.Address{Family: wire.FamilyInet6, IP: a.Addr, Port: uint16(a.Port), Scope: a.ZoneId}
	case *unix.SockaddrUnix:
		name := a.Name
		switch {
		case strings.HasPrefix(name, "@"):
			name = "\x00" + name[1:]
		case strings.HasPrefix(name, procDir):
			name = "" // that of another client's socket, by which nobody else reaches it
		}
		return wire.Address{Family: wire.FamilyUnix, Name: name[:min(len(name), wire.MaxUnixName)]}
	}
	return wire.Address{Family: family}
}

// ownName returns the socket's name, of which the kernel says own.
func (s *socket) ownName(own unix.Sockaddr) wire.Address {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.name != "" {
		return wire.Address{Family: wire.FamilyUnix, Name: s.name}
	}
	return addressOf(own, s.family)
}

// isPath reports whether a names a Unix socket by a path.
func isPath(a *wire.Address) bool {
	return a.Family == wire.FamilyUnix && a.Name != "" && a.Name[0] != 0
}

// procDir is where descriptors of this process are found by name.
const procDir = "/proc/self/fd/"

// reach returns where to send or to connect for a: by a path it is what is found
// there now, below an export, for as long as done is not called.
func (c *Config) reach(a *wire.Address) (to syscall.Sockaddr, done func(), err error) {
	if !isPath(a) {
		return sockaddrOf(a), func() {}, nil
	}
	fd, err := c.Find(a.Name)
	if err != nil {
		return nil, nil, err
	}
	return &syscall.SockaddrUnix{Name: fmt.Sprint(procDir, fd)}, func() { unix.Close(fd) }, nil
}

// bindPath names a Unix socket by a path, below an export.
func (s *socket) bindPath(o *wire.Op, r *wire.Result) error {
	if err := s.control(func(fd int) error { return s.table.cfg.bindPath(fd, o) }); err != nil {
		return err
	}
	s.called(o.Addr.Name)
	r.Addr = o.Addr
	return nil
}

// called notes the name of a Unix socket.
func (s *socket) called(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.name = name
}

func (c *Config) bindPath(fd int, o *wire.Op) error {
	dir, name, err := c.Place(o.Addr.Name)
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	path := fmt.Sprint(procDir, dir, "/", name)
	if c.Whole && o.Addr.Name[0] == '/' {
		path = o.Addr.Name // others then see whom they talk to
	}
	if len(path) > wire.MaxUnixName-1 {
		return abi.ENAMETOOLONG
	}
	// The kernel makes the file with the mode of the socket, less the mask.
	if err := unix.Fchmod(fd, o.Mode&0o777); err != nil {
		return err
	}
	return unix.Bind(fd, &unix.SockaddrUnix{Name: path})
}
