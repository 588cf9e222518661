package server

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
)

// ClientsFile returns a Config.Exports that looks clients up in a file, whenever
// one comes: who is taken out of it cannot begin another session.
func ClientsFile(name string) func(client string) ([]Export, error) {
	return func(client string) ([]Export, error) {
		clients, err := ReadClients(name)
		if err != nil {
			return nil, err
		}
		exports, ok := clients[client]
		if !ok {
			return nil, fmt.Errorf("nothing is exported to client %q", client)
		}
		return exports, nil
	}
}

// ReadClients reads a file that says what each client may see: one a line, its
// name and its exports, with blanks between them. # begins a comment. Blanks, tabs
// and backslashes in paths are \040, \011 and \134, as in fstab(5).
func ReadClients(name string) (map[string][]Export, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("clients: %w", err)
	}
	defer f.Close()
	clients, err := parseClients(f)
	if err != nil {
		return nil, fmt.Errorf("clients: %s:%w", name, err)
	}
	return clients, nil
}

var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\134`, `\`)

func parseClients(r io.Reader) (map[string][]Export, error) {
	clients := map[string][]Export{}
	lines := bufio.NewScanner(r)
	n := 0
	for lines.Scan() {
		n++
		line, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		client := words[0]
		if clients[client] != nil {
			return nil, fmt.Errorf("%d: client %q stands in a line above already", n, client)
		}
		if len(words) == 1 {
			return nil, fmt.Errorf("%d: client %q has no exports", n, client)
		}
		for _, word := range words[1:] {
			e, err := ParseExport(unescape.Replace(word))
			if err != nil {
				return nil, fmt.Errorf("%d: %w", n, err)
			}
			clients[client] = append(clients[client], e)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%d: %w", n+1, err)
	}
	return clients, nil
}
