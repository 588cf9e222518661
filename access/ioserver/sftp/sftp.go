// Package sftp reaches files of SFTP servers, by the ssh program: its
// configuration, keys and known hosts are the user's.
package sftp

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"
	"sync"

	"github.com/pkg/sftp"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/internal/follow"
	"penumbra/access/internal/handle"
)

// Opener opens files by their URLs: sftp://USER@HOST:PORT/PATH, where a path that
// begins with /~/ is relative to where the server puts the user. Make one by New.
type Opener struct {
	dial func(ctx context.Context, u *url.URL) (io.ReadWriteCloser, error)

	mu      sync.Mutex
	clients map[string]*client // by user and host
	appends [64]sync.Mutex     // by name
}

var (
	_ access.Stamper  = &Opener{}
	_ access.Replacer = &Opener{}
)

// New returns an Opener that makes its connections by dial; ssh(1) does if that
// is nil. One connection serves all files of a user and a host.
func New(dial func(ctx context.Context, u *url.URL) (io.ReadWriteCloser, error)) *Opener {
	if dial == nil {
		dial = ssh
	}
	return &Opener{dial: dial, clients: map[string]*client{}}
}

// A client is a connection, or an attempt at one.
type client struct {
	once sync.Once
	*sftp.Client
	link io.Closer
	err  error
}

// Close ends all connections.
func (o *Opener) Close() error {
	o.mu.Lock()
	clients := o.clients
	o.clients = map[string]*client{}
	o.mu.Unlock()
	var err error
	for _, c := range clients {
		c.once.Do(func() { c.err = os.ErrClosed })
		if c.Client != nil {
			err = errors.Join(err, c.link.Close())
			c.Client.Close() // an error: the link is closed
		}
	}
	return err
}

// connect returns the connection to where u leads, and the path there.
func (o *Opener) connect(ctx context.Context, name string) (*client, string, error) {
	u, err := url.Parse(name)
	if err != nil || u.Scheme != "sftp" || u.Hostname() == "" || strings.HasPrefix(u.Hostname(), "-") {
		return nil, "", fmt.Errorf("no URL of an SFTP server: %w", abi.EINVAL)
	}
	key := u.User.Username() + "@" + u.Host
	o.mu.Lock()
	c := o.clients[key]
	if c == nil {
		c = &client{}
		o.clients[key] = c
	}
	o.mu.Unlock()
	c.once.Do(func() {
		if c.err = c.begin(ctx, o, u); c.err != nil {
			o.forget(key, c)
			return
		}
		go func() {
			_ = c.Wait()
			o.forget(key, c) // the next one to open a file makes another
		}()
	})
	if c.err != nil {
		return nil, "", c.err
	}
	p := u.Path
	if home, ok := strings.CutPrefix(p, "/~/"); ok {
		p = home
	}
	return c, p, nil
}

func (c *client) begin(ctx context.Context, o *Opener, u *url.URL) error {
	link, err := o.dial(ctx, u)
	if err != nil {
		return err
	}
	c.link = link
	c.Client, err = sftp.NewClientPipe(link, link, sftp.UseConcurrentWrites(true))
	if err != nil {
		link.Close()
		return fmt.Errorf("connect to %s: %w", u.Host, err)
	}
	return nil
}

func (o *Opener) forget(key string, c *client) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.clients[key] == c {
		delete(o.clients, key)
	}
}

// Open implements access.Opener.
func (o *Opener) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	c, p, err := o.connect(ctx, name)
	if err != nil {
		return nil, access.Failed("open", name, err)
	}
	f, err := c.openFile(p, flag, perm)
	if err != nil {
		return nil, access.Failed("open", name, err)
	}
	return &file{handle.Handle{Name: name, Flag: flag}, f, c, o.appender(name)}, nil
}

// appender returns the lock of those who append to a file: not all servers know
// how to do it.
func (o *Opener) appender(name string) *sync.Mutex {
	h := fnv.New32a()
	_, _ = io.WriteString(h, name)
	return &o.appends[h.Sum32()%uint32(len(o.appends))]
}

// openFile opens a file. The protocol does not say why opening one failed, nor
// whether it created one.
func (c *client) openFile(p string, flag int, perm fs.FileMode) (*sftp.File, error) {
	const exclusive = os.O_CREATE | os.O_EXCL
	if flag&os.O_CREATE != 0 {
		f, err := c.OpenFile(p, flag|exclusive)
		if err == nil {
			if err = f.Chmod(perm); err != nil {
				return nil, errors.Join(c.why(p, err), f.Close())
			}
			return f, nil
		}
		if _, e := c.Lstat(p); e != nil {
			return nil, c.why(p, err)
		}
		if flag&os.O_EXCL != 0 {
			return nil, abi.EEXIST
		}
	}
	if info, err := c.Stat(p); err == nil && info.IsDir() {
		return nil, abi.EISDIR
	}
	f, err := c.OpenFile(p, flag&^exclusive)
	if err != nil {
		return nil, c.why(p, err)
	}
	return f, nil
}

// why gives an error a number.
func (c *client) why(p string, err error) error {
	if access.Errno(err) != abi.EIO {
		return err
	}
	if _, e := c.Stat(path.Dir(p)); errors.Is(e, fs.ErrNotExist) {
		return errors.Join(err, abi.ENOENT)
	}
	return err
}

// Stamp implements access.Stamper. Times are whole seconds.
func (o *Opener) Stamp(ctx context.Context, name string) (string, error) {
	c, p, err := o.connect(ctx, name)
	if err != nil {
		return "", access.Failed("stat", name, err)
	}
	info, err := c.Stat(p)
	if err != nil {
		return "", access.Failed("stat", name, err)
	}
	return access.StampOf(name, info.Size(), info.ModTime(), info.ModTime()), nil
}

// readlink returns what a link says, "" if p is none.
func (c *client) readlink(p string) (string, error) {
	info, err := c.Lstat(p)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil || info.Mode()&fs.ModeSymlink == 0:
		return "", err
	}
	return c.ReadLink(p)
}

// Replace implements access.Replacer.
func (o *Opener) Replace(ctx context.Context, name string, perm fs.FileMode, write func(access.File) error) error {
	c, p, err := o.connect(ctx, name)
	if err != nil {
		return access.Failed("replace", name, err)
	}
	if _, ok := c.HasExtension("posix-rename@openssh.com"); !ok {
		return access.ErrUnsupported
	}
	if p, err = follow.Links(p, c.readlink); err != nil {
		return access.Failed("replace", name, err)
	}
	if info, err := c.Stat(p); err == nil {
		perm = info.Mode().Perm()
	}
	temp := path.Join(path.Dir(p), fmt.Sprintf(".penumbra-%d-%s", os.Getpid(), path.Base(p)))
	_ = c.Remove(temp) // what a crash has left
	host, err := c.openFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return access.CannotReplace(access.Failed("replace", name, err))
	}
	f := &file{handle.Handle{Name: name, Flag: os.O_RDWR}, host, c, new(sync.Mutex)}
	err = write(f)
	if _, ok := c.HasExtension(fsync); ok && err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = access.Failed("replace", name, c.PosixRename(temp, p))
	}
	if err != nil {
		_ = c.Remove(temp)
	}
	return err
}
