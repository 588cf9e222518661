package view

import (
	"bytes"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestScriptLine(t *testing.T) {
	for _, tt := range []struct{ text, name, argument string }{
		{"#!/bin/sh\nrest", "/bin/sh", ""}, {"#!/bin/sh -e  \n", "/bin/sh", "-e"}, {"#! /bin/sh\t-e -x\n", "/bin/sh", "-e -x"},
		{"#!relative\n", "relative", ""}, {"#!\n", "", ""}, {"text", "", ""}, {"", "", ""}, {"#!/bin/sh", "/bin/sh", ""},
		{"\x7fELF", "", ""},
	} {
		name, argument := head{bytes: []byte(tt.text)}.script()
		if name != tt.name || argument != tt.argument {
			t.Errorf("%q: %q %q", tt.text, name, argument)
		}
	}
}

func TestLinker(t *testing.T) {
	program, err := os.ReadFile("/bin/sh")
	if err != nil {
		t.Skip(err)
	}
	name := linkerOf(bytes.NewReader(program), program[:min(256, len(program))])
	if err := unix.Access(name, unix.X_OK); err != nil {
		t.Errorf("/bin/sh asks for %q: %v", name, err)
	}
	for _, text := range []string{"", "\x7fELF", "#!/bin/sh\n"} {
		if name := linkerOf(bytes.NewReader([]byte(text)), []byte(text)); name != "" {
			t.Errorf("%q asks for %q", text, name)
		}
	}
}

// FuzzLinker sees that no file can make the supervisor fall.
func FuzzLinker(f *testing.F) {
	if program, err := os.ReadFile("/bin/true"); err == nil {
		f.Add(program[:min(4096, len(program))])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		start := data[:min(256, len(data))]
		_ = linkerOf(bytes.NewReader(data), start)
		_, _ = head{bytes: start}.script()
	})
}
