package main

// checkReferences reports arguments, results and fields that refer to sets
// and layouts which no file describes.
func checkReferences(calls []*call, layouts []*layout, sets []*flagSet) error {
	known := references{map[string]*layout{}, map[string]bool{}}
	for _, lay := range layouts {
		known.layouts[lay.name] = lay
	}
	for _, set := range sets {
		known.sets[set.name] = true
	}
	for _, c := range calls {
		for i := range archs {
			args := c.args
			if c.variants[i] != nil {
				args = c.variants[i]
			}
			for _, a := range append([]arg{c.result}, args...) {
				if err := known.check(c.line, a.name, a.kind, a.of, i, c.number[i] >= 0); err != nil {
					return err
				}
			}
		}
	}
	for _, lay := range layouts {
		if err := known.check(lay.line, lay.name, lay.kind, lay.of, 0, true); err != nil {
			return err
		}
		for _, f := range lay.fields {
			for i := range archs {
				if err := known.check(f.first.line, f.name, f.kind, f.of, i, f.offset[i] >= 0); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

type references struct {
	layouts map[string]*layout
	sets    map[string]bool
}

// check reports what name, of that kind, lacks on architecture i if present.
func (known references) check(l line, name, kind, of string, i int, present bool) error {
	if of == "" || !present {
		return nil
	}
	if kind == "KindFlags" {
		if !known.sets[of] {
			return l.errorf("%s: flags.txt has no set %q", name, of)
		}
		return nil
	}
	if lay := known.layouts[of]; lay == nil || lay.size[i] == 0 {
		return l.errorf("%s: structs.txt has no layout %q for %s", name, of, archs[i])
	}
	return nil
}

// checkManuals reports a call without a manual.
func checkManuals(calls []*call, manuals map[string]*manual) error {
	for _, c := range calls {
		if manuals[c.name] == nil {
			return c.line.errorf("manual.txt does not explain %s", c.name)
		}
	}
	return nil
}
