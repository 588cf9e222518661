package link

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"
)

const (
	fileCAKey  = "ca-key.pem"
	serverDir  = "server"
	clientsDir = "clients"
)

// How long certificates are valid. An authority's are in the files of each client.
const (
	authorityYears = 20
	memberYears    = 5
)

// Authority says which certificates to make.
type Authority struct {
	Dir     string   // where; DefaultAuthority if empty
	Hosts   []string // names and addresses by which clients reach the shadow
	Clients []string // names of clients
	// Force has everything made anew, also the authority itself: what it has
	// certified before counts no more.
	Force bool
}

// Init makes an authority, and certificates for a shadow and its clients; if there
// is an authority in a.Dir already, only those that a asks for, by it. It returns
// the directories of the certificates that were made, each with what one machine
// needs: dir/server, and dir/clients/NAME for each client. Without Force it is an
// error if a file is there that would be changed.
func Init(a Authority) (made []string, err error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	ca, fresh, err := a.open()
	if err != nil {
		return nil, err
	}
	if fresh {
		if a.Hosts == nil {
			a.Hosts = ownNames()
		}
		if a.Clients == nil {
			a.Clients = []string{"client"}
		}
	} else if a.Hosts == nil && a.Clients == nil {
		return nil, fmt.Errorf("there is an authority in %s already: --client and --host add to it, --force makes everything anew", a.Dir)
	}
	if a.Hosts != nil {
		dir := filepath.Join(a.Dir, serverDir)
		if err := ca.issue(dir, serverTemplate(a.Hosts), a.Force); err != nil {
			return made, err
		}
		made = append(made, dir)
	}
	for _, name := range a.Clients {
		dir := filepath.Join(a.Dir, clientsDir, name)
		if err := ca.issue(dir, clientTemplate(name), a.Force); err != nil {
			return made, err
		}
		made = append(made, dir)
	}
	return made, nil
}

// check completes a and finds mistakes before anything is written.
func (a *Authority) check() error {
	if a.Dir == "" {
		a.Dir = DefaultAuthority()
	}
	for _, host := range a.Hosts {
		if err := checkHost(host); err != nil {
			return err
		}
	}
	for _, name := range a.Clients {
		if err := checkName(name); err != nil {
			return err
		}
	}
	return nil
}

var goodName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}$`) })

// checkName returns an error if a client must not be called that. A name has no
// colon: those with one belong to clients that other links authenticate.
func checkName(name string) error {
	if !goodName().MatchString(name) {
		return fmt.Errorf("%q is no name of a client: it is made of letters, digits and . _ - @, 64 at most", name)
	}
	return nil
}

// ownNames returns by which names a shadow of this machine is reached, as far as
// that is known.
func ownNames() []string {
	names := []string{"localhost", "127.0.0.1", "::1"}
	if host, err := os.Hostname(); err == nil && host != "localhost" && checkHost(host) == nil {
		names = append([]string{host}, names...)
	}
	return names
}

// An issuer certifies.
type issuer struct {
	certificate *x509.Certificate
	pem         []byte // the same
	key         crypto.Signer
}

// open reads the authority in a.Dir, or makes one.
func (a *Authority) open() (ca *issuer, fresh bool, err error) {
	file, keyFile := filepath.Join(a.Dir, fileCA), filepath.Join(a.Dir, fileCAKey)
	if !a.Force {
		pair, err := tls.LoadX509KeyPair(file, keyFile)
		if err == nil {
			text, err := os.ReadFile(file)
			signer, ok := pair.PrivateKey.(crypto.Signer)
			if err == nil && !ok {
				err = fmt.Errorf("the key in %s cannot sign", keyFile)
			}
			return &issuer{pair.Leaf, text, signer}, false, err
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, false, fmt.Errorf("authority in %s: %w", a.Dir, err)
		}
	}
	if err := os.MkdirAll(a.Dir, 0o700); err != nil {
		return nil, false, err
	}
	host, _ := os.Hostname()
	template := newTemplate("Penumbra shadow authority of "+host, authorityYears)
	template.IsCA, template.BasicConstraintsValid, template.MaxPathLenZero = true, true, true
	template.KeyUsage = x509.KeyUsageCertSign
	ca = &issuer{certificate: template}
	key, err := ca.certify(file, keyFile, template, a.Force)
	if err != nil {
		return nil, false, err
	}
	ca.key = key
	if ca.pem, err = os.ReadFile(file); err != nil {
		return nil, false, err
	}
	block, _ := pem.Decode(ca.pem)
	ca.certificate, err = x509.ParseCertificate(block.Bytes)
	return ca, true, err
}

// newTemplate returns what all certificates have. They begin to be valid a little
// ago, since clocks differ.
func newTemplate(name string, years int) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{Subject: pkix.Name{CommonName: name[:min(len(name), 64)]},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(years, 0, 0)}
}

func serverTemplate(hosts []string) *x509.Certificate {
	t := newTemplate(hosts[0], memberYears)
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, host)
		}
	}
	return t
}

func clientTemplate(name string) *x509.Certificate {
	t := newTemplate(name, memberYears)
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return t
}

// issue makes a directory with all that one machine needs.
func (ca *issuer) issue(dir string, template *x509.Certificate, force bool) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if _, err := ca.certify(filepath.Join(dir, fileCertificate), filepath.Join(dir, fileKey), template, force); err != nil {
		return err
	}
	return save(filepath.Join(dir, fileCA), ca.pem, 0o644, true)
}

// certify makes a key and a certificate for it. An issuer without a key is about to
// get this one.
func (ca *issuer) certify(file, keyFile string, template *x509.Certificate, force bool) (crypto.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	signer := ca.key
	if signer == nil {
		signer = key
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.certificate, key.Public(), signer)
	if err != nil {
		return nil, fmt.Errorf("certify %s: %w", template.Subject.CommonName, err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := save(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600, force); err != nil {
		return nil, err
	}
	return key, save(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644, force)
}

// save writes a file in one step, lest somebody read half of it.
func save(name string, content []byte, mode os.FileMode, replace bool) error {
	if _, err := os.Lstat(name); err == nil && !replace {
		return fmt.Errorf("%s is there already: remove it to have it made anew, or --force everything", name)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
