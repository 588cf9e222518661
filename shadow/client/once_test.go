package client_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"penumbra/shadow/client"
	"penumbra/shadow/server"
	"penumbra/shadow/shadowtest"
	"penumbra/shadow/wire"
)

// A disk is what the program of this test needs of the world.
type disk interface {
	open(name string, flags uint32) (disfile, error)
	rename(from, to string) error
	mkdir(name string) error
	remove(name string) error
}

type disfile interface {
	append(b []byte) error
	writeAt(b []byte, at int64) error
	close() error
}

// program appends numbered records, and renames, makes and removes files, in
// ways in which nothing may happen twice, and nothing not at all. work is one of
// several that run at the same time.
func program(d disk, work, records int) error {
	log := fmt.Sprintf("log-%d", work)
	f, err := d.open(log, wire.OpenWrite|wire.OpenCreate|wire.OpenExclusive|wire.OpenAppend)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	shared, err := d.open("table", wire.OpenWrite|wire.OpenCreate)
	if err != nil {
		return fmt.Errorf("open table: %w", err)
	}
	at := log
	for i := range records {
		record := fmt.Appendf(nil, "work %d record %06d %s\n", work, i, bytes.Repeat([]byte{byte('a' + i%26)}, i%97*(1+i%11*20)))
		if err := f.append(record); err != nil {
			return fmt.Errorf("append %d: %w", i, err)
		}
		if err := shared.writeAt(fmt.Appendf(nil, "%08d", i), int64(work*1000+i%100*8)); err != nil {
			return fmt.Errorf("write %d: %w", i, err)
		}
		if i%3 == 0 { // while it is open
			to := fmt.Sprintf("log-%d.%d", work, i)
			if err := d.rename(at, to); err != nil {
				return fmt.Errorf("rename %s %s: %w", at, to, err)
			}
			at = to
		}
		if i%7 == 0 {
			dir := fmt.Sprintf("dir-%d.%d", work, i)
			if err := d.mkdir(dir); err != nil {
				return fmt.Errorf("mkdir %d: %w", i, err)
			}
			into := dir + "/" + filepath.Base(at)
			if err := d.rename(at, into); err != nil {
				return fmt.Errorf("rename %s %s: %w", at, into, err)
			}
			at = into
		}
		if i%11 == 0 {
			lock := fmt.Sprintf("lock-%d", work)
			l, err := d.open(lock, wire.OpenWrite|wire.OpenCreate|wire.OpenExclusive)
			if err != nil {
				return fmt.Errorf("lock %d: %w", i, err)
			}
			if err := l.close(); err != nil {
				return err
			}
			if err := d.remove(lock); err != nil {
				return fmt.Errorf("unlock %d: %w", i, err)
			}
		}
	}
	if err := f.close(); err != nil {
		return err
	}
	return shared.close()
}

// localDisk is a directory of this machine.
type localDisk string

type localFile struct{ f *os.File }

func (d localDisk) open(name string, flags uint32) (disfile, error) {
	f, err := os.OpenFile(filepath.Join(string(d), name), int(wire.HostOpenFlags(flags)), 0o644)
	return localFile{f}, err
}
func (d localDisk) rename(from, to string) error {
	return os.Rename(filepath.Join(string(d), from), filepath.Join(string(d), to))
}
func (d localDisk) mkdir(name string) error  { return os.Mkdir(filepath.Join(string(d), name), 0o755) }
func (d localDisk) remove(name string) error { return os.Remove(filepath.Join(string(d), name)) }

func (f localFile) append(b []byte) error {
	_, err := f.f.Write(b)
	return err
}
func (f localFile) writeAt(b []byte, at int64) error {
	_, err := f.f.WriteAt(b, at)
	return err
}
func (f localFile) close() error { return f.f.Close() }

// remoteDisk is the working directory of a representative.
type remoteDisk struct {
	ctx context.Context
	p   *client.Process
}

type remoteFile struct {
	ctx context.Context
	f   *client.File
}

