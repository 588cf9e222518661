package sys

import "penumbra/abi"

const mapLow = 0

// Perform issues a call from this process and returns its result, an error as a
// negative number. Addresses must be in an Arena.
func Perform(_ abi.Arch, number int, args abi.Args) int64 { return native(number, args) }
