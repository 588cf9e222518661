package penumbra_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/fstest"

	"penumbra"
	"penumbra/abi"
	"penumbra/internal/testguest"
	modules "penumbra/module"
	"penumbra/module/mirror"
	"penumbra/vft"
)

// writableTree returns a tree that shows, and changes, what is below a directory.
func writableTree(t *testing.T, dir string, aggravate bool) modules.Tree {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	tree, err := mirror.New(mirror.Root(root), mirror.Options{Kind: "fs", Source: dir, Aggravate: aggravate,
		Failed: func(name string, err error) { t.Errorf("%s: %v", name, err) }})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// TestMountWritablePOSIX runs the suite of package view/posix in a file system
// that can be changed, and in aggravate mode.
func TestMountWritablePOSIX(t *testing.T) {
	suite := posixSuite(t)
	for name, aggravate := range map[string]bool{"plain": false, "aggravate": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			tree := writableTree(t, dir, aggravate)
			cmd := penumbra.Command(suite, "-dir", "/penumbra-test", "-lacks", "pipes,sockets,exchange", "-test.parallel", "8")
			cmd.MountTree("/penumbra-test", tree, false)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("the tests left %v, %v", left, err)
			}
		})
	}
}

// emulatedSize is that of the files of emulatedFS, in which the byte at i is
// emulatedByte(i).
const emulatedSize = 40*vft.BlockSize + 1234

func emulatedByte(i int64) byte { return byte(1 + (i/251+i*7)%200) }

// emulatedFS is a file system with files that are read at any place: large, and
// bad, of which one block cannot be read, and huge, of a tebibyte.
type emulatedFS struct {
	fs.FS
	read *atomic.Int64 // bytes
}

func newEmulatedFS() emulatedFS {
	return emulatedFS{fstest.MapFS{"large": {}, "bad": {}, "huge": {}}, new(atomic.Int64)}
}

func (f emulatedFS) Open(name string) (fs.File, error) {
	inner, err := f.FS.Open(name)
	if err != nil || name == "." {
		return inner, err
	}
	return &emulatedFile{inner, name, f.read}, nil
}

func (f emulatedFS) ReadDir(string) ([]fs.DirEntry, error) {
	var list []fs.DirEntry
	for _, name := range []string{"bad", "huge", "large"} {
		file, _ := f.Open(name)
		info, _ := file.Stat()
		list = append(list, fs.FileInfoToDirEntry(info))
	}
	return list, nil
}

type emulatedFile struct {
	fs.File
	name string
	read *atomic.Int64
}

type sized struct {
	fs.FileInfo
	size int64
}

func (s sized) Size() int64       { return s.size }
func (s sized) Mode() fs.FileMode { return 0o644 }

func (f *emulatedFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	return sized{info, map[string]int64{"huge": 8 << 40, "large": emulatedSize, "bad": emulatedSize}[f.name]}, err
}

func (f *emulatedFile) ReadAt(p []byte, off int64) (int, error) {
	f.read.Add(int64(len(p)))
	clear(p)
	for i := range p {
		at := off + int64(i)
		switch {
		case f.name == "bad" && at/vft.BlockSize == 4:
			return i, errors.New("damaged")
		case f.name != "huge":
			p[i] = emulatedByte(at)
		case at >= 1<<42 && at < 1<<42+8:
			p[i] = "half way"[at-1<<42]
		}
	}
	return len(p), nil
}

