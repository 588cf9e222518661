// Golife is a Go guest: goroutines, children, signals, timers, files and
// sockets under a runtime that preempts its threads by SIGURG.
package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "echo" {
		fmt.Print(os.Args[2])
		os.Exit(3)
	}
	for _, test := range []func() error{files, children, signals, sockets, threads, timers} {
		if err := test(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	fmt.Println("ok")
}

// all runs f n times at once and returns the first error.
func all(n int, f func(i int) error) error {
	errs := make(chan error, n)
	for i := range n {
		go func() { errs <- f(i) }()
	}
	var first error
	for range n {
		if err := <-errs; first == nil {
			first = err
		}
	}
	return first
}

func files() error {
	dir, err := os.MkdirTemp("", "golife")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return all(50, func(i int) error {
		name := filepath.Join(dir, fmt.Sprint(i))
		want := bytes.Repeat([]byte{byte(i)}, 10000)
		for range 20 {
			if err := os.WriteFile(name, want, 0o600); err != nil {
				return err
			}
			got, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			if !bytes.Equal(got, want) {
				return fmt.Errorf("%s: not what was written", name)
			}
			runtime.Gosched()
		}
		return nil
	})
}

func children() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return all(40, func(i int) error {
		want := fmt.Sprint("child ", i)
		cmd := exec.Command(self, "echo", want)
		got, err := cmd.Output()
		if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 3 {
			return fmt.Errorf("child %d: %v, want exit status 3", i, err)
		}
		if string(got) != want {
			return fmt.Errorf("child %d printed %q", i, got)
		}
		return nil
	})
}

func signals() error {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	defer signal.Stop(c)
	for range 200 {
		if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
			return err
		}
		<-c
	}
	return nil
}

func sockets() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); io.Copy(c, c) }()
		}
	}()
	return all(20, func(i int) error {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return err
		}
		defer c.Close()
		got := make([]byte, 1000)
		for k := range 50 {
			want := bytes.Repeat([]byte{byte(i + k)}, len(got))
			if _, err := c.Write(want); err != nil {
				return err
			}
			if _, err := io.ReadFull(c, got); err != nil {
				return err
			}
			if !bytes.Equal(got, want) {
				return fmt.Errorf("connection %d: wrong echo", i)
			}
		}
		return nil
	})
}

// threads holds many threads in calls at once, and has them preempted while
// they compute.
func threads() error {
	var group sync.WaitGroup
	var p [2]int
	if err := syscall.Pipe(p[:]); err != nil {
		return err
	}
	for range 100 {
		group.Go(func() {
			var b [1]byte
			syscall.Read(p[0], b[:])
		})
	}
	for i := range 8 {
		group.Go(func() {
			x := i
			for k := range 50_000_000 {
				x = x*31 + k
			}
			runtime.KeepAlive(x)
		})
	}
	runtime.GC()
	syscall.Close(p[1])
	group.Wait()
	return syscall.Close(p[0])
}

func timers() error {
	fired := make(chan int, 100)
	for i := range 100 {
		time.AfterFunc(time.Duration(i)*100*time.Microsecond, func() { fired <- i })
	}
	sum := 0
	for range 100 {
		sum += <-fired
	}
	if sum != 4950 {
		return fmt.Errorf("timers: the sum is %d", sum)
	}
	return nil
}
