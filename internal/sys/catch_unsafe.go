package sys

import "golang.org/x/sys/unix"

// caughtPipe is where the handler of Catch writes.
var caughtPipe int

// handler returns the address of that handler, and of what ends it where the
// kernel wants to be told.
func handler() (entry, restorer uintptr)

// Catch has each of the signals, as often as it reaches this process, written to
// a pipe: its number, as a 32-bit integer of the machine. The pipe should not
// block; what finds it full is lost. Go's runtime is not asked, which would need
// half a millisecond for a dozen, and does not hear of these signals any more. It
// must not be used for those that a thread brings upon itself.
func Catch(pipe int, signals ...unix.Signal) {
	const siginfo, restores, onStack, restart = 0x4, 0x04000000, 0x08000000, 0x10000000
	caughtPipe = pipe
	entry, restorer := handler()
	action := [4]uint64{uint64(entry), siginfo | onStack | restart, uint64(restorer), ^uint64(0)}
	if restorer != 0 {
		action[1] |= restores
	}
	for _, s := range signals {
		sigaction(s, &action, nil)
	}
}
