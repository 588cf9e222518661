package namespace

import (
	"strings"
	"testing"

	"penumbra/abi"
)

// tree is a world in memory: by place, "/" for a directory, "-" for a file,
// "=place" for a jump, "?" for what only the kernel can follow, and otherwise
// the text of a link.
type tree map[string]string

func (tr tree) look(place string) (Entry, abi.Errno) {
	text, ok := tr[place]
	switch {
	case place == "/" || text == "/":
		return Entry{Kind: Directory}, 0
	case !ok:
		return Entry{}, 0
	case text == "-":
		return Entry{Kind: Other}, 0
	case text == "?":
		return Entry{Kind: Foreign}, 0
	case text == "!":
		return Entry{}, abi.EACCES
	case strings.HasPrefix(text, "="):
		return Entry{Kind: Jump, Link: text[1:]}, 0
	}
	return Entry{Kind: Symlink, Link: text}, 0
}

func TestWalk(t *testing.T) {
	world := tree{
		"/home": "/", "/home/file": "-", "/home/out": "/data/sub", "/home/up": "..", "/home/nowhere": "gone",
		"/data": "/", "/data/sub": "/", "/data/sub/file": "-", "/data/back": "/home", "/data/loop": "loop",
		"/proc": "/", "/proc/cwd": "=/data/sub", "/proc/fd": "?", "/secret": "!",
	}
	var table Table
	table.Add(&Mount{Target: "/data"})
	tests := []struct {
		dir, path string
		o         Options
		place     string
		kind      Kind
		apart     bool
		e         abi.Errno
	}{
		{"/home", "file", Options{}, "/home/file", Other, false, 0},
		{"/home", "/home//./file", Options{}, "/home/file", Other, false, 0},
		{"/home", "out", Options{}, "/home/out", Symlink, false, 0},
		{"/home", "out", Options{Follow: true}, "/data/sub", Directory, true, 0},
		{"/home", "out/", Options{}, "/data/sub", Directory, true, 0},
		{"/home", "out/file", Options{}, "/data/sub/file", Other, true, 0},
		{"/home", "up/data/back/file", Options{}, "/home/file", Other, true, 0},
		{"/data/sub", "../sub/file", Options{}, "/data/sub/file", Other, false, 0},
		{"/data/sub", "../../home/file", Options{}, "/home/file", Other, true, 0},
		{"/data", "..", Options{}, "/", Directory, true, 0},
		{"/", "../..", Options{}, "/", Directory, false, 0},
		{"/home", "new", Options{}, "/home/new", Missing, false, 0},
		{"/home", "new/", Options{}, "/home/new", Missing, false, 0},
		{"/home", "nowhere", Options{Follow: true}, "/home/gone", Missing, false, 0},
		{"/home", "new/er", Options{}, "/home/new", Missing, false, abi.ENOENT},
		{"/home", "file/er", Options{}, "/home/file", Other, false, abi.ENOTDIR},
		{"/home", "file/", Options{}, "/home/file", Other, false, abi.ENOTDIR},
		{"/home", "file/..", Options{}, "/home/file", Other, false, abi.ENOTDIR},
		{"/home", "", Options{}, "", Missing, false, abi.ENOENT},
		{"/data", "loop", Options{Follow: true}, "/data", Directory, false, abi.ELOOP},
		{"/home", strings.Repeat("x", 256), Options{}, "/home", Directory, false, abi.ENAMETOOLONG},
		{"/home", strings.Repeat("/", 4096), Options{}, "", Missing, false, abi.ENAMETOOLONG},
		{"/", "secret/x", Options{}, "/", Directory, false, abi.EACCES},
		{"/", "proc/cwd", Options{}, "/proc/cwd", Symlink, false, 0},
		{"/", "proc/cwd/file", Options{}, "/data/sub/file", Other, false, 0},
		{"/", "proc/cwd", Options{Follow: true, NoMagicLinks: true}, "/proc", Directory, false, abi.ELOOP},
		{"/", "proc/fd", Options{Follow: true}, "/proc/fd", Foreign, false, 0},
		{"/", "proc/fd/whatever/..", Options{Follow: true}, "/proc/fd", Foreign, false, 0},
		{"/home", "out/file", Options{Beneath: true}, "/home", Directory, false, abi.EXDEV},
		{"/home", "../home", Options{Beneath: true}, "/home", Directory, false, abi.EXDEV},
		{"/", "data/sub", Options{NoCrossing: true}, "/", Directory, false, abi.EXDEV},
	}
	for _, tt := range tests {
		found, e := table.Walk(world.look, Start{Dir: tt.dir, Root: "/"}, tt.path, tt.o)
		if found.Place != tt.place || found.Kind != tt.kind || found.Apart != tt.apart || e != tt.e {
			t.Errorf("%.40q from %s %+v: %+v %v", tt.path, tt.dir, tt.o, found, e)
		}
	}
	found, e := table.Walk(world.look, Start{Dir: "/home", Root: "/data"}, "/../back/sub/file", Options{})
	// back leads to /home of that root, which is missing.
	if found.Place != "/data/home" || e != abi.ENOENT {
		t.Errorf("in a changed root: %+v %v", found, e)
	}
}

// FuzzWalk sees that a walk ends, at a canonical place below its root.
func FuzzWalk(f *testing.F) {
	f.Add("a/../b//c/", "/a", "b", "/", "../a", uint8(1))
	f.Add("/x/y", "/", "/x", "y/.", "/", uint8(0))
	f.Fuzz(func(t *testing.T, path, one, first, two, second string, bits uint8) {
		first, second = strings.TrimLeft(first, "="), strings.TrimLeft(second, "=")
		world := tree{"/m": "/", "/m/j": "=/m/d", "/m/" + one: first, "/" + two: second, "/m/d": "/", "/d": "/m"}
		var table Table
		table.Add(&Mount{Target: "/m"})
		o := Options{Follow: bits&1 != 0, NoSymlinks: bits&2 != 0, Beneath: bits&4 != 0, NoCrossing: bits&8 != 0}
		found, e := table.Walk(world.look, Start{Dir: "/m/d", Root: "/m"}, path, o)
		if e == 0 && found.Place != "/m" && (!Below("/m", found.Place) || !IsPlain(found.Place)) {
			t.Errorf("%q leads to %+v", path, found)
		}
	})
}

// A place where the host is seen is reached as the kernel reaches it, by those paths
// that spell it.
func TestWalkToHost(t *testing.T) {
	var table Table
	table.Add(&Mount{Target: "/"})
	table.Add(&Mount{Target: "/proc", Host: true})
	world := tree{"/": "/", "/proc": "/", "/proc/1": "/", "/usr": "/", "/usr/link": "/proc", "/usr/up": "/"}
	for path, apart := range map[string]bool{
		"/proc": false, "/proc/1": false, "//proc/./1/": false,
		"/usr": true, "/usr/link": true, "/usr/link/1": true, "/usr/../proc": true, "/proc/..": true, "/proc/../usr/up": true,
	} {
		found, e := table.Walk(world.look, Start{Dir: "/usr", Root: "/"}, path, Options{Follow: true})
		if e != 0 || found.Apart != apart {
			t.Errorf("%s: %+v, errno %d, want apart %v", path, found, e, apart)
		}
		if m, _ := table.Find(found.Place); m == nil || m.Host != Below("/proc", found.Place) {
			t.Errorf("%s: %s is the mount's: %+v", path, found.Place, m)
		}
	}
}
