package intercept

import (
	"errors"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

// news is what the kernel tells of a thread: that it stopped, or ended.
type news struct {
	tid    int
	status unix.WaitStatus
}

// gather waits for news, and takes all there are. Of several the kernel would
// hand out that of the youngest thread first: were it dealt with before the
// next is asked for, a few threads that stop all the time would keep the tracer
// busy for ever, and the others stopped.
func (t *tracer) gather() error {
	t.news = t.news[:0]
	options := 0
	for {
		tid, status, err := sys.Wait(-1, options)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case len(t.news) > 0 && (err != nil || tid == 0):
			return nil
		case err != nil:
			return err
		}
		t.add(news{tid, status})
		if len(t.tracees) < 2 {
			return nil // nobody else can have stopped
		}
		options = unix.WNOHANG
	}
}

// add puts n behind what is to be handled. A thread that stopped, and was killed
// or has become its process's only one before that was handled, is not where it
// stopped any more.
func (t *tracer) add(n news) {
	for i := range t.news {
		if t.news[i].tid == n.tid {
			t.news = append(t.news[:i], t.news[i+1:]...)
			break
		}
	}
	t.news = append(t.news, n)
}
