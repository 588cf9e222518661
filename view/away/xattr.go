package away

import (
	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// attribute reads the name of an extended attribute.
func (t *task) attribute() (string, abi.Errno) {
	s, err := t.Memory().String(t.Args.Addr(1), wire.MaxName)
	if err != nil {
		if e := errnoOf(err); e != abi.ENAMETOOLONG {
			return "", e
		}
		return "", abi.ERANGE
	}
	return s, 0
}

// hold gives a call bytes, unless it only asks how many there are.
func (t *task) hold(b []byte, err error, at int) intercept.Verdict {
	size := t.Args[at+1]
	switch {
	case err != nil:
		return fail(err)
	case size == 0:
		return intercept.Skip(int64(len(b)))
	case size < uint64(len(b)):
		return intercept.Fail(abi.ERANGE)
	case !t.commit():
		return intercept.Run
	}
	if v := give(t.Call, at, b); v != intercept.Skip(0) {
		return v
	}
	return intercept.Skip(int64(len(b)))
}

func (t *task) getxattr() intercept.Verdict {
	attribute, e := t.attribute()
	if e != 0 {
		return intercept.Fail(e)
	}
	p, n, e := t.target()
	if e != 0 {
		return intercept.Fail(e)
	}
	b, err := p.rep.Getxattr(t.ctx, n.dir, n.path, attribute, n.atUnlessEmpty())
	return t.hold(b, err, 2)
}

func (t *task) listxattr() intercept.Verdict {
	p, n, e := t.target()
	if e != 0 {
		return intercept.Fail(e)
	}
	b, err := p.rep.Listxattr(t.ctx, n.dir, n.path, n.atUnlessEmpty())
	return t.hold(b, err, 1)
}

func (t *task) setxattr() intercept.Verdict {
	const largest = 64 << 10 // XATTR_SIZE_MAX
	attribute, e := t.attribute()
	switch {
	case e != 0:
		return intercept.Fail(e)
	case t.Args[3] > largest:
		return intercept.Fail(abi.E2BIG)
	}
	value := make([]byte, t.Args[3])
	if _, err := t.Memory().ReadAt(value, t.Args.Addr(2)); err != nil && len(value) > 0 {
		return intercept.Fail(abi.EFAULT)
	}
	return t.on(func(p *client.Process, n name) error {
		if !n.follow && n.path != "" {
			return abi.EOPNOTSUPP // links have no attributes that a user may set (xattr(7))
		}
		return p.Setxattr(t.ctx, n.dir, n.path, attribute, value, uint32(t.Args[4])) // they have the same numbers
	})
}

func (t *task) removexattr() intercept.Verdict {
	attribute, e := t.attribute()
	if e != 0 {
		return intercept.Fail(e)
	}
	return t.on(func(p *client.Process, n name) error {
		if !n.follow && n.path != "" {
			return abi.EOPNOTSUPP
		}
		return p.Removexattr(t.ctx, n.dir, n.path, attribute)
	})
}
