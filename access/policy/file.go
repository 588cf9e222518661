package policy

import (
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/shadow/wire"
)

// often is how often it is looked whether a policy has changed.
const often = time.Second

// A File is a policy that is read again when it has changed.
type File struct {
	name   string
	failed func(error)
	now    func() time.Time

	mu     sync.Mutex
	rules  *Rules
	looked time.Time
	seen   mark
}

// A mark tells a version of the file from another one.
type mark struct {
	ino, dev     uint64
	size         int64
	mtime, ctime unix.Timespec
	err          error // it could not be looked at
}

// Open reads a policy. failed is told, once for each version, why a later one
// cannot be read; the one before then stays.
func Open(name string, failed func(error)) (*File, error) {
	f := &File{name: name, failed: failed, now: time.Now}
	f.looked, f.seen = f.now(), markOf(name)
	var err error
	f.rules, err = read(name)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func read(name string) (*Rules, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return Parse(name, string(text))
}

func markOf(name string) mark {
	var st unix.Stat_t
	if err := unix.Stat(name, &st); err != nil {
		return mark{err: err}
	}
	return mark{ino: st.Ino, dev: st.Dev, size: st.Size, mtime: st.Mtim, ctime: st.Ctim}
}

// Rules returns the rules as they are now, or were a second ago.
func (f *File) Rules() *Rules {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if now.Sub(f.looked) < often {
		return f.rules
	}
	// What is changed while it is read has another mark afterwards.
	before := f.seen
	f.looked, f.seen = now, markOf(f.name)
	if f.seen == before {
		return f.rules
	}
	rules, err := read(f.name)
	if err != nil {
		f.failed(err)
		return f.rules
	}
	f.rules = rules
	return rules
}

// Method answers by which method a client is to reach a file with these attributes,
// all zero if it does not exist. It is for the shadow's Config.
func (f *File) Method(_, path string, attr wire.Attr) (chain string, forever bool) {
	a := f.Rules().Method(path, attr.Type == wire.TypeRegular && attr.Perm&0o111 != 0)
	return a.Chain.String(), a.Forever
}
