package main

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// standardFiles returns what the guest gets as descriptors 0, 1 and 2: our
// own, but where the runtime put /dev/null in the place of a closed one, none.
func standardFiles(closed [3]bool) []int {
	if closed == [3]bool{} {
		return nil
	}
	files := []int{0, 1, 2}
	for i := range files {
		if closed[i] {
			files[i] = -1
		}
	}
	return files
}

// inheritedFiles lists the descriptors above 2 that penumbra was started with.
// All of its own are close-on-exec.
func inheritedFiles() []int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	var fds []int
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= 2 {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			fds = append(fds, fd)
		}
	}
	return fds
}

// releaseFiles gives up what only the guest shall hold: a pipe has to end when
// the guest closes it. Standard error stays, for messages.
func releaseFiles(inherited []int) {
	for _, fd := range inherited {
		unix.Close(fd)
	}
	null, err := unix.Open(os.DevNull, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(null)
	_ = unix.Dup3(null, 0, unix.O_CLOEXEC)
	_ = unix.Dup3(null, 1, unix.O_CLOEXEC)
}
