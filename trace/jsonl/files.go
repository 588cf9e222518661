package jsonl

import (
	"strconv"

	"penumbra/guest"
)

func (n *notation) FD(fd int64, file *guest.File) {
	switch {
	case file == nil:
		n.Int(fd)
	case n.room():
		n.line = strconv.AppendInt(append(n.line, `{"fd":`...), fd, 10)
		n.line = append(appendFile(n.line, file), '}')
	}
}

func (n *notation) CWD(file *guest.File) {
	switch {
	case file == nil:
		n.Word("AT_FDCWD")
	case n.room():
		n.line = append(n.line, `{"fd":"AT_FDCWD"`...)
		n.line = append(appendFile(n.line, file), '}')
	}
}

// appendFile appends the fields that tell what a descriptor is open on.
func appendFile(line []byte, f *guest.File) []byte {
	line = appendBytes(append(line, `,"file":`...), []byte(f.Path), false)
	if f.Deleted {
		line = append(line, `,"deleted":true`...)
	}
	if f.Device != "" {
		line = appendString(append(line, `,"device":`...), f.Device)
	}
	if f.Pid != 0 {
		line = strconv.AppendInt(append(line, `,"pid":`...), int64(f.Pid), 10)
	}
	if s := f.Socket; s != nil {
		line = appendString(append(line, `,"protocol":`...), s.Protocol)
		line = appendString(append(line, `,"ends":`...), s.Ends)
		if len(s.Name) > 0 {
			line = appendBytes(append(line, `,"address":`...), address(s.Name), false)
		}
	}
	return line
}

// address returns the address of a Unix socket with @ for the NUL of an
// abstract one.
func address(name []byte) []byte {
	if name[0] == 0 {
		return append([]byte{'@'}, name[1:]...)
	}
	return name
}
