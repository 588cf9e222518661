package kernel

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"penumbra/internal/sys"
)

func TestFeaturesAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range candidates() {
		if c.Name == "" || seen[c.Name] {
			t.Errorf("feature %q: no name, or a second of that name", c.Name)
		}
		seen[c.Name] = true
		if c.What == "" || c.try == nil || (c.Need != Required && c.Need != Optional) {
			t.Errorf("feature %q is incomplete", c.Name)
		}
		if c.Need == Required && newer(t, c.Since, Oldest) {
			t.Errorf("%s is required but came with %s, after the oldest supported kernel, %s", c.Name, c.Since, Oldest)
		}
	}
}

// newer reports whether the release a came after b.
func newer(t *testing.T, a, b string) bool {
	t.Helper()
	parse := func(release string) (n [2]int) {
		if _, err := fmt.Sscanf(release, "%d.%d", &n[0], &n[1]); err != nil {
			t.Fatalf("release %q: %v", release, err)
		}
		return n
	}
	x, y := parse(a), parse(b)
	return slices.Compare(x[:], y[:]) > 0
}

func TestProbe(t *testing.T) {
	features := Probe()
	if len(features) != len(candidates()) {
		t.Fatalf("%d features, want %d", len(features), len(candidates()))
	}
	for _, f := range features {
		switch f.Status {
		case OK, Limited:
		case Missing:
			if f.Detail == "" {
				t.Errorf("%s is missing, but nothing says why", f.Name)
			}
			t.Logf("%s: missing: %s", f.Name, f.Detail)
		default:
			t.Errorf("%s: status %q", f.Name, f.Status)
		}
	}
	err := Require()
	if Ready(features) != (err == nil) {
		t.Errorf("Ready is %t, but Require returned %v", Ready(features), err)
	}
}

// What a trial finds has to agree with what other means tell.
func TestProbeAgrees(t *testing.T) {
	byName := map[string]Feature{}
	for _, f := range Probe() {
		byName[f.Name] = f
	}
	actions, err := os.ReadFile("/proc/sys/kernel/seccomp/actions_avail")
	if err != nil {
		t.Skip("needs /proc/sys/kernel/seccomp/actions_avail:", err)
	}
	for feature, action := range map[string]string{"seccomp notify": "user_notif", "seccomp trace": "trace"} {
		says := slices.Contains(strings.Fields(string(actions)), action)
		if tried := byName[feature].Status == OK; tried != says {
			t.Errorf("%s: tried %t, actions_avail says %t", feature, tried, says)
		}
	}
	if got := statusField("Seccomp") == "0"; got != (byName["undisturbed filter"].Status == OK) {
		t.Errorf("undisturbed filter is %s, /proc says %s", byName["undisturbed filter"].Status, statusField("Seccomp"))
	}
}

// Trials must leave this process as it was: no child, descriptor, filter or
// attribute may remain.
func TestProbeLeavesNothing(t *testing.T) {
	Probe() // what Go's runtime opens once is open now
	before, after := traces(t), ""
	Probe()
	if after = traces(t); before != after {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	var status unix.WaitStatus
	if pid, err := unix.Wait4(-1, &status, unix.WNOHANG|unix.WALL, nil); err != unix.ECHILD {
		t.Errorf("a child is left: wait4 = %d, %v", pid, err)
	}
}

// traces describes what a trial could have changed.
func traces(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, field := range []string{"Seccomp", "Seccomp_filters", "NoNewPrivs", "CapEff", "SigIgn", "TracerPid"} {
		fmt.Fprintf(&b, "%s %s\n", field, statusField(field))
	}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil && !strings.HasSuffix(target, "/fd") {
			fmt.Fprintf(&b, "fd %s %s\n", e.Name(), target)
		}
	}
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	fmt.Fprintf(&b, "dumpable %d %v\n", dumpable, err)
	return b.String()
}

func TestChildReportsItsErrno(t *testing.T) {
	tests := []struct {
		name   string
		orders orders
		want   error
	}{
		{"success", orders{errand: errandSubreaper}, nil},
		{"errno", orders{errand: errandNotify, pipe: ^uintptr(0), filter: &unix.SockFprog{}}, unix.EINVAL},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !sys.HasCapability(unix.CAP_SYS_ADMIN) {
				tt.orders.confine = 1
			}
			c, err := start(&tt.orders)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.wait(); err != tt.want {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestKilledChildIsReported(t *testing.T) {
	c, err := start(&orders{errand: errandWait})
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Kill(c.pid, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := c.wait(); err != killedError(unix.SIGKILL) {
		t.Errorf("got %v, want death by SIGKILL", err)
	}
}

func TestMissing(t *testing.T) {
	tests := []struct {
		err error
		fix string // what the advice has to mention
	}{
		{unix.EPERM, "seccomp profile"},
		{fmt.Errorf("seccomp: %w", unix.EACCES), "seccomp profile"},
		{unix.ENOSYS, "Linux " + Oldest},
		{unix.EINVAL, "Linux " + Oldest},
		{unix.EBUSY, "outside of the other supervisor"},
		{unix.ENOMEM, ""},
	}
	for _, tt := range tests {
		t.Run(tt.err.Error(), func(t *testing.T) {
			f := missing(tt.err)
			if f.status != Missing || f.detail == "" || !strings.Contains(f.fix, tt.fix) {
				t.Errorf("got %+v", f)
			}
			if tt.fix == "" && f.fix != "" {
				t.Errorf("advice %q where none is known", f.fix)
			}
		})
	}
}

func TestMissingErrorSaysWhatToDo(t *testing.T) {
	err := &MissingError{Feature{Name: "seccomp wait-killable", Since: "5.19", Detail: "invalid argument", Fix: "use Linux 5.19 or newer"}}
	for _, want := range []string{"seccomp wait-killable", "5.19", "invalid argument", "use Linux"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not mention %q", err, want)
		}
	}
}

func TestStatusField(t *testing.T) {
	if got := statusField("Pid"); got != strconv.Itoa(os.Getpid()) {
		t.Errorf("Pid: %q, want %d", got, os.Getpid())
	}
	if got := statusField("NoSuchField"); got != "" {
		t.Errorf("NoSuchField: %q, want nothing", got)
	}
}
