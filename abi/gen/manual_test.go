package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// testLexicon knows the calls read, write and old, the set open and the errors
// EBADF, EFAULT, EINTR, EINVAL, ENOSYS and EAGAIN.
func testLexicon(t *testing.T) lexicon {
	t.Helper()
	calls, err := parseCalls(splitLines("syscalls.txt", "read 0 3 63 desc map eintr bytes fd:fd buf:out[n] n:size\n"+
		"write 1 4 64 desc map - bytes fd:fd buf:in[n] n:size\nold 2 - - other own unimplemented none"))
	if err != nil {
		t.Fatal(err)
	}
	sets, err := parseFlags(splitLines("flags.txt", "set open\nO_CREAT 1"))
	if err != nil {
		t.Fatal(err)
	}
	return newLexicon(calls, sets, splitLines("errnos.txt", "EINTR 4 a\nEBADF 9 a\nEAGAIN 11 a\nEFAULT 14 a\nEINVAL 22 a\nENOSYS 38 a\nEWOULDBLOCK EAGAIN"))
}

const testWords = `kind fd a descriptor
	EBADF not open
kind buffer bytes
	EFAULT
result bytes so many bytes
error EBADF general
error EAGAIN later
error EFAULT no memory there
error EINTR interrupted
error ENOSYS no such call
`

func TestMalformedWords(t *testing.T) {
	known := testLexicon(t)
	for _, test := range []struct{ name, text, want string }{
		{"few columns", "kind fd", "words.txt:1: want a word, a name and a text"},
		{"word", "thing fd text", `not "thing"`},
		{"kind", "kind fx text", `unknown kind "fx"`},
		{"result", "result fx text", `unknown kind "fx"`},
		{"kind twice", "kind fd a\nkind fd a", "words.txt:2: fd is explained twice"},
		{"errors of nothing", "\tEBADF", "words.txt:1: errors without a kind"},
		{"errors of a flag", "flag O_CREAT text\n\tEBADF", "words.txt:2: errors without a kind"},
		{"kind's error", "kind fd a\n\tEBADX", `words.txt:2: errnos.txt has no error "EBADX"`},
		{"alias", "kind fd a\n\tEWOULDBLOCK", "EWOULDBLOCK is another name"},
		{"kind's error twice", "kind fd a\n\tEBADF\n\tEBADF a", "words.txt:3: EBADF stands here twice"},
		{"error", "error EBADX text", `no error "EBADX"`},
		{"error's alias", "error EWOULDBLOCK text", `no error "EWOULDBLOCK" of its own`},
		{"error twice", "error EBADF a\nerror EBADF a", "words.txt:2: EBADF is explained twice"},
		{"signal", "signal HUP term a", "a signal is"},
		{"signal without text", "signal SIGHUP term", "a signal is"},
		{"action", "signal SIGHUP die a", `unknown action "die"`},
		{"signal twice", "signal SIGHUP term a\nsignal SIGHUP core a", "SIGHUP is explained twice"},
		{"flag", "flag O_CREATE a", "flags.txt has no O_CREATE"},
		{"flag's set", "flag mmap.O_CREAT a", "flags.txt has no mmap.O_CREAT"},
		{"flag twice", "flag O_CREAT a\nflag O_CREAT b", "O_CREAT is explained twice"},
		{"class", "class files a", `unknown class "files"`},
		{"class twice", "class file a\nclass file a", "file is explained twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseWords(splitLines("words.txt", test.text), known)
			wantError(t, err, "words.txt:", test.want)
		})
	}
	if w, err := parseWords(splitLines("words.txt", "flag O_CREAT a\nflag open.O_CREAT b"), known); err != nil || len(w.flags) != 2 {
		t.Errorf("a flag in general and in one set: %v", err)
	}
}

