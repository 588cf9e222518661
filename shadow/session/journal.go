package session

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/wire"
)

// A Fact is what a shadow notes before it performs an operation that must not be
// done twice: what it found, so that its successor can tell by looking whether
// the operation was done.
type Fact struct {
	Exists bool          // the file that the operation is about, or whose name it wants
	ID     wire.Identity // of that file
	Other  wire.Identity // of the other one, if the operation exchanges two
	Size   int64         // of the file, in bytes
	At     wire.Time
}

// An Outcome is what became of such an operation.
type Outcome struct {
	Errno          abi.Errno
	Length, Offset int64
	ID             wire.Identity // of a file that was created
}

// An Entry is a slot's place in the journal, for one request. It holds the fact
// and the outcome of one operation. In it a former shadow may have left those of
// the same request.
type Entry struct {
	journal *journal
	slot    uint16
	seq     uint64

	// Fact and Outcome are what the former shadow noted, or nil, until this one
	// notes others.
	Fact    *Fact
	Outcome *Outcome
	// Again: a former shadow may have performed the request. Then, without a
	// Fact, it has not begun with the operation, unless it is in Doubt: its
	// notes are lost.
	Again, Doubt bool
}

// Intend notes that an operation is about to be performed. If durable, the note
// is on the disk when Intend returns.
func (e *Entry) Intend(f Fact, durable bool) error {
	e.Fact = &f
	return e.journal.write(e, false, func(b []byte) []byte {
		b = append(b, boolByte(f.Exists))
		b = appendID(appendID(b, f.ID), f.Other)
		b = binary.LittleEndian.AppendUint64(b, uint64(f.Size))
		return appendTime(b, f.At)
	}, durable)
}

// Performed notes what became of it.
func (e *Entry) Performed(o Outcome) error {
	e.Outcome = &o
	return e.journal.write(e, true, func(b []byte) []byte {
		b = binary.LittleEndian.AppendUint16(b, uint16(o.Errno))
		b = binary.LittleEndian.AppendUint64(b, uint64(o.Length))
		b = binary.LittleEndian.AppendUint64(b, uint64(o.Offset))
		return appendID(b, o.ID)
	}, false)
}

// The journal of a session is a file of one place for each slot, written over
// and over. A place has two notes of noteSize bytes: fact and outcome. A note
// begins with a checksum of the rest and the number of the request; one that was
// written in part, or belongs to another request, counts for nothing.
//
// A note is a few bytes of one page: what write(2) has taken survives the end
// of the process, though not of the machine.
type journal struct {
	file *os.File // nil: none is kept
	old  bool     // a former shadow kept it
}

const noteSize = 128

var errBusy = errors.New("another shadow still serves this session")

// openJournal opens the journal of a session in dir; for a new session it makes
// one. It is errBusy while another has it open.
func openJournal(dir string, id wire.ID, old bool) (*journal, error) {
	if dir == "" {
		return &journal{}, nil
	}
	name := filepath.Join(dir, hex.EncodeToString(id[:])+journalSuffix)
	flags := os.O_RDWR | unix.O_NOFOLLOW
	if !old {
		flags |= os.O_CREATE
	}
	f, err := os.OpenFile(name, flags, 0o600)
	if old && errors.Is(err, os.ErrNotExist) {
		return &journal{}, nil // it is lost; one that began now would hide that
	}
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errBusy
		}
		return nil, fmt.Errorf("journal: lock %s: %w", name, err)
	}
	now := time.Now()
	_ = os.Chtimes(name, now, now) // sweepJournals looks at that
	return &journal{file: f, old: old}, nil
}

const journalSuffix = ".journal"

