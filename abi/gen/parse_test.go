package main

import (
	"strings"
	"testing"
)

// parsers parse a description from its text.
var parsers = map[string]func([]line) error{
	"syscalls.txt": func(lines []line) error { _, err := parseCalls(lines); return err },
	"structs.txt":  func(lines []line) error { _, err := parseStructs(lines); return err },
	"flags.txt":    func(lines []line) error { _, err := parseFlags(lines); return err },
	"errnos.txt":   func(lines []line) error { _, err := errnosSource(lines); return err },
}

func TestMalformedDescriptions(t *testing.T) {
	for _, test := range []struct{ name, file, text, want string }{
		{"few columns", "syscalls.txt", "# head\n\nread 0 3 63 desc -", "syscalls.txt:3: 6 columns"},
		{"number", "syscalls.txt", "read x 3 63 desc map - bytes", `syscalls.txt:1: the number of read on amd64 is "x"`},
		{"negative number", "syscalls.txt", "read -1 3 63 desc map - bytes", "on amd64"},
		{"no number", "syscalls.txt", "read - - - desc map - bytes", "no number on any architecture"},
		{"class", "syscalls.txt", "read 0 3 63 files map - bytes", `unknown class "files"`},
		{"axis", "syscalls.txt", "read 0 3 63 desc there - bytes", `unknown axis "there"`},
		{"flag", "syscalls.txt", "read 0 3 63 desc map eintr,x bytes", `unknown flag "x"`},
		{"result", "syscalls.txt", "read 0 3 63 desc map - octets", `unknown kind "octets"`},
		{"argument without kind", "syscalls.txt", "read 0 3 63 desc map - bytes fd", "not name:kind"},
		{"kind", "syscalls.txt", "read 0 3 63 desc map - bytes fd:df", `unknown kind "df"`},
		{"direction", "syscalls.txt", "read 0 3 63 desc map - bytes buf:up[4]", `"up" is no direction`},
		{"length", "syscalls.txt", "read 0 3 63 desc map - bytes buf:out[count]", "count, which is no argument"},
		{"length of nothing", "syscalls.txt", "read 0 3 63 desc map - bytes buf:out[]", "malformed length"},
		{"length 0", "syscalls.txt", "read 0 3 63 desc map - bytes buf:out[0]", "length 0"},
		{"divisor", "syscalls.txt", "read 0 3 63 desc map - bytes buf:out[n/0] n:int", "no divisor"},
		{"layout", "syscalls.txt", "read 0 3 63 desc map - bytes buf:out*[n] n:int", "names no layout"},
		{"flag set", "syscalls.txt", "read 0 3 63 desc map - bytes f:{open", "a flag set is {name}"},
		{"seven arguments", "syscalls.txt", "read 0 3 63 desc map - bytes a:int b:int c:int d:int e:int f:int g:int", "7 arguments"},
		{"twice", "syscalls.txt", "read 0 3 63 desc map - bytes\nread 1 4 64 desc map - bytes", "syscalls.txt:2: read is described twice, first in line 1"},
		{"same number", "syscalls.txt", "read 0 3 63 desc map - bytes\nwrite 1 3 64 desc map - bytes", "syscalls.txt:2: write and read (line 1) are both number 3 on i386"},
		{"variant of nothing", "syscalls.txt", "read@i386 fd:fd", "variant of no call"},
		{"variant elsewhere", "syscalls.txt", "open 2 5 - file map - fd\nopen@arm64 path:path", "syscalls.txt:2: open does not exist on arm64"},
		{"variant of no architecture", "syscalls.txt", "open 2 5 - file map - fd\nopen@mips path:path", `unknown architecture "mips"`},
		{"variant twice", "syscalls.txt", "open 2 5 - file map - fd\nopen@i386 path:path\nopen@i386", "a second variant"},

		{"field outside", "structs.txt", "\tx int", "structs.txt:1: a field outside of a struct"},
		{"no indentation", "structs.txt", "struct a\nx int", "structs.txt:2: want type, struct, or an indented field"},
		{"field type", "structs.txt", "struct a\n\tx integer", `unknown type "integer"`},
		{"array", "structs.txt", "struct a\n\tx int[n]", "malformed type"},
		{"meaning", "structs.txt", "struct a\n\tx int colour", `unknown meaning "colour"`},
		{"field twice", "structs.txt", "struct a\n\tx int\n\tx int", "a.x is described twice for amd64"},
		{"struct twice", "structs.txt", "struct a\n\tx int\nstruct a @i386\n\tx int", "a is described twice for i386"},
		{"other meaning", "structs.txt", "struct a @i386\n\tx int fd\nstruct a @amd64\n\tx int pid", "means something else"},
		{"itself", "structs.txt", "struct a\n\tx a", "contains itself"},
		{"overlay of nothing", "structs.txt", "struct a\n\t| x int", "overlays no field"},

		{"struct word", "structs.txt", "struct a unpacked", `unknown word "unpacked"`},
		{"header alone", "structs.txt", "struct a h=a.h", "go together"},
		{"type", "structs.txt", "type a integer", `unknown type "integer"`},
		{"type twice", "structs.txt", "type a int\ntype a int", "described twice"},

		{"value outside", "flags.txt", "O_RDONLY 0", "flags.txt:1: a value outside of a set"},
		{"value", "flags.txt", "set open\nO_RDONLY zero", `flags.txt:2: O_RDONLY: "zero" is no number`},
		{"no value", "flags.txt", "set open\nO_RDONLY", "a value is: name value"},
		{"value's word", "flags.txt", "set open\nO_RDONLY 0 mips=1", `unknown word "mips=1"`},
		{"wide value", "flags.txt", "set open\nO_X 0x100000000", "more than 32 bits"},
		{"beyond the mask", "flags.txt", "set open\nenum 3\nO_X 4", "bits outside of the mask 0x3"},
		{"mask", "flags.txt", "set open\nenum three", "malformed mask"},
		{"set twice", "flags.txt", "set open\nset open", "flags.txt:2: the set open is described twice"},
		{"set word", "flags.txt", "set open broad", `unknown word "broad"`},

		{"error number", "errnos.txt", "EPERM one Operation", "errnos.txt:1: EPERM: want a number"},
		{"error text", "errnos.txt", "EPERM 1", "want a number and a text"},
		{"error alone", "errnos.txt", "EPERM", "an error is: name number text"},
		{"error twice", "errnos.txt", "EPERM 1 a\nEPERM 1 a", "errnos.txt:2: EPERM is described twice"},
	} {
		t.Run(test.file+" "+test.name, func(t *testing.T) {
			err := parsers[test.file](splitLines(test.file, test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want one with %q", err, test.want)
			}
			if !strings.HasPrefix(err.Error(), test.file+":") {
				t.Errorf("the error %q does not say where", err)
			}
		})
	}
}

func TestDanglingReferences(t *testing.T) {
	for _, test := range []struct{ name, calls, structs, want string }{
		{"argument's set", "open 2 - - file map - fd flags:{opn}", "", `syscalls.txt:1: flags: flags.txt has no set "opn"`},
		{"argument's layout", "fstat 5 - - desc map - none b:out*sta", "", `syscalls.txt:1: b: structs.txt has no layout "sta" for amd64`},
		{"layout of another architecture", "fstat 5 - - desc map - none b:out*a", "struct a @i386\n\tx int", `no layout "a" for amd64`},
		{"result's set", "personality 2 - - file map - {p}", "", `result: flags.txt has no set "p"`},
		{"field's set", "", "struct a\n\tx int {nosuch}", `structs.txt:2: x: flags.txt has no set "nosuch"`},
		{"type's set", "", "type a int {nosuch}", `structs.txt:1: a: flags.txt has no set "nosuch"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			calls, err := parseCalls(splitLines("syscalls.txt", test.calls))
			if err != nil {
				t.Fatal(err)
			}
			layouts, err := parseStructs(splitLines("structs.txt", test.structs))
			if err != nil {
				t.Fatal(err)
			}
			err = checkReferences(calls, layouts, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}
