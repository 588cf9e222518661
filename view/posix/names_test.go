package posix

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestNames(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{
			mkdir(at("d")), mkdir(at("d")).fails(unix.EEXIST), mkdir(at("d/")).fails(unix.EEXIST), mkdir(at("e/")),
			mkdir(at("x/y")).fails(unix.ENOENT), mkdir(at(".")).fails(unix.EEXIST), mkdir("").fails(unix.ENOENT),
			write(at("f"), "f"), mkdir(at("f/y")).fails(unix.ENOTDIR), mkdir(at("f")).fails(unix.EEXIST),
			open(at("f/"), unix.O_RDONLY).fails(unix.ENOTDIR), open(at("n/"), unix.O_CREAT|unix.O_WRONLY).fails(unix.EISDIR),
			stat(at("n")).fails(unix.ENOENT), stat(at("f/n")).fails(unix.ENOTDIR), stat(at("f/..")).fails(unix.ENOTDIR),
			stat(at("d/../f")), stat(at("d/./../d//../f")), stat(at("d/.")), stat(at("d/")),
			stat(at(strings.Repeat("n", 256))).fails(unix.ENAMETOOLONG), write(at(strings.Repeat("n", 255)), ""),
			unlink(at(strings.Repeat("n", 255))), stat(at(strings.Repeat("d/../", 900)) + "f").fails(unix.ENAMETOOLONG),
			unlink(at("d")).fails(unix.EISDIR), rmdir(at("f")).fails(unix.ENOTDIR), unlink(at("f/")).fails(unix.ENOTDIR),
			write(at("d/x"), ""), rmdir(at("d")).fails(unix.ENOTEMPTY), rmdir(at("d/.")).fails(unix.EINVAL),
			rmdir(at("d/..")).fails(unix.ENOTEMPTY), unlink(at("d/x")), rmdir(at("d/")), rmdir(at("d")).fails(unix.ENOENT),
			{"unlinkat with no such flag", func() error { return unix.Unlinkat(unix.AT_FDCWD, at("e"), 0x2000|unix.AT_REMOVEDIR) }, unix.EINVAL},
			unlink(at("n")).fails(unix.ENOENT), rmdir(at("e")), rename("", at("r")).fails(unix.ENOENT), link("", at("r")).fails(unix.ENOENT),
		})
	})
}

func TestRename(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{
			mkdir(at("a")), mkdir(at("b")), write(at("a/f"), "1"), write(at("g"), "2"),
			rename(at("n"), at("m")).fails(unix.ENOENT), rename(at("g"), at("n/m")).fails(unix.ENOENT),
			rename(at("a"), at("a/sub")).fails(unix.EINVAL), rename(at("a"), at("g")).fails(unix.ENOTDIR),
			rename(at("g"), at("a")).fails(unix.EISDIR), rename(at("b"), at("a")).fails(unix.ENOTEMPTY),
			rename(at("g"), at("h/")).fails(unix.ENOTDIR), rename(at("a"), at("b")), stat(at("b/f")), stat(at("a")).fails(unix.ENOENT),
			rename(at("g"), at("b/f")), rename(at("b/f"), at("b/f")), rename(at("b"), at("c/")), stat(at("c/f")),
		})
		if got := content(t, at("c/f")); got != "2" {
			t.Errorf("content %q", got)
		}
		rename2 := func(flags uint) func() error {
			return func() error { return unix.Renameat2(unix.AT_FDCWD, at("one"), unix.AT_FDCWD, at("two"), flags) }
		}
		run(t, []step{write(at("one"), "1"), write(at("two"), "2"), {"no replace", rename2(unix.RENAME_NOREPLACE), unix.EEXIST}})
		if lacks("exchange") {
			run(t, []step{{"exchange", rename2(unix.RENAME_EXCHANGE), unix.EINVAL}})
			return
		}
		run(t, []step{{"exchange", rename2(unix.RENAME_EXCHANGE), nil}})
		if content(t, at("one")) != "2" || content(t, at("two")) != "1" {
			t.Error("not exchanged")
		}
	})
}

