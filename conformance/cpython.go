package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// pythonModules are the modules of CPython's own tests that ask most of the
// system.
var pythonModules = []struct {
	name   string
	effort effort
	limit  time.Duration
}{
	{"test_os", fast, 2 * time.Minute},
	{"test_io", slow, 4 * time.Minute},
	{"test_subprocess", medium, 4 * time.Minute},
	{"test_signal", slow, 4 * time.Minute},
	{"test_threading", slow, 4 * time.Minute},
	{"test_socket", slow, 4 * time.Minute},
	{"test_select", brief, time.Minute},
	{"test_mmap", fast, time.Minute},
	{"test_pty", brief, time.Minute},
}

// pythonJobs finds a Python that has its tests: $PYTHON, or python3 on PATH.
func pythonJobs(ctx context.Context, _ string) ([]job, error) {
	python, err := findPython(ctx)
	if err != nil {
		return nil, err
	}
	var jobs []job
	for _, m := range pythonModules {
		jobs = append(jobs, job{"cpython", m.name, m.effort, m.limit, pythonTests{python, m.name}})
	}
	return jobs, nil
}

// findPython returns the interpreter itself, not a launcher script that may
// stand in front of it on PATH.
func findPython(ctx context.Context) (string, error) {
	name := os.Getenv("PYTHON")
	if name == "" {
		name = "python3"
	}
	const remedy = "install one (on Debian: apt install libpython3-testsuite) or name one with PYTHON="
	out, err := exec.CommandContext(ctx, name, "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		return "", &missingError{fmt.Sprintf("no Python (%s: %v)", name, err), remedy}
	}
	python, err := filepath.EvalSymlinks(strings.TrimSpace(string(out)))
	if err != nil {
		return "", fmt.Errorf("find the Python behind %s: %w", name, err)
	}
	if err := exec.CommandContext(ctx, python, "-c", "import test.test_os").Run(); err != nil {
		return "", &missingError{python + " has come without its tests", remedy}
	}
	return python, nil
}

// pythonTests runs one module of CPython's tests.
type pythonTests struct {
	python, module string
}

func (p pythonTests) command(work string, _ time.Duration, sel selection) command {
	argv := []string{p.python, "-m", "test", "--junit-xml", junitFile(work), "--tempdir", work, "-v"}
	for _, name := range sel.skip {
		argv = append(argv, "-i", name)
	}
	if sel.only != "" {
		argv = append(argv, "-m", sel.only)
	}
	return command{
		argv: append(argv, p.module),
		dir:  work,
		env:  []string{"TMPDIR=" + work, "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL=C.UTF-8"},
	}
}

func junitFile(work string) string { return filepath.Join(work, "junit.xml") }

// pythonBegan matches what unittest prints when a test begins: its name, and in
// brackets its full name or, before Python 3.11, its class.
var pythonBegan = regexp.MustCompile(`(?m)^(test\w*) \((test\.[\w.]+?)(?:\.(test\w*))?\)`)

func (p pythonTests) parse(work string, out outcome) results {
	r, err := readJUnit(junitFile(work))
	if err != nil {
		// The report is written last of all: without it the one test known
		// is the one that was running.
		r = results{}
		if began := pythonBegan.FindAllStringSubmatch(out.text, -1); began != nil {
			last := began[len(began)-1]
			r[last[2]+"."+last[1]] = out.interrupted()
		}
	}
	r.addExit(out)
	return r
}

// readJUnit reads a report in JUnit's format, as regrtest writes it.
func readJUnit(file string) (results, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	type testcase struct {
		Name    string    `xml:"name,attr"`
		Status  string    `xml:"status,attr"`
		Failure *struct{} `xml:"failure"`
		Error   *struct{} `xml:"error"`
		Skipped *struct{} `xml:"skipped"`
	}
	var report struct {
		Suites []struct {
			Cases []testcase `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.NewDecoder(f).Decode(&report); err != nil {
		return nil, fmt.Errorf("read the report %s: %w", file, err)
	}
	r := results{}
	for _, s := range report.Suites {
		for _, c := range s.Cases {
			switch {
			case c.Status == "notrun":
			case c.Failure != nil || c.Error != nil:
				r[c.Name] = fail
			case r[c.Name] == fail: // one of its subtests failed
			case c.Skipped != nil:
				r[c.Name] = skip
			default:
				r[c.Name] = pass
			}
		}
	}
	if len(r) == 0 {
		return nil, errors.New("the report " + file + " names no test")
	}
	return r, nil
}

func (p pythonTests) alone(test string) string { return test }
