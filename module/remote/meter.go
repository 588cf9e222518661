package remote

import (
	"sync"
	"time"
)

// A Progress tells of a transfer that takes long. The zero one tells that none does
// any more.
type Progress struct {
	Name  string
	Write bool          // to the shadow
	Bytes int64         // that were moved so far
	Took  time.Duration // since it began
}

const (
	long   = time.Second            // from when on a transfer is worth telling of
	pause  = time.Second            // after which it counts as over
	moment = 200 * time.Millisecond // how often it is told of
)

// meter measures the transfer that there was last.
type meter struct {
	tell func(Progress) // or nil

	mu    sync.Mutex
	now   Progress
	begun time.Time
	last  time.Time // when something moved
	told  time.Time
	clear *time.Timer
}

// moved notes that n bytes of a file have come or gone, which began at that time.
func (m *meter) moved(name string, write bool, n int, began time.Time) {
	if m.tell == nil || n <= 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if m.now.Name != name || m.now.Write != write || began.Sub(m.last) > pause {
		m.now, m.begun = Progress{Name: name, Write: write}, began
	}
	m.now.Bytes += int64(n)
	m.now.Took, m.last = now.Sub(m.begun), now
	if m.now.Took < long || now.Sub(m.told) < moment {
		return
	}
	m.told = now
	m.tell(m.now)
	if m.clear == nil {
		m.clear = time.AfterFunc(pause, m.quiet)
	} else {
		m.clear.Reset(pause)
	}
}

// quiet tells that nothing has moved for a while.
func (m *meter) quiet() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tell(Progress{})
}
