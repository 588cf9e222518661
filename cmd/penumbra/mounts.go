package main

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"penumbra/module"
	"penumbra/module/archive"
	"penumbra/module/bind"
	"penumbra/module/mem"
	"penumbra/module/mirror"
	"penumbra/view"
)

// A mountSpec is what one --mount, --volume or -v asks for.
type mountSpec struct {
	kind, source, target string
	readOnly             bool
	mode                 uint32
	limit                int64
	aggravate            bool // for tests, see package vft
}

// mountKinds lists the types of mounts.
var mountKinds = []string{"bind", "tmpfs", "zip", "tar"}

// Defaults of a tmpfs's mode, as the kernel's, and of an archive's limit.
const (
	tmpfsMode    = 0o1777
	archiveLimit = 8 << 30
	// archiveEmulateFrom is the size of a file that takes longer to copy from
	// an archive than anyone likes to wait. With such a file all reads of the
	// guest are asked about.
	archiveEmulateFrom = 256 << 20
)

// mountFlag collects the values of --mount.
type mountFlag struct{ list *[]mountSpec }

func (f mountFlag) String() string { return "" }

func (f mountFlag) Set(value string) error {
	spec := mountSpec{mode: tmpfsMode, limit: archiveLimit}
	given := map[string]bool{}
	for option := range strings.SplitSeq(value, ",") {
		name, text, hasValue := strings.Cut(option, "=")
		if err := spec.set(name, text, hasValue); err != nil {
			return err
		}
		given[name] = true
	}
	if err := spec.check(given); err != nil {
		return err
	}
	*f.list = append(*f.list, spec)
	return nil
}

var mountOptions = []string{"type", "source", "target", "ro", "mode", "limit"}

func (s *mountSpec) set(name, value string, hasValue bool) error {
	if name == "ro" {
		if hasValue {
			return valueError("ro takes no value")
		}
		s.readOnly = true
		return nil
	}
	if !slices.Contains(mountOptions, name) {
		if near := nearest(name, mountOptions); near != "" {
			return valueError(fmt.Sprintf("unknown option %q (did you mean %s?)", name, near))
		}
		return valueError(fmt.Sprintf("unknown option %q; there are %s", name, strings.Join(mountOptions, ", ")))
	}
	if value == "" {
		return valueError(name + " needs a value, as in " + name + "=" + map[string]string{
			"type": "bind", "source": "/srv/data", "target": "/data", "mode": "0755", "limit": "8G"}[name])
	}
	var err error
	switch name {
	case "type":
		s.kind = value
	case "source":
		s.source = value
	case "target":
		s.target = value
	case "mode":
		var mode uint64
		if mode, err = strconv.ParseUint(value, 8, 32); err != nil || mode > 0o1777 {
			return valueError(fmt.Sprintf("mode %q is not an octal number up to 1777", value))
		}
		s.mode = uint32(mode)
	case "limit":
		if s.limit, err = parseSize(value); err != nil {
			err = valueError("limit " + err.Error())
		}
	}
	return err
}

// parseSize reads a number of bytes, which may end in K, M, G or T.
func parseSize(text string) (int64, error) {
	digits := strings.TrimRight(text, "KMGT")
	n, err := strconv.ParseInt(digits, 10, 64)
	shift := 0
	if unit := strings.TrimPrefix(text, digits); len(unit) == 1 {
		shift = 10 * (1 + strings.Index("KMGT", unit))
	} else if unit != "" {
		err = errors.New("two units")
	}
	if err != nil || n <= 0 || n > 1<<62>>shift {
		return 0, valueError(fmt.Sprintf("%q is not a number of bytes, such as 500M or 8G", text))
	}
	return n << shift, nil
}