// TestEmulated runs a program that uses emulated files by all calls there are.
func TestEmulated(t *testing.T) {
	for _, kind := range []testguest.Kind{testguest.Dynamic, testguest.I386} {
		for name, aggravate := range map[string]bool{"plain": false, "aggravate": true} {
			t.Run(string(kind)+"/"+name, func(t *testing.T) {
				fsys := newEmulatedFS()
				tree, err := mirror.New(fsys, mirror.Options{Kind: "fs", Source: "test", EmulateFrom: 1 << 20, Aggravate: aggravate})
				if err != nil {
					t.Fatal(err)
				}
				cmd := penumbra.Command(testguest.Path(t, "emulated", kind), "/data", fmt.Sprint(emulatedSize))
				cmd.Notice = func(s string) { t.Log(s) }
				cmd.MountTree("/data", tree, false)
				if out, err := cmd.CombinedOutput(); err != nil || string(out) != "ok\n" {
					t.Errorf("%v: %s", err, out)
				}
				if n := fsys.read.Load(); n > 64<<20 && !aggravate {
					t.Errorf("%d bytes were read", n)
				}
			})
		}
	}
}

// withHuge is a directory, and the file huge.
type withHuge struct {
	mirror.WriteFS
	emulatedFS
}

func (w withHuge) Open(name string) (fs.File, error) {
	if name == "huge" || name == "bad" {
		return w.emulatedFS.Open(name)
	}
	return w.WriteFS.Open(name)
}

func (w withHuge) OpenFile(name string, flag int, perm fs.FileMode) (fs.File, error) {
	if name == "huge" || name == "bad" {
		return w.emulatedFS.Open(name)
	}
	return w.WriteFS.OpenFile(name, flag, perm)
}

func (w withHuge) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(w.WriteFS, name)
	more, _ := w.emulatedFS.ReadDir(name)
	return append(list, more[:2]...), err
}

// TestEmulatedWrites has the same program write, and looks at what came of it.
func TestEmulatedWrites(t *testing.T) {
	for _, kind := range []testguest.Kind{testguest.Dynamic, testguest.I386} {
		for name, aggravate := range map[string]bool{"plain": false, "aggravate": true} {
			t.Run(string(kind)+"/"+name, func(t *testing.T) {
				dir := t.TempDir()
				want := make([]byte, emulatedSize)
				for i := range want {
					want[i] = emulatedByte(int64(i))
				}
				for _, name := range []string{"/large", "/shrink"} {
					if err := os.WriteFile(dir+name, want, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				root, err := os.OpenRoot(dir)
				if err != nil {
					t.Fatal(err)
				}
				defer root.Close()
				tree, err := mirror.New(withHuge{mirror.Root(root), newEmulatedFS()}, mirror.Options{Kind: "fs", Source: dir, Aggravate: aggravate,
					Failed: func(name string, err error) { t.Errorf("%s: %v", name, err) }})
				if err != nil {
					t.Fatal(err)
				}
				cmd := penumbra.Command(testguest.Path(t, "emulated", kind), "/data", fmt.Sprint(emulatedSize), dir)
				cmd.Notice = func(s string) { t.Log(s) }
				cmd.MountTree("/data", tree, false)
				if out, err := cmd.CombinedOutput(); err != nil || string(out) != "ok\n" {
					t.Errorf("%v: %s", err, out)
				}
				shrunk := append(bytes.Clone(want[:3*vft.BlockSize+10]), make([]byte, emulatedSize-3*vft.BlockSize-10)...)
				if got, err := os.ReadFile(dir + "/shrink"); err != nil || !bytes.Equal(got, shrunk) {
					t.Errorf("shrink is not what was left of it: %v", err)
				}
				copy(want[24*vft.BlockSize:], "closed")
				copy(want[20*vft.BlockSize+100:], "middle")
				copy(want[21*vft.BlockSize:], "seek")
				copy(want[23*vft.BlockSize:], "memory")
				copy(want[22*vft.BlockSize+10:], "later")
				if got, err := os.ReadFile(dir + "/large"); err != nil || !bytes.Equal(got, want) {
					t.Errorf("large is not what was written: %v", err)
				}
				cut := append([]byte("aaaaaaaaaa"), make([]byte, 20)...)
				holed := bytes.Clone(cut)
				copy(holed[2:5], []byte{0, 0, 0})
				if got, err := os.ReadFile(dir + "/cut"); err != nil || !bytes.Equal(got, cut) && !bytes.Equal(got, holed) {
					t.Errorf("cut is %q: %v", got, err)
				}
				lines := map[string]bool{}
				log, err := os.ReadFile(dir + "/log")
				for line := range strings.Lines(string(log)) {
					lines[line] = true
				}
				if len(log) != 8*50*5 || len(lines) != 8*50 {
					t.Errorf("log has %d bytes, %d different lines: %v", len(log), len(lines), err)
				}
				if got, err := os.ReadFile(dir + "/once"); string(got) != "left open" {
					t.Errorf("once is %q: %v", got, err)
				}
			})
		}
	}
}

// fullFS keeps nothing that is written to it. Its one name, once made, stays.
type fullFS struct{ dir mirror.WriteFS }

func (f fullFS) Open(name string) (fs.File, error) { return f.dir.Open(name) }

func (f fullFS) OpenFile(name string, flag int, perm fs.FileMode) (fs.File, error) {
	if name != "full" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: abi.EDQUOT}
	}
	file, err := f.dir.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return fullFile{file}, nil
}

