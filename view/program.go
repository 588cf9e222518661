package view

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"penumbra/guest"
)

// head is what the kernel reads of a program to know how to run it.
type head struct {
	bytes  []byte
	linker string // that an ELF program asks for, or ""
}

// readHead reads the head of a program.
func (v *View) readHead(t *guest.Thread, place string) (head, error) {
	at := v.spot(v.hostOf(t), place)
	fd, err := unix.Openat(at.dir, at.name, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if err != nil {
		return head{}, err
	}
	f := os.NewFile(uintptr(fd), place)
	defer f.Close()
	h := head{bytes: make([]byte, 256)} // BINPRM_BUF_SIZE, linux/binfmts.h
	n, err := io.ReadFull(f, h.bytes)
	if err != nil && n == 0 {
		return head{}, err
	}
	h.bytes = h.bytes[:n]
	h.linker = linkerOf(f, h.bytes)
	return h, nil
}

// script returns the interpreter that a script's first line names, and its one
// argument (execve(2)).
func (h head) script() (name, argument string) {
	line, ok := bytes.CutPrefix(h.bytes, []byte("#!"))
	if !ok {
		return "", ""
	}
	line, _, _ = bytes.Cut(line, []byte("\n"))
	text := strings.Trim(string(line), " \t\x00")
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		return text[:i], strings.TrimLeft(text[i:], " \t")
	}
	return text, ""
}

// linkerOf returns the dynamic linker that an ELF program asks for.
func linkerOf(f io.ReaderAt, start []byte) string {
	header, _, err := interpreterHeader(f, start)
	if err != nil {
		return ""
	}
	order := binary.LittleEndian
	at, n := int64(order.Uint32(header[4:])), int64(order.Uint32(header[16:]))
	if isWide(start) {
		at, n = int64(order.Uint64(header[8:])), int64(order.Uint64(header[32:]))
	}
	name := make([]byte, min(max(n, 0), unix.PathMax))
	if _, err := f.ReadAt(name, at); err != nil {
		return ""
	}
	return unix.ByteSliceToString(name)
}

var errNoInterpreter = errors.New("no ELF program with an interpreter")

// interpreterHeader returns the program header (elf(5)) of an ELF program that names
// its interpreter, and where in the file that is. start is the begin of the file.
func interpreterHeader(f io.ReaderAt, start []byte) (header []byte, at int64, err error) {
	if !bytes.HasPrefix(start, []byte(elf.ELFMAG)) || len(start) < 64 {
		return nil, 0, errNoInterpreter
	}
	order, wide := binary.LittleEndian, isWide(start)
	offset, size, count := int64(order.Uint32(start[28:])), order.Uint16(start[42:]), order.Uint16(start[44:])
	if wide {
		offset, size, count = int64(order.Uint64(start[32:])), order.Uint16(start[54:]), order.Uint16(start[56:])
	}
	if size < 32 || size > 256 || wide && size < 56 {
		return nil, 0, errNoInterpreter
	}
	header = make([]byte, size)
	for i := range int64(min(count, 64)) {
		at = offset + i*int64(size)
		if _, err := f.ReadAt(header, at); err != nil {
			return nil, 0, err
		}
		if elf.ProgType(order.Uint32(header)) == elf.PT_INTERP {
			return header, at, nil
		}
	}
	return nil, 0, errNoInterpreter
}

func isWide(start []byte) bool { return elf.Class(start[elf.EI_CLASS]) == elf.ELFCLASS64 }