func (s *mountSpec) check(given map[string]bool) error {
	switch {
	case s.kind == "":
		return valueError("it has no type, as in type=bind")
	case !slices.Contains(mountKinds, s.kind):
		if near := nearest(s.kind, mountKinds); near != "" {
			return valueError(fmt.Sprintf("unknown type %q (did you mean %s?)", s.kind, near))
		}
		return valueError(fmt.Sprintf("unknown type %q; there are %s", s.kind, strings.Join(mountKinds, ", ")))
	case s.target == "":
		return valueError("it has no target, as in target=/data")
	case s.kind == "tmpfs" && s.source != "":
		return valueError("a tmpfs has no source")
	case s.kind != "tmpfs" && s.source == "":
		return valueError(fmt.Sprintf("a %s needs a source, as in source=/srv/data", s.kind))
	case given["mode"] && s.kind != "tmpfs":
		return valueError("mode is for tmpfs")
	case given["limit"] && s.kind != "zip" && s.kind != "tar":
		return valueError("limit is for zip and tar")
	}
	return checkTarget(s.target)
}

func checkTarget(target string) error {
	if !filepath.IsAbs(target) {
		return valueError(fmt.Sprintf("target %q is no absolute path", target))
	}
	return nil
}

// volumeFlag collects the values of -v and --volume.
type volumeFlag struct{ list *[]mountSpec }

func (f volumeFlag) String() string { return "" }

func (f volumeFlag) Set(value string) error {
	parts := strings.Split(value, ":")
	spec := mountSpec{kind: "bind"}
	if len(parts) == 3 && (parts[2] == "ro" || parts[2] == "rw") {
		spec.readOnly = parts[2] == "ro"
		parts = parts[:2]
	}
	if len(parts) != 2 || parts[0] == "" || parts[1] == "" {
		return valueError("it is SOURCE:TARGET or SOURCE:TARGET:ro (where a path has a colon, use --mount)")
	}
	spec.source, spec.target = parts[0], parts[1]
	if err := checkTarget(spec.target); err != nil {
		return err
	}
	*f.list = append(*f.list, spec)
	return nil
}

// tree opens what a mount shows.
func (s *mountSpec) tree() (module.Tree, error) {
	switch s.kind {
	case "tmpfs":
		return mem.New(s.mode)
	case "zip", "tar":
		open := func() (*archive.FS, error) { return archive.OpenZip(s.source) }
		if s.kind == "tar" {
			open = func() (*archive.FS, error) { return archive.OpenTar(s.source, s.limit) }
		}
		content, err := open()
		if err != nil {
			return nil, err
		}
		tree, err := mirror.New(content, mirror.Options{Kind: s.kind, Source: s.source, Limit: s.limit, Close: content.Close,
			EmulateFrom: archiveEmulateFrom, Aggravate: s.aggravate})
		if err != nil {
			return nil, errors.Join(err, content.Close())
		}
		return tree, nil
	}
	return bind.New(s.source)
}

// defineMounts gives fs the flags that set list.
func defineMounts(fs *flag.FlagSet, list *[]mountSpec) {
	fs.Var(mountFlag{list}, "mount",
		"have the command see something at another place:\n"+
			"type=bind,source=S,target=T[,ro] shows S at T;\n"+
			"type=tmpfs,target=T[,mode=M] an empty directory;\n"+
			"type=zip or tar,source=S,target=T[,limit=SIZE] an\n"+
			"archive's content. `SPEC` can be given repeatedly; see\n"+
			"penumbra-run(1)")
	fs.Var(volumeFlag{list}, "volume", "show S at T: `S:T[:ro]` is short for\n--mount=type=bind,source=S,target=T[,ro]")
}

// closeTrees gives up what no view has taken over.
func closeTrees(mounts []view.Mount) {
	for _, m := range mounts {
		if m.Tree != nil {
			_ = m.Tree.Close()
		}
	}
}

// openView returns the view that mounts, and then the specified ones, make, or nil
// if there are none. It owns the mounts also if it fails.
func openView(mounts []view.Mount, specs []mountSpec, notice func(string)) (*view.View, error) {
	if len(mounts)+len(specs) == 0 {
		return nil, nil
	}
	for i := range specs {
		tree, err := specs[i].tree()
		if err != nil {
			closeTrees(mounts)
			return nil, fmt.Errorf("mount at %q: %w", specs[i].target, err)
		}
		mounts = append(mounts, view.Mount{Target: specs[i].target, Tree: tree, ReadOnly: specs[i].readOnly})
	}
	return view.New(mounts, notice)
}
