package away

import (
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/client"
	"penumbra/shadow/wire"
)

// Arguments of mmap(2).
const (
	mapLength = 1
	mapProt   = 2
	mapFlags  = 3
	mapFD     = 4
	mapOffset = 5
)

// mapFile answers the mapping of a file: the kernel maps a copy of it, which it finds by
// the same number.
func (t *task) mapFile() intercept.Verdict {
	p, err := t.process()
	if err != nil {
		return fail(err)
	}
	fd := t.Args.Int32(mapFD)
	d, f, err := p.find(fd)
	if err != nil {
		return fail(err)
	}
	offset := t.Args[mapOffset]
	if t.Syscall.Name == "mmap2" {
		const page = 4096 // whatever the machine's are; mmap2(2)
		offset = offset & 0xffffffff * page
	}
	if e := t.mayMap(d); e != 0 {
		return intercept.Fail(e)
	}
	size := t.Args[mapLength]
	if size == 0 || offset%uint64(os.Getpagesize()) != 0 || offset+size < offset || int64(offset+size) < 0 {
		return intercept.Fail(abi.EINVAL)
	}
	p.image.mu.Lock()
	defer p.image.mu.Unlock()
	if writes := t.writes.Load(); writes != p.image.writes {
		p.image.close()
		p.image.writes = writes
	}
	err = p.image.fetch(t.ctx, f, d.name, int64(offset), int64(size))
	switch {
	case err != nil:
		return fail(err)
	case !t.commit():
		return intercept.Run
	case !d.backed && isUsed(t.Thread, fd):
		return intercept.Fail(abi.ENODEV) // a file of another mode has that number
	}
	if err := t.Install(p.image.shown, fd, true); err != nil {
		return intercept.Fail(errnoOf(err))
	}
	p.back(fd)
	return intercept.Run
}

// mayMap returns why a descriptor cannot be mapped as it is asked for, or 0.
func (t *task) mayMap(d descriptor) abi.Errno {
	open := d.flags.Load()
	shared := t.Args[mapFlags]&unix.MAP_SHARED != 0 // also MAP_SHARED_VALIDATE
	writes := shared && t.Args[mapProt]&unix.PROT_WRITE != 0
	switch {
	case open&wire.OpenPath != 0:
		return abi.EBADF
	case d.stream || d.kind != wire.TypeRegular:
		return abi.ENODEV
	case open&wire.OpenRead == 0 || writes && open&wire.OpenWrite == 0:
		return abi.EACCES
	case writes:
		t.mapped.Do(func() {
			t.Notice(fmt.Sprintf("process %d maps a file to write to it by the memory, which fails with ENODEV in %v", t.Thread.Process().ID, Mode))
		})
		return abi.ENODEV
	}
	return 0
}

// back notes that the kernel has something for a number of the representative's.
func (p *process) back(fd int32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d, ok := p.files[fd]; ok {
		d.backed = true
		p.files[fd] = d
	}
}

// An image is a copy of the file that a process has mapped last: what was wanted of it.
// Who maps a file does it several times.
type image struct {
	mu    sync.Mutex
	fd    int       // in memory; 0: there is none
	shown int       // the same, for reading
	of    wire.Attr // of the file as it was
	have  []extent
	// writes is Guest.writes as it was: a clock may not show all of them.
	writes uint64
}

// An extent is a part of a file, from a byte to another.
type extent struct{ from, to int64 }

// fetch has the image be f's, and have what is there of size bytes at an offset.
func (m *image) fetch(ctx context.Context, f *client.File, name string, offset, size int64) error {
	attr, err := f.Stat(ctx)
	if err != nil {
		return err
	}
	if m.fd == 0 || m.of.ID != attr.ID || m.of.Size != attr.Size || m.of.Mtime != attr.Mtime || m.of.Ctime != attr.Ctime {
		if err := m.begin(name, attr); err != nil {
			return err
		}
	}
	const piece = 4 << 20
	page := int64(os.Getpagesize())
	end := (offset + size + page - 1) / page * page
	var buf []byte
	for _, part := range m.missing(extent{offset, min(end, attr.Size)}) {
		for at := part.from; at < part.to; {
			if buf == nil {
				buf = make([]byte, min(piece, part.to-part.from))
			}
			n, err := f.ReadAt(ctx, buf[:min(int64(len(buf)), part.to-at)], at)
			if err != nil {
				return err
			}
			if n == 0 {
				break // it has become shorter
			}
			if _, err := unix.Pwrite(m.fd, buf[:n], at); err != nil {
				return err
			}
			m.add(extent{at, at + int64(n)})
			at += int64(n)
		}
	}
	return nil
}

// begin has the image be one of a file of which nothing is there.
func (m *image) begin(name string, attr wire.Attr) error {
	m.close()
	fd, err := unix.MemfdCreate(path.Base(name), unix.MFD_CLOEXEC)
	if err != nil {
		return err
	}
	shown, err := unix.Open(fmt.Sprintf("/proc/self/fd/%d", fd), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err == nil {
		err = unix.Ftruncate(fd, attr.Size)
	}
	if err != nil {
		unix.Close(fd)
		return err
	}
	m.fd, m.shown, m.of, m.have = fd, shown, attr, nil
	return nil
}

func (m *image) close() {
	if m.fd != 0 {
		unix.Close(m.fd)
		unix.Close(m.shown)
		m.fd = 0
	}
}

// drop gives the image up.
func (m *image) drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.close()
}

// missing returns the parts of e that are not there.
func (m *image) missing(e extent) (parts []extent) {
	for _, h := range m.have {
		if h.to <= e.from || h.from >= e.to {
			continue
		}
		if h.from > e.from {
			parts = append(parts, extent{e.from, h.from})
		}
		e.from = h.to
	}
	if e.from < e.to {
		parts = append(parts, e)
	}
	return parts
}

// add says that e is there.
func (m *image) add(e extent) {
	i, _ := slices.BinarySearchFunc(m.have, e.from, func(h extent, from int64) int { return int(min(1, max(-1, h.from-from))) })
	m.have = slices.Insert(m.have, i, e)
	if i > 0 && m.have[i-1].to >= e.from {
		m.have[i-1].to = max(m.have[i-1].to, e.to)
		m.have = slices.Delete(m.have, i, i+1)
		i--
	}
	for i+1 < len(m.have) && m.have[i].to >= m.have[i+1].from {
		m.have[i].to = max(m.have[i].to, m.have[i+1].to)
		m.have = slices.Delete(m.have, i+1, i+2)
	}
}
