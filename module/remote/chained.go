package remote

import (
	"context"
	"io/fs"
	"os"
	"sync"
	"time"

	"penumbra/abi"
	"penumbra/access"
)

// chained is a file that is reached as a chain says, and opened when it is used.
type chained struct {
	fs     *FS
	name   string
	answer answer
	flag   int
	reader *reader // for when it cannot be reached so; nil for writing

	mu   sync.Mutex
	file access.File // or nil
}

// open returns the file, or nil if it has to be read as buffer:remote:.
func (c *chained) open() (access.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.file != nil {
		return c.file, nil
	}
	file, err := c.fs.methods.assembly.Open(context.Background(), c.answer.Chain, c.fs.path(c.name), c.flag, 0)
	if err != nil && c.reader != nil {
		c.fs.fallBack(c.name, c.answer, err)
		return nil, nil
	}
	c.file = file
	return file, err
}

// Expect implements mirror.Expecter.
func (c *chained) Expect(inode any) {
	if c.reader != nil {
		c.reader.Expect(inode)
	}
}

func (c *chained) Stat() (fs.FileInfo, error) { return c.fs.Stat(c.name) }

func (c *chained) Read([]byte) (int, error) { return 0, abi.EOPNOTSUPP }

// ReadAt implements io.ReaderAt.
func (c *chained) ReadAt(p []byte, off int64) (int, error) {
	file, err := c.open()
	switch {
	case err != nil:
		return 0, err
	case file == nil:
		return c.reader.ReadAt(p, off)
	}
	return file.ReadAt(p, off)
}

// WriteAt implements io.WriterAt.
func (c *chained) WriteAt(p []byte, off int64) (int, error) {
	file, err := c.open()
	if err != nil {
		return 0, err
	}
	return file.WriteAt(p, off)
}

// Truncate implements vft.Truncater.
func (c *chained) Truncate(size int64) error {
	file, err := c.open()
	if err != nil {
		return err
	}
	if now, err := file.Size(); err == nil && size > now && c.answer.Has("append") {
		return nil // only what is appended makes it longer, and may be on its way
	}
	return file.Truncate(size)
}

// Sync implements vft.Syncer.
func (c *chained) Sync() error {
	file, err := c.open()
	if err != nil {
		return err
	}
	return file.Sync()
}

// Commit implements mirror.Committer: what the methods have kept back is written.
func (c *chained) Commit(mtime time.Time) error {
	if err := c.Close(); err != nil {
		return err
	}
	if c.answer.Last() == "remote" {
		_ = c.fs.Chtimes(c.name, time.Time{}, mtime) // an error: it is a little younger
	}
	return nil
}

// Close implements fs.File.
func (c *chained) Close() error {
	c.mu.Lock()
	file := c.file
	c.file = nil
	c.mu.Unlock()
	if c.reader != nil {
		_ = c.reader.Close()
	}
	if file == nil {
		return nil
	}
	return file.Close()
}

// forReading returns a file to be read as its method says.
func (f *FS) forReading(name string) fs.File {
	r, a := &reader{fs: f, name: name}, f.method(name)
	f.tell(name, a)
	if isPlain(a.Chain) {
		return r
	}
	return &chained{fs: f, name: name, answer: a, flag: os.O_RDONLY, reader: r}
}

// forWriting returns a file to be written as its method says. What is fetched to be
// read is written where it is.
func (f *FS) forWriting(name string) fs.File {
	a := f.method(name)
	f.tell(name, a)
	if isPlain(a.Chain) || a.Links[0].Method == "fetch" && isPlain(access.Chain{Links: a.Links[1:], Path: a.Path}) {
		return &writer{fs: f, name: name}
	}
	return &chained{fs: f, name: name, answer: a, flag: os.O_RDWR}
}
