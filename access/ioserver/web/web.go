// Package web reads files of HTTP servers, piece by piece where the server has
// ranges (RFC 9110, section 14), and whole otherwise. Nothing can be written.
package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/internal/handle"
	"penumbra/access/internal/spool"
)

// Opener opens files by their http or https URLs.
type Opener struct {
	// Client makes the requests; http.DefaultClient if nil.
	Client *http.Client
	// Prepare, if not nil, makes a request what the server wants, for instance by
	// signing it. It is called for each attempt.
	Prepare func(*http.Request) error
}

var _ access.Stamper = &Opener{}

// first is how much of a file comes with the answer to its opening, in bytes.
const first = 128 << 10

// Open implements access.Opener, for reading only: otherwise it is EROFS.
func (o *Opener) Open(ctx context.Context, name string, flag int, _ fs.FileMode) (access.File, error) {
	if err := spool.ReadOnly(name, flag); err != nil {
		return nil, err
	}
	f, err := o.open(ctx, name, flag)
	return f, access.Failed("open", Shown(name), err)
}

func (o *Opener) open(ctx context.Context, name string, flag int) (access.File, error) {
	answer, err := o.get(ctx, name, span{0, first}, "")
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	f := &file{Handle: handle.Handle{Name: Shown(name), Flag: flag}, opener: o,
		url: name, ctx: context.WithoutCancel(ctx), version: versionOf(answer)}
	switch answer.StatusCode {
	case http.StatusRequestedRangeNotSatisfiable:
		return f, nil // it is empty
	case http.StatusPartialContent:
		got, size, err := contentRange(answer)
		if err == nil && got.from != 0 {
			err = fmt.Errorf("the server sent bytes from %d on, not from 0", got.from)
		}
		if err != nil {
			return nil, err
		}
		f.size, f.head = size, make([]byte, got.to)
		_, err = io.ReadFull(answer.Body, f.head)
		return f, err
	}
	// The server has no ranges: this is all of it.
	s, err := spool.New(nil)
	if err != nil {
		return nil, err
	}
	if err := s.Fill(answer.Body); err != nil {
		s.Discard()
		return nil, err
	}
	return s.Alone(f.Name, flag), nil
}

// Stamp implements access.Stamper.
func (o *Opener) Stamp(ctx context.Context, name string) (string, error) {
	answer, err := o.do(ctx, http.MethodHead, name, func(*http.Request) {})
	if err != nil {
		return "", access.Failed("stat", Shown(name), err)
	}
	answer.Body.Close()
	if tag := answer.Header.Get("ETag"); strings.HasPrefix(tag, `"`) {
		return tag, nil
	}
	modified, err := http.ParseTime(answer.Header.Get("Last-Modified"))
	if err != nil || answer.ContentLength < 0 {
		return "", nil
	}
	return access.StampOf(name, answer.ContentLength, modified, modified), nil
}

// Shown returns a URL without its password.
func Shown(name string) string {
	u, err := url.Parse(name)
	if err != nil {
		return name
	}
	return u.Redacted()
}

// get asks for a part of a file, as long as its version is still that one.
func (o *Opener) get(ctx context.Context, name string, s span, version string) (*http.Response, error) {
	return o.do(ctx, http.MethodGet, name, func(r *http.Request) {
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", s.from, s.to-1))
		if version != "" {
			r.Header.Set("If-Range", version)
		}
	})
}

// attempts is how often a request is made that fails for a reason that may pass.
const attempts = 4

// do makes a request. A status that is an error becomes one.
func (o *Opener) do(ctx context.Context, method, name string, edit func(*http.Request)) (*http.Response, error) {
	client := o.Client
	if client == nil {
		client = http.DefaultClient
	}
	for attempt := 1; ; attempt++ {
		r, err := http.NewRequestWithContext(ctx, method, name, nil)
		if err != nil {
			return nil, errors.Join(err, abi.EINVAL)
		}
		r.Header.Set("Accept-Encoding", "identity") // ranges are of what is sent
		edit(r)
		if o.Prepare != nil {
			if err := o.Prepare(r); err != nil {
				return nil, err
			}
		}
		answer, err := client.Do(r)
		if err == nil && !passing(answer.StatusCode) {
			return answer, StatusError(answer)
		}
		if attempt == attempts || ctx.Err() != nil {
			if err == nil {
				err = StatusError(answer)
			}
			return nil, err
		}
		if err == nil {
			answer.Body.Close()
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond << attempt):
		}
	}
}

