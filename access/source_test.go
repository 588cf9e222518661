package access_test

import (
	"penumbra/access"
	"penumbra/vft"
)

// A File is where the content of an emulated file may be.
var (
	_ vft.Source    = access.File(nil)
	_ vft.Truncater = access.File(nil)
	_ vft.Syncer    = access.File(nil)
)
