package intercept_test

import (
	"testing"

	"penumbra/abi"
	"penumbra/intercept"
	"penumbra/internal/testguest"
)

// TestRunAs has calls run, and end with an error.
func TestRunAs(t *testing.T) {
	for _, kind := range []testguest.Kind{testguest.Static, testguest.I386Static} {
		for name, interest := range map[string]intercept.Interest{"notify": intercept.Answer, "trace": intercept.Observe} {
			t.Run(string(kind)+"/"+name, func(t *testing.T) {
				p := &policy{
					interest: only("close", interest),
					enter:    func(*intercept.Call) intercept.Verdict { return intercept.RunAs(-int64(abi.EIO)) },
				}
				if out := outputOf(t, p, testguest.Path(t, "promise", kind)); out != "ok\n" {
					t.Errorf("printed %q", out)
				}
			})
		}
	}
}
