package explain

import (
	"fmt"
	"slices"
	"strings"

	"penumbra/abi"
)

// call returns the page about the call of that name.
func call(name string) (string, bool) {
	s := abi.ByName(name)
	if s == nil {
		return "", false
	}
	m := s.Manual()
	var p page
	p.title(s.Name, m.Summary)
	p.signatures(s)
	p.arguments(s)
	p.heading("RETURNS")
	p.paragraph(m.Returns)
	if !s.NoReturn {
		p.heading("SIGNALS")
		p.paragraph(interruption(s))
	}
	if len(m.Errors) > 0 {
		p.heading("COMMON ERRORS")
		p.failures(m.Errors)
	}
	if m.Advice != "" {
		p.heading("ADVICE")
		p.paragraph(m.Advice)
	}
	p.heading("FACTS")
	p.facts(s)
	if also := seeAlso(s); also != "" {
		p.heading("SEE ALSO")
		p.paragraph(also)
	}
	return p.String(), true
}

// manualPage returns the pages about calls that the manual has under another
// name, as pread64 under pread.
func manualPage(name string) (string, bool) {
	var pages []string
	for _, s := range abi.Syscalls() {
		if page := s.Manual().Page; page != "" && page == name {
			text, _ := call(s.Name)
			pages = append(pages, text)
		}
	}
	return strings.Join(pages, "\n"), len(pages) > 0
}

// signatures writes how s is declared, also where an architecture differs.
func (p *page) signatures(s *abi.Syscall) {
	p.WriteByte('\n')
	p.fill(strings.Repeat(" ", indent), signature(s, s.Args), 2*indent)
	for _, a := range arches {
		if args := s.ArgsOn(a.arch); !slices.Equal(args, s.Args) {
			p.fill(strings.Repeat(" ", indent)+a.name+": ", signature(s, args), 2*indent)
		}
	}
}

// interruption says what signals do to s.
func interruption(s *abi.Syscall) string {
	switch {
	case s.NeverRestarts:
		return "A signal handler that runs while it waits makes it fail with EINTR, also one with SA_RESTART."
	case s.Interruptible:
		return "A signal handler that runs while it waits makes it fail with EINTR, or begin again if the handler has SA_RESTART."
	}
	return "They do not interrupt it: it never fails with EINTR."
}

func (p *page) failures(failures []abi.Failure) {
	var names []string
	for _, f := range failures {
		names = append(names, f.Errno.Name())
	}
	column := columnFor(names)
	for _, f := range failures {
		p.item(f.Errno.Name(), column, f.Reason)
	}
}

// facts writes the numbers, the class and the age of s.
func (p *page) facts(s *abi.Syscall) {
	const column = 9
	p.item("number", column, perArch(func(a abi.Arch) string {
		if nr, ok := s.On(a); ok {
			return fmt.Sprint(nr)
		}
		return "none"
	}))
	p.item("class", column, fmt.Sprintf("%s: %s", s.Class, s.Class.Meaning()))
	if since := s.Manual().Since; since != "" {
		p.item("since", column, "Linux "+since)
	}
}

// seeAlso names the manual's page about s, and calls to read about next.
func seeAlso(s *abi.Syscall) string {
	m := s.Manual()
	var also []string
	if m.Page != "" {
		also = append(also, m.Page+"(2)")
	}
	also = append(also, m.See...)
	for _, other := range abi.Syscalls() {
		samePage := m.Page != "" && other.Manual().Page == m.Page && !s.Unimplemented
		if other != s && !slices.Contains(also, other.Name) && (samePage || stem(other.Name) == stem(s.Name)) {
			also = append(also, other.Name)
		}
	}
	return strings.Join(also, ", ")
}

// stem returns what the names of variants of a call have in common.
func stem(name string) string {
	for _, prefix := range []string{"_", "rt_", "oldold", "old", "new"} {
		name = strings.TrimPrefix(name, prefix)
	}
	for {
		shorter := strings.TrimRight(name, "0123456789")
		for _, suffix := range []string{"_time", "at", "_", "_fd"} {
			shorter = strings.TrimSuffix(shorter, suffix)
		}
		if shorter == name || len(shorter) < 3 {
			return name
		}
		name = shorter
	}
}