func (fullFS) Mkdir(string, fs.FileMode) error { return abi.EDQUOT }
func (fullFS) Remove(string) error             { return abi.EDQUOT }
func (fullFS) Rename(string, string) error     { return abi.EDQUOT }

type fullFile struct{ fs.File }

func (f fullFile) ReadAt(p []byte, off int64) (int, error) {
	return f.File.(io.ReaderAt).ReadAt(p, off)
}
func (fullFile) WriteAt([]byte, int64) (int, error) { return 0, syscall.ENOSPC }
func (fullFile) Truncate(int64) error               { return syscall.ENOSPC }

// TestEmulatedErrors has a program write to what keeps nothing.
func TestEmulatedErrors(t *testing.T) {
	for _, kind := range []testguest.Kind{testguest.Dynamic, testguest.I386} {
		t.Run(string(kind), func(t *testing.T) {
			root, err := os.OpenRoot(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			var notices []string
			cmd := penumbra.Command(testguest.Path(t, "emulated_errors", kind), "/data/full", "/data/other")
			cmd.Notice = func(s string) { notices = append(notices, s) }
			cmd.Mount("/data", fullFS{mirror.Root(root)})
			if out, err := cmd.CombinedOutput(); err != nil || string(out) != "ok\n" {
				t.Errorf("%v: %s", err, out)
			}
			if len(notices) != 1 || !strings.Contains(notices[0], "/data/full") || !strings.Contains(notices[0], "no space") {
				t.Errorf("the user is told %q", notices)
			}
		})
	}
}

// listTree lists all there is below the working directory.
const listTree = `find . -mindepth 1 \( -type d -printf "d %m %U %p\n" -o -type l -printf "l %U %p %l\n" -o -printf "%y %m %U %n %s %T@ %p\n" \) | LC_ALL=C sort
find . -type f -exec cksum {} + | LC_ALL=C sort -k3
`

// TestMountWritableTree has programs work in a file system that can be changed,
// and compares what they see in the end with what is kept.
func TestMountWritableTree(t *testing.T) {
	for name, aggravate := range map[string]bool{"plain": false, "aggravate": true} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			tree := writableTree(t, dir, aggravate)
			from, err := filepath.Abs("view")
			if err != nil {
				t.Fatal(err)
			}
			cmd := penumbra.Command("/bin/sh", "-ec", `
cp -a "$1" copy; mkdir -p a/b/c; mv copy a/b/copy; cd a/b
for f in copy/*.go; do echo "// more" >>"$f"; done
sed -i 's/package view/package other/' copy/*.go
mv copy c; rm -r c/copy/posix; mv c moved; cp -r moved ../again
ln moved/copy/view.go hard; echo "// by another name" >>hard; ln -s hard soft; ln -s nowhere dangling
dd if=/dev/urandom of=large bs=65537 count=20 status=none; dd if=/dev/zero of=large bs=1000 seek=500 count=3 conv=notrunc status=none
truncate -s 700000 large; cat moved/copy/*.go >all; head -c 1000 all >large2; mv large2 all
chmod 600 all; chmod 750 moved; touch -d 2001-02-03T04:05:06 hard; tar -cf moved.tar moved; tar -xf moved.tar -C ..; rm -r moved
mkdir -m 700 private; (umask 077; echo secret >private/file); exec 9>unclosed; echo "$$" >&9; kill -9 $$`, "sh", from)
			cmd.Dir = "/data"
			cmd.MountTree("/data", tree, false)
			list := filepath.Join(t.TempDir(), "list")
			cmd.Args[2] = "sh -ec '" + strings.ReplaceAll(cmd.Args[2], "'", `'\''`) + `' sh "$1" || test $? = 137; ` + listTree
			want, err := os.Create(list)
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stdout, cmd.Stderr = want, os.Stderr
			if err := cmd.Run(); err != nil {
				t.Error(err)
			}
			want.Close()
			inside, err := os.ReadFile(list)
			if err != nil {
				t.Fatal(err)
			}
			outer := exec.Command("/bin/sh", "-ec", listTree)
			outer.Dir = dir
			outside, err := outer.Output()
			if err != nil {
				t.Fatal(err)
			}
			if len(inside) < 2000 {
				t.Errorf("the program saw little: %s", inside)
			}
			for line := range strings.Lines(string(inside)) {
				if !bytes.Contains(outside, []byte(line)) {
					t.Errorf("this was seen, but is not kept: %s", line)
				}
			}
			for line := range strings.Lines(string(outside)) {
				if !bytes.Contains(inside, []byte(line)) {
					t.Errorf("this is kept, but was not seen: %s", line)
				}
			}
		})
	}
}

