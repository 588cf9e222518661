//go:build !amd64

package inner

// Available says whether there is an inner door on this machine.
const Available = false

// Code returns nothing: there is no inner door.
func Code() []byte { return nil }

// Fault returns 0: there is no inner door.
func Fault() uint64 { return 0 }
