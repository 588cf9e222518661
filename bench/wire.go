package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A wire is a connection over a distance: a proxy that passes bytes on after a
// while, at a limited rate, and that can be cut.
type wire struct {
	listener net.Listener
	dial     func() (net.Conn, error) // where it leads to
	delay    time.Duration            // one way
	rate     float64                  // bytes a second, each way; 0 is no limit
	passing  sync.WaitGroup

	mu     sync.Mutex
	conns  map[net.Conn]bool
	closed bool
}

// newWire listens at an address and leads to another; both are of network. At
// address "" of tcp the kernel chooses the port.
func newWire(network, address, target string, roundTrip time.Duration, rate float64) (*wire, error) {
	if network == "tcp" && address == "" {
		address = "127.0.0.1:0"
	}
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, fmt.Errorf("wire to %s: %w", target, err)
	}
	return spanWire(l, func() (net.Conn, error) { return net.Dial(network, target) }, roundTrip, rate), nil
}

// spanWire is newWire from a listener to what is dialled.
func spanWire(l net.Listener, dial func() (net.Conn, error), roundTrip time.Duration, rate float64) *wire {
	w := &wire{listener: l, dial: dial, delay: roundTrip / 2, rate: rate, conns: map[net.Conn]bool{}}
	w.passing.Go(w.accept)
	return w
}

func (w *wire) address() string { return w.listener.Addr().String() }

func (w *wire) accept() {
	for {
		in, err := w.listener.Accept()
		if err != nil {
			return
		}
		out, err := w.dial()
		if err != nil {
			in.Close()
			continue
		}
		if !w.add(in, out) {
			return
		}
		w.passing.Go(func() { w.pass(out, in) })
		w.passing.Go(func() { w.pass(in, out) })
	}
}

// add has connections cut with w; it reports false if w is closed already.
func (w *wire) add(conns ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range conns {
		if w.closed {
			c.Close()
			continue
		}
		w.conns[c] = true
	}
	return !w.closed
}

// cut breaks all connections; others can be made.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		c.Close()
	}
	clear(w.conns)
}

func (w *wire) close() {
	w.listener.Close()
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.cut()
	w.passing.Wait()
}

// A parcel is bytes on their way.
type parcel struct {
	data []byte
	due  time.Time
}

// Bytes on their way take memory: parcelSize times mostParcels in each direction
// at most, which is more than 64 ms at 1 GB/s.
const parcelSize, mostParcels = 256 << 10, 256

var parcels = sync.Pool{New: func() any { return new([parcelSize]byte) }}

// pass copies from one connection to the other until one of them breaks.
func (w *wire) pass(to, from net.Conn) {
	way := make(chan parcel, mostParcels)
	arrived := make(chan struct{})
	go func() {
		defer close(arrived)
		for p := range way {
			sleepUntil(p.due)
			if _, err := to.Write(p.data); err != nil {
				from.Close()
			}
			parcels.Put((*[parcelSize]byte)(p.data[:parcelSize]))
		}
	}()
	var free time.Time // when the last byte has left
	for {
		buffer := parcels.Get().(*[parcelSize]byte)
		n, err := from.Read(buffer[:])
		if n > 0 {
			now := time.Now()
			if w.rate > 0 {
				if free.Before(now) {
					free = now
				}
				free = free.Add(time.Duration(float64(n) / w.rate * float64(time.Second)))
				now = free
			}
			way <- parcel{buffer[:n:parcelSize], now.Add(w.delay)}
		}
		if err != nil {
			break
		}
	}
	close(way)
	<-arrived
	to.Close()
}

// sleepUntil is exact where time.Sleep may be a millisecond late.
func sleepUntil(when time.Time) {
	for left := time.Until(when); left > 0; left = time.Until(when) {
		ts := unix.NsecToTimespec(int64(left))
		_ = unix.Nanosleep(&ts, nil) // interrupted: once more
	}
}

// roundTrip measures what a byte takes there and back over a wire of that delay,
// its own cost included: the unit of what is counted in round trips.
func roundTrip(delay time.Duration) (time.Duration, error) {
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer echo.Close()
	go func() {
		c, err := echo.Accept()
		if err == nil {
			_, _ = io.Copy(c, c)
			c.Close()
		}
	}()
	w, err := newWire("tcp", "", echo.Addr().String(), delay, 0)
	if err != nil {
		return 0, err
	}
	defer w.close()
	c, err := net.Dial("tcp", w.address())
	if err != nil {
		return 0, err
	}
	defer c.Close()
	const times = 20
	took := make([]float64, times)
	for i := range took {
		begin := time.Now()
		if _, err := c.Write([]byte{1}); err != nil {
			return 0, err
		}
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			return 0, errors.Join(errors.New("the wire lost a byte"), err)
		}
		took[i] = time.Since(begin).Seconds()
	}
	return time.Duration(median(took) * float64(time.Second)), nil
}
