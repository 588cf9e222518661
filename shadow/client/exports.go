package client

import (
	"context"
	"fmt"
	"path"
	"strings"

	"penumbra/shadow/wire"
)

// An Export is a directory of the shadow that may be seen.
type Export struct {
	Path     string // absolute, clean
	ReadOnly bool
}

// Exports are what a shadow shows.
type Exports struct {
	List   []Export
	Home   string // the home directory of its user, or ""; it need not be exported
	Policy bool   // it says by which access method a file is to be reached
}

// Exports returns what may be seen of the shadow.
func (c *Client) Exports(ctx context.Context) (*Exports, error) {
	k, err := c.newCall(0, nil, []wire.Op{{Code: wire.Exports}})
	if err == nil {
		err = c.session.Do(ctx, &k.Call)
	}
	if err == nil {
		err = k.reply.Err()
	}
	if err != nil {
		return nil, err
	}
	return exportsOf(&k.reply.Results[0], k.data)
}

// exportsOf returns what a result tells.
func exportsOf(r *wire.Result, data []byte) (*Exports, error) {
	found := &Exports{Home: r.Path, Policy: r.Policy}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		i := strings.LastIndexByte(line, ':')
		if i < 0 || !path.IsAbs(line) {
			return nil, fmt.Errorf("%w: export %q", wire.ErrMalformed, line)
		}
		found.List = append(found.List, Export{path.Clean(line[:i]), line[i+1:] == "ro"})
	}
	return found, nil
}
