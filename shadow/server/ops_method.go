package server

import (
	"path"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// opMethod says by which access method a file is to be reached. The file need not
// exist, nor be in an export: it may be the client's own that is to be used.
func (t *task) opMethod(o *wire.Op, r *wire.Result) error {
	if t.server.cfg.Policy == nil {
		return abi.EOPNOTSUPP
	}
	name, err := t.absolute(o)
	if err != nil {
		return err
	}
	var attr wire.Attr
	_ = t.with(&wire.Op{FD: o.FD, Path: o.Path}, func(h handle) (err error) {
		attr, err = attrOf(h.fd)
		return err
	})
	r.Chain, r.Forever = t.server.cfg.Policy(t.client, name, attr)
	return nil
}

// absolute returns the path that o means, as the client has it.
func (t *task) absolute(o *wire.Op) (string, error) {
	if path.IsAbs(o.Path) {
		return path.Clean(o.Path), nil
	}
	dir, err := t.directory(t.proc, o.FD)
	if err != nil {
		return "", err
	}
	defer t.done(dir)
	if dir.fd < 0 {
		return "", abi.ESTALE
	}
	at, err := dir.at.pathOf(dir.fd)
	if err != nil {
		return "", err
	}
	return path.Join(at, o.Path), nil
}