func TestLinks(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{
			write(at("f"), "text"), mkdir(at("d")), link(at("f"), at("d/g")), link(at("f"), at("f")).fails(unix.EEXIST),
			link(at("d"), at("e")).fails(unix.EPERM), link(at("n"), at("e")).fails(unix.ENOENT),
			link(at("f"), at("n/e")).fails(unix.ENOENT),
		})
		one, other := statOf(t, at("f")), statOf(t, at("d/g"))
		if one.Ino != other.Ino || one.Dev != other.Dev || one.Nlink != 2 {
			t.Errorf("two names, two files: %+v %+v", one, other)
		}
		run(t, []step{unlink(at("f")), stat(at("d/g"))})
		if got := statOf(t, at("d/g")).Nlink; got != 1 {
			t.Errorf("%d links left", got)
		}
	})
}

func TestSymlinks(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{
			mkdir(at("d")), write(at("d/f"), "text"), symlink("d/f", at("l")), symlink("d", at("ld")), symlink("n", at("ln")),
			symlink("loop", at("loop")), symlink("../l", at("d/up")), symlink(at("d")+"/", at("abs")), symlink("x", at("l")).fails(unix.EEXIST),
			symlink("", at("empty")).fails(unix.ENOENT),
			stat(at("l")), stat(at("ld/f")), stat(at("ld/up")), stat(at("ln")).fails(unix.ENOENT), lstat(at("ln")),
			stat(at("loop")).fails(unix.ELOOP), stat(at("loop/x")).fails(unix.ELOOP), lstat(at("loop")),
			open(at("l"), unix.O_NOFOLLOW).fails(unix.ELOOP), open(at("ld"), unix.O_NOFOLLOW|unix.O_DIRECTORY).fails(unix.ENOTDIR),
			open(at("ln"), unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY).fails(unix.EEXIST), open(at("ln"), unix.O_CREAT|unix.O_WRONLY), stat(at("n")),
			stat(at("l/")).fails(unix.ENOTDIR), rmdir(at("ld")).fails(unix.ENOTDIR), rmdir(at("ld/")).fails(unix.ENOTDIR),
			unlink(at("ld/")).fails(unix.ENOTDIR), mkdir(at("ld")).fails(unix.EEXIST), mkdir(at("ld/new")), rmdir(at("d/new")),
			rename(at("l"), at("l2")), stat(at("l2")), link(at("l2"), at("l3")), unlink(at("d/f")), stat(at("l2")).fails(unix.ENOENT),
		})
		if st := statOf(t, at("l3")); st.Mode&unix.S_IFMT != unix.S_IFLNK || st.Size != 3 {
			t.Errorf("a link to a link: %+v", st)
		}
		if st := statOf(t, at("ld/")); st.Mode&unix.S_IFMT != unix.S_IFDIR {
			t.Error("lstat with a slash does not follow")
		}
		for name, want := range map[string]string{"l2": "d/f", "d/up": "../l", "abs": at("d") + "/"} {
			if text, err := os.Readlink(at(name)); text != want || err != nil {
				t.Errorf("readlink %s: %q %v", name, text, err)
			}
		}
		run(t, []step{{"readlink of a file", func() error { _, err := unix.Readlink(at("n"), make([]byte, 9)); return err }, unix.EINVAL}})
		small := make([]byte, 2)
		if n, err := unix.Readlink(at("l2"), small); n != 2 || err != nil || string(small) != "d/" {
			t.Errorf("readlink cut: %q %d %v", small, n, err)
		}
		// As many links as may be, and one more.
		run(t, []step{write(at("c0"), "")})
		for i := 1; i <= 41; i++ {
			run(t, []step{symlink("c"+itoa(i-1), at("c"+itoa(i)))})
		}
		run(t, []step{stat(at("c40")), stat(at("c41")).fails(unix.ELOOP)})
	})
}

