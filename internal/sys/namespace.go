package sys

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// InOurNamespace reports whether a thread is in the namespace of a kind that this
// process is in; namespaces(7) names them as the files of /proc/<tid>/ns. It is true
// of one that has died.
func InOurNamespace(tid int, kind string) bool {
	var its, ours unix.Stat_t
	return unix.Stat(fmt.Sprintf("/proc/%d/ns/%s", tid, kind), &its) != nil ||
		unix.Stat("/proc/self/ns/"+kind, &ours) != nil || its.Ino == ours.Ino
}
