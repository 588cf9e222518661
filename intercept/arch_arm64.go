package intercept

import "penumbra/abi"

// arches are the call interfaces that programs of this machine may use.
var arches = []abi.Arch{abi.ARM64}
