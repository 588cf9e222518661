package main

import (
	"fmt"
	"strconv"
	"strings"
)

// errnosSource returns the Go source of the error numbers.
func errnosSource(lines []line) ([]byte, error) {
	b := newSource("errnos.txt")
	numbers := map[string]int{}
	var texts, aliases strings.Builder
	b.WriteString("// The error numbers.\nconst (\n")
	for _, l := range lines {
		if len(l.fields) < 2 {
			return nil, l.errorf("an error is: name number text")
		}
		name, word := l.fields[0], l.fields[1]
		if _, ok := numbers[name]; ok {
			return nil, l.errorf("%s is described twice", name)
		}
		if of, ok := numbers[word]; ok && len(l.fields) == 2 {
			numbers[name] = of
			fmt.Fprintf(b, "%s = %s\n", name, word)
			fmt.Fprintf(&aliases, "%q: %s,\n", name, word)
			continue
		}
		n, err := strconv.ParseUint(word, 10, 10)
		if err != nil || len(l.fields) < 3 {
			return nil, l.errorf("%s: want a number and a text, or the name of an error above", name)
		}
		numbers[name] = int(n)
		text := strings.Join(l.fields[2:], " ")
		fmt.Fprintf(b, "%s Errno = %d // %s\n", name, n, text)
		fmt.Fprintf(&texts, "%s: {%q, %q},\n", name, name, text)
	}
	fmt.Fprintf(b, ")\n\nvar errnoTexts = [...]errnoText{\n%s}\n\nvar errnoAliases = map[string]Errno{\n%s}\n", &texts, &aliases)
	return b.Bytes(), nil
}
