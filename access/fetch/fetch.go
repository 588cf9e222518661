// Package fetch reads files from a copy of this machine's, which is made when a
// file is first opened and kept in a [Cache] for as long as the file does not
// change. Its hash tells whether a copy is still what it was.
//
// What is opened for writing is not fetched: that goes to the file itself, and who
// opens it for reading afterwards gets a new copy.
package fetch

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sync/singleflight"

	"penumbra/access"
	"penumbra/access/internal/handle"
)

// Opener opens copies. Make one by New.
type Opener struct {
	cache   *Cache
	source  string
	lower   access.Opener
	flights singleflight.Group
}

var (
	_ access.Stamper  = &Opener{}
	_ access.Replacer = &Opener{}
)

// New returns an Opener of copies of what lower opens. source names the place
// where lower's files are: names and stamps say nothing about that.
func New(cache *Cache, source string, lower access.Opener) *Opener {
	return &Opener{cache: cache, source: source, lower: lower}
}

// Stamp implements access.Stamper.
func (o *Opener) Stamp(ctx context.Context, name string) (string, error) {
	return access.Stamp(ctx, o.lower, name)
}

// Replace implements access.Replacer, where what lies below does.
func (o *Opener) Replace(ctx context.Context, name string, perm fs.FileMode, write func(access.File) error) error {
	if r, ok := o.lower.(access.Replacer); ok {
		return r.Replace(ctx, name, perm, write)
	}
	return access.ErrUnsupported
}

// Open implements access.Opener. Files for reading are access.Whole.
func (o *Opener) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	if access.Writes(flag) || flag&(os.O_CREATE|os.O_TRUNC) != 0 {
		return o.lower.Open(ctx, name, flag, perm)
	}
	host, err := o.copyOf(ctx, name)
	if err != nil {
		return nil, access.Failed("open", name, err)
	}
	return &file{handle.Handle{Name: name, Flag: flag}, host}, nil
}

// copyOf returns the copy of a file as it is now.
func (o *Opener) copyOf(ctx context.Context, name string) (*os.File, error) {
	stamp, err := access.Stamp(ctx, o.lower, name)
	if err != nil {
		return nil, err
	}
	if stamp != "" {
		if host := o.cache.lookup(o.key(name, stamp)); host != nil {
			return host, nil
		}
		// Of those who want the same one fetches it.
		ran, mine := false, (*os.File)(nil)
		_, err, _ := o.flights.Do(o.key(name, stamp), func() (any, error) {
			var err error
			ran = true
			mine, err = o.fetch(ctx, name, stamp)
			return nil, err
		})
		if ran {
			return mine, err
		}
		if host := o.cache.lookup(o.key(name, stamp)); host != nil {
			return host, nil
		}
	}
	return o.fetch(ctx, name, stamp) // another's copy was not kept
}

// attempts bounds how often a file is read that changes meanwhile.
const attempts = 4

// fetch makes a copy, and keeps it under the stamp that the file then has.
func (o *Opener) fetch(ctx context.Context, name, stamp string) (*os.File, error) {
	for attempt := 1; ; attempt++ {
		d, err := o.download(ctx, name)
		if err != nil {
			return nil, err
		}
		after, err := access.Stamp(ctx, o.lower, name)
		if err != nil {
			d.discard()
			return nil, err
		}
		switch {
		case after == stamp && stamp != "":
			return d.keep(o.key(name, stamp))
		case after == stamp || attempt == attempts:
			return d.keep("")
		}
		d.discard()
		stamp = after
	}
}

func (o *Opener) key(name, stamp string) string { return hashOf(o.source, name, stamp) }

// A piece is a part of a download: it comes while others do.
type piece struct {
	data []byte
	err  error
}

// Pieces of a download, and how many are asked for at a time.
const (
	pieceSize = 1 << 20
	inFlight  = 8
)

// download reads a file from begin to end.
func (o *Opener) download(ctx context.Context, name string) (*download, error) {
	f, err := o.lower.Open(ctx, name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d, err := o.cache.begin()
	if err != nil {
		return nil, err
	}
	if err := d.read(f); err != nil {
		d.discard()
		return nil, err
	}
	return d, nil
}

// read takes all of f, several pieces at a time.
func (d *download) read(f access.File) error {
	size, err := access.SizeAtOpen(f)
	if err != nil {
		return err
	}
	next, pieces := int64(0), make([]chan piece, 0, inFlight)
	ask := func() {
		arrives, off := make(chan piece, 1), next
		go func() {
			b := make([]byte, min(pieceSize, max(size-off, 1)))
			n, err := f.ReadAt(b, off)
			arrives <- piece{b[:n], err}
		}()
		pieces, next = append(pieces, arrives), off+pieceSize
	}
	for next < size && len(pieces) < inFlight {
		ask()
	}
	for len(pieces) > 0 && err == nil {
		p := <-pieces[0]
		pieces = pieces[1:]
		if next < size {
			ask()
		}
		if err = p.err; err == nil || err == io.EOF {
			if _, e := d.Write(p.data); e != nil {
				err = e
			}
		}
	}
	for _, p := range pieces {
		<-p // f is closed after that
	}
	if errors.Is(err, io.EOF) {
		return nil // it has become shorter: its stamp is another one now
	}
	return err
}

// file is a handle on a copy.
type file struct {
	handle.Handle
	host *os.File
}

// Whole implements access.Whole.
func (f *file) Whole() *os.File { return f.host }

func (f *file) Size() (int64, error) {
	info, err := f.host.Stat()
	if err != nil {
		return 0, f.Failed("stat", err)
	}
	return info.Size(), nil
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if err := f.MayRead(off); err != nil {
		return 0, err
	}
	n, err := f.host.ReadAt(p, off)
	return n, f.Failed("read", err)
}

func (f *file) WriteAt(_ []byte, off int64) (int, error) { return 0, f.MayWrite(off) }

func (f *file) Truncate(size int64) error { return f.MayTruncate(size) }

func (f *file) Sync() error { return f.Open("sync") }

func (f *file) Close() error {
	if err := f.Shut(); err != nil {
		return err
	}
	return f.Failed("close", f.host.Close())
}
