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

// Exports returns what may be seen of the shadow, and the home directory of its
// user, or "" if that is not known. It need not lie in an export.
func (c *Client) Exports(ctx context.Context) (home string, exports []Export, err error) {
	k, err := c.newCall(0, nil, []wire.Op{{Code: wire.Exports}})
	if err == nil {
		err = c.session.Do(ctx, &k.Call)
	}
	if err == nil {
		err = k.reply.Err()
	}
	if err != nil {
		return "", nil, err
	}
	for line := range strings.Lines(string(k.data)) {
		line = strings.TrimSuffix(line, "\n")
		i := strings.LastIndexByte(line, ':')
		if i < 0 || !path.IsAbs(line) {
			return "", nil, fmt.Errorf("%w: export %q", wire.ErrMalformed, line)
		}
		exports = append(exports, Export{path.Clean(line[:i]), line[i+1:] == "ro"})
	}
	return k.reply.Results[0].Path, exports, nil
}