// sweepJournals removes the journals that nobody has come back for. Other shadows
// may keep theirs in the same directory: one that is locked is in use, however long
// ago it was written to.
func sweepJournals(dir string, age time.Duration) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	for _, d := range entries {
		info, err := d.Info()
		if err != nil || !strings.HasSuffix(d.Name(), journalSuffix) || !info.Mode().IsRegular() || time.Since(info.ModTime()) <= age {
			continue
		}
		name := filepath.Join(dir, d.Name())
		f, err := os.OpenFile(name, os.O_RDWR|unix.O_NOFOLLOW, 0)
		if err != nil {
			continue
		}
		if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
			_ = os.Remove(name)
		}
		f.Close()
	}
	return nil
}

// close gives j up; if the session is over, nobody will ask for it again.
func (j *journal) close(over bool) {
	if j.file == nil {
		return
	}
	if over {
		_ = os.Remove(j.file.Name())
	}
	j.file.Close()
}

// entry returns the place of a request that may have been performed before.
func (j *journal) entry(slot uint16, seq uint64, again, reboot bool) *Entry {
	e := &Entry{journal: j, slot: slot, seq: seq, Again: again, Doubt: again && (reboot || !j.old)}
	if !again || j.file == nil {
		return e
	}
	if b := j.read(e, false); b != nil {
		f := Fact{Exists: b[0] != 0, ID: idAt(b[1:]), Other: idAt(b[1+idSize:])}
		b = b[1+2*idSize:]
		f.Size, f.At = int64(binary.LittleEndian.Uint64(b)), timeAt(b[8:])
		e.Fact = &f
	}
	if b := j.read(e, true); b != nil {
		e.Outcome = &Outcome{
			Errno:  abi.Errno(binary.LittleEndian.Uint16(b)),
			Length: int64(binary.LittleEndian.Uint64(b[2:])),
			Offset: int64(binary.LittleEndian.Uint64(b[10:])),
			ID:     idAt(b[18:]),
		}
	}
	return e
}

// place returns where a note of e lies.
func (e *Entry) place(outcome bool) int64 {
	at := 2 * noteSize * int64(e.slot)
	if outcome {
		at += noteSize
	}
	return at
}

func (j *journal) write(e *Entry, outcome bool, content func([]byte) []byte, durable bool) error {
	if j == nil || j.file == nil {
		return nil
	}
	b := make([]byte, 4, noteSize)
	b = content(binary.LittleEndian.AppendUint64(b, e.seq))[:noteSize]
	binary.LittleEndian.PutUint32(b, crc32.ChecksumIEEE(b[4:]))
	_, err := j.file.WriteAt(b, e.place(outcome))
	if err == nil && durable {
		err = unix.Fdatasync(int(j.file.Fd()))
	}
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// read returns the content of a note, or nil if there is none of e's request.
func (j *journal) read(e *Entry, outcome bool) []byte {
	b := make([]byte, noteSize)
	if _, err := j.file.ReadAt(b, e.place(outcome)); err != nil {
		return nil
	}
	if binary.LittleEndian.Uint32(b) != crc32.ChecksumIEEE(b[4:]) || binary.LittleEndian.Uint64(b[4:]) != e.seq {
		return nil
	}
	return b[12:]
}

const (
	timeSize = 12
	idSize   = 16 + timeSize
)

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}

func appendTime(b []byte, t wire.Time) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(t.Sec))
	return binary.LittleEndian.AppendUint32(b, t.Nsec)
}

func timeAt(b []byte) wire.Time {
	return wire.Time{Sec: int64(binary.LittleEndian.Uint64(b)), Nsec: binary.LittleEndian.Uint32(b[8:])}
}

func appendID(b []byte, id wire.Identity) []byte {
	b = binary.LittleEndian.AppendUint64(b, id.Dev)
	b = binary.LittleEndian.AppendUint64(b, id.Ino)
	return appendTime(b, id.Birth)
}

func idAt(b []byte) wire.Identity {
	return wire.Identity{Dev: binary.LittleEndian.Uint64(b), Ino: binary.LittleEndian.Uint64(b[8:]), Birth: timeAt(b[16:])}
}