// From a directory so deep that no path leads there, ".." leads up all the same.
func TestDeepDirectory(t *testing.T) {
	dir := enterDir(t)
	run(t, []step{write("f", "text")})
	const depth = 20
	for range depth {
		name := strings.Repeat("n", 250)
		err := unix.Mkdir(name, 0o755)
		if err == unix.ENAMETOOLONG {
			t.Skip("the file system makes directories by their whole path")
		}
		check(t, err)
		run(t, []step{{"chdir", func() error { return unix.Chdir(name) }, nil}})
	}
	up := strings.Repeat("../", depth)
	toRoot := up + strings.Repeat("../", strings.Count(dir, "/"))
	fd := must[int](t)(unix.Open(".", unix.O_RDONLY|unix.O_CLOEXEC, 0))
	defer unix.Close(fd)
	run(t, []step{
		{"getcwd", func() error { _, err := unix.Getcwd(make([]byte, 2*unix.PathMax)); return err }, unix.ENAMETOOLONG},
		write("here", ""), stat("here"), stat("../" + strings.Repeat("n", 250) + "/./here"), stat("../here").fails(unix.ENOENT),
		stat(up + "f"), stat("./" + up + "../" + filepath.Base(dir) + "/f"), stat(toRoot + dir[1:] + "/f"),
		{"from a descriptor", func() error { return unix.Fstatat(fd, toRoot+dir[1:]+"/f", new(unix.Stat_t), 0) }, nil},
		{"chdir", func() error { return unix.Chdir(toRoot + "." + dir) }, nil},
		stat("f"),
	})
}

func TestDirectoryDescriptors(t *testing.T) {
	dir := enterDir(t)
	run(t, []step{mkdir("d"), mkdir("d/e"), write("d/f", "text")})
	const flags = unix.O_DIRECTORY | unix.O_CLOEXEC
	for name, open := range map[string]func() (int, error){
		"plain": func() (int, error) { return unix.Open("d", flags, 0) },
		"path":  func() (int, error) { return unix.Open("d", flags|unix.O_PATH, 0) },
		"how": func() (int, error) {
			return unix.Openat2(unix.AT_FDCWD, dir+"/d", &unix.OpenHow{Flags: flags | unix.O_PATH, Resolve: unix.RESOLVE_NO_MAGICLINKS})
		},
	} {
		t.Run(name, func(t *testing.T) {
			fd := must[int](t)(open())
			defer unix.Close(fd)
			var st unix.Stat_t
			run(t, []step{
				{"f", func() error { return unix.Fstatat(fd, "f", &st, 0) }, nil},
				{"e/../f", func() error { return unix.Fstatat(fd, "e/../f", &st, 0) }, nil},
				{"up", func() error { return unix.Fstatat(fd, "../d/f", &st, 0) }, nil},
				{"absolute", func() error { return unix.Fstatat(fd, dir+"/d/f", &st, 0) }, nil},
				{"itself", func() error { return unix.Fstatat(fd, "", &st, unix.AT_EMPTY_PATH) }, nil},
				{"missing", func() error { return unix.Fstatat(fd, "n", &st, 0) }, unix.ENOENT},
				{"empty", func() error { return unix.Fstatat(fd, "", &st, 0) }, unix.ENOENT},
				{"bad", func() error { return unix.Fstatat(999, "f", &st, 0) }, unix.EBADF},
				{"mkdirat", func() error { return unix.Mkdirat(fd, name, 0o755) }, nil},
				{"symlinkat", func() error { return unix.Symlinkat("f", fd, name+"l") }, nil},
				{"linkat", func() error { return unix.Linkat(fd, "f", fd, name+"h", 0) }, nil},
				{"renameat", func() error { return unix.Renameat(fd, name+"h", unix.AT_FDCWD, name+"moved") }, nil},
				{"unlinkat", func() error { return unix.Unlinkat(fd, name+"l", 0) }, nil},
				{"unlinkat dir", func() error { return unix.Unlinkat(fd, name, unix.AT_REMOVEDIR) }, nil},
				{"faccessat", func() error { return unix.Faccessat(fd, "f", unix.R_OK, 0) }, nil},
				stat(name + "moved"), stat("d/" + name).fails(unix.ENOENT),
			})
			check(t, unix.Fchdir(fd))
			if wd, err := unix.Getwd(); wd != dir+"/d" || err != nil {
				t.Errorf("in %q, %v", wd, err)
			}
			run(t, []step{stat("f"), stat("../d/f")})
			check(t, unix.Chdir(".."))
			if wd, err := unix.Getwd(); wd != dir || err != nil {
				t.Errorf("above in %q, %v", wd, err)
			}
			how := func(resolve uint64) unix.OpenHow {
				return unix.OpenHow{Flags: unix.O_RDONLY | unix.O_CLOEXEC, Resolve: resolve}
			}
			open2 := func(path string, resolve uint64) func() error {
				return func() error {
					h := how(resolve)
					got, err := unix.Openat2(fd, path, &h)
					for err == unix.EAGAIN { // others rename and mount: try again, says openat2(2)
						got, err = unix.Openat2(fd, path, &h)
					}
					if err == nil {
						unix.Close(got)
					}
					return err
				}
			}
			run(t, []step{
				{"beneath", open2("e/../f", unix.RESOLVE_BENEATH), nil},
				{"not beneath", open2("../d/f", unix.RESOLVE_BENEATH), unix.EXDEV},
				{"absolute not beneath", open2(dir+"/d/f", unix.RESOLVE_BENEATH), unix.EXDEV},
				{"in root", open2("/../f", unix.RESOLVE_IN_ROOT), nil},
				{"no links", open2("f", unix.RESOLVE_NO_SYMLINKS), nil},
				{"one file system", open2("f", unix.RESOLVE_NO_XDEV), nil},
			})
		})
	}
	fd := must[int](t)(unix.Open("d/f", unix.O_RDONLY|unix.O_CLOEXEC, 0))
	defer unix.Close(fd)
	run(t, []step{{"a file's", func() error { return unix.Fstatat(fd, "x", new(unix.Stat_t), 0) }, unix.ENOTDIR}})
}

