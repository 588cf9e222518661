package namespace

import "testing"

func TestFind(t *testing.T) {
	var table Table
	for _, target := range []string{"/data", "/data/deep/er", "/etc/passwd", "/covered/below", "/covered"} {
		table.Add(&Mount{Target: target})
	}
	tests := []struct{ place, target, rel string }{
		{"/", "", ""},
		{"/dat", "", "dat"},
		{"/database", "", "database"},
		{"/data", "/data", ""},
		{"/data/x/y", "/data", "x/y"},
		{"/data/deep", "/data", "deep"},
		{"/data/deep/er", "/data/deep/er", ""},
		{"/data/deep/er/x", "/data/deep/er", "x"},
		{"/data/deep/erx", "/data", "deep/erx"},
		{"/etc/passwd", "/etc/passwd", ""},
		{"/etc/group", "", "etc/group"},
		{"/covered/below", "/covered", "below"},
	}
	for _, tt := range tests {
		m, rel := table.Find(tt.place)
		target := ""
		if m != nil {
			target = m.Target
		}
		if target != tt.target || rel != tt.rel {
			t.Errorf("%s is %q in %q, want %q in %q", tt.place, rel, target, tt.rel, tt.target)
		}
	}
	if len(table.Mounts()) != 4 || table.At("/covered/below") != nil {
		t.Error("a later mount does not cover an earlier one below it")
	}
	if !table.Holds("/data") || !table.Holds("/") || table.Holds("/covered") || table.Holds("/dat") {
		t.Error("Holds is wrong")
	}
	if !table.Enters("x/passwd") || !table.Enters("data") || table.Enters("x/y") || table.Enters("below") {
		t.Error("Enters is wrong")
	}
	root := &Mount{Target: "/"}
	table.Add(root)
	if m, rel := table.Find("/a/b"); m != root || rel != "a/b" || table.At("/data") != nil {
		t.Errorf("a mount at / does not hold /a/b: %v %q", m, rel)
	}
	if m, rel := table.Find("/"); m != root || rel != "" {
		t.Errorf("a mount at / does not hold /: %v %q", m, rel)
	}
}

func TestIsPlain(t *testing.T) {
	for path, want := range map[string]bool{
		"/a/b": true, "a": true, "a/b.c": true, "..a": true, "/": false, "": false, "a/": false, "a//b": false,
		"./a": false, "a/.": false, "../a": false, "a/..": false,
	} {
		if IsPlain(path) != want {
			t.Errorf("IsPlain(%q) is %t", path, !want)
		}
	}
}
