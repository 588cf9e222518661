package main

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestCable(t *testing.T) {
	c, err := joinNamespaces(t.Context())
	if errors.Is(err, errSkipped) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer c.cut()
	if _, err := c.dial(); err == nil {
		t.Error("somebody listens at the far end")
	}
	var l net.Listener
	if err := inside(c.far, func() (err error) {
		l, err = net.Listen("tcp", net.JoinHostPort(farAddress, farPort))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.Copy(conn, conn)
			conn.Close()
		}
	}()
	for _, delay := range []time.Duration{0, 2 * time.Millisecond} {
		address, done, err := c.lengthen(t.Context(), delay)
		if err != nil {
			t.Fatal(err)
		}
		err = inside(c.near, func() error {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				return err
			}
			defer conn.Close()
			begin := time.Now()
			if _, err := conn.Write([]byte("x")); err != nil {
				return err
			}
			if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
				return err
			}
			if took := time.Since(begin); took < delay {
				t.Errorf("a byte was there and back in %v, less than %v", took, delay)
			}
			return nil
		})
		done()
		if err != nil {
			t.Error(err)
		}
	}
	c.cut()
	for _, name := range []string{c.near, c.far} {
		if _, err := os.Stat(filepath.Join("/run/netns", name)); err == nil {
			t.Errorf("namespace %s is left", name)
		}
	}
}
