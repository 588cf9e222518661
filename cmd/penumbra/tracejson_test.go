package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"penumbra/internal/testguest"
)

// traceJSON runs argv in a directory with a file notes.txt and returns the
// lines that penumbra trace --json writes.
func traceJSON(t *testing.T, flags, argv []string) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("milk\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "trace.jsonl")
	args := append([]string{"trace", "--json", "-o", out}, flags...)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, penumbraAt(t), append(append(args, "--"), argv...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	if ctx.Err() != nil || strings.Contains(stderr.String(), "penumbra: ") {
		t.Fatalf("%q: %v\n%s", argv, err, stderr.String())
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// schema compiles docs/trace.schema.json.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiled, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "trace.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// TestTraceJSONSchema holds the lines of many programs to the schema.
func TestTraceJSONSchema(t *testing.T) {
	compiled := schema(t)
	type program struct {
		name  string
		flags []string
		argv  func(t *testing.T) []string
	}
	command := func(argv ...string) func(*testing.T) []string {
		return func(t *testing.T) []string {
			if _, err := exec.LookPath(argv[0]); err != nil {
				t.Skip(err)
			}
			return argv
		}
	}
	programs := []program{
		{"cat", nil, command("cat", "notes.txt", "missing")},
		{"ls", []string{"-v", "-y"}, command("ls", "-l")},
		{"sh", []string{"-yy"}, command("sh", "-c", "cat notes.txt | cat; kill -9 $$")},
		{"odd path", []string{"-y"}, command("sh", "-c", "f=$(printf 'odd \\377\\n.'); echo > \"$f\"; cat < \"$f\"")},
		{"python3", []string{"-s", "7"}, command("python3", "-c", "import threading; t = threading.Thread(target=print); t.start(); t.join()")},
	}
	for _, guest := range testguest.Programs("trace_") {
		kind := testguest.Static
		if strings.HasPrefix(guest, "trace_i386_") {
			kind = testguest.I386Static
		}
		programs = append(programs, program{guest, []string{"-yy", "-v"}, func(t *testing.T) []string {
			return []string{testguest.Path(t, guest, kind)}
		}})
	}
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			argv := p.argv(t)
			turns <- struct{}{}
			defer func() { <-turns }()
			types := map[string]int{}
			for _, line := range traceJSON(t, p.flags, argv) {
				types[checkLine(t, compiled, line)]++
			}
			if types["call"] == 0 || types["exit"] == 0 || types["fork"] == 0 {
				t.Errorf("lines by type: %v", types)
			}
		})
	}
}

// checkLine holds a line to the schema and returns its type.
func checkLine(t *testing.T, compiled *jsonschema.Schema, line string) string {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
	if err != nil {
		t.Errorf("%v in %s", err, line)
		return ""
	}
	if !utf8.ValidString(line) {
		t.Errorf("not UTF-8: %q", line)
	}
	if err := compiled.Validate(value); err != nil {
		t.Errorf("%v\n%s", err, line)
	}
	return value.(map[string]any)["type"].(string)
}

// TestTraceJSONSchemaRefuses shows that the schema tells what is wrong.
func TestTraceJSONSchemaRefuses(t *testing.T) {
	compiled := schema(t)
	const good = `{"type":"call","time":1.5,"pid":1,"tid":1,"arch":"x86_64","number":3,"name":"close","args":[{"name":"fd","value":3}],"result":0,"duration":0.1}`
	for _, test := range []struct{ from, to string }{
		{good, `{"type":"exit","time":1.5,"pid":1,"tid":1}`},
		{`"type":"call"`, `"type":"other"`},
		{`"pid":1,`, ``},
		{`"pid":1`, `"pid":"1"`},
		{`"result":0`, `"result":"0"`},
		{`"result":0`, `"result":0,"errno":"EIO"`},
		{`"result":0`, `"result":0,"unknown":1`},
		{`"value":3`, `"value":3,"unknown":1`},
		{`,"value":3`, ``},
		{`"value":3`, `"value":3.5`},
	} {
		line := strings.Replace(good, test.from, test.to, 1)
		if value, err := jsonschema.UnmarshalJSON(strings.NewReader(line)); err != nil || compiled.Validate(value) == nil {
			t.Errorf("%s: accepted (%v)", line, err)
		}
	}
	if value, err := jsonschema.UnmarshalJSON(strings.NewReader(good)); err != nil || compiled.Validate(value) != nil {
		t.Errorf("%s: not accepted (%v)", good, err)
	}
}

// chancesOfJSON are what differs from run to run.
var chancesOfJSON = regexp.MustCompile(`"(time|pid|tid|duration)":[\d.]+`)

// TestTraceJSONDoc runs the example of docs/trace-json.md.
func TestTraceJSONDoc(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the example is of x86-64")
	}
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "trace-json.md"))
	if err != nil {
		t.Fatal(err)
	}
	plain := func(line string) string { return chancesOfJSON.ReplaceAllString(line, `"$1":#`) }
	got := map[string]bool{}
	for _, line := range traceJSON(t, []string{"-e", "openat,read"}, []string{"cat", "notes.txt"}) {
		got[plain(line)] = true
	}
	compiled, shown := schema(t), 0
	for line := range strings.Lines(string(doc)) {
		line = strings.TrimSuffix(line, "\n")
		if !json.Valid([]byte(line)) || !strings.HasPrefix(line, "{") {
			continue
		}
		shown++
		checkLine(t, compiled, line)
		if !got[plain(line)] {
			t.Errorf("docs/trace-json.md shows what is not written:\n%s\nof %d lines", line, len(got))
		}
	}
	if shown < 3 {
		t.Errorf("docs/trace-json.md shows %d lines", shown)
	}
}
