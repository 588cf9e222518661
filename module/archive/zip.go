package archive

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// OpenZip reads the directory of the zip archive at name. Damage of that, and a
// name that leads out of the archive, is an error now; damage of a file is an
// error of reading that.
func OpenZip(name string) (*FS, error) {
	f, err := openRegular(name)
	if err != nil {
		return nil, fmt.Errorf("zip: %w", err)
	}
	a := newFS(f)
	if err := a.readZip(); err != nil {
		f.Close()
		return nil, fmt.Errorf("zip %q: %w", name, err)
	}
	return a, nil
}

func openRegular(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fmt.Errorf("not a regular file")}
	}
	return os.Open(name)
}

func (a *FS) readZip() error {
	info, err := a.file.Stat()
	if err != nil {
		return err
	}
	r, err := zip.NewReader(a.file, info.Size())
	if err != nil {
		return err
	}
	for _, entry := range r.File {
		name, err := clean(entry.Name)
		if err != nil {
			return err
		}
		if err := a.addZip(name, entry); err != nil {
			return err
		}
	}
	return nil
}

func (a *FS) addZip(name string, entry *zip.File) error {
	n := &node{mode: entry.Mode(), size: int64(min(entry.UncompressedSize64, 1<<62)), time: entry.Modified}
	switch {
	case n.mode.IsDir():
		n.size = 0
	case n.mode&fs.ModeSymlink != 0:
		r, err := entry.Open()
		if err != nil {
			return fmt.Errorf("link %.100q: %w", name, err)
		}
		text, err := io.ReadAll(io.LimitReader(r, maxLink+1))
		r.Close()
		if err != nil || len(text) == 0 || len(text) > maxLink {
			return fmt.Errorf("link %.100q has no target that could be used: %w", name, err)
		}
		n.link = string(text)
	case n.mode.IsRegular():
		n.open = entry.Open
	}
	return a.add(name, n)
}
