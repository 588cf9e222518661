package link

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// leaf returns the certificate in a directory, and who is trusted there.
func leaf(t *testing.T, dir string) (*x509.Certificate, *x509.CertPool) {
	t.Helper()
	own, pool, err := load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return own.Leaf, pool
}

func TestInit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "authority")
	steps := []struct {
		name  string
		make  Authority
		made  string // below dir
		wrong string
	}{
		{"new", Authority{Hosts: []string{"home.example.org", "::1"}, Clients: []string{"a", "b@c"}}, "server clients/a clients/b@c", ""},
		{"nothing to add", Authority{}, "", "there is an authority in"},
		{"a client more", Authority{Clients: []string{"d"}}, "clients/d", ""},
		{"a client again", Authority{Clients: []string{"d"}}, "", "clients/d/key.pem is there already"},
		{"the server again", Authority{Hosts: []string{"x"}}, "", "server/key.pem is there already"},
		{"a bad client", Authority{Clients: []string{"e", "../x"}}, "", `"../x" is no name of a client`},
		{"a client like a user", Authority{Clients: []string{"uid:0"}}, "", `"uid:0" is no name of a client`},
		{"a client without a name", Authority{Clients: []string{""}}, "", `"" is no name of a client`},
		{"a client with a long name", Authority{Clients: []string{strings.Repeat("x", 65)}}, "", "is no name of a client"},
		{"a client like a flag", Authority{Clients: []string{"-x"}}, "", `"-x" is no name of a client`},
		{"a bad host", Authority{Hosts: []string{"a b"}}, "", `"a b" is no name of a host`},
	}
	for _, tt := range steps {
		t.Run(tt.name, func(t *testing.T) {
			tt.make.Dir = dir
			made, err := Init(tt.make)
			if (err == nil) != (tt.wrong == "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("error %v, want %q", err, tt.wrong)
			}
			got := strings.TrimPrefix(strings.ReplaceAll(" "+strings.Join(made, " "), " "+dir+"/", " "), " ")
			if got != tt.made {
				t.Errorf("made %q, want %q", got, tt.made)
			}
		})
	}

	server, _ := leaf(t, filepath.Join(dir, "server"))
	a, pool := leaf(t, filepath.Join(dir, "clients", "a"))
	for _, tt := range []struct {
		name  string
		cert  *x509.Certificate
		host  string
		usage x509.ExtKeyUsage
		valid bool
	}{
		{"server", server, "home.example.org", x509.ExtKeyUsageServerAuth, true},
		{"server by address", server, "::1", x509.ExtKeyUsageServerAuth, true},
		{"server by another name", server, "example.org", x509.ExtKeyUsageServerAuth, false},
		{"server as client", server, "", x509.ExtKeyUsageClientAuth, false},
		{"client", a, "", x509.ExtKeyUsageClientAuth, true},
		{"client as server", a, "", x509.ExtKeyUsageServerAuth, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.cert.Verify(x509.VerifyOptions{DNSName: tt.host, Roots: pool, KeyUsages: []x509.ExtKeyUsage{tt.usage}})
			if (err == nil) != tt.valid {
				t.Errorf("valid: %t, error %v", tt.valid, err)
			}
		})
	}
	if a.Subject.CommonName != "a" {
		t.Errorf("a's certificate is called %q", a.Subject.CommonName)
	}

	t.Run("only the owner reads keys", func(t *testing.T) {
		keys, err := filepath.Glob(filepath.Join(dir, "*", "*", "key.pem"))
		if err != nil || len(keys) != 3 {
			t.Fatal(keys, err)
		}
		for _, key := range append(keys, filepath.Join(dir, "ca-key.pem"), filepath.Join(dir, "server", "key.pem")) {
			if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v %v", key, info.Mode(), err)
			}
		}
	})

	t.Run("forced", func(t *testing.T) {
		if _, err := Init(Authority{Dir: dir, Clients: []string{"a"}, Force: true}); err != nil {
			t.Fatal(err)
		}
		_, now := leaf(t, filepath.Join(dir, "clients", "a"))
		if _, err := a.Verify(x509.VerifyOptions{Roots: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err == nil {
			t.Error("what the old authority certified still counts")
		}
	})
}

func TestLoad(t *testing.T) {
	good := t.TempDir()
	if _, err := Init(Authority{Dir: good, Hosts: []string{"h"}}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, file, content string
		mode                os.FileMode
		want                string
	}{
		{"no authority in the file", fileCA, "text\n", 0o600, "ca.pem holds no certificate"},
		{"key that others may read", fileKey, "", 0o640, "others may read key.pem"},
		{"no key in the file", fileKey, "text\n", 0o600, "failed to find any PEM data"},
		{"no certificate in the file", fileCertificate, "text\n", 0o600, "failed to find any PEM data"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Join(good, "server"))); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(filepath.Join(dir, fileKey), 0o600); err != nil { // CopyFS adds bits
				t.Fatal(err)
			}
			name := filepath.Join(dir, tt.file)
			if tt.content != "" {
				if err := os.WriteFile(name, []byte(tt.content), tt.mode); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(name, tt.mode); err != nil {
				t.Fatal(err)
			}
			if _, _, err := load(dir); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), dir) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
