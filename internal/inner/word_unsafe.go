package inner

import (
	"sync/atomic"
	"unsafe"
)

// wordAt returns the word at an offset, a multiple of 8, of mapped memory.
func wordAt(b []byte, offset int) *atomic.Uint64 { return (*atomic.Uint64)(unsafe.Pointer(&b[offset])) }
