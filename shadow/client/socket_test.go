package client_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"penumbra/abi"
	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/shadowtest"
	"penumbra/shadow/sockets"
	"penumbra/shadow/wire"
)

// networked returns a client whose link is cut so many times, each after most bytes
// at most.
func networked(t *testing.T, policy sockets.Policy, seed int64, most, cuts int) (*client.Client, *shadowtest.Cutter) {
	t.Helper()
	dir := t.TempDir()
	s, err := server.New(server.Config{Exports: server.Only(server.Export{Path: dir}), AllowRoot: true, Network: policy})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, "shadow"))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.Serve(l, server.SameUser) })
	t.Cleanup(func() {
		l.Close()
		s.Close()
		wg.Wait()
	})
	cut := shadowtest.NewCutter(t, filepath.Join(dir, "cut"), filepath.Join(dir, "shadow"), seed, most, cuts)
	c, err := client.Dial(t.Context(), client.Config{Dial: dialer(filepath.Join(dir, "cut")), Lease: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, cut
}

func addressOf(a net.Addr) wire.Address {
	at := a.(*net.TCPAddr)
	w := wire.Address{Family: wire.FamilyInet, Port: uint16(at.Port)}
	copy(w.IP[:], at.IP.To4())
	return w
}

// numbered returns n numbers, one behind the other, in 4 bytes each.
func numbered(n int) []byte {
	b := make([]byte, 0, 4*n)
	for i := range n {
		b = binary.LittleEndian.AppendUint32(b, uint32(i))
	}
	return b
}

// receive returns what comes from a stream until its end.
func receive(s *client.Socket) ([]byte, error) {
	var got []byte
	for {
		r, ok := s.Next()
		if !ok {
			return got, errors.New("closed")
		}
		switch r.Kind {
		case wire.RecordData:
			got = append(got, r.Data...)
		case wire.RecordEnd:
			return got, nil
		case wire.RecordFailed:
			return got, r.Errno
		}
		s.Took(&r, false)
	}
}

// transmit sends b in pieces of all sizes, and ends the flow.
func transmit(ctx context.Context, s *client.Socket, b []byte) error {
	for size := 1; len(b) > 0; size = size*3%60000 + 1 {
		n := min(size, len(b))
		if err := s.Send(ctx, []client.Message{{Data: b[:n]}}); err != nil {
			return err
		}
		b = b[n:]
	}
	return s.Shutdown(ctx, wire.ShutdownWrite)
}

// A link that is cut at any byte loses nothing of a stream, and doubles nothing, in
// both directions; nor does it lose a connection.
func TestStreamsOverABadLink(t *testing.T) {
	const connections = 4
	c, cut := networked(t, sockets.All, 1, 30000, 400)
	want := numbered(300000)
	t.Run("client", func(t *testing.T) {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer conn.Close()
					got, _ := io.ReadAll(conn)
					_, _ = conn.Write(got)
				}()
			}
		}()
		var wg sync.WaitGroup
		for range connections {
			wg.Go(func() {
				s, err := c.NewSocket(t.Context(), wire.FamilyInet, wire.SocketStream)
				if err == nil {
					err = s.Connect(t.Context(), addressOf(l.Addr()))
				}
				if err != nil {
					t.Error(err)
					return
				}
				defer s.Close(t.Context())
				if err := transmit(t.Context(), s, want); err != nil {
					t.Error(err)
				}
				if got, err := receive(s); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%d bytes came back of %d: %v", len(got), len(want), err)
				}
			})
		}
		wg.Wait()
	})
	t.Run("server", func(t *testing.T) {
		l, err := c.NewSocket(t.Context(), wire.FamilyInet, wire.SocketStream)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close(t.Context())
		name, err := l.Bind(t.Context(), wire.Address{Family: wire.FamilyInet, IP: [16]byte{127, 0, 0, 1}}, 0)
		if err == nil {
			err = l.Listen(t.Context(), 1)
		}
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range connections {
			wg.Go(func() {
				conn, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", name.Port))
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				go func() {
					_, _ = conn.Write(want)
					_ = conn.(*net.TCPConn).CloseWrite()
				}()
				if got, err := io.ReadAll(conn); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%d bytes came back of %d: %v", len(got), len(want), err)
				}
			})
			r, ok := l.Next()
			if !ok || r.Kind != wire.RecordConnection {
				t.Fatalf("%+v", r)
			}
			l.Took(&r, true)
			wg.Go(func() {
				defer r.Socket.Close(context.Background())
				got, err := receive(r.Socket)
				if err == nil {
					err = transmit(t.Context(), r.Socket, got)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
	if n := cut.Count(); n < 50 {
		t.Errorf("only %d cuts", n)
	}
}

// A connection does not outlive the shadow: it is reset, and so are calls.
func TestSocketsOfAKilledShadow(t *testing.T) {
	dir := t.TempDir()
	m := &mortal{t: t, job: shadowJob{Socket: filepath.Join(dir, "s"), Journal: dir, Exports: []server.Export{{Path: dir}}}}
	m.start()
	defer func() { m.kill() }()
	var c *client.Client
	for attempts := 0; c == nil; attempts++ { // it takes a while to begin
		var err error
		if c, err = client.Dial(t.Context(), client.Config{Dial: dialer(m.job.Socket), Lease: time.Minute}); err != nil && attempts > 5000 {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
	defer c.Close()
	s, err := c.NewSocket(t.Context(), wire.FamilyInet, wire.SocketStream)
	if err != nil {
		t.Fatal(err)
	}
	m.kill()
	m.start()
	if r, ok := s.Next(); !ok || r.Kind != wire.RecordFailed || r.Errno != abi.ECONNRESET {
		t.Errorf("%+v, %v", r, ok)
	}
	if err := s.Connect(t.Context(), wire.Address{Family: wire.FamilyInet}); !errors.Is(err, abi.ECONNRESET) {
		t.Errorf("connect: %v", err)
	}
	if _, err := c.NewSocket(t.Context(), wire.FamilyInet, wire.SocketStream); err != nil {
		t.Errorf("another socket: %v", err)
	}
}

// What a policy does not permit is EACCES.
func TestNetworkPolicies(t *testing.T) {
	any4 := wire.Address{Family: wire.FamilyInet}
	port := wire.Address{Family: wire.FamilyInet, Port: 4242}
	abstract := wire.Address{Family: wire.FamilyUnix, Name: "\x00penumbra-policy-test"}
	for _, tt := range []struct {
		policy                  sockets.Policy
		socket, bind, any, hear error
	}{
		{sockets.None, abi.EACCES, nil, nil, nil},
		{sockets.Client, nil, abi.EACCES, nil, abi.EACCES},
		{sockets.All, nil, nil, nil, nil},
	} {
		t.Run(tt.policy.String(), func(t *testing.T) {
			c, _ := networked(t, tt.policy, 1, 1, 0)
			s, err := c.NewSocket(t.Context(), wire.FamilyInet, wire.SocketStream)
			if !errors.Is(err, tt.socket) {
				t.Fatalf("socket: %v", err)
			}
			if err != nil {
				return
			}
			if _, err := s.Bind(t.Context(), any4, 0); !errors.Is(err, tt.any) {
				t.Errorf("bind to no port: %v", err)
			}
			if err := s.Listen(t.Context(), 1); !errors.Is(err, tt.hear) {
				t.Errorf("listen: %v", err)
			}
			u, err := c.NewSocket(t.Context(), wire.FamilyUnix, wire.SocketStream)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := u.Bind(t.Context(), abstract, 0); !errors.Is(err, tt.bind) {
				t.Errorf("bind a Unix socket: %v", err)
			}
			d, err := c.NewSocket(t.Context(), wire.FamilyInet, wire.SocketDatagram)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Bind(t.Context(), port, 0); tt.policy != sockets.All && !errors.Is(err, tt.bind) {
				t.Errorf("bind to a port: %v", err)
			}
			group := []byte{224, 0, 0, 251, 127, 0, 0, 1, 0, 0, 0, 0}
			membership, _ := wire.OptionOf(0, 35) // IP_ADD_MEMBERSHIP
			if err := d.SetOption(t.Context(), membership, group); tt.policy == sockets.Client && !errors.Is(err, abi.EACCES) {
				t.Errorf("join a group: %v", err)
			}
		})
	}
}

// Unix sockets are named, and found, below what is exported, and nowhere else.
func TestUnixSocketsAreConfined(t *testing.T) {
	c, _ := networked(t, sockets.All, 1, 1, 0)
	exports, err := c.Exports(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	inside, outside := exports.List[0].Path, t.TempDir()
	l, err := net.Listen("unix", filepath.Join(outside, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Symlink(filepath.Join(outside, "s"), filepath.Join(inside, "link")); err != nil {
		t.Fatal(err)
	}
	named := func(name string) wire.Address { return wire.Address{Family: wire.FamilyUnix, Name: name} }
	for _, name := range []string{filepath.Join(outside, "s"), filepath.Join(inside, "link"), inside + "/../" + filepath.Base(outside) + "/s"} {
		s, err := c.NewSocket(t.Context(), wire.FamilyUnix, wire.SocketStream)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Connect(t.Context(), named(name)); !errors.Is(err, abi.EACCES) {
			t.Errorf("connect to %s: %v", name, err)
		}
	}
	s, err := c.NewSocket(t.Context(), wire.FamilyUnix, wire.SocketStream)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Bind(t.Context(), named(filepath.Join(outside, "new")), 0o777); !errors.Is(err, abi.EACCES) {
		t.Errorf("bind outside: %v", err)
	}
	name := named(filepath.Join(inside, "new"))
	if own, err := s.Bind(t.Context(), name, 0o700); err != nil || own != name {
		t.Fatalf("bind inside: %v, %v", own, err)
	}
	if info, err := os.Stat(name.Name); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the file: %v, %v", info, err)
	}
	if err := s.Listen(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if conn, err := net.Dial("unix", name.Name); err != nil {
		t.Error(err)
	} else {
		conn.Close()
	}
}
