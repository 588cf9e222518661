package main

import (
	"path/filepath"
	"slices"

	"penumbra/abi"
	"penumbra/trace"
)

// pathFilter returns what -P asks for, or nil for all: whether one of a call's
// paths is among those given, or one of its descriptors open on one.
func (o *traceOptions) pathFilter() func(*trace.Call) bool {
	if len(o.paths) == 0 {
		return nil
	}
	wanted := slices.Clone([]string(o.paths))
	for _, path := range o.paths {
		// Descriptors show the file's own name.
		if real, err := filepath.EvalSymlinks(path); err == nil {
			if real, err = filepath.Abs(real); err == nil {
				wanted = append(wanted, real)
			}
		}
	}
	return func(c *trace.Call) bool {
		if c.Syscall == nil {
			return false
		}
		for i, arg := range c.Params() {
			if slices.Contains(wanted, fileOfArg(c, arg, i)) {
				return true
			}
		}
		return false
	}
}

// fileOfArg returns the path that argument i is or that it is open on, or "".
func fileOfArg(c *trace.Call, arg abi.Arg, i int) string {
	switch arg.Kind {
	case abi.KindPath:
		path, _ := c.Memory().String(c.Args.Addr(i), 4096) // an error: it is no path
		return path
	case abi.KindFD, abi.KindDirFD:
		if file := c.Thread.File(int(c.Args.Int32(i))); file != nil {
			return file.Path
		}
	}
	return ""
}
