// Package mode holds the syscall mode of a thread, which says where its calls are
// made. It has two axes (D. Thain, "Syscall Mode", 1999):
//
//   - local or remote: whether calls that are about no open file are made on this
//     machine or by the shadow, and who says what a name leads to;
//   - mapped or unmapped: whether descriptors, and the ids that signals are sent
//     to, are those of the guest, or numbers of the machine where calls are made.
//
// Which call follows which axis says the table of calls ([abi.Axis]). All four
// combinations are valid; a remote one needs a shadow.
package mode

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"penumbra/abi"
)

// Mode is a syscall mode. The zero value is local and unmapped: everything is the
// kernel's.
type Mode struct{ Remote, Mapped bool }

// All are the modes there are, the simplest first.
var All = []Mode{{false, false}, {false, true}, {true, false}, {true, true}}

// ErrNoShadow is what asking for a remote mode without a shadow comes to.
var ErrNoShadow = errors.New("there is no shadow that calls could be sent to (--shadow names one)")

// String returns m as Parse reads it: "remote,mapped".
func (m Mode) String() string {
	where, how := "local", "unmapped"
	if m.Remote {
		where = "remote"
	}
	if m.Mapped {
		how = "mapped"
	}
	return where + "," + how
}

// Names returns how the modes are written, in the order of All.
func Names() []string {
	var names []string
	for _, m := range All {
		names = append(names, m.String())
	}
	return names
}

// Parse reads a mode: one word of each axis, with a comma between them. Blanks
// around it do not count.
func Parse(text string) (Mode, error) {
	text = strings.TrimSpace(text)
	names := Names()
	if i := slices.Index(names, text); i >= 0 {
		return All[i], nil
	}
	return Mode{}, fmt.Errorf("%w; there are %s", abi.Unknown("syscall mode", text, slices.Values(names)), strings.Join(names, ", "))
}
