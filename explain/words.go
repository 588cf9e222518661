package explain

import (
	"fmt"
	"slices"
	"strings"

	"penumbra/abi"
)

// class returns the page about a class of calls, whose name begins with %.
func class(name string) (string, bool) {
	if !strings.HasPrefix(name, "%") {
		return "", false
	}
	set, err := abi.ParseSet(name)
	if err != nil || !slices.Contains(abi.Classes(), name) {
		return "", false
	}
	var names []string
	for s := range set.All() {
		names = append(names, s.Name)
	}
	var p page
	p.title(name, classMeaning(name, set))
	p.WriteByte('\n')
	column := columnFor(names)
	for s := range set.All() {
		p.item(s.Name, column, s.Manual().Summary)
	}
	return p.String(), true
}

// classMeaning says what a class of that name is, as far as there is a word
// for it, and how large it is.
func classMeaning(name string, set abi.Set) string {
	count := fmt.Sprintf("%d calls", set.Len())
	if meaning := narrower[name]; meaning != "" {
		return meaning + ", " + count
	}
	for c := abi.ClassOther; c.Meaning() != ""; c++ {
		if "%"+c.String() == name {
			return c.Meaning() + ", " + count
		}
	}
	return count
}

// narrower are the classes that trace has, as strace does, narrower than the
// table's of that name.
var narrower = map[string]string{
	"%process": "processes made, replaced, ended, waited for and signalled",
	"%ipc":     "System V IPC",
}

// errno returns the page about the error of that name.
func errno(name string) (string, bool) {
	e, ok := abi.ErrnoByName(name)
	if !ok {
		return "", false
	}
	title := e.Name()
	if title != name {
		title = name + ", another name for " + title
	}
	var p page
	p.title(fmt.Sprintf("%s (%d)", title, int(e)), e.Error())
	p.heading("REASON")
	p.paragraph(e.Reason())
	p.heading("CALLS THAT COMMONLY FAIL WITH IT")
	p.paragraph(callsThatFail(e))
	return p.String(), true
}

// firstOfKernel is the first of the errors that the kernel keeps to itself.
const firstOfKernel abi.Errno = 512

func callsThatFail(e abi.Errno) string {
	var names []string
	for _, s := range abi.Syscalls() {
		if slices.ContainsFunc(s.Manual().Errors, func(f abi.Failure) bool { return f.Errno == e }) {
			names = append(names, s.Name)
		}
	}
	switch {
	case len(names) > 0:
		return strings.Join(names, ", ")
	case e >= firstOfKernel:
		return "none: the kernel keeps it to itself, and no program sees it"
	}
	return "none: drivers and special file systems have it, or protocols"
}

// signal returns the page about the signal of that name.
func signal(name string) (string, bool) {
	s, ok := abi.SignalByName(name)
	if !ok || !strings.HasPrefix(name, "SIG") {
		return "", false
	}
	title := s.Name()
	if title != name {
		title = name + ", another name for " + title
	}
	var p page
	p.title(fmt.Sprintf("%s (%d)", title, int(s)), "sent to a process when "+s.Cause())
	p.heading("DEFAULT ACTION")
	p.paragraph(s.DefaultAction().String())
	p.heading("SEE ALSO")
	p.paragraph("signal(7), kill, tgkill, rt_sigaction, rt_sigprocmask, signalfd4")
	return p.String(), true
}

// shortSignal returns the page about a signal whose name lacks its SIG.
func shortSignal(name string) (string, bool) { return signal("SIG" + name) }
