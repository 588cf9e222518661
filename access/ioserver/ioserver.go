// Package ioserver reaches files of servers other than the shadow, by URL.
package ioserver

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/ioserver/s3"
	"penumbra/access/ioserver/sftp"
	"penumbra/access/ioserver/web"
)

// Opener opens files by URLs that begin with sftp://, http://, https:// or s3://.
// Make one by New.
type Opener struct {
	sftp *sftp.Opener
	web  *web.Opener
	s3   *s3.Opener
}

var (
	_ access.Stamper  = &Opener{}
	_ access.Replacer = &Opener{}
)

// New returns an Opener that is set up by the environment: ssh's configuration, the
// variables HTTP_PROXY and so on, and those of package s3.
func New() *Opener {
	client := httpClient()
	objects := s3.FromEnvironment()
	objects.Client = client
	return &Opener{sftp.New(nil), &web.Opener{Client: client}, s3.New(objects)}
}

// httpClient returns a client that has many requests to one server under way, as read
// ahead asks for, and gives up one that does not answer at all.
func httpClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 32
	transport.ResponseHeaderTimeout = time.Minute
	return &http.Client{Transport: transport}
}

// Close ends all connections.
func (o *Opener) Close() error { return o.sftp.Close() }

// of returns the Opener of a URL.
func (o *Opener) of(name string) (access.Opener, error) {
	switch scheme, _, _ := strings.Cut(name, "://"); scheme {
	case "sftp":
		return o.sftp, nil
	case "http", "https":
		return o.web, nil
	case "s3":
		return o.s3, nil
	}
	return nil, access.Failed("open", name, fmt.Errorf("no URL that begins with sftp://, http://, https:// or s3://: %w", abi.EINVAL))
}

// Open implements access.Opener.
func (o *Opener) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	server, err := o.of(name)
	if err != nil {
		return nil, err
	}
	return server.Open(ctx, name, flag, perm)
}

// Stamp implements access.Stamper.
func (o *Opener) Stamp(ctx context.Context, name string) (string, error) {
	server, err := o.of(name)
	if err != nil {
		return "", err
	}
	return access.Stamp(ctx, server, name)
}

// Replace implements access.Replacer, where the server can. An object of S3 is put
// at once in any case.
func (o *Opener) Replace(ctx context.Context, name string, perm fs.FileMode, write func(access.File) error) error {
	server, err := o.of(name)
	if err != nil {
		return err
	}
	if r, ok := server.(access.Replacer); ok {
		return r.Replace(ctx, name, perm, write)
	}
	return errors.ErrUnsupported
}
