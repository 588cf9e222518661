// Package append writes behind the end of files only, whatever offset a write
// asks for, each write in one piece beside whoever else appends.
package append

import (
	"context"
	"io/fs"
	"os"

	"penumbra/access"
)

// Opener opens files of another one for appending: that does it for a file that is
// opened with os.O_APPEND.
type Opener struct{ Lower access.Opener }

var _ access.Stamper = Opener{}

// Open implements access.Opener.
func (o Opener) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	if access.Writes(flag) {
		flag |= os.O_APPEND
	}
	return o.Lower.Open(ctx, name, flag, perm)
}

// Stamp implements access.Stamper.
func (o Opener) Stamp(ctx context.Context, name string) (string, error) {
	return access.Stamp(ctx, o.Lower, name)
}
