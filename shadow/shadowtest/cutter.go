// Package shadowtest has what tests of several packages need to make life hard for
// a session.
package shadowtest

import (
	"math/rand"
	"net"
	"sync"
	"testing"
)

// A Cutter passes bytes on to a socket, and cuts each connection after some number
// of them.
type Cutter struct {
	listener net.Listener
	target   string
	wg       sync.WaitGroup

	mu    sync.Mutex
	rand  *rand.Rand
	most  int // bytes until a cut
	left  int // cuts yet to be made
	cuts  int
	conns map[net.Conn]bool
}

// NewCutter listens at a Unix socket on behalf of another, target. It makes so many
// cuts, each after at most so many bytes.
func NewCutter(t *testing.T, socket, target string, seed int64, most, cuts int) *Cutter {
	t.Helper()
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	c := &Cutter{listener: l, target: target, rand: rand.New(rand.NewSource(seed)), most: most, left: cuts, conns: map[net.Conn]bool{}}
	c.wg.Go(c.accept)
	t.Cleanup(func() {
		l.Close()
		c.mu.Lock()
		for conn := range c.conns {
			conn.Close()
		}
		c.mu.Unlock()
		c.wg.Wait()
	})
	return c
}

func (c *Cutter) accept() {
	for {
		in, err := c.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("unix", c.target)
		if err != nil {
			in.Close()
			continue
		}
		c.mu.Lock()
		c.conns[in], c.conns[out] = true, true
		up, down := 1<<62, 1<<62
		if c.left > 0 {
			if c.rand.Intn(2) == 0 {
				up = 1 + c.rand.Intn(c.most)
			} else {
				down = 1 + c.rand.Intn(c.most)
			}
		}
		c.mu.Unlock()
		c.wg.Go(func() { c.pass(out, in, up) })
		c.wg.Go(func() { c.pass(in, out, down) })
	}
}

// pass copies until the budget is used up, and then cuts, in the midst of
// whatever it is.
func (c *Cutter) pass(to, from net.Conn, budget int) {
	buf := make([]byte, 4096)
	for budget > 0 {
		n, err := from.Read(buf[:min(len(buf), budget)])
		if n > 0 {
			budget -= n
			if _, err := to.Write(buf[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	c.mu.Lock()
	if budget == 0 {
		c.cuts++
		c.left--
	}
	delete(c.conns, from)
	delete(c.conns, to)
	c.mu.Unlock()
	from.Close()
	to.Close()
}

// Cut has it make so many cuts more, from the connection on that is made next; the
// ones that there are it cuts now.
func (c *Cutter) Cut(more int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left += more
	for conn := range c.conns {
		conn.Close()
	}
}

// Count returns how many cuts it has made.
func (c *Cutter) Count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cuts
}
