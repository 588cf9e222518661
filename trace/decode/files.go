package decode

import "penumbra/abi"

// fileCalls are those that work on files by name or descriptor.
func fileCalls() map[string]special {
	return map[string]special{
		"open":     {arg: openMode(1, 2)},
		"openat":   {arg: openMode(2, 3)},
		"mq_open":  {arg: openMode(1, 2)},
		"execve":   {arg: environment(2)},
		"execveat": {arg: environment(3)},
	}
}

// openMode leaves out the mode of an open that creates nothing.
func openMode(flags, mode int) func(*Decoder, *Saved, int) bool {
	const creat, tmpfile = 0o100, 0o20000000
	return func(d *Decoder, s *Saved, i int) bool {
		if i != mode || d.call.Args[flags]&(creat|tmpfile) != 0 {
			return false
		}
		s.next = len(d.args)
		return true
	}
}

// environment writes how many variables argument env holds, not which.
func environment(env int) func(*Decoder, *Saved, int) bool {
	return func(d *Decoder, _ *Saved, i int) bool {
		if i != env || d.Whole {
			return false
		}
		d.Out.Arg(d.args[i].Name)
		at := d.call.Args.Addr(i)
		d.address(uint64(at))
		size := d.call.Arch.PointerSize()
		n := 0
		for ; at != 0; n++ {
			if p, ok := d.word(at+abi.Addr(n*size), size); !ok || p == 0 {
				break
			}
		}
		if at != 0 {
			d.Out.Comment(plural(n, "var"))
		}
		return true
	}
}
