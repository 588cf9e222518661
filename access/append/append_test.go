package append_test

import (
	"testing"

	"penumbra/access"
	"penumbra/access/accesstest"
	"penumbra/access/append"
	"penumbra/access/buffer"
	"penumbra/access/compress"
	"penumbra/access/local"
	"penumbra/access/remote"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

func TestSuite(t *testing.T) {
	shadow := func(t *testing.T, dir string) access.Opener {
		return remote.Opener{Process: accesstest.Shadow(t, dir, server.Config{}), Dir: wire.CWD}
	}
	lowers := map[string]func(t *testing.T, dir string) access.Opener{
		"local":  func(*testing.T, string) access.Opener { return local.Opener{} },
		"remote": shadow,
		"buffer:remote": func(t *testing.T, dir string) access.Opener {
			return buffer.New(shadow(t, dir), 1<<20, 1<<16)
		},
		"compress:local": func(*testing.T, string) access.Opener { return compress.New(local.Opener{}) },
	}
	for name, lower := range lowers {
		t.Run(name, func(t *testing.T) {
			accesstest.RunAppending(t, func(t *testing.T) accesstest.Subject {
				dir := t.TempDir()
				s := accesstest.InDir(t, dir, "f")
				if name == "compress:local" {
					s.Put, s.Content = nil, nil
				}
				s.Opener = append.Opener{Lower: lower(t, dir)}
				return s
			})
		})
	}
}