// slowFS is emulatedFS, but what is read comes when answer is closed.
type slowFS struct {
	emulatedFS
	asked, answer chan struct{}
}

func (f slowFS) Open(name string) (fs.File, error) {
	inner, err := f.emulatedFS.Open(name)
	if file, ok := inner.(*emulatedFile); ok {
		return slowFile{file, f}, nil
	}
	return inner, err
}

type slowFile struct {
	*emulatedFile
	slowFS
}

func (f slowFile) Stat() (fs.FileInfo, error) { return f.emulatedFile.Stat() }

func (f slowFile) ReadAt(p []byte, off int64) (int, error) {
	select {
	case f.asked <- struct{}{}:
	default:
	}
	<-f.answer
	return f.emulatedFile.ReadAt(p, off)
}

// TestEmulatedWaits has signals come while a read waits for content.
func TestEmulatedWaits(t *testing.T) {
	start := func(t *testing.T) (slowFS, *penumbra.Cmd, io.Reader) {
		fsys := slowFS{newEmulatedFS(), make(chan struct{}, 1), make(chan struct{})}
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		cmd := penumbra.Command(testguest.Path(t, "emulated_waits", testguest.Dynamic), "/data/large")
		cmd.Stdout, cmd.Stderr = w, os.Stderr
		cmd.Mount("/data", fsys)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		w.Close()
		return fsys, cmd, r
	}
	t.Run("handled", func(t *testing.T) {
		fsys, cmd, r := start(t)
		out := bufio.NewReader(r)
		if line, err := out.ReadString('\n'); line != "handled\n" {
			t.Errorf("%q %v", line, err)
		}
		close(fsys.answer)
		if line, err := out.ReadString('\n'); line != "ok\n" {
			t.Errorf("%q %v", line, err)
		}
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	t.Run("fatal", func(t *testing.T) {
		fsys, cmd, _ := start(t)
		defer close(fsys.answer)
		<-fsys.asked
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err == nil || err.Error() != "signal: terminated" {
			t.Errorf("%v", err)
		}
	})
}