func TestMalformedManual(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"few columns", "# head\nread = -", "manual.txt:2: a call is: name page since summary"},
		{"call", "reed = - Read", `manual.txt:1: syscalls.txt has no call "reed"`},
		{"release", "read = new Read", `"new" is no Linux release`},
		{"small letter", "read = - read", "begins with a capital"},
		{"full stop", "read = - Read.", "without a full stop"},
		{"summary", "read = - Read " + strings.Repeat("x", 100), "105 characters, more than 100"},
		{"sentence", "read = - Read " + strings.Repeat("x", 60), "66 characters, more than 60: add a line says"},
		{"long says", "read = - Read\n\tsays " + strings.Repeat("x", 61), "61 characters"},
		{"twice", "read = - Read\nread = - Read", "manual.txt:2: read is explained twice, first in line 1"},
		{"about nothing", "\tadvice a", "manual.txt:1: a line about no call"},
		{"word", "read = - Read\n\thint a", `manual.txt:2: want like, says, returns, advice, see or an error, not "hint"`},
		{"no text", "read = - Read\n\tadvice", "advice needs a text"},
		{"advice twice", "read = - Read\n\tadvice a\n\tadvice b", "manual.txt:3: read: a second advice"},
		{"see", "read = - Read\n\tsee reed", `has no call "reed"`},
		{"like below", "read = - Read\n\tlike write\nwrite = - Write", "like wants one call that stands above"},
		{"like itself", "read = - Read\n\tlike read", "like wants one call"},
		{"like two", "read = - Read\nwrite = - Write\n\tlike read read", "like wants one call"},
		{"like late", "read = - Read\nwrite = - Write\n\tadvice a\n\tlike read", "manual.txt:4: like comes first"},
		{"error", "read = - Read\n\tEBADX", `no error "EBADX"`},
		{"second error", "read = - Read\n\tEBADF EBADX", `no error "EBADX"`},
		{"error twice", "read = - Read\n\tEBADF\n\tEBADF a", "manual.txt:3: read: a second EBADF"},
		{"long reason", "read = - Read\n\tEBADF " + strings.Repeat("x", 81), "81 characters, more than 80"},
		{"drop", "read = - Read\n\t-EBADX", `want -NAME of an error, not "-EBADX"`},
		{"drop without dash", "read = - Read\n\t-EBADF EINTR", `not "EINTR"`},
		{"no reason", "read = - Read\n\tEINVAL", "words.txt has no reason for EINVAL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseTestManual(t, test.text)
			wantError(t, err, "manual.txt:", test.want)
		})
	}
	known := testLexicon(t)
	if err := checkManuals(slices.Collect(maps.Values(known.calls)), nil); err == nil || !strings.Contains(err.Error(), "manual.txt does not explain") {
		t.Errorf("calls without manuals: %v", err)
	}
}

func wantError(t *testing.T, err error, prefix, want string) {
	t.Helper()
	if err == nil || !strings.HasPrefix(err.Error(), prefix) || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one that begins with %s and has %q", err, prefix, want)
	}
}

func parseTestManual(t *testing.T, text string) (map[string]*manual, error) {
	t.Helper()
	known := testLexicon(t)
	w, err := parseWords(splitLines("words.txt", testWords), known)
	if err != nil {
		t.Fatal(err)
	}
	return parseManual(splitLines("manual.txt", text), known, w)
}

// TestManualsAreCompleted checks what comes from elsewhere than a call's own
// lines.
func TestManualsAreCompleted(t *testing.T) {
	manuals, err := parseTestManual(t, `
read    =   2.6  Read bytes; from a descriptor
	advice  Loop.
	EAGAIN
	EBADF   not open for reading
write   rw  -    Write bytes
	like    read
	returns what it could
	-EFAULT
	EAGAIN  no room
old     -   -    Fail
`)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]manual{
		"read": {page: "read", since: "2.6", sentence: "reads bytes", returns: "so many bytes", advice: "Loop.", errors: reasons{
			"EAGAIN": "later", "EBADF": "not open for reading", "EFAULT": "no memory there", "EINTR": "interrupted"}},
		"write": {page: "rw", sentence: "writes bytes", returns: "what it could", advice: "Loop.", errors: reasons{
			"EAGAIN": "no room", "EBADF": "not open for reading"}},
		"old": {sentence: "fails", returns: "nothing: it always fails", errors: reasons{"ENOSYS": "no such call"}},
	} {
		got := manuals[name]
		if got.page != want.page || got.since != want.since || got.sentence != want.sentence || got.returns != want.returns ||
			got.advice != want.advice || !maps.Equal(got.errors, want.errors) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

func TestSentence(t *testing.T) {
	for summary, want := range map[string]string{
		"Open a file":                  "opens a file",
		"Copy data; large files":       "copies data",
		"Watch a file":                 "watches a file",
		"Stay":                         "stays",
		"Get or set a limit":           "gets or sets a limit",
		"Raise and lower semaphores":   "raises and lowers semaphores",
		"Do nothing any more; it once": "does nothing any more",
	} {
		if got := sentence(summary); got != want {
			t.Errorf("%q becomes %q, want %q", summary, got, want)
		}
	}
}
