package remote_test

import (
	"os"
	"testing"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/accesstest"
	"penumbra/access/remote"
	"penumbra/shadow/server"
	"penumbra/shadow/wire"
)

func TestSuite(t *testing.T) {
	accesstest.Run(t, func(t *testing.T) accesstest.Subject {
		dir := t.TempDir()
		s := accesstest.InDir(t, dir, "f")
		s.Opener = remote.Opener{Process: accesstest.Shadow(t, dir, server.Config{}), Dir: wire.CWD}
		return s
	})
}

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	accesstest.Replace(t, remote.Opener{Process: accesstest.Shadow(t, dir, server.Config{}), Dir: wire.CWD}, dir)
}

func TestDirectory(t *testing.T) {
	dir := t.TempDir()
	o := remote.Opener{Process: accesstest.Shadow(t, dir, server.Config{}), Dir: wire.CWD}
	if _, err := o.Open(t.Context(), ".", os.O_RDONLY, 0); access.Errno(err) != abi.EISDIR {
		t.Error(err)
	}
}
