package view

import (
	"bytes"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSplitControl(t *testing.T) {
	both := append(unix.UnixRights(3, 4, 5), unix.UnixCredentials(&unix.Ucred{Pid: 1})...)
	messages, ok := splitControl(both, 8)
	if !ok || len(messages) != 2 || messages[0].kind != unix.SCM_RIGHTS || !bytes.Equal(messages[0].content, []byte{3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0}) ||
		messages[1].kind != unix.SCM_CREDENTIALS || len(messages[1].content) != 12 {
		t.Errorf("%+v %v", messages, ok)
	}
	narrow := []byte{16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0}
	messages, ok = splitControl(narrow, 4)
	if !ok || len(messages) != 1 || messages[0].level != unix.SOL_SOCKET || messages[0].content[0] != 7 {
		t.Errorf("of i386: %+v %v", messages, ok)
	}
	for _, wrong := range []byte{0, 11, 17, 255} {
		narrow[0] = wrong
		if messages, ok := splitControl(narrow, 4); ok {
			t.Errorf("length %d: %+v", wrong, messages)
		}
	}
}

func FuzzSplitControl(f *testing.F) {
	f.Add(unix.UnixRights(3, 4, 5), true)
	f.Add([]byte{16, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 12, 0, 0, 0}, false)
	f.Fuzz(func(t *testing.T, b []byte, wide bool) {
		word := 4
		if wide {
			word = 8
		}
		messages, ok := splitControl(b, word)
		total := 0
		for _, m := range messages {
			total += word + 8 + len(m.content)
		}
		if ok && total > len(b) {
			t.Errorf("%d bytes of messages in %d", total, len(b))
		}
	})
}
