package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// unixGuest has sockets with names, which others use.
const unixGuest = `
import os, socket, struct
l = socket.socket(socket.AF_UNIX); l.bind('stream'); l.listen()
d = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); d.bind('datagrams')
print('ready', flush=True)
s, _ = l.accept()
print(s.getsockname(), s.getpeername(), struct.unpack('3i', s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0])
text = b''
while b := s.recv(65536): text += b
s.sendall(text[::-1]); s.close()
text, a = d.recvfrom(100); print(text.decode(), a)
d.sendto(b'answer', a)
d.connect(a); print(d.getpeername())
d.send(b'from a peer'); print(d.recv(100).decode())
os.unlink('stream'); os.unlink('datagrams')
`

// Those who find the guest's sockets at the shadow reach it, and it them.
func TestUnixSocketsFromElsewhere(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is missing")
	}
	dir, err := os.MkdirTemp("", "unix") // short enough for a socket's name
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command(penumbraAt(t), "run", "--shadow=demo", "--chdir="+dir, "--", "python3", "-c", unixGuest)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); line != "ready\n" {
		t.Fatalf("%q, %v", line, err)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	exchangeStream(t, at("client"), at("stream"))
	exchangeDatagrams(t, at("correspondent"), at("datagrams"))
	rest, err := io.ReadAll(lines)
	want := fmt.Sprintf("stream %s %d\nquestion %s\n%[3]s\nthe end\n", at("client"), os.Getpid(), at("correspondent"))
	if err != nil || string(rest) != want {
		t.Errorf("the guest says %q, %v, want %q", rest, err, want)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("unix", at("stream")); !errors.Is(err, unix.ENOENT) {
		t.Errorf("afterwards: %v", err)
	}
}

func exchangeStream(t *testing.T, own, to string) {
	t.Helper()
	c, err := net.DialUnix("unix", &net.UnixAddr{Name: own, Net: "unix"}, &net.UnixAddr{Name: to, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	text := strings.Repeat("0123456789abcde\n", 1<<16)
	go func() {
		_, _ = io.WriteString(c, text)
		_ = c.CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if want := strings.Repeat("\nedcba9876543210", 1<<16); err != nil || string(got) != want {
		t.Errorf("%d bytes came back, of %d: %v", len(got), len(want), err)
	}
}

func exchangeDatagrams(t *testing.T, own, to string) {
	t.Helper()
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: own, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	say := func(text string) {
		if _, err := c.WriteTo([]byte(text), &net.UnixAddr{Name: to, Net: "unixgram"}); err != nil {
			t.Fatal(err)
		}
	}
	say("question")
	b := make([]byte, 100)
	for _, want := range []string{"answer", "from a peer"} {
		if n, from, err := c.ReadFrom(b); err != nil || string(b[:n]) != want || from.String() != to {
			t.Errorf("received %q from %v, %v, want %q from %s", b[:n], from, err, want, to)
		}
	}
	say("the end")
}
