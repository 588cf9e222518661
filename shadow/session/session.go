// Package session keeps a client and a shadow together when what links them
// breaks: every request is performed exactly once, and the client waits.
//
// # Slots
//
// A client has a fixed number of slots. A slot carries one request at a time,
// and numbers them: the next request of a slot says that the reply to the one
// before has arrived. So the shadow keeps one reply a slot at most, and tells by
// slot and number whether a request is new, or one that it has performed, or is
// performing. Slot 0 is for recovery alone. (NFS 4.1 has the same; RFC 8881.)
//
// # When the link breaks
//
// The client makes another, and sends again whatever has no reply. A frame of
// which only a part has arrived counts for nothing.
//
// # When the shadow was killed
//
// Its next start has another epoch. The client then has what it holds opened
// anew (Config.Recover), before it sends again what has no reply. Whether an
// operation that must not be done twice was done, the new shadow finds out from
// its journal and by looking at the files; see Entry.
//
// # Locks
//
// Client.mu, Server.mu and state.mu guard what stands below them in their
// structs; none is held while another is taken, nor while bytes are sent. The
// lock of a link's writer may be waited for by anyone who holds none of these.
package session

import (
	"crypto/rand"
	"errors"
	"time"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// Defaults of what a Config leaves out.
const (
	DefaultLease  = time.Hour
	DefaultSlots  = 64
	DefaultMemory = 16 << 20 // bytes in flight a session
)

// An EndedError is what calls get when the session is over. It is EIO to the
// guest.
type EndedError struct{ Why error }

func (e *EndedError) Error() string { return "the session with the shadow is over: " + e.Why.Error() }

// Unwrap returns why.
func (e *EndedError) Unwrap() error { return e.Why }

// Is says that e is EIO.
func (e *EndedError) Is(target error) bool { return target == abi.EIO }

// ErrLease says that the shadow could not be reached for as long as the lease
// is.
var ErrLease = errors.New("the shadow was out of reach until the lease ended")

// ErrClosed says that the client ended the session itself.
var ErrClosed = errors.New("closed")

func newID() (id wire.ID) {
	rand.Read(id[:]) // never fails
	return id
}
