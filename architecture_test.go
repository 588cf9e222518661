package penumbra_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "penumbra"

// mayImport states the order of the packages: what those in a directory of the
// top level, or in the root ("."), may import of this module. What stands
// first is furthest down. A package may always import others of its directory.
var mayImport = []struct {
	dir     string
	allowed []string
}{
	{"abi", nil},
	{"explain", []string{"abi"}},
	{"mode", []string{"abi"}},
	{"internal", []string{"abi"}},
	{"guest", []string{"abi", "internal"}},
	{"intercept", []string{"abi", "internal", "guest"}},
	{"vft", []string{"abi", "internal", "guest"}},
	{"namespace", []string{"abi", "internal", "guest"}},
	{"shadow", []string{"abi", "internal"}},
	{"access", []string{"abi", "internal", "shadow"}},
	{"module", []string{"abi", "internal", "guest", "vft", "namespace", "shadow", "access"}},
	{"trace", []string{"abi", "internal", "guest", "vft"}},
	{"network", []string{"abi", "internal", "guest", "intercept", "module", "shadow"}},
	{"view", []string{"abi", "mode", "internal", "guest", "intercept", "vft", "namespace", "module", "shadow"}},
	{".", []string{"abi", "mode", "internal", "guest", "intercept", "vft", "namespace", "module", "shadow", "view"}},
	{"cmd", []string{"abi", "explain", "mode", "internal", "guest", "intercept", "vft", "namespace", "module", "access", "shadow", "trace", "network", "view", "."}},
	{"bench", []string{"abi", "internal", "guest", "intercept", "."}},
	{"conformance", []string{"abi", "internal", "guest", "intercept", "."}},
}

// A source is a Go file of this module.
type source struct {
	path    string // from the root
	pkg     string // the package clause
	imports []string
}

func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// sources parses the imports of all Go files.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_")) {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		s := source{path: name, pkg: f.Name.Name}
		for _, i := range f.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, imported)
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// topOf returns the directory of the top level in which a slash-separated
// path below the root lies.
func topOf(dir string) string {
	top, _, _ := strings.Cut(dir, "/")
	return top
}

// violation says what is wrong with a file in dir importing imported, or "".
func violation(dir, imported string) string {
	if imported != module && !strings.HasPrefix(imported, module+"/") {
		return ""
	}
	to := topOf(path.Clean("./" + strings.TrimPrefix(strings.TrimPrefix(imported, module), "/")))
	from := topOf(dir)
	i := slices.IndexFunc(mayImport, func(rule struct {
		dir     string
		allowed []string
	}) bool {
		return rule.dir == from
	})
	switch {
	case i < 0:
		return "no rule says where " + from + " belongs: add it to mayImport and to ARCHITECTURE.md"
	case to == from || slices.Contains(mayImport[i].allowed, to):
		return ""
	}
	return from + " must not import " + imported
}

func TestImportOrder(t *testing.T) {
	for _, s := range sources(t) {
		if s.isTest() {
			continue // tests may look at their package from above
		}
		for _, imported := range s.imports {
			if wrong := violation(path.Dir(s.path), imported); wrong != "" {
				t.Errorf("%s: %s", s.path, wrong)
			}
		}
		if wrong := violation(path.Dir(s.path), module+"/"+topOf(path.Dir(s.path))); wrong != "" {
			t.Errorf("%s: %s", s.path, wrong)
		}
	}
}

// The rules must be an order, and must be able to catch an offender.
func TestImportOrderRules(t *testing.T) {
	var below []string
	for _, rule := range mayImport {
		for _, allowed := range rule.allowed {
			if !slices.Contains(below, allowed) {
				t.Errorf("%s may import %s, which does not stand before it", rule.dir, allowed)
			}
		}
		below = append(below, rule.dir)
	}
	tests := []struct {
		dir, imported string
		allowed       bool
	}{
		{"abi", "fmt", true},
		{"abi", "penumbra/guest", false},
		{"guest", "penumbra/abi", true},
		{"guest", "penumbra/intercept", false},
		{"internal/kernel", "penumbra/internal/sys", true},
		{"internal/kernel", "penumbra", false},
		{"intercept", "penumbra/cmd/penumbra", false},
		{".", "penumbra/intercept", true},
		{"cmd/penumbra", "penumbra", true},
		{"elsewhere", "penumbra/abi", false},
	}
	for _, tt := range tests {
		if wrong := violation(tt.dir, tt.imported); (wrong == "") != tt.allowed {
			t.Errorf("%s importing %s: %q", tt.dir, tt.imported, wrong)
		}
	}
}

func TestUnsafeIsConfined(t *testing.T) {
	for _, s := range sources(t) {
		allowed := strings.HasPrefix(s.path, "internal/") &&
			(strings.HasSuffix(s.path, "_unsafe.go") || strings.HasSuffix(s.path, "_unsafe_test.go"))
		if !allowed && slices.Contains(s.imports, "unsafe") {
			t.Errorf("%s imports unsafe: only internal/**/*_unsafe.go may", s.path)
		}
	}
}

func TestPackageNames(t *testing.T) {
	for _, s := range sources(t) {
		for _, name := range []string{s.pkg, path.Base(path.Dir(s.path))} {
			if slices.Contains([]string{"util", "utils", "common", "types", "helpers", "misc"}, name) {
				t.Errorf("%s: a package called %s says nothing about what it holds", s.path, name)
			}
		}
	}
}

func TestArchitectureDocument(t *testing.T) {
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(text), "\n"); lines > 150 {
		t.Errorf("ARCHITECTURE.md has %d lines; it has to be read in one sitting, so 150 at most", lines)
	}
	seen := map[string]bool{}
	for _, s := range sources(t) {
		if dir := topOf(path.Dir(s.path)); dir != "." && !seen[dir] {
			seen[dir] = true
			if !strings.Contains(string(text), "`"+dir+"/") {
				t.Errorf("ARCHITECTURE.md does not mention %s/", dir)
			}
		}
	}
}

// A link in the documents to a file of the repository has to lead somewhere.
func TestDocumentLinks(t *testing.T) {
	documents, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range append(documents, more...) {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, rest := range strings.Split(string(text), "](")[1:] {
			target, _, _ := strings.Cut(rest, ")")
			target, _, _ = strings.Cut(target, "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(document), target)); err != nil {
				t.Errorf("%s links to %s: %v", document, target, err)
			}
		}
	}
}
