package main

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"
)

// echo listens, and sends back what it gets.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	return l.Addr().String()
}

func dial(t *testing.T, w *wire) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", w.address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// All bytes come, in order, and not too early; many are on their way at a time.
func TestWire(t *testing.T) {
	for _, tt := range []struct {
		name    string
		delay   time.Duration
		rate    float64
		atLeast time.Duration
	}{
		{"near", 0, 0, 0},
		{"far", 20 * time.Millisecond, 0, 20 * time.Millisecond},
		{"narrow", 0, 64 << 20, 40 * time.Millisecond}, // 3 MiB, both ways at once
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, err := newWire("tcp", "", echo(t), tt.delay, tt.rate)
			if err != nil {
				t.Fatal(err)
			}
			defer w.close()
			c := dial(t, w)
			sent := bytes.Repeat([]byte("0123456789abcdef"), 3<<16)
			begun := time.Now()
			go func() { _, _ = c.Write(sent) }()
			got := make([]byte, len(sent))
			if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, sent) {
				t.Errorf("what came is not what was sent: %v", err)
			}
			if took := time.Since(begun); took < tt.atLeast {
				t.Errorf("it took %v, and not %v", took, tt.atLeast)
			}
		})
	}
}

func TestWireCut(t *testing.T) {
	w, err := newWire("tcp", "", echo(t), time.Millisecond, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	c := dial(t, w)
	if _, err := c.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	w.cut()
	if n, err := c.Read(make([]byte, 1)); err == nil {
		t.Errorf("%d bytes came over a wire that was cut", n)
	}
	again := dial(t, w)
	if _, err := again.Write([]byte("y")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(again, make([]byte, 1)); err != nil {
		t.Errorf("after a cut: %v", err)
	}
}
