// Package assemble puts access methods together as a chain says.
package assemble

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/append"
	"penumbra/access/buffer"
	"penumbra/access/compress"
	"penumbra/access/fetch"
	"penumbra/access/ioserver"
	"penumbra/access/local"
	"penumbra/access/special"
)

// Config says what methods need.
type Config struct {
	// Remote opens the shadow's files, as remote.Opener does. Nil means that there is
	// no shadow: the method is an error.
	Remote access.Opener
	// Shadow names the shadow: in a cache, files of several are kept apart by it.
	Shadow string
	// Cache opens the cache of fetched files, when it is needed first; if nil, that
	// is the one in fetch.DefaultDir.
	Cache func() (*fetch.Cache, error)
}

// Assembly makes Openers, one of each kind: chains that end alike share it, and what
// it has open.
type Assembly struct {
	cfg Config

	mu       sync.Mutex
	openers  map[string]access.Opener // by chain, without path
	ioserver *ioserver.Opener
	cache    *fetch.Cache
}

// New returns an Assembly.
func New(cfg Config) *Assembly {
	return &Assembly{cfg: cfg, openers: map[string]access.Opener{}}
}

// Close ends connections to servers.
func (a *Assembly) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ioserver == nil {
		return nil
	}
	return a.ioserver.Close()
}

// Open opens the file called name by a chain. ctx, flag and perm are as
// access.Opener has them.
func (a *Assembly) Open(ctx context.Context, c access.Chain, name string, flag int, perm fs.FileMode) (access.File, error) {
	o, err := a.Opener(c)
	if err != nil {
		return nil, err
	}
	return o.Open(ctx, c.For(name), flag, perm)
}

// Reach opens a file as Open does; what cannot be reached so is tried by
// buffer:remote:, unless there is no shadow. It returns by which chain the file was
// opened.
func (a *Assembly) Reach(ctx context.Context, c access.Chain, name string, flag int, perm fs.FileMode) (access.File, access.Chain, error) {
	f, err := a.Open(ctx, c, name, flag, perm)
	again := access.Chain{Links: []access.Link{{Method: "buffer"}, {Method: "remote"}}}
	switch {
	case err == nil, ctx.Err() != nil, a.cfg.Remote == nil,
		access.Errno(err) == abi.EEXIST, // it was reached
		c.String() == again.String():
		return f, c, err
	}
	f, failed := a.Open(ctx, again, name, flag, perm)
	if failed != nil {
		return nil, again, fmt.Errorf("%w (and by %s %v)", failed, c, err)
	}
	return f, again, nil
}

// Opener returns what opens files by a chain. Its path does not count: names are
// those that c.For returns.
func (a *Assembly) Opener(c access.Chain) (access.Opener, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.opener(c.Links)
}

func (a *Assembly) opener(links []access.Link) (access.Opener, error) {
	key := access.Chain{Links: links}.String()
	if o := a.openers[key]; o != nil {
		return o, nil
	}
	var o access.Opener
	var err error
	if len(links) == 1 {
		o, err = a.end(links[0].Method)
	} else {
		var lower access.Opener
		if lower, err = a.opener(links[1:]); err == nil {
			o, err = a.decorate(links, lower)
		}
	}
	if err != nil {
		return nil, err
	}
	a.openers[key] = o
	return o, nil
}

// errStandalone is for what needs a shadow.
var errStandalone = errors.Join(errors.New("remote: there is no shadow; name one with --shadow"), abi.ENODEV)

// end returns the Opener of a method that ends a chain.
func (a *Assembly) end(method string) (access.Opener, error) {
	switch method {
	case "local":
		return local.Opener{}, nil
	case "remote":
		if a.cfg.Remote == nil {
			return nil, errStandalone
		}
		return a.cfg.Remote, nil
	case "ioserver":
		a.ioserver = ioserver.New()
		return a.ioserver, nil
	case "special":
		return special.Opener{}, nil
	}
	return nil, fmt.Errorf("no access method %q ends a chain", method)
}

// openCache opens the cache, unless it is open.
func (a *Assembly) openCache() (err error) {
	switch {
	case a.cache != nil:
	case a.cfg.Cache != nil:
		a.cache, err = a.cfg.Cache()
	default:
		var dir string
		if dir, err = fetch.DefaultDir(); err == nil {
			a.cache, err = fetch.NewCache(dir, fetch.DefaultLimit)
		}
	}
	return err
}

// decorate returns the Opener of the first of links over that of the others.
func (a *Assembly) decorate(links []access.Link, lower access.Opener) (access.Opener, error) {
	switch l := links[0]; l.Method {
	case "fetch":
		if err := a.openCache(); err != nil {
			return nil, err
		}
		// The same name may be of another machine, or be unpacked.
		source := access.Chain{Links: links[1:]}.String()
		if links[len(links)-1].Method == "remote" {
			source += a.cfg.Shadow
		}
		return fetch.New(a.cache, source, lower), nil
	case "buffer":
		size, block := int64(buffer.DefaultSize), int64(buffer.DefaultBlock)
		if len(l.Args) == 2 {
			size, block = l.Args[0], l.Args[1]
		}
		return buffer.New(lower, size, block), nil
	case "compress":
		return compress.New(lower), nil
	case "append":
		return append.Opener{Lower: lower}, nil
	}
	return nil, fmt.Errorf("no access method %q decorates another", links[0].Method)
}
