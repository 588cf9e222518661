package view

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/sys"
)

// A list of mappings can be asked about one of them by an ioctl (PROCMAP_QUERY of
// linux/fs.h). The guest has a copy of the list, which cannot answer.

// procmapQuery is that ioctl, and procmapNext the flag that asks for the next mapping
// if there is none at the address.
const (
	procmapQuery = 0xc0686611
	procmapNext  = 0x10
)

// Where struct procmap_query, of so many bytes, holds what.
const (
	queryLength  = 104
	queryFlags   = 8
	queryAddress = 16
	queryFrom    = 24
	queryTo      = 32
	nameSize     = 80
	buildSize    = 84
	nameAt       = 88
	buildAt      = 96
)

// mappingQuery is a struct procmap_query of the guest's, and a copy of it here whose
// pointers lead to memory of ours.
type mappingQuery struct {
	theirs, ours []byte // at least as long as is known here
	size         int    // as the guest says
	at           uint64 // address of ours
	name, build  answerSpace
}

// answerSpace is memory for an answer of variable length, empty if none is wanted.
type answerSpace struct {
	bytes []byte
	at    uint64
}

// queryMapping answers a question about a mapping.
func (v *View) queryMapping(c *intercept.Call) intercept.Verdict {
	place := copyOf(linkText(descriptorPath(c.Thread, c.Args.Int32(0))))
	if !memoryLists().MatchString(place) {
		return intercept.Run
	}
	f := v.frames.get()
	defer v.frames.put(f)
	q, e := f.placeQuery(c)
	if e != 0 {
		return intercept.Fail(e)
	}
	list, e := v.openAs(c.Thread, place)
	if e != 0 {
		return intercept.Fail(e)
	}
	defer unix.Close(list)
	if result := q.ask(list, v.hiddenIn(place)); result < 0 {
		return intercept.Skip(result)
	}
	return v.answerQuery(c, q)
}

// placeQuery copies the guest's query into the frame.
func (f *frame) placeQuery(c *intercept.Call) (*mappingQuery, abi.Errno) {
	const most = 4096 // a page
	var size [8]byte
	if _, err := c.Memory().ReadAt(size[:], c.Args.Addr(2)); err != nil {
		return nil, abi.EFAULT
	}
	n := binary.LittleEndian.Uint64(size[:])
	if n > most {
		return nil, abi.E2BIG
	}
	q := &mappingQuery{theirs: make([]byte, max(n, queryLength)), size: int(n)}
	if _, err := c.Memory().ReadAt(q.theirs[:n], c.Args.Addr(2)); err != nil {
		return nil, abi.EFAULT
	}
	q.ours, q.at = f.take(len(q.theirs))
	space := func(size int) (s answerSpace) {
		if binary.LittleEndian.Uint32(q.theirs[size:]) > 0 {
			s.bytes, s.at = f.take(unix.PathMax)
		}
		return s
	}
	q.name, q.build = space(nameSize), space(buildSize)
	return q, 0
}

// ask asks a list of mappings, of which some are not there for the guest.
func (q *mappingQuery) ask(list int, hidden []intercept.Range) int64 {
	address := q.theirs[queryAddress:queryFrom]
	for {
		copy(q.ours, q.theirs)
		copy(q.ours[queryAddress:], address)
		for _, s := range []struct {
			answerSpace
			size, at int
		}{{q.name, nameSize, nameAt}, {q.build, buildSize, buildAt}} {
			if binary.LittleEndian.Uint64(q.ours[s.at:]) != 0 {
				binary.LittleEndian.PutUint64(q.ours[s.at:], s.answerSpace.at)
				binary.LittleEndian.PutUint32(q.ours[s.size:], uint32(len(s.bytes)))
			}
		}
		if result := sys.Perform(native, unix.SYS_IOCTL, abi.Args{uint64(list), procmapQuery, q.at}); result < 0 {
			return result
		}
		found := area{binary.LittleEndian.Uint64(q.ours[queryFrom:]), binary.LittleEndian.Uint64(q.ours[queryTo:])}
		if !found.within(hidden) {
			return 0
		}
		if q.ours[queryFlags]&procmapNext == 0 {
			return -int64(abi.ENOENT)
		}
		address = bytes.Clone(q.ours[queryTo:][:queryFrom-queryAddress])
	}
}

// answerQuery gives the guest what was found, with the name that it knows.
func (v *View) answerQuery(c *intercept.Call, q *mappingQuery) intercept.Verdict {
	name := q.name.bytes[:min(int(binary.LittleEndian.Uint32(q.ours[nameSize:])), len(q.name.bytes))]
	if len(name) > 0 && name[0] == '/' {
		name = append([]byte(v.nameMapped(unix.ByteSliceToString(name))), 0)
		binary.LittleEndian.PutUint32(q.ours[nameSize:], uint32(len(name)))
	}
	build := q.build.bytes[:min(int(binary.LittleEndian.Uint32(q.ours[buildSize:])), len(q.build.bytes))]
	room := func(size int) int { return int(binary.LittleEndian.Uint32(q.theirs[size:])) }
	if len(name) > room(nameSize) || len(build) > room(buildSize) {
		return intercept.Fail(abi.ENAMETOOLONG)
	}
	copy(q.ours[queryAddress:queryFrom], q.theirs[queryAddress:])
	copy(q.ours[nameAt:], q.theirs[nameAt:])
	for _, o := range []output{
		{name, abi.Addr(binary.LittleEndian.Uint64(q.theirs[nameAt:]))},
		{build, abi.Addr(binary.LittleEndian.Uint64(q.theirs[buildAt:]))},
		{q.ours[:q.size], c.Args.Addr(2)},
	} {
		if len(o.bytes) == 0 {
			continue
		}
		if _, err := c.Memory().WriteAt(o.bytes, o.to); err != nil {
			return intercept.Fail(abi.EFAULT)
		}
	}
	return intercept.Skip(0)
}
