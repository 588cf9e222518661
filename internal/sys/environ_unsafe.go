package sys

import _ "unsafe" // for go:linkname

// Environ returns the environment that the kernel handed to this process, every
// string of it, in their order. Package os leaves out what has no name, or one
// that another has had before.
//
//go:linkname Environ syscall.runtime_envs
func Environ() []string
