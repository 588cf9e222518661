package jsonl

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"penumbra/abi"
	"penumbra/guest"
)

// arguments returns what is written when write tells the arguments of a call.
func arguments(write func(n *notation)) string {
	n := &notation{}
	n.begin()
	write(n)
	n.end()
	return strings.TrimPrefix(string(n.line), `,"args":`)
}

func TestNotation(t *testing.T) {
	for _, test := range []struct {
		name  string
		write func(n *notation)
		want  string
	}{
		{"none", func(*notation) {}, `[]`},
		{"numbers", func(n *notation) {
			n.Arg("a")
			n.Int(-1)
			n.Arg("b")
			n.Uint(1 << 63)
			n.Arg("c")
			n.Hex(16)
			n.Arg("d")
			n.Octal(0o644)
			n.Arg("e")
			n.Number("htons(80)", 80)
		}, `[{"name":"a","value":-1},{"name":"b","value":9223372036854775808},{"name":"c","value":"0x10"},{"name":"d","value":"0644"},{"name":"e","value":80}]`},
		{"words", func(n *notation) {
			n.Arg("a")
			n.Word("NULL")
			n.Arg("b")
			n.Word("A|B")
			n.Arg("c")
			n.Flags(abi.FlagSetOf("open"), 0o2000001, abi.AMD64)
			n.Arg("d")
			n.Text(`inet_addr("1.2.3.4")`, "1.2.3.4")
		}, `[{"name":"a","value":null},{"name":"b","value":"A|B"},{"name":"c","value":"O_WRONLY|O_CLOEXEC"},{"name":"d","value":"1.2.3.4"}]`},
		{"strings", func(n *notation) {
			n.Arg("a")
			n.String([]byte("tab\tquote\"\\\x01é\u2028"), false)
			n.Arg("b")
			n.String([]byte("cut"), true)
			n.Arg("c")
			n.String([]byte("\xff\x00"), false)
			n.Arg("d")
			n.String([]byte("\xff"), true)
			n.Arg("e")
			n.Abstract([]byte("name"))
		}, `[{"name":"a","value":"tab\tquote\"\\\u0001é` + "\u2028" + `"},{"name":"b","value":{"text":"cut","cut":true}},` +
			`{"name":"c","value":{"base64":"/wA="}},{"name":"d","value":{"base64":"/w==","cut":true}},{"name":"e","value":"@name"}]`},
		{"descriptors", func(n *notation) {
			n.Arg("a")
			n.FD(3, nil)
			n.Arg("b")
			n.FD(3, &guest.File{Path: "/x", Deleted: true})
			n.Arg("c")
			n.FD(3, &guest.File{Path: "/\xff"})
			n.Arg("d")
			n.FD(3, &guest.File{Path: "/dev/null", Device: "char 1:3"})
			n.Arg("e")
			n.FD(3, &guest.File{Path: "socket:[1]", Socket: &guest.Socket{Protocol: "UNIX", Ends: "1->2", Name: []byte("\x00a")}})
			n.Arg("f")
			n.CWD(nil)
			n.Arg("g")
			n.CWD(&guest.File{Path: "/"})
			n.Arg("h")
			n.FD(3, &guest.File{Path: "anon_inode:[pidfd]", Pid: 7})
		}, `[{"name":"a","value":3},{"name":"b","value":{"fd":3,"file":"/x","deleted":true}},{"name":"c","value":{"fd":3,"file":{"base64":"L/8="}}},` +
			`{"name":"d","value":{"fd":3,"file":"/dev/null","device":"char 1:3"}},` +
			`{"name":"e","value":{"fd":3,"file":"socket:[1]","protocol":"UNIX","ends":"1->2","address":"@a"}},` +
			`{"name":"f","value":"AT_FDCWD"},{"name":"g","value":{"fd":"AT_FDCWD","file":"/"}},` +
			`{"name":"h","value":{"fd":3,"file":"anon_inode:[pidfd]","pid":7}}]`},
		{"structures", func(n *notation) {
			n.Arg("a")
			n.Record()
			n.Field("x")
			n.List()
			n.Item()
			n.Int(1)
			n.Item()
			n.More()
			n.EndList()
			n.Pointed("y", "f(&", ")", "::1")
			n.Rest()
			n.EndRecord()
			n.Comment("why")
			n.Arg("b")
			n.Bag(true)
			n.Item()
			n.Word("HUP")
			n.EndBag()
			n.Arg("c")
			n.Bag(false)
			n.EndBag()
		}, `[{"name":"a","value":{"x":[1,{"more":true}],"y":"::1","more":true},"comment":"why"},` +
			`{"name":"b","value":{"except":["HUP"]}},{"name":"c","value":[]}]`},
		{"changes", func(n *notation) {
			n.Arg("a")
			n.List()
			n.Item()
			n.Int(16)
			n.Becomes()
			n.Int(8)
			n.EndList()
			n.Arg("b")
			n.Int(1)
			n.Becomes()
			n.Record()
			n.EndRecord()
		}, `[{"name":"a","value":[{"before":16,"after":8}]},{"name":"b","value":{"before":1,"after":{}}}]`},
		{"what makes no sense", func(n *notation) {
			n.Int(1)
			n.EndList()
			n.Arg("none")
			n.Arg("two")
			n.Int(1)
			n.Int(2)
			n.List()
			n.Item()
			n.EndList()
			n.Arg("not ended")
			n.Record()
			n.Field("x")
			n.List()
			n.Arg("without a field")
			n.Record()
			n.Int(1)
			n.Item()
			n.Int(2)
			n.EndList()
			n.Field("x")
			n.Becomes()
		}, `[{"name":"none","value":null},{"name":"two","value":1},{"name":"not ended","value":{"x":[]}},{"name":"without a field","value":{"x":null}}]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := arguments(test.write)
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if !json.Valid([]byte(got)) {
				t.Errorf("%s is not JSON", got)
			}
		})
	}
}

func TestNote(t *testing.T) {
	for _, test := range []struct {
		write func(n *notation)
		want  string
	}{
		{func(n *notation) { n.Int(1) }, `{"v":1}`},
		{func(n *notation) { n.Int(1); n.Note(); n.EndNote() }, `{"v":1}`},
		{func(n *notation) { n.Int(1); n.Note(); n.Part(""); n.Word("Timeout"); n.EndNote() }, `{"v":1,"note":{"value":"Timeout"}}`},
		{func(n *notation) { n.Int(1); n.Note(); n.Part("left"); n.Record(); n.EndNote() }, `{"v":1,"note":{"left":{}}}`},
		{func(n *notation) { n.Note(); n.Part("left"); n.Int(1) }, `{"v":null,"note":{"left":1}}`},
	} {
		n := &notation{line: []byte(`{"v":`)}
		n.value()
		test.write(n)
		n.close()
		if got := string(n.line) + "}"; got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

// steps are what a decoder may tell a notation, for FuzzNotation.
var steps = []func(n *notation, b []byte){
	func(n *notation, b []byte) { n.Arg(string(b)) },
	func(n *notation, b []byte) { n.Label(string(b)) },
	func(n *notation, b []byte) { n.Word(string(b)) },
	func(n *notation, _ []byte) { n.Int(-3) },
	func(n *notation, _ []byte) { n.Uint(3) },
	func(n *notation, _ []byte) { n.Hex(3) },
	func(n *notation, _ []byte) { n.Octal(3) },
	func(n *notation, _ []byte) { n.Flags(abi.FlagSetOf("open"), 3, abi.AMD64) },
	func(n *notation, b []byte) { n.Number(string(b), 3) },
	func(n *notation, b []byte) { n.Text("", string(b)) },
	func(n *notation, b []byte) { n.String(b, false) },
	func(n *notation, b []byte) { n.String(b, true) },
	func(n *notation, b []byte) { n.Bytes(b, true) },
	func(n *notation, b []byte) { n.Abstract(b) },
	func(n *notation, b []byte) { n.FD(3, &guest.File{Path: string(b)}) },
	func(n *notation, b []byte) { n.CWD(&guest.File{Path: string(b)}) },
	func(n *notation, _ []byte) { n.Record() },
	func(n *notation, b []byte) { n.Field(string(b)) },
	func(n *notation, b []byte) { n.Pointed(string(b), "", "", string(b)) },
	func(n *notation, _ []byte) { n.EndRecord() },
	func(n *notation, _ []byte) { n.List() },
	func(n *notation, _ []byte) { n.Item() },
	func(n *notation, _ []byte) { n.EndList() },
	func(n *notation, _ []byte) { n.Bag(true) },
	func(n *notation, _ []byte) { n.Bag(false) },
	func(n *notation, _ []byte) { n.EndBag() },
	func(n *notation, _ []byte) { n.More() },
	func(n *notation, _ []byte) { n.Rest() },
	func(n *notation, _ []byte) { n.Becomes() },
	func(n *notation, b []byte) { n.Comment(string(b)) },
	func(n *notation, _ []byte) { n.Note() },
	func(n *notation, b []byte) { n.Part(string(b)) },
	func(n *notation, _ []byte) { n.EndNote() },
}

// FuzzNotation tells a notation anything, and expects JSON in UTF-8.
func FuzzNotation(f *testing.F) {
	f.Add([]byte{0, 3, 28, 16, 17, 20, 21, 10, 22, 19}, []byte("a\xff"))
	f.Add([]byte{0, 20, 28, 3, 0, 16, 21, 3}, []byte(""))
	f.Add([]byte{3, 30, 31, 2, 32, 30, 31}, []byte("\"\x00"))
	f.Fuzz(func(t *testing.T, sequence, b []byte) {
		if len(sequence) > 1000 || len(b) > 100 {
			return
		}
		n := &notation{}
		n.begin()
		lone := &notation{}
		lone.value()
		for _, s := range sequence {
			step := steps[int(s)%len(steps)]
			step(n, b)
			if int(s)%len(steps) != 0 { // a lone value has no arguments
				step(lone, b)
			}
		}
		n.end()
		lone.close()
		for _, line := range []string{"{" + strings.TrimPrefix(string(n.line), ",") + "}", `{"value":` + string(lone.line) + "}"} {
			if !json.Valid([]byte(line)) || !utf8.ValidString(line) {
				t.Errorf("%v: not JSON: %s", sequence, line)
			}
		}
	})
}
