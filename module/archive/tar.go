package archive

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"penumbra/abi"
)

// OpenTar reads through the tar archive at name, which may be compressed by
// gzip: then it is unpacked first, into a temporary file of at most limit bytes
// (0 means any size). Damage, and a name that leads out of the archive, is an
// error.
func OpenTar(name string, limit int64) (*FS, error) {
	f, err := openRegular(name)
	if err == nil {
		f, err = unzipped(f, limit)
	}
	if err != nil {
		return nil, fmt.Errorf("tar: %w", err)
	}
	a := newFS(f)
	if err := a.readTar(); err != nil {
		f.Close()
		return nil, fmt.Errorf("tar %q: %w", name, err)
	}
	return a, nil
}

// unzipped returns f, or a file with what is compressed in it. It closes f if
// it returns another.
func unzipped(f *os.File, limit int64) (*os.File, error) {
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		_, err = f.Seek(0, io.SeekStart)
		return f, err
	}
	defer f.Close()
	to, err := os.CreateTemp("", "penumbra-tar-")
	if err != nil {
		return nil, err
	}
	if err = os.Remove(to.Name()); err == nil {
		var from io.Reader = z
		if limit > 0 {
			from = io.LimitReader(z, limit+1)
		}
		var n int64
		if n, err = io.Copy(to, from); err == nil && limit > 0 && n > limit {
			err = fmt.Errorf("it unpacks to more than %d bytes: %w", limit, abi.EFBIG)
		}
	}
	if err == nil {
		_, err = to.Seek(0, io.SeekStart)
	}
	if err != nil {
		to.Close()
		return nil, fmt.Errorf("unpack %q: %w", f.Name(), err)
	}
	return to, nil
}

func (a *FS) readTar() error {
	r := tar.NewReader(a.file)
	for first := true; ; first = false {
		h, err := r.Next()
		switch {
		case errors.Is(err, io.EOF) && first:
			return a.emptyTar()
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		name, err := clean(h.Name)
		if err != nil {
			return err
		}
		at, err := a.file.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		if err := a.addTar(name, h, at); err != nil {
			return err
		}
	}
}

// emptyTar tells an archive without entries from a file that is none.
func (a *FS) emptyTar() error {
	if info, err := a.file.Stat(); err != nil || info.Size() == 0 {
		return errors.Join(errors.New("it is empty"), err)
	}
	return nil
}

func (a *FS) addTar(name string, h *tar.Header, at int64) error {
	info := h.FileInfo()
	n := &node{mode: info.Mode(), size: h.Size, time: h.ModTime, uid: h.Uid, gid: h.Gid, owned: true}
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeGNUSparse:
		if n.mode.IsDir() { // old archives mark directories by a slash alone
			n.size = 0
			break
		}
		n.open = a.tarContent(h, at)
	case tar.TypeLink:
		first, err := clean(h.Linkname)
		if err != nil {
			return err
		}
		if n = a.nodes[first]; n == nil || n.mode.IsDir() {
			return fmt.Errorf("entry %.100q is another name for %.100q, which is not there", name, h.Linkname)
		}
		if old := a.nodes[name]; old != nil && old != n && !old.mode.IsDir() {
			a.nodes[name] = n
			return nil
		}
	case tar.TypeSymlink:
		if n.link = h.Linkname; n.link == "" || len(n.link) > maxLink {
			return fmt.Errorf("link %.100q has no target that could be used", name)
		}
		n.mode, n.size = fs.ModeSymlink|0o777, 0
	case tar.TypeDir:
		n.size = 0
	default:
		// Devices, pipes and the like have no content.
	}
	return a.add(name, n)
}

// tarContent returns what opens the content of an entry at an offset. A sparse
// file's lies in pieces, which the reader puts together once more.
func (a *FS) tarContent(h *tar.Header, at int64) func() (io.ReadCloser, error) {
	if !isSparse(h) {
		return func() (io.ReadCloser, error) {
			return section{io.NewSectionReader(a.file, at, h.Size)}, nil
		}
	}
	name := h.Name
	return func() (io.ReadCloser, error) {
		info, err := a.file.Stat()
		if err != nil {
			return nil, err
		}
		r := tar.NewReader(io.NewSectionReader(a.file, 0, info.Size()))
		for {
			next, err := r.Next()
			if err != nil {
				return nil, err
			}
			if next.Name == name && isSparse(next) {
				return io.NopCloser(r), nil
			}
		}
	}
}

// section is content that lies in one piece.
type section struct{ *io.SectionReader }

func (section) Close() error { return nil }

func isSparse(h *tar.Header) bool {
	if h.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}
