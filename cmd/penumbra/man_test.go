package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const manDir = "../../man"

// pageOf returns the source of the man page that explains v.
func pageOf(t *testing.T, v *verb) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(manDir, "penumbra-"+v.name+".1"))
	if os.IsNotExist(err) {
		text, err = os.ReadFile(filepath.Join(manDir, "penumbra.1"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestManPagesNameEverything(t *testing.T) {
	for _, v := range verbs() {
		t.Run(v.name, func(t *testing.T) {
			page := pageOf(t, v)
			if !strings.Contains(page, v.name) {
				t.Errorf("the page does not mention %s", v.name)
			}
			for _, f := range v.flags() {
				// mdoc's Fl writes the first dash itself.
				item := ".It Fl " + strings.TrimPrefix(dashes(f.Name), "-")
				if !strings.Contains(page+"\n", item+"\n") && !strings.Contains(page, item+" Ns = ") && !strings.Contains(page, item+" Ar ") {
					t.Errorf("the page does not explain %s", dashes(f.Name))
				}
				for _, value := range choicesOf(f) {
					if !strings.Contains(page, ".It Cm "+value) {
						t.Errorf("the page does not explain %s=%s", dashes(f.Name), value)
					}
				}
			}
		})
	}
	main, err := os.ReadFile(filepath.Join(manDir, "penumbra.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range verbNames() {
		if !strings.Contains(string(main), ".It Cm "+name) {
			t.Errorf("penumbra.1 does not list %s", name)
		}
	}
}

func TestManPagesAreWellFormed(t *testing.T) {
	if _, err := exec.LookPath("mandoc"); err != nil {
		t.Skip("needs mandoc")
	}
	pages, err := filepath.Glob(filepath.Join(manDir, "*.1"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, page := range pages {
		t.Run(filepath.Base(page), func(t *testing.T) {
			// Below errors and warnings mandoc reports the pages of other
			// packages that are not installed here.
			if out, err := exec.Command("mandoc", "-Tlint", "-Wwarning", page).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
