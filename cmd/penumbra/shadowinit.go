package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"penumbra/shadow/link"
)

// init makes certificates, and says what to do with them.
func (o *shadowOptions) init(s streams, dir string) int {
	if o.stdio || o.single || o.resident || len(o.listen)+len(o.exports) > 0 || o.clients != "" {
		return s.usage("shadow", "init serves nobody: its flags are --host, --client and --force")
	}
	if dir == "" {
		dir = link.DefaultAuthority()
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return s.fail("shadow init: "+err.Error(), exitFailure)
	}
	made, err := link.Init(link.Authority{Dir: dir, Hosts: o.hosts, Clients: o.names, Force: o.force})
	if exit := s.print(whatToDo(dir, made)); exit != 0 {
		return exit
	}
	if err != nil {
		return s.fail("shadow init: "+err.Error(), exitFailure)
	}
	return 0
}

// whatToDo says which of the certificates in made belong where.
func whatToDo(dir string, made []string) string {
	var b strings.Builder
	for _, path := range made {
		name := filepath.Base(path)
		if filepath.Dir(path) == dir {
			fmt.Fprintf(&b, "%s is for the shadow. On its machine, with what it is to show:\n", path)
			cert := ""
			if path != link.DefaultServerCertificates() {
				cert = " --cert=" + path
			}
			fmt.Fprintf(&b, "    penumbra shadow --listen=tls::7117%s --export=/home/me:rw\n", cert)
			continue
		}
		fmt.Fprintf(&b, "%s is for the client %q. To its machine:\n", path, name)
		fmt.Fprintf(&b, "    ssh %s mkdir -p .config/penumbra && scp -rp %s %s:.config/penumbra/shadow\n", name, path, name)
	}
	if len(made) > 0 {
		fmt.Fprintf(&b, "Who has a client's key.pem can do what that client may do, and who has\n%s can make clients: keep them.\n", filepath.Join(dir, "ca-key.pem"))
	}
	return b.String()
}
