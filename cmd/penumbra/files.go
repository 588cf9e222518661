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
func inheritedFiles() (fds []int) {
	// Package os would prepare to wait for files with epoll(7), which no run needs.
	dir, err := unix.Open("/proc/self/fd", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(dir)
	buf := make([]byte, 256)
	for {
		n, err := unix.ReadDirent(dir, buf)
		if err != nil || n <= 0 {
			return fds
		}
		_, _, names := unix.ParseDirent(buf[:n], -1, nil)
		for _, name := range names {
			fd, err := strconv.Atoi(name)
			if err != nil || fd <= 2 {
				continue
			}
			if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
				fds = append(fds, fd)
			}
		}
	}
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
