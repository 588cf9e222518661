package sftp

import (
	"errors"
	"sync"

	"github.com/pkg/sftp"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/internal/handle"
)

// fsync is the extension by which a server is asked to sync a file.
const fsync = "fsync@openssh.com"

type file struct {
	handle.Handle
	f        *sftp.File
	client   *client
	appender *sync.Mutex
}

func (f *file) Size() (int64, error) {
	if err := f.Open("stat"); err != nil {
		return 0, err
	}
	info, err := f.f.Stat()
	if err != nil {
		return 0, f.Failed("stat", err)
	}
	return info.Size(), nil
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if err := f.MayRead(off); err != nil {
		return 0, err
	}
	n, err := handle.Full(p, off, f.f.ReadAt)
	return n, f.Failed("read", err)
}

func (f *file) WriteAt(p []byte, off int64) (int, error) {
	if err := f.MayWrite(off); err != nil {
		return 0, err
	}
	if f.Appends() {
		if _, err := f.Append(p); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	n, err := f.f.WriteAt(p, off)
	return n, f.Failed("write", err)
}

// Append implements access.Appender. A server that knows how to append does not
// look at the offset; with another, those who append by the same Opener do not
// disturb each other.
func (f *file) Append(p []byte) (int64, error) {
	if err := f.MayWrite(0); err != nil {
		return 0, err
	}
	if !f.Appends() {
		return 0, f.Failed("append", access.ErrUnsupported)
	}
	f.appender.Lock()
	defer f.appender.Unlock()
	end, err := f.Size()
	if err != nil {
		return 0, err
	}
	n, err := f.f.WriteAt(p, end)
	return end + int64(n), f.Failed("append", err)
}

func (f *file) Truncate(size int64) error {
	if err := f.MayTruncate(size); err != nil {
		return err
	}
	return f.Failed("truncate", f.f.Truncate(size))
}

var errNoSync = errors.Join(errors.New("the server cannot tell when its disk has a file"), abi.EINVAL)

// Sync implements File. It is EINVAL, as fsync(2) says of what cannot be synced,
// if the server does not know how to.
func (f *file) Sync() error {
	if err := f.Open("sync"); err != nil {
		return err
	}
	if _, ok := f.client.HasExtension(fsync); !ok {
		return f.Failed("sync", errNoSync)
	}
	return f.Failed("sync", f.f.Sync())
}

func (f *file) Close() error {
	if err := f.Shut(); err != nil {
		return err
	}
	return f.Failed("close", f.f.Close())
}