// passing reports whether a status is an error that may pass.
func passing(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// StatusError returns the error that a status is, and closes the answer's body
// then. That a range cannot be had is none if the file is empty.
func StatusError(answer *http.Response) error {
	var number error
	switch s := answer.StatusCode; {
	case s == http.StatusOK, s == http.StatusPartialContent, s == http.StatusNoContent:
		return nil
	case s == http.StatusRequestedRangeNotSatisfiable && answer.Header.Get("Content-Range") == "bytes */0":
		return nil
	case s == http.StatusNotFound, s == http.StatusGone:
		number = abi.ENOENT
	case s == http.StatusUnauthorized, s == http.StatusForbidden, s == http.StatusProxyAuthRequired:
		number = abi.EACCES
	default:
		number = abi.EIO
	}
	answer.Body.Close()
	return fmt.Errorf("the server answers %s: %w", answer.Status, number)
}

var errNoRange error = errors.New("the server sent another range than was asked for")

// file is a file of a server that has ranges.
type file struct {
	handle.Handle
	opener  *Opener
	url     string
	ctx     context.Context
	size    int64
	version string
	head    []byte // what came when it was opened
}

// SizeAtOpen saves a round trip; access.SizeAtOpen.
func (f *file) SizeAtOpen() int64 { return f.size }

func (f *file) Size() (int64, error) { return f.size, f.Handle.Open("stat") }

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if err := f.MayRead(off); err != nil {
		return 0, err
	}
	want := p
	if off >= f.size {
		return 0, io.EOF
	}
	want = want[:min(int64(len(p)), f.size-off)]
	n := 0
	if off < int64(len(f.head)) {
		n = copy(want, f.head[off:])
	}
	if n < len(want) {
		got, err := f.read(want[n:], off+int64(n))
		n += got
		if err != nil {
			return n, f.Failed("read", err)
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// read asks for a part of the file. If that is another one by now, it is ESTALE.
func (f *file) read(p []byte, off int64) (int, error) {
	want := span{off, off + int64(len(p))}
	answer, err := f.opener.get(f.ctx, f.url, want, f.version)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusPartialContent || versionOf(answer) != f.version {
		return 0, fmt.Errorf("the file has changed: %w", abi.ESTALE)
	}
	if got, _, err := contentRange(answer); err != nil || got != want {
		return 0, errors.Join(errNoRange, err)
	}
	return io.ReadFull(answer.Body, p)
}

func (f *file) WriteAt(_ []byte, off int64) (int, error) { return 0, f.MayWrite(off) }

func (f *file) Truncate(size int64) error { return f.MayTruncate(size) }

func (f *file) Sync() error { return f.Handle.Open("sync") }

func (f *file) Close() error { return f.Shut() }

// versionOf returns what tells the content of an answer from a later one, as
// If-Range wants it, or "".
func versionOf(answer *http.Response) string {
	if tag := answer.Header.Get("ETag"); strings.HasPrefix(tag, `"`) {
		return tag // a weak one says that the content is alike, not the same
	}
	return answer.Header.Get("Last-Modified")
}

// A span is a range of bytes; to is behind the last.
type span struct{ from, to int64 }

// contentRange returns which part of a file an answer has, and the file's size.
func contentRange(answer *http.Response) (s span, size int64, err error) {
	text := answer.Header.Get("Content-Range")
	_, err = fmt.Sscanf(text, "bytes %d-%d/%d", &s.from, &s.to, &size)
	if s.to++; err != nil || s.from < 0 || s.to <= s.from || size < s.to {
		return span{}, 0, fmt.Errorf("%w: Content-Range %q", errNoRange, text)
	}
	return s, size, nil
}
