package away

import (
	"encoding/binary"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/shadow/wire"
)

// limitOption returns the limit that an option of SOL_SOCKET is, and the layout of its
// value; nil if it is another option.
func (t *task) limitOption(d descriptor) (limit *atomic.Int64, layout *abi.Layout) {
	if t.Args.Int32(1) != unix.SOL_SOCKET {
		return nil, nil
	}
	// The older ones have what the machine takes for a time, those of 2038 one of 64 bits.
	switch t.Args.Int32(2) {
	case unix.SO_RCVTIMEO:
		return &d.socket.receives, abi.LayoutOf("timeval")
	case unix.SO_SNDTIMEO:
		return &d.socket.sends, abi.LayoutOf("timeval")
	}
	return nil, nil
}

func (t *task) getOption() intercept.Verdict {
	d, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	var value []byte
	if limit, l := t.limitOption(d); limit != nil {
		left := time.Duration(limit.Load())
		value = make([]byte, l.Size(t.Arch))
		l.Field("tv_sec").Put(t.Arch, value, uint64(left/time.Second))
		l.Field("tv_usec").Put(t.Arch, value, uint64(left%time.Second/time.Microsecond))
	} else if o, ok := wire.OptionOf(int(t.Args.Int32(1)), int(t.Args.Int32(2))); !ok {
		return intercept.Fail(abi.ENOPROTOOPT)
	} else if value, err = f.Option(t.ctx, o); err != nil {
		return fail(err)
	}
	var size [4]byte
	if _, err := t.Memory().ReadAt(size[:], t.Args.Addr(4)); err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	room := int32(binary.LittleEndian.Uint32(size[:]))
	if room < 0 {
		return intercept.Fail(abi.EINVAL)
	}
	value = value[:min(len(value), int(room))]
	binary.LittleEndian.PutUint32(size[:], uint32(len(value)))
	_, err = t.Memory().WriteAt(size[:], t.Args.Addr(4))
	if err == nil && len(value) > 0 {
		_, err = t.Memory().WriteAt(value, t.Args.Addr(3))
	}
	if err != nil {
		return intercept.Fail(abi.EFAULT)
	}
	return intercept.Skip(0)
}

func (t *task) setOption() intercept.Verdict {
	d, f, err := t.endpoint()
	if err != nil {
		return fail(err)
	}
	limit, l := t.limitOption(d)
	o, ok := wire.OptionOf(int(t.Args.Int32(1)), int(t.Args.Int32(2)))
	size := int(t.Args.Int32(4))
	most := 0
	switch {
	case limit != nil:
		if most = l.Size(t.Arch); size < most {
			return intercept.Fail(abi.EINVAL)
		}
	case !ok:
		return intercept.Fail(abi.ENOPROTOOPT)
	case size < 0:
		return intercept.Fail(abi.EINVAL)
	default:
		most = o.Info().Size
	}
	value := make([]byte, min(size, most))
	if _, err := t.Memory().ReadAt(value, t.Args.Addr(3)); err != nil && len(value) > 0 {
		return intercept.Fail(abi.EFAULT)
	}
	if limit == nil {
		return done(f.SetOption(t.ctx, o, value))
	}
	seconds, fraction := int64(l.Field("tv_sec").Get(t.Arch, value)), int64(l.Field("tv_usec").Get(t.Arch, value))
	if fraction < 0 || fraction >= 1e6 {
		return intercept.Fail(abi.EDOM)
	}
	limit.Store(int64(time.Duration(max(0, min(seconds, 1<<32)))*time.Second + time.Duration(fraction)*time.Microsecond))
	return intercept.Skip(0)
}
