package iostat

import (
	"strings"

	"golang.org/x/sys/unix"
)

// A Kind is what sort of thing a descriptor refers to.
type Kind uint8

// The kinds.
const (
	Unknown   Kind = iota
	Regular        // a file with bytes at offsets, block devices included
	Directory      //
	Pipe           // a pipe or FIFO
	Socket         //
	Terminal       //
	Device         // any other character device
	Anonymous      // eventfd, epoll, timerfd …: what has no name and no data of its own
	Missing        // a name that could not be opened
)

var kindWords = [...]string{
	"unknown", "file", "directory", "pipe", "socket", "terminal", "device", "anonymous", "not opened",
}

// String returns a word for k.
func (k Kind) String() string { return kindWords[k] }

// stream reports whether what is moved has no offset.
func (k Kind) stream() bool { return k == Pipe || k == Socket || k == Terminal || k == Device }

// Major numbers of terminals, see Linux's Documentation/admin-guide/devices.txt.
const (
	majorTTY      = 4 // tty1 …, ttyS0 …
	majorTTYAux   = 5 // tty, console
	majorPTYFirst = 128
	majorPTYLast  = 143
)

func (f *found) kind() Kind {
	switch f.mode & unix.S_IFMT {
	case unix.S_IFREG, unix.S_IFBLK:
		return Regular
	case unix.S_IFDIR:
		return Directory
	case unix.S_IFIFO:
		return Pipe
	case unix.S_IFSOCK:
		return Socket
	case unix.S_IFCHR:
		major := unix.Major(f.rdev)
		if major == majorTTY || major == majorTTYAux || major >= majorPTYFirst && major <= majorPTYLast {
			return Terminal
		}
		return Device
	}
	if strings.HasPrefix(f.link, "anon_inode:") {
		return Anonymous
	}
	return Unknown
}

// name turns what a link in /proc says into what a report says.
func (f *found) name() string {
	const deleted = " (deleted)"
	if rest, ok := strings.CutPrefix(f.link, "/memfd:"); ok {
		return "memfd " + strings.TrimSuffix(rest, deleted)
	}
	if rest, ok := strings.CutPrefix(f.link, "anon_inode:"); ok {
		return strings.Trim(rest, "[]")
	}
	// One that was looked up after it was removed is still the same file.
	return strings.TrimSuffix(f.link, deleted)
}
