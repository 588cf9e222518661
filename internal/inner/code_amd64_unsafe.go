//go:build amd64

package inner

import "unsafe"

// Available says whether there is an inner door on this machine.
const Available = true

func code()
func fault()
func end()

// bounds returns where the assembled code begins, where its part for faults
// does, and where it ends.
func bounds() (code, fault, end unsafe.Pointer)

// Code returns the code that looks at paths, which is the same wherever it
// lies.
func Code() []byte {
	first, _, last := bounds()
	return unsafe.Slice((*byte)(first), uintptr(last)-uintptr(first))
}

// Fault returns where in Code a thread has to go on that met a fault in it.
func Fault() uint64 {
	first, fault, _ := bounds()
	return uint64(uintptr(fault) - uintptr(first))
}
