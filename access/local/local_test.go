package local_test

import (
	"os"
	"path/filepath"
	"testing"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/accesstest"
	"penumbra/access/local"
)

func TestSuite(t *testing.T) {
	accesstest.Run(t, func(t *testing.T) accesstest.Subject {
		s := accesstest.InDir(t, t.TempDir(), "f")
		s.Opener = local.Opener{}
		return s
	})
}

func TestReplace(t *testing.T) {
	accesstest.Replace(t, local.Opener{}, t.TempDir())
}

func TestDirectory(t *testing.T) {
	_, err := local.Opener{}.Open(t.Context(), t.TempDir(), os.O_RDONLY, 0)
	if access.Errno(err) != abi.EISDIR {
		t.Error(err)
	}
}

func TestDevice(t *testing.T) {
	f, err := local.Opener{}.Open(t.Context(), "/dev/null", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.(access.Stream).Stream().WriteString("x"); err != nil {
		t.Error(err)
	}
}

func TestWhole(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	f, err := local.Opener{}.Open(t.Context(), name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.(access.Whole).Whole().WriteString("here"); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != "here" {
		t.Errorf("%q, %v", got, err)
	}
}
