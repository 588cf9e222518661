package iostat

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"penumbra/abi"
)

const evilName = "/tmp/<script>alert(1)</script>\"'&\xff\x1b[31m\u202e.txt"

// sample is a run with something of everything.
func sample(t testing.TB) *run {
	r := newRun(t)
	r.c.command = []string{"make", "-j2", "<b>all</b>"}
	r.exists("/src/input.dat", 64<<20)
	r.exists("/etc/app.conf", 300)
	r.open(1, 3, "/src/input.dat", 0)
	r.open(1, 4, evilName, unix.O_WRONLY)
	r.c.Forked(r.thread(1), r.thread(2))
	r.c.Execed(r.thread(2), 2)
	r.is(2, 5, "pipe:[4711]", unix.S_IFIFO)
	r.is(1, 6, "pipe:[4711]", unix.S_IFIFO)
	for i := range uint64(4000) {
		r.call(1, "read", 4096, 3, 0x1000, 4096)
		r.call(1, "write", 1, 4, 0x1000, 1)
		if i%10 == 0 {
			r.call(1, "write", 3000, 6, 0x1000, 3000)
			r.took = 50 * time.Microsecond
			r.call(2, "read", 3000, 5, 0x1000, 65536)
			r.took = 10 * time.Microsecond
		}
	}
	replace(r, "", "/etc/app.conf.new", "/etc/app.conf", true)
	r.open(2, 7, "/var/db", unix.O_RDWR)
	r.names["/var/db"].size = 1 << 30
	for i := range uint64(600) {
		r.call(2, "pread64", 8192, 7, 0, 8192, i*7919%4096*8192)
		r.call(2, "pwrite64", 8192, 7, 0, 8192, i*104729%4096*8192)
		if i%10 == 9 {
			r.took = time.Millisecond
			r.call(2, "fdatasync", 0, 7)
			r.took = 10 * time.Microsecond
		}
	}
	for i := range 12 {
		r.call(2, "openat", -int64(abi.ENOENT), atCWD, r.put([]byte("/usr/lib/none"+number(uint64(i)))), 0)
	}
	return r
}

func htmlOf(t testing.TB, r *run) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.c.HTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHTML(t *testing.T) {
	text := htmlOf(t, sample(t))
	if name := os.Getenv("IOSTAT_HTML"); name != "" {
		os.WriteFile(name, []byte(text), 0o666)
	}
	for _, forbidden := range []string{"<script>alert", "<b>all", "\xff", "\x1b", "\u202e", "http://", "https://", "ZgotmplZ"} {
		if i := strings.Index(text, forbidden); i >= 0 {
			t.Errorf("the page has %q in it: %q", forbidden, text[max(0, i-50):min(len(text), i+80)])
		}
	}
	for _, wanted := range []string{"&lt;script&gt;alert(1)&lt;/script&gt;", `\xff\x1b[31m\u202e`, "viewport", "<table", "rename-without-fsync"} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the page lacks %q", wanted)
		}
	}
}

func TestScriptHash(t *testing.T) {
	sum := sha256.Sum256([]byte(pageScript))
	if want := "sha256-" + base64.StdEncoding.EncodeToString(sum[:]); pageScriptHash != want {
		t.Errorf("the script's hash is %s", want)
	}
}
