package text

import (
	"strconv"

	"penumbra/guest"
)

func (n *notation) FD(fd int64, file *guest.File) {
	n.Int(fd)
	n.file(file)
}

func (n *notation) CWD(file *guest.File) {
	n.Word("AT_FDCWD")
	n.file(file)
}

// file appends what a descriptor is open on.
func (n *notation) file(f *guest.File) {
	if f == nil {
		return
	}
	n.line = append(n.line, '<')
	switch {
	case f.Socket != nil:
		n.socket(f.Socket)
	case f.Pid != 0:
		n.line = strconv.AppendInt(append(n.line, "pid:"...), int64(f.Pid), 10)
	default:
		n.escaped([]byte(f.Path), "<>")
	}
	if f.Device != "" {
		n.line = append(append(append(n.line, '<'), f.Device...), '>')
	}
	n.line = append(n.line, '>')
	if f.Deleted {
		n.line = append(n.line, "(deleted)"...)
	}
}

func (n *notation) socket(s *guest.Socket) {
	n.line = append(append(append(n.line, s.Protocol...), ":["...), s.Ends...)
	switch {
	case len(s.Name) > 0 && s.Name[0] == 0:
		n.line = append(n.line, ',')
		n.Abstract(s.Name[1:])
	case len(s.Name) > 0:
		n.line = append(n.line, ',')
		n.String(s.Name, false)
	}
	n.line = append(n.line, ']')
}
