package fault

import (
	"strings"
	"testing"

	"penumbra/abi"
)

func TestParseChaos(t *testing.T) {
	for _, test := range []struct {
		expr, again string
		kinds       kinds
		rate        float64
	}{
		{"42", "42", posixKinds, 0.1},
		{"0", "0", posixKinds, 0.1},
		{"18446744073709551615", "18446744073709551615", posixKinds, 0.1},
		{"42:rate=5%", "42:rate=0.05", posixKinds, 0.05},
		{"rate=1:42", "42:rate=1", posixKinds, 1},
		{"42:rate=0.25", "42:rate=0.25", posixKinds, 0.25},
		{"42:kinds=short", "42:kinds=short", 1 << kindShort, 0.1},
		{"42:kinds=eintr,short", "42:kinds=short,eintr", 1<<kindShort | 1<<kindEINTR, 0.1},
		{"42:kinds=posix,enospc", "42:kinds=short,eintr,eagain,delay,enospc", posixKinds | 1<<kindENOSPC, 0.1},
		{"42:kinds=all", "42:kinds=all", allKinds, 0.1},
		{"42:calls=read,write", "42:calls=read,write", posixKinds, 0.1},
		{"42:regardless", "42:regardless", posixKinds, 0.1},
	} {
		t.Run(test.expr, func(t *testing.T) {
			ch, err := ParseChaos(test.expr)
			if err != nil {
				t.Fatal(err)
			}
			if ch.String() != test.again || ch.kinds != test.kinds || ch.rate != test.rate {
				t.Errorf("%s, kinds %b, rate %v", ch, ch.kinds, ch.rate)
			}
		})
	}
}

func TestSeedIsChosen(t *testing.T) {
	for _, expr := range []string{"", "kinds=short"} {
		a, err := ParseChaos(expr)
		b, err2 := ParseChaos(expr)
		if err != nil || err2 != nil || a.Seed == b.Seed {
			t.Errorf("%q: seeds %v and %v, errors %v, %v", expr, a, b, err, err2)
		}
	}
}

func TestParseChaosErrors(t *testing.T) {
	for _, test := range []struct{ expr, want string }{
		{"42:", `no option is named ""`},
		{"x", `no option is named "x"`},
		{"4x", "the seed 4x is no number below 2^64"},
		{"18446744073709551616", "is no number below 2^64"},
		{"1:2", "the seed is given twice"},
		{"rate=1:rate=1", "rate is given twice"},
		{"rate=2", "rate=2 is neither from 0 to 1"},
		{"rate=101%", "rate=101% is neither"},
		{"rate=NaN", "rate=NaN is neither"},
		{"rate=-1", "is neither"},
		{"rate=", "is neither"},
		{"kind=short", `no option is named "kind" (did you mean kinds?)`},
		{"kinds=sort", `no kind of weather is named "sort" (did you mean short?)`},
		{"kinds=", `no kind of weather is named ""`},
		{"calls=raed", "did you mean read?"},
		{"regardles", "did you mean regardless?"},
	} {
		t.Run(test.expr, func(t *testing.T) {
			if _, err := ParseChaos(test.expr); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func FuzzParseChaos(f *testing.F) {
	for _, expr := range []string{"", "42", "1:kinds=all:rate=5%", "calls=%desc:regardless:7", "rate=1e-9", "::"} {
		f.Add(expr)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		ch, err := ParseChaos(expr)
		if err != nil {
			return
		}
		again, err := ParseChaos(ch.String())
		if err != nil || *again != *ch {
			t.Errorf("%q is %+v, and its %q is %+v, error %v", expr, ch, ch, again, err)
		}
	})
}

func TestCalls(t *testing.T) {
	calls := func(expr string) abi.Set {
		ch, err := ParseChaos(expr)
		if err != nil {
			t.Fatal(err)
		}
		return NewPlan(Options{Chaos: ch}).Calls()
	}
	has := func(set abi.Set, name string) bool { return set.Has(abi.ByName(name)) }
	if all := calls(""); !has(all, "read") || !has(all, "rt_sigaction") || has(all, "mmap") || has(all, "getpid") {
		t.Error("the default weather needs other calls than it should")
	}
	if short := calls("kinds=short"); !has(short, "read") || has(short, "poll") || has(short, "rt_sigaction") {
		t.Error("short counts need other calls than they should")
	}
	if one := calls("calls=write:kinds=short"); one != abi.SetOf(abi.ByName("write")) {
		t.Error("calls=write is not write alone")
	}
}
