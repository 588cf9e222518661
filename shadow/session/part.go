package session

import (
	"errors"
	"fmt"
	"io"
	"net"

	"golang.org/x/sys/unix"

	"penumbra/shadow/wire"
)

// sendPart sends a frame with a part of a file as its payload. If the file has become
// shorter since, there is no way to say so: the link is closed, and the client asks
// again by another.
func (l *link) sendPart(h wire.Header, head []byte, p *Part) error {
	if l.raw == nil || l.zstd {
		b := make([]byte, p.Length)
		if err := readPart(p.FD, b, p.Offset); err != nil {
			l.close()
			return err
		}
		return l.send(h, head, b)
	}
	h.Head, h.Payload = uint32(len(head)), uint32(p.Length)
	first := append(h.Append(make([]byte, 0, wire.HeaderSize+len(head))), head...)
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.write(net.Buffers{first}); err != nil {
		return err
	}
	sent, err := l.splice(p)
	if errors.Is(err, unix.EINVAL) { // not every file system can do it
		b := make([]byte, p.Length-sent)
		if err = readPart(p.FD, b, p.Offset+int64(sent)); err == nil {
			return l.write(net.Buffers{b})
		}
	}
	if err != nil {
		l.close()
	}
	return err
}

// splice has the kernel send a part of a file, and returns how much of it was sent.
func (l *link) splice(p *Part) (sent int, err error) {
	offset := p.Offset
	waited := l.raw.Write(func(fd uintptr) (done bool) {
		for sent < p.Length {
			n, e := unix.Sendfile(int(fd), p.FD, &offset, p.Length-sent)
			switch {
			case e == nil && n > 0:
				sent += n
			case e == unix.EAGAIN:
				return false
			case e == nil:
				err = io.ErrUnexpectedEOF
				return true
			case e != unix.EINTR:
				err = e
				return true
			}
		}
		return true
	})
	return sent, errors.Join(err, waited)
}

// readPart reads all of b from an offset of a file.
func readPart(fd int, b []byte, offset int64) error {
	for len(b) > 0 {
		n, err := unix.Pread(fd, b, offset)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err == nil && n == 0:
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("read what is to be sent: %w", err)
		}
		b, offset = b[n:], offset+int64(n)
	}
	return nil
}
