// Package compress shows files that are compressed, by gzip or zstd, as what they
// hold. Their first bytes tell which it is, whatever their names; others are
// shown as they are. A new file, and an empty one, becomes what its name says
// (.gz, .zst), or else zstd.
//
// The content is unpacked when a file is opened, and packed again at Sync and
// Close, if it was changed: the new file takes the place of the old at once. As
// with many programs that save files, its other names (link(2)) keep the old.
package compress

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"penumbra/access"
	"penumbra/access/internal/spool"
)

// A format is how a file is compressed.
type format struct {
	suffix string
	magic  string
	unpack func(io.Reader) (io.ReadCloser, error)
	pack   func(io.Writer) (io.WriteCloser, error)
}

// largestWindow is what zstd's own program unpacks without being asked to.
const largestWindow = 128 << 20

var formats = []format{
	{".gz", "\x1f\x8b", func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) },
		func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }},
	{".zst", "\x28\xb5\x2f\xfd", func(r io.Reader) (io.ReadCloser, error) {
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(largestWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}, func(w io.Writer) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
	}},
}

// plain is how what is not compressed stays.
var plain = format{
	unpack: func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(r), nil },
	pack:   func(w io.Writer) (io.WriteCloser, error) { return nopCloser{w}, nil },
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// byMagic returns the format of content that begins with b.
func byMagic(b []byte) format {
	for _, f := range formats {
		if bytes.HasPrefix(b, []byte(f.magic)) {
			return f
		}
	}
	return plain
}

// byName returns the format that a new file of that name gets.
func byName(name string) format {
	for _, f := range formats {
		if strings.HasSuffix(name, f.suffix) {
			return f
		}
	}
	return formats[len(formats)-1]
}

// Opener opens compressed files. Make one by New.
type Opener struct {
	lower  access.Opener
	spools spool.Table
}

var _ access.Stamper = &Opener{}

// New returns an Opener of what lower opens.
func New(lower access.Opener) *Opener { return &Opener{lower: lower} }

// Stamp implements access.Stamper.
func (o *Opener) Stamp(ctx context.Context, name string) (string, error) {
	return access.Stamp(ctx, o.lower, name)
}

// Open implements access.Opener. A damaged file is EIO.
func (o *Opener) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	lower, err := o.lower.Open(ctx, name, lowerFlag(flag), perm)
	if err != nil {
		return nil, err
	}
	f, err := o.spools.Open(name, access.Identity(lower), flag, func() (*spool.Spool, error) {
		return o.unpacked(lower, name, flag, perm)
	})
	err = errors.Join(err, lower.Close())
	if err != nil {
		if f != nil {
			_ = f.Close()
		}
		return nil, access.Failed("open", name, err)
	}
	return f, nil
}

// lowerFlag returns what a file has to be opened for that is to be read first.
func lowerFlag(flag int) int {
	flag &^= os.O_APPEND
	if flag&os.O_WRONLY != 0 && flag&os.O_TRUNC == 0 {
		flag = flag&^os.O_WRONLY | os.O_RDWR
	}
	return flag
}

// unpacked returns the content of lower, a file that was just opened.
func (o *Opener) unpacked(lower access.File, name string, flag int, perm fs.FileMode) (*spool.Spool, error) {
	size, err := access.SizeAtOpen(lower)
	if err != nil {
		return nil, err
	}
	how := byName(name)
	var packed *bufio.Reader
	if size > 0 {
		packed = bufio.NewReaderSize(io.NewSectionReader(lower, 0, size), 256<<10)
		magic, err := packed.Peek(4)
		if err != nil && err != io.EOF {
			return nil, err
		}
		how = byMagic(magic)
	}
	var s *spool.Spool
	s, err = spool.New(func(content *io.SectionReader) error { return o.store(s, content, name, perm, how) })
	if err != nil || size == 0 {
		if err == nil && access.Writes(flag) {
			s.Dirty() // an empty file is not what unpacks to one
		}
		return s, err
	}
	if err := unpack(s, packed, how); err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

func unpack(s *spool.Spool, packed io.Reader, how format) error {
	r, err := how.unpack(packed)
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	defer r.Close()
	if err := s.Fill(r); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	return nil
}

// store puts content, packed, in the place of the file.
func (o *Opener) store(s *spool.Spool, content *io.SectionReader, name string, perm fs.FileMode, how format) error {
	before := o.spools.Identities(s)
	after := before
	err := access.Replace(context.Background(), o.lower, name, perm, func(to access.File) error {
		if id := access.Identity(to); id != "" {
			after = []string{id}
			o.spools.Identify(s, append(after, before...)...) // whichever somebody finds now
		}
		b := bufio.NewWriterSize(io.NewOffsetWriter(to, 0), 256<<10)
		w, err := how.pack(b)
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, content); err != nil {
			return errors.Join(err, w.Close())
		}
		return errors.Join(w.Close(), b.Flush())
	})
	if err != nil {
		after = before
	}
	o.spools.Identify(s, after...)
	return err
}
