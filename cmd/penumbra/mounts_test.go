package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func TestMountFlags(t *testing.T) {
	spec := func(change func(*mountSpec)) mountSpec {
		s := mountSpec{mode: tmpfsMode, limit: archiveLimit}
		change(&s)
		return s
	}
	tests := []struct {
		flag, value string
		want        mountSpec
		wrong       string // part of the complaint
	}{
		{"mount", "type=bind,source=/a,target=/b,ro", spec(func(s *mountSpec) { s.kind, s.source, s.target, s.readOnly = "bind", "/a", "/b", true }), ""},
		{"mount", "target=/b,type=tmpfs,mode=0755", spec(func(s *mountSpec) { s.kind, s.target, s.mode = "tmpfs", "/b", 0o755 }), ""},
		{"mount", "type=zip,source=a=b.zip,target=/b,limit=2G", spec(func(s *mountSpec) { s.kind, s.source, s.target, s.limit = "zip", "a=b.zip", "/b", 2<<30 }), ""},
		{"v", "a:/b", mountSpec{kind: "bind", source: "a", target: "/b"}, ""},
		{"v", "/a:/b:ro", mountSpec{kind: "bind", source: "/a", target: "/b", readOnly: true}, ""},
		{"v", "/a:/b:rw", mountSpec{kind: "bind", source: "/a", target: "/b"}, ""},
		{"mount", "", mountSpec{}, "unknown option"},
		{"mount", "type=bind,source=/a", mountSpec{}, "no target"},
		{"mount", "source=/a,target=/b", mountSpec{}, "no type"},
		{"mount", "type=bind,target=/b", mountSpec{}, "needs a source"},
		{"mount", "type=bin,source=/a,target=/b", mountSpec{}, "did you mean bind"},
		{"mount", "type=nfs,source=/a,target=/b", mountSpec{}, "unknown type"},
		{"mount", "type=bind,sorce=/a,target=/b", mountSpec{}, "did you mean source"},
		{"mount", "type=bind,source=,target=/b", mountSpec{}, "source needs a value"},
		{"mount", "type=bind,source=/a,target=b", mountSpec{}, "no absolute path"},
		{"mount", "type=tmpfs,source=/a,target=/b", mountSpec{}, "no source"},
		{"mount", "type=tmpfs,target=/b,mode=999", mountSpec{}, "octal"},
		{"mount", "type=bind,source=/a,target=/b,mode=0755", mountSpec{}, "mode is for tmpfs"},
		{"mount", "type=tmpfs,target=/b,limit=1G", mountSpec{}, "limit is for"},
		{"mount", "type=zip,source=/a,target=/b,limit=1GG", mountSpec{}, "number of bytes"},
		{"mount", "type=zip,source=/a,target=/b,limit=-1", mountSpec{}, "number of bytes"},
		{"mount", "type=zip,source=/a,target=/b,limit=9999999T", mountSpec{}, "number of bytes"},
		{"mount", "type=bind,source=/a,target=/b,ro=1", mountSpec{}, "takes no value"},
		{"v", "/a", mountSpec{}, "SOURCE:TARGET"},
		{"v", "/a:/b:rx", mountSpec{}, "SOURCE:TARGET"},
		{"v", ":/b", mountSpec{}, "SOURCE:TARGET"},
		{"v", "/a:b", mountSpec{}, "no absolute path"},
	}
	for _, tt := range tests {
		t.Run(tt.flag+" "+tt.value, func(t *testing.T) {
			var list []mountSpec
			err := mountFlag{&list}.Set(tt.value)
			if tt.flag == "v" {
				list = nil
				err = volumeFlag{&list}.Set(tt.value)
			}
			if tt.wrong != "" {
				if _, ok := errors.AsType[valueError](err); !ok || !strings.Contains(err.Error(), tt.wrong) {
					t.Errorf("%v, want it to say %q", err, tt.wrong)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(list, []mountSpec{tt.want}) {
				t.Errorf("%+v %v", list, err)
			}
		})
	}
}

// posixTest builds the POSIX suite, once for each machine.
func posixTest(t *testing.T, goarch string) string {
	t.Helper()
	build, _ := posixTests.LoadOrStore(goarch, sync.OnceValues(func() (string, error) {
		path := filepath.Join(buildDir, "posix-"+goarch)
		cmd := exec.Command("go", "test", "-c", "-o", path, "penumbra/view/posix")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH="+goarch)
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w\n%s", cmd, err, out)
		}
		return path, os.Chmod(path, 0o755)
	}))
	path, err := build.(func() (string, error))()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var posixTests sync.Map

// TestPOSIX runs the POSIX suite as a guest in a directory of each kind of
// mount, where it has to find what it finds natively.
func TestPOSIX(t *testing.T) {
	const nobody = 65534
	openDir := func(t *testing.T) string {
		dir, err := os.MkdirTemp("/var/tmp", "penumbra")
		source := filepath.Join(dir, "source")
		if err = errors.Join(err, os.Mkdir(source, 0o777), os.Chmod(source, 0o777), os.Chmod(dir, 0o777)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		return dir
	}
	mounts := []struct {
		name  string
		flags func(source string) []string
		dir   string
	}{
		{"bind", func(s string) []string { return []string{"-v", s + ":/penumbra-test"} }, "/penumbra-test"},
		{"deep", func(s string) []string { return []string{"-v", s + ":/penumbra-test/a/b"} }, "/penumbra-test/a/b"},
		{"itself", func(s string) []string { return []string{"-v", s + ":" + s} }, ""},
		{"within", func(s string) []string { return []string{"-v", s + "/source:" + s} }, ""},
		{"tmpfs", func(string) []string { return []string{"--mount=type=tmpfs,target=/penumbra-test"} }, "/penumbra-test"},
		{"over", func(string) []string { return []string{"--mount=type=tmpfs,target=/srv"} }, "/srv"},
		{"nested", func(s string) []string {
			return []string{"--mount=type=tmpfs,target=/penumbra-test", "-v", s + ":/penumbra-test/in", "--mount=type=tmpfs,target=/penumbra-test/in/deeper"}
		}, "/penumbra-test/in"},
	}
	for _, user := range []string{"root", "nobody"} {
		if user == "root" && os.Geteuid() != 0 {
			continue
		}
		for _, goarch := range []string{"amd64", "386"} {
			for _, m := range mounts {
				t.Run(user+"/"+goarch+"/"+m.name, func(t *testing.T) {
					suite, source, dir := posixTest(t, goarch), openDir(t), m.dir
					if dir == "" {
						dir = source
					}
					argv := append(append([]string{penumbraAt(t), "run"}, m.flags(source)...), "--", suite, "-dir", dir)
					got := run(t, argv, func(cmd *exec.Cmd) {
						cmd.Dir = "/"
						if user == "nobody" && os.Geteuid() == 0 {
							cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
						}
					})
					if got.status != "exit status 0" || got.stderr != "" {
						t.Error(got)
					}
				})
			}
		}
	}
}
