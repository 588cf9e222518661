package view

import "penumbra/abi"

// native is the call interface of this process.
const native = abi.ARM64
