// Stat_loop asks about a path, a number of times.
package main

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
)

func main() {
	times, err := strconv.Atoi(os.Args[2])
	for i := 0; i < times && err == nil; i++ {
		var st syscall.Stat_t
		if err = syscall.Stat(os.Args[1], &st); err == nil {
			err = syscall.Lstat(os.Args[1], &st)
		}
		if err == nil {
			err = syscall.Access(os.Args[1], 4)
		}
		var fd int
		if err == nil {
			fd, err = syscall.Open(os.Args[1], syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		}
		if err == nil {
			err = syscall.Close(fd)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("ok")
}
