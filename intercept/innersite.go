package intercept

import (
	"bytes"
	"fmt"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/guest"
	"penumbra/internal/inner"
	"penumbra/internal/sys"
)

// passed hears of a call that was the kernel's. The place that it was made from
// will pass the next itself, if nobody else can be there now.
func (i *Inner) passed(c *Call) {
	if !i.May(c) {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	m := i.threads[c.Thread.ID()].innerMemory
	if m == nil || !m.open || m.flags == 0 || m.threads != 1 || m.tried[c.IP] || m.isBoot(c.IP) {
		return
	}
	m.tried[c.IP] = true
	if !m.whole && !i.isWhole(c.Thread) {
		m.flags = 0
		return
	}
	m.whole = true
	if c.IP < low && !m.goes {
		m.goes = true
		i.changeGo(c.Thread, m)
	}
	var around [inner.SiteRoom]byte
	at := c.IP - abi.Addr(len(around))
	if _, err := c.Memory().ReadAt(around[:], at); err != nil {
		return
	}
	if site, ok := inner.FindSite(around[:], uint64(c.IP)-2, c.Number); ok {
		m.change(c.Thread, site)
	}
}

// isBoot reports whether Boot, which is not done yet, made a call.
func (m *innerMemory) isBoot(ip abi.Addr) bool {
	return ip > m.ask-inner.BootSize && ip < m.ask+inner.BootSize
}

// isWhole reports whether Boot has mapped Code.
func (i *Inner) isWhole(t *guest.Thread) bool {
	there := make([]byte, len(i.code))
	_, err := t.Memory().ReadAt(there, inner.Base)
	return err == nil && bytes.Equal(there, i.code)
}

// changeGo changes the one place from which a Go program makes its calls, while
// it still has one thread.
func (i *Inner) changeGo(t *guest.Thread, m *innerMemory) {
	if site, ok := i.goSite(t); ok {
		m.change(t, site)
	}
}

// executable tells apart the files that programs are in, as they are now.
type executable struct {
	device, inode uint64
	size          int64
	changed       unix.Timespec
}

// goSite finds that place, where it was the last time or else by a search.
func (i *Inner) goSite(t *guest.Thread) (site inner.Site, ok bool) {
	const text, size = 0x401000, 128 << 10 // where Go's linker begins, and what comes first
	const most = 1 << 10
	var st unix.Stat_t
	if unix.Stat(fmt.Sprintf("/proc/%d/exe", t.ID()), &st) != nil {
		return site, false
	}
	p := executable{st.Dev, st.Ino, st.Size, st.Ctim}
	at, known := i.goSites[p]
	if !known {
		if site, ok = findGo(t, text, size); ok {
			at = site.Start()
		}
		if len(i.goSites) >= most {
			clear(i.goSites)
		}
		i.goSites[p] = at
		return site, ok
	}
	if at == 0 {
		return site, false
	}
	// It has to be there still: a dynamic linker that was run as a program has
	// others in its memory each time.
	const before = 16
	return findGo(t, at-before, 2*before)
}

// findGo looks for that place in a part of the text.
func findGo(t *guest.Thread, from uint64, size int) (inner.Site, bool) {
	b := make([]byte, size)
	n, _ := sys.ReadMemory(t.ID(), b, from)
	return inner.GoSite(b[:max(n, 0)], from)
}

// change puts a jump to a new trampoline where the site is.
func (m *innerMemory) change(t *guest.Thread, s inner.Site) {
	for k := range m.pages {
		p := &m.pages[k]
		jump, ok := s.Jump(p.next)
		if !ok || p.next+inner.TrampolineSize > p.end {
			continue
		}
		if t.Memory().Force(s.Trampoline(p.next), abi.Addr(p.next)) == nil {
			p.next += inner.TrampolineSize
			_ = t.Memory().Force(jump, abi.Addr(s.Start()))
		}
		return
	}
}

// mended sends a thread on that a signal found in Code, because a path was out
// of reach: the kernel will tell it so.
func (i *Inner) mended(t *guest.Thread, s unix.Signal) bool {
	if s != unix.SIGSEGV && s != unix.SIGBUS {
		return false
	}
	regs, err := guest.ReadRegisters(t, abi.AMD64)
	if err != nil || !regs.IsNative() {
		return false
	}
	if at := regs.InstructionPointer(); at < inner.Base || at >= inner.Base+inner.CodeSize {
		return false
	}
	regs.SetInstructionPointer(inner.Base + inner.Fault())
	return regs.Write(t) == nil
}
