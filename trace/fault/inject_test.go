package fault

import (
	"strings"
	"testing"
	"time"

	"penumbra/abi"
)

func TestParseInjection(t *testing.T) {
	getpid := abi.ByName("getpid")
	for _, test := range []struct {
		expr string
		want Injection // but for expr and calls
	}{
		{"read:error=EIO", Injection{when: always, faked: true, err: abi.EIO}},
		{"read:error=eio", Injection{when: always, faked: true, err: abi.EIO}},
		{"read:error=5", Injection{when: always, faked: true, err: abi.EIO}},
		{"read:retval=0", Injection{when: always, faked: true}},
		{"read:retval=0x10", Injection{when: always, faked: true, value: 16}},
		{"read:retval=0xffffffffffff0000", Injection{when: always, faked: true, value: -65536}},
		{"read:signal=SIGUSR1", Injection{when: always, signal: abi.SIGUSR1}},
		{"read:signal=usr1", Injection{when: always, signal: abi.SIGUSR1}},
		{"read:signal=10:when=2", Injection{when: When{2, maxLast, 0}, signal: abi.SIGUSR1}},
		{"read:delay_enter=100", Injection{when: always, before: 100 * time.Microsecond}},
		{"read:delay_enter=1.5ms", Injection{when: always, before: 1500 * time.Microsecond}},
		{"read:delay_exit=1e-2s", Injection{when: always, after: 10 * time.Millisecond}},
		{"read:delay_exit=7ns", Injection{when: always, after: 7}},
		{"read:delay_exit=7us", Injection{when: always, after: 7 * time.Microsecond}},
		{"read:error=EIO:syscall=getpid", Injection{when: always, faked: true, err: abi.EIO, instead: getpid}},
		{"read:error=EIO:when=1:when=2+", Injection{when: When{2, maxLast, 1}, faked: true, err: abi.EIO}},
		{"read:retval=1:signal=TERM:delay_enter=1:delay_exit=2:when=3..5", Injection{when: When{3, 5, 1},
			faked: true, value: 1, signal: abi.SIGTERM, before: time.Microsecond, after: 2 * time.Microsecond}},
	} {
		t.Run(test.expr, func(t *testing.T) {
			got, err := ParseInjection(test.expr)
			if err != nil {
				t.Fatal(err)
			}
			test.want.expr, test.want.calls = "inject="+test.expr, abi.SetOf(abi.ByName("read"))
			if *got != test.want {
				t.Errorf("got  %+v\nwant %+v", *got, test.want)
			}
		})
	}
}

func TestParseShort(t *testing.T) {
	for expr, want := range map[string]short{
		"read:short=7": {bytes: 7}, "read:short=half": {half: true}, "%desc:short=random": {random: true},
	} {
		if got, err := ParseInjection(expr); err != nil || *got.short != want {
			t.Errorf("%s: %+v, %v", expr, got, err)
		}
	}
}

func TestParseFault(t *testing.T) {
	for expr, want := range map[string]Injection{
		"read":                  {when: always, faked: true, err: abi.ENOSYS},
		"read:when=3":           {when: When{3, maxLast, 0}, faked: true, err: abi.ENOSYS},
		"read:error=EIO:when=2": {when: When{2, maxLast, 0}, faked: true, err: abi.EIO},
	} {
		want.expr, want.calls = "fault="+expr, abi.SetOf(abi.ByName("read"))
		if got, err := ParseFault(expr); err != nil || *got != want {
			t.Errorf("%s: %+v, %v", expr, got, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ expr, want string }{
		{"read", "nothing is to be done"},
		{"read:when=1", "nothing is to be done"},
		{"read:", `no option is named ""`},
		{"", "a name is missing"},
		{":error=EIO", "a name is missing"},
		{"raed:error=EIO", `no call is named "raed" (did you mean read?)`},
		{"%fiel:error=EIO", "did you mean %file?"},
		{"read:eror=EIO", `no option is named "eror" (did you mean error?)`},
		{"read:error=ENOSPACE", "did you mean ENOSPC?"},
		{"read:error=0", "0 is no error number"},
		{"read:error=", `no error is named ""`},
		{"read:signal=SIGUSR3", "did you mean SIGUSR1?"},
		{"read:signal=65", "65 is no signal"},
		{"read:retval=-5", "write error=EIO"},
		{"read:retval=1x", "retval=1x is no number"},
		{"read:retval=99999999999999999999", "is no number of 64 bits"},
		{"read:error=EIO:retval=0", "error= and retval= exclude each other"},
		{"read:error=EIO:error=EPERM", "error= is given twice"},
		{"read:delay_enter=1:delay_enter=1", "delay_enter= is given twice"},
		{"read:delay_enter=-1", "-1 is a time in the past"},
		{"read:delay_enter=5m", `"5m" is no time`},
		{"read:delay_enter=inf", `"inf" is no time`},
		{"read:delay_enter=0x10", `"0x10" is no time`},
		{"read:delay_enter=1e99s", "is longer than 24h"},
		{"read:error=EIO:when=0", "0 is not from 1 to 65535"},
		{"read:syscall=getpid", "syscall= needs error= or retval="},
		{"read:error=EIO:syscall=write", "only a call without effect may stand in"},
		{"read:error=EIO:syscall=getpd", "did you mean getpid?"},
		{"read:short=0", "short=0: write a number of bytes from 1 on, half or random"},
		{"read:short=some", "half or random"},
		{"read:short=1:error=EIO", "it goes with neither error= nor retval="},
		{"getpid:short=1", "the set has none"},
	} {
		t.Run(test.expr, func(t *testing.T) {
			_, err := ParseInjection(test.expr)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "parse inject="+test.expr) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
	for expr, want := range map[string]string{
		"read:retval=1":            `no option is named "retval"`,
		"read:delay_exit=1":        `no option is named "delay_exit"`,
		"read:error=EIO:error=EIO": "error= is given twice",
	} {
		if _, err := ParseFault(expr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("fault=%s: error %v, want one with %q", expr, err, want)
		}
	}
}

func FuzzParseInjection(f *testing.F) {
	for _, expr := range []string{"read:error=EIO:when=1..3+2", "%desc:short=half", "all:signal=9:delay_exit=1.5ms",
		"!read:retval=0x7", "/^w:delay_enter=1e3", "read:error=EIO:syscall=getpid", ":", "read::"} {
		f.Add(expr)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		i, err := ParseInjection(expr)
		if (i == nil) != (err != nil) {
			t.Fatalf("%q: %v and %v", expr, i, err)
		}
		if err != nil {
			return
		}
		w := i.when
		if i.before < 0 || i.before > maxDelay || i.after < 0 || i.after > maxDelay || w.First < 1 || w.Last < w.First {
			t.Errorf("%q: %+v", expr, i)
		}
		if i.faked && i.err == 0 && i.value < 0 && i.value >= -4095 {
			t.Errorf("%q: the value %d is an error", expr, i.value)
		}
		if _, err := ParseFault(expr); err == nil && !i.faked {
			t.Errorf("%q is a fault, but does nothing as an injection", expr)
		}
	})
}