// What openat2 is asked for has to make sense before its path does.
func TestOpenHow(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		open2 := func(flags, mode, resolve uint64) func() error {
			return func() error {
				fd, err := unix.Openat2(unix.AT_FDCWD, at("f"), &unix.OpenHow{Flags: flags | unix.O_CLOEXEC, Mode: mode, Resolve: resolve})
				if err == nil {
					unix.Close(fd)
				}
				return err
			}
		}
		run(t, []step{
			{"no such file", open2(unix.O_RDONLY, 0, 0), unix.ENOENT},
			{"flags of nothing", open2(1<<40, 0, 0), unix.EINVAL},
			{"a mode of nothing", open2(unix.O_RDONLY, 0o600, 0), unix.EINVAL},
			{"a mode too large", open2(unix.O_CREAT|unix.O_RDWR, 1<<20, 0), unix.EINVAL},
			{"an unknown way", open2(unix.O_RDONLY, 0, 1<<40), unix.EINVAL},
			{"two roots", open2(unix.O_RDONLY, 0, unix.RESOLVE_BENEATH|unix.RESOLVE_IN_ROOT), unix.EINVAL},
			{"no such file, as a path", open2(unix.O_PATH, 0, 0), unix.ENOENT},
			stat(at("f")).fails(unix.ENOENT),
			{"make", open2(unix.O_CREAT|unix.O_RDWR, 0o600, 0), nil},
			stat(at("f")),
			{"as a path", open2(unix.O_PATH, 0, 0), nil},
			{"as the path of a directory", open2(unix.O_PATH|unix.O_DIRECTORY, 0, 0), unix.ENOTDIR},
			{"as a path, and flags of nothing", open2(unix.O_PATH|unix.O_APPEND, 0, 0), unix.EINVAL},
		})
	})
}

