// Netgo is a Go guest that serves HTTP to itself, and sends datagrams: package net
// over whatever network there is.
package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

func main() {
	for _, test := range []func() error{web, datagrams, deadline, refused} {
		if err := test(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	fmt.Println("ok")
}

// web has many clients ask a server at the same time.
func web() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	page := bytes.Repeat([]byte("page"), 50000)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		w.Write(body)
	})}
	go server.Serve(l)
	defer server.Close()
	var wg sync.WaitGroup
	errs := make(chan error, 100)
	for range 20 {
		wg.Go(func() {
			for range 3 {
				r, err := http.Post("http://"+l.Addr().String(), "text/plain", bytes.NewReader(page))
				if err != nil {
					errs <- err
					return
				}
				got, err := io.ReadAll(r.Body)
				r.Body.Close()
				if err != nil || !bytes.Equal(got, page) {
					errs <- fmt.Errorf("%d bytes came back: %v", len(got), err)
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}

func datagrams() error {
	a, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := net.Dial("udp", a.LocalAddr().String())
	if err != nil {
		return err
	}
	defer b.Close()
	if _, err := b.Write([]byte("ping")); err != nil {
		return err
	}
	buf := make([]byte, 100)
	n, from, err := a.ReadFromUDP(buf)
	if err != nil || from.String() != b.LocalAddr().String() {
		return fmt.Errorf("from %v instead of %v: %v", from, b.LocalAddr(), err)
	}
	if _, err := a.WriteToUDP(buf[:n], from); err != nil {
		return err
	}
	if n, err = b.Read(buf); err != nil || string(buf[:n]) != "ping" {
		return fmt.Errorf("%q came back: %v", buf[:n], err)
	}
	return nil
}

func deadline() error {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	defer l.Close()
	l.SetDeadline(time.Now().Add(20 * time.Millisecond))
	if _, err := l.Accept(); err == nil || !err.(net.Error).Timeout() {
		return fmt.Errorf("accept: %v", err)
	}
	return nil
}

func refused() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	l.Close()
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		return fmt.Errorf("somebody answers at %v", l.Addr())
	}
	return nil
}
