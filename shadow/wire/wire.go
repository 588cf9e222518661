// Package wire is the protocol between a guest's machine and its shadow: frames,
// and the requests and replies in them. docs/protocol.md describes it for those
// who want to implement it anew.
//
// All numbers are little-endian and have one width whatever the machine. What
// differs between machines, as the flags of open, has numbers of the protocol's
// own; see flags.go. Nothing that is decoded is trusted: each length has a
// limit, and what does not fit the description is an error.
package wire

import "errors"

// Version is the version of the protocol that this package speaks. A shadow
// refuses others.
const Version = 1

// Limits on what a frame may hold, in bytes where nothing else is said.
const (
	MaxHead    = 128 << 10 // what is encoded
	MaxPayload = 1 << 20   // the data of reads and writes, and directories
	MaxKept    = 128 << 10 // the payload of a reply that has to be kept for a retry
	MaxOps     = 16        // operations of a request
	MaxPath    = 4095      // PATH_MAX without the final NUL
	MaxName    = 255       // NAME_MAX, XATTR_NAME_MAX
	MaxPaths   = 64        // paths of a reopen
	MaxSlots   = 1024      // requests in flight
)

// ErrMalformed is wrapped by every error about bytes that are not as described.
var ErrMalformed = errors.New("malformed message")