// A directory that may not be searched hides what is behind it, also where the
// way leads out of it again.
func TestSearchPermission(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{
			mkdir(at("d")), write(at("d/f"), ""), mkdir(at("d/e")), symlink("d/f", at("l")), symlink("d/../x", at("out")), write(at("x"), ""),
			{"chmod", func() error { return unix.Chmod(at("d"), 0) }, nil},
		})
		defer func() { check(t, unix.Chmod(at("d"), 0o700)) }()
		if os.Geteuid() == 0 {
			const nobody = 65534
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			_, _ = unix.SetfsuidRetUid(nobody)
			defer func() { _, _ = unix.SetfsuidRetUid(0) }()
		}
		for _, name := range []string{"d/f", "d/f/x", "d/n/x", "d/e/x", "d/../x", "d/.", "l", "l/x", "out"} {
			run(t, []step{stat(at(name)).fails(unix.EACCES), open(at(name), unix.O_RDONLY).fails(unix.EACCES)})
		}
		run(t, []step{
			{"readlink", func() error { _, err := unix.Readlink(at("d/l"), make([]byte, 9)); return err }, unix.EACCES},
			{"chdir", func() error { return unix.Chdir(at("d/e")) }, unix.EACCES},
			mkdir(at("d/n")).fails(unix.EACCES), rename(at("d/f"), at("d/g")).fails(unix.EACCES),
		})
	})
}

func TestWorkingDirectory(t *testing.T) {
	dir := enterDir(t)
	run(t, []step{
		mkdir("d"), mkdir("d/e"), symlink("d/e", "l"), write("f", ""),
		{"chdir to a file", func() error { return unix.Chdir("f") }, unix.ENOTDIR},
		{"chdir to nothing", func() error { return unix.Chdir("n") }, unix.ENOENT},
		{"chdir by a link", func() error { return unix.Chdir("l") }, nil},
	})
	if wd, err := unix.Getwd(); wd != dir+"/d/e" || err != nil {
		t.Errorf("in %q, %v", wd, err)
	}
	if link, err := os.Readlink("/proc/self/cwd"); link != dir+"/d/e" || err != nil {
		t.Errorf("cwd leads to %q, %v", link, err)
	}
	small := make([]byte, 3)
	run(t, []step{{"getcwd into little", func() error { _, err := unix.Getcwd(small); return err }, unix.ERANGE}})
	// The name of a working directory follows it.
	run(t, []step{rename(dir+"/d", dir+"/moved")})
	if wd, err := unix.Getwd(); wd != dir+"/moved/e" || err != nil {
		t.Errorf("after a rename in %q, %v", wd, err)
	}
	run(t, []step{write("x", ""), stat(dir + "/moved/e/x"), unlink("x"), rmdir(dir + "/moved/e")})
	run(t, []step{{"getcwd of nowhere", func() error { _, err := unix.Getcwd(make([]byte, 4096)); return err }, unix.ENOENT},
		open("x", unix.O_CREAT|unix.O_WRONLY).fails(unix.ENOENT), {"back", func() error { return unix.Chdir(dir) }, nil}})
	// Out of the directory and in again, in every way.
	for _, path := range []string{"../" + base(dir), "/../.." + dir, "./moved/..", dir + "/moved/../."} {
		check(t, unix.Chdir(path))
		if wd, err := unix.Getwd(); wd != dir || err != nil {
			t.Errorf("by %s in %q, %v", path, wd, err)
		}
	}
	check(t, unix.Chdir(".."))
	if wd, err := unix.Getwd(); wd != parent(dir) || err != nil {
		t.Errorf("above in %q, %v", wd, err)
	}
	run(t, []step{stat(base(dir) + "/f")})
}

func TestListing(t *testing.T) {
	both(t, func(t *testing.T, at func(string) string) {
		run(t, []step{mkdir(at("d"))})
		const many = 1000
		for i := range many {
			run(t, []step{write(at("d/"+itoa(i)), "")})
		}
		entries := must[[]os.DirEntry](t)(os.ReadDir(at("d")))
		seen := map[string]bool{}
		for _, e := range entries {
			seen[e.Name()] = true
			if !e.Type().IsRegular() {
				t.Errorf("%s is %v", e.Name(), e.Type())
			}
		}
		if len(entries) != many || len(seen) != many {
			t.Errorf("%d entries of %d names", len(entries), len(seen))
		}
		f := must[*os.File](t)(os.Open(at("d")))
		defer f.Close()
		first := must[[]string](t)(f.Readdirnames(10))
		_ = must[int64](t)(f.Seek(0, 0))
		again := must[[]string](t)(f.Readdirnames(-1))
		if len(again) != many || again[0] != first[0] {
			t.Errorf("after rewinding %d entries", len(again))
		}
	})
}
