package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"penumbra/internal/testguest"
)

// networkGuests check what they see of sockets themselves.
var networkGuests = []testguest.Case{
	{Program: "net_tcp", Kinds: []testguest.Kind{testguest.Dynamic, testguest.Static, testguest.I386}},
	{Program: "net_udp", Kinds: []testguest.Kind{testguest.Dynamic, testguest.Static, testguest.I386}},
	{Program: "net_unix", Kinds: []testguest.Kind{testguest.Dynamic, testguest.Static, testguest.I386}},
	{Program: "netgo", Kinds: []testguest.Kind{testguest.Go}},
}

// isolated returns a shadow in a network of its own: nobody else is at its loopback
// address.
func isolated(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a network namespace for the shadow needs root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("ip (iproute2) is missing")
	}
	return "exec:unshare -n sh -c 'ip link set lo up && exec " + penumbraAt(t) + " shadow --single --allow-root'"
}

// timeLimit keeps a guest that hangs from holding up the tests.
const timeLimit = 2 * time.Minute

// runIn runs a program whose network is a shadow's.
func runIn(t *testing.T, shadow string, argv ...string) string {
	t.Helper()
	cmd := exec.Command(penumbraAt(t), append([]string{"run", "--shadow=" + shadow, "--"}, argv...)...)
	timer := time.AfterFunc(timeLimit, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", argv, err, out)
	}
	return string(out)
}

// TestNetworkGuests runs each natively, where it has to pass, and with the network of
// a shadow.
func TestNetworkGuests(t *testing.T) {
	for _, c := range networkGuests {
		for _, kind := range kindsOf(c) {
			t.Run(c.Program+"/"+string(kind), func(t *testing.T) {
				program := testguest.Path(t, c.Program, kind)
				if out, err := exec.Command(program).CombinedOutput(); err != nil {
					t.Fatalf("natively: %v\n%s", err, out)
				}
				if out := runIn(t, "demo", program); out != "ok\n" {
					t.Errorf("demo: %q", out)
				}
			})
		}
	}
}

func TestNetworkGuestsElsewhere(t *testing.T) {
	shadow := isolated(t)
	for _, c := range networkGuests {
		t.Run(c.Program, func(t *testing.T) {
			if out := runIn(t, shadow, testguest.Path(t, c.Program, c.Kinds[0])); out != "ok\n" {
				t.Errorf("%q", out)
			}
		})
	}
}

// The network of the guest is the shadow's, and --network=local this machine's.
func TestWhereTheNetworkIs(t *testing.T) {
	shadow := isolated(t)
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is missing")
	}
	listen := exec.Command("python3", "-u", "-c", "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])\nwhile 1: s.accept()")
	out, err := listen.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := listen.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listen.Process.Kill(); _ = listen.Wait() }()
	buf := make([]byte, 16)
	n, err := out.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	connect := "import socket\ntry: socket.create_connection(('127.0.0.1', " + strings.TrimSpace(string(buf[:n])) + ")); print('here')\nexcept ConnectionRefusedError: print('elsewhere')"
	if got := runIn(t, shadow, "python3", "-c", connect); got != "elsewhere\n" {
		t.Errorf("the guest's network is %q", got)
	}
	cmd := exec.Command(penumbraAt(t), "run", "--shadow=demo", "--network=local", "--", "python3", "-c", connect)
	if got, err := cmd.CombinedOutput(); err != nil || string(got) != "here\n" {
		t.Errorf("--network=local: %q, %v", got, err)
	}
}
