package wire

import (
	"encoding/binary"
	"fmt"
)

// PollWait as the flag of poll waits until a descriptor is ready.
const PollWait = 1

// CounterSemaphore as the flag of counter has each read take one; eventfd(2).
const CounterSemaphore = 1

// ShareOnly as the flag of transfer leaves what is transferred where it is; tee(2).
const ShareOnly = 1

// Clocks of timers, as the flags of timer.
const (
	ClockRealtime = 1 + iota
	ClockMonotonic
	ClockBoot
)

// Flags of arm; timerfd_settime(2).
const (
	ArmAbsolute = 1 << iota
	ArmCancelOnSet
)

// What enlist does, as its flags; epoll_ctl(2).
const (
	EnlistAdd = 1 + iota
	EnlistChange
	EnlistDelete
)

// Flags of messages.
const (
	MessagePeek = 1 << iota // leave it there
	MessageOOB
	MessageTruncated // in the result: it was longer. In the request: tell how long it was
	MessageEnd       // MSG_EOR
	MessageMore
	MessageDontRoute
	messageEnd
)

// A PollEntry is a descriptor that poll asks about.
type PollEntry struct {
	Proc   uint32 // the representative
	FD     int32
	Events uint16 // as poll(2) numbers them
}

// MaxPoll bounds the entries of a poll.
const MaxPoll = 4096

const (
	pollEntrySize = 10
	pollEventSize = 2
	gatheredSize  = 12
)

// EncodePoll returns entries as the data of a poll has them.
func EncodePoll(entries []PollEntry) []byte {
	b := make([]byte, 0, len(entries)*pollEntrySize)
	for _, e := range entries {
		b = binary.LittleEndian.AppendUint32(b, e.Proc)
		b = binary.LittleEndian.AppendUint32(b, uint32(e.FD))
		b = binary.LittleEndian.AppendUint16(b, e.Events)
	}
	return b
}

// DecodePoll decodes the data of a poll.
func DecodePoll(b []byte) ([]PollEntry, error) {
	if len(b)%pollEntrySize != 0 || len(b) > MaxPoll*pollEntrySize {
		return nil, fmt.Errorf("%w: a poll of %d bytes", ErrMalformed, len(b))
	}
	all := make([]PollEntry, 0, len(b)/pollEntrySize)
	for ; len(b) > 0; b = b[pollEntrySize:] {
		all = append(all, PollEntry{binary.LittleEndian.Uint32(b), int32(binary.LittleEndian.Uint32(b[4:])), binary.LittleEndian.Uint16(b[8:])})
	}
	return all, nil
}

// EncodeEvents returns what a poll has found, for each of its entries.
func EncodeEvents(events []uint16) []byte {
	b := make([]byte, 0, len(events)*pollEventSize)
	for _, e := range events {
		b = binary.LittleEndian.AppendUint16(b, e)
	}
	return b
}

// DecodeEvents decodes the answer to a poll of n entries.
func DecodeEvents(b []byte, n int) ([]uint16, error) {
	if len(b) != n*pollEventSize {
		return nil, fmt.Errorf("%w: %d bytes for %d descriptors", ErrMalformed, len(b), n)
	}
	all := make([]uint16, n)
	for i := range all {
		all[i] = binary.LittleEndian.Uint16(b[i*pollEventSize:])
	}
	return all, nil
}

// Gathered is what gather tells of a descriptor.
type Gathered struct {
	Events uint32 // as epoll_ctl(2) numbers them
	Token  uint64
}

// EncodeGathered returns the data of a gather.
func EncodeGathered(all []Gathered) []byte {
	b := make([]byte, 0, len(all)*gatheredSize)
	for _, g := range all {
		b = binary.LittleEndian.AppendUint32(b, g.Events)
		b = binary.LittleEndian.AppendUint64(b, g.Token)
	}
	return b
}

// DecodeGathered decodes it.
func DecodeGathered(b []byte) ([]Gathered, error) {
	if len(b)%gatheredSize != 0 {
		return nil, fmt.Errorf("%w: %d bytes of events", ErrMalformed, len(b))
	}
	var all []Gathered
	for ; len(b) > 0; b = b[gatheredSize:] {
		all = append(all, Gathered{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint64(b[4:])})
	}
	return all, nil
}