func (d remoteDisk) open(name string, flags uint32) (disfile, error) {
	f, _, err := d.p.Open(d.ctx, wire.CWD, name, flags, 0o644)
	return remoteFile{d.ctx, f}, err
}
func (d remoteDisk) rename(from, to string) error {
	return d.p.Rename(d.ctx, wire.CWD, from, wire.CWD, to, 0)
}
func (d remoteDisk) mkdir(name string) error  { return d.p.Mkdir(d.ctx, wire.CWD, name, 0o755) }
func (d remoteDisk) remove(name string) error { return d.p.Unlink(d.ctx, wire.CWD, name) }

func (f remoteFile) append(b []byte) error {
	n, _, err := f.f.Append(f.ctx, b)
	if err == nil && n != len(b) {
		err = fmt.Errorf("%d of %d bytes", n, len(b))
	}
	return err
}
func (f remoteFile) writeAt(b []byte, at int64) error {
	n, err := f.f.WriteAt(f.ctx, b, at)
	if err == nil && n != len(b) {
		err = fmt.Errorf("%d of %d bytes", n, len(b))
	}
	return err
}
func (f remoteFile) close() error { return f.f.Close(f.ctx) }

// The link is cut at random bytes, and the shadow is killed, while a program
// works: in the end all is as if it had worked here.
func TestNothingIsLostNorDoneTwice(t *testing.T) {
	const workers = 4
	records, cuts, kills := 150, 1000, 50
	if testing.Short() {
		records, cuts, kills = 60, 100, 10
	}
	dir := t.TempDir()
	remote, local := filepath.Join(dir, "remote"), filepath.Join(dir, "local")
	for _, d := range []string{remote, local, filepath.Join(dir, "journal")} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	m := &mortal{t: t, job: shadowJob{Socket: filepath.Join(dir, "s"), Journal: filepath.Join(dir, "journal"),
		Exports: []server.Export{{Path: remote}}}}
	m.start()
	defer func() { m.kill() }()
	proxy := shadowtest.NewCutter(t, filepath.Join(dir, "p"), m.job.Socket, 1, 6000, cuts)

	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var c *client.Client
	for {
		var err error
		if c, err = client.Dial(ctx, client.Config{Dial: dialer(filepath.Join(dir, "p")), Lease: time.Minute}); err == nil {
			break
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
	defer c.Close()
	p, err := c.Spawn(ctx, remote, 0o022)
	if err != nil {
		t.Fatal(err)
	}

	finished := make(chan struct{})
	var wg sync.WaitGroup
	rounds := 0
	for w := range workers {
		wg.Go(func() {
			// Until there have been enough cuts and kills each works on.
			for round := 0; ; round++ {
				if err := program(remoteDisk{ctx, p}, w+workers*round, records); err != nil {
					t.Errorf("work %d, round %d: %v", w, round, err)
					return
				}
				select {
				case <-finished:
				default:
					continue
				}
				if w == 0 {
					rounds = round + 1
				}
				for r := 0; r <= round; r++ {
					if err := program(localDisk(local), w+workers*r, records); err != nil {
						t.Errorf("here: %v", err)
					}
				}
				return
			}
		})
	}
	killed := 0
	for killed < kills || proxy.Count() < cuts {
		if t.Failed() || ctx.Err() != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
		if killed < kills {
			m.kill()
			m.start()
			killed++
			time.Sleep(60 * time.Millisecond)
		}
	}
	close(finished)
	wg.Wait()
	t.Logf("%d cuts, %d kills, %d rounds of work", proxy.Count(), killed, rounds)
	if t.Failed() {
		return
	}
	if err := c.Err(); err != nil {
		t.Fatal(err)
	}
	want, got := treeOf(t, local), treeOf(t, remote)
	for name, content := range want {
		if got[name] != content {
			t.Errorf("%s differs: %d bytes instead of %d", name, len(got[name]), len(content))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s should not be there", name)
		}
	}
}

// treeOf returns the content of all files below dir, and "dir" for directories.
func treeOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			all[name[len(dir):]] = "dir"
			return err
		}
		b, err := os.ReadFile(name)
		all[name[len(dir):]] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
