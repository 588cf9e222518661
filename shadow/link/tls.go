package link

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"
)

// The files of a directory of certificates.
const (
	fileCA          = "ca.pem"   // who is trusted to certify the other side
	fileCertificate = "cert.pem" // our own
	fileKey         = "key.pem"
)

// DefaultCertificates is where a client's certificates are looked for:
// penumbra/shadow below the user's directory of configuration.
func DefaultCertificates() string { return configuration("shadow") }

// DefaultServerCertificates is where those of a shadow are looked for: in
// DefaultAuthority.
func DefaultServerCertificates() string { return filepath.Join(DefaultAuthority(), serverDir) }

// DefaultAuthority is where Init makes certificates: penumbra/authority below the
// user's directory of configuration.
func DefaultAuthority() string { return configuration("authority") }

// configuration returns a directory below $XDG_CONFIG_HOME, or ~/.config.
func configuration(name string) string {
	dir, err := os.UserConfigDir()
	if err != nil {
		dir = "/etc/xdg" // there is no home
	}
	return filepath.Join(dir, "penumbra", name)
}

// load reads a directory of certificates.
func load(dir string) (tls.Certificate, *x509.CertPool, error) {
	fail := func(err error) (tls.Certificate, *x509.CertPool, error) {
		return tls.Certificate{}, nil, fmt.Errorf("certificates in %s: %w", dir, err)
	}
	ca, err := os.ReadFile(filepath.Join(dir, fileCA))
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("%w: \"penumbra shadow init\" makes them", err)
	}
	if err != nil {
		return fail(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return fail(fmt.Errorf("%s holds no certificate", fileCA))
	}
	key := filepath.Join(dir, fileKey)
	info, err := os.Stat(key)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("others may read %s: chmod 600 it", fileKey)
	}
	if err != nil {
		return fail(err)
	}
	own, err := tls.LoadX509KeyPair(filepath.Join(dir, fileCertificate), key)
	if err != nil {
		return fail(err)
	}
	return own, pool, nil
}

// A tlsLink is a client's end of a link by TLS.
type tlsLink struct {
	*tls.Conn
	certificates string
}

func (t *Target) dialTLS(ctx context.Context) (io.ReadWriteCloser, error) {
	dir := cmp.Or(t.Certificates, DefaultCertificates())
	own, pool, err := load(dir)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(t.rest)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, connecting)
	defer cancel()
	var d net.Dialer
	raw, err := d.DialContext(ctx, "tcp", t.rest)
	if err != nil {
		return nil, err
	}
	conn := tls.Client(raw, &tls.Config{MinVersion: tls.VersionTLS13, ServerName: host,
		RootCAs: pool, Certificates: []tls.Certificate{own}})
	if err := conn.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, explainHandshake(err, host, dir)
	}
	return &tlsLink{conn, dir}, nil
}

// explainHandshake says what to do about a handshake that failed.
func explainHandshake(err error, host, dir string) error {
	var noTLS tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	switch {
	case errors.As(err, &noTLS):
		return fmt.Errorf("what listens there does not speak TLS: %w", err)
	case errors.As(err, &unknown):
		return fmt.Errorf("the shadow's certificate is not one that %s certifies: %w", filepath.Join(dir, fileCA), err)
	case errors.As(err, &name):
		return fmt.Errorf("the shadow's certificate is for others: %w; on its machine: penumbra shadow init --host=%s", err, host)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("TLS handshake: no answer within %v", connecting)
	case hungUp(err):
		return fmt.Errorf("TLS handshake: the other side hung up: %w", err)
	}
	return fmt.Errorf("TLS handshake: %w", err)
}

// Explain says that it was the shadow who did not want this client: in TLS 1.3 the
// client hears of that only after its handshake.
func (l *tlsLink) Explain(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return fmt.Errorf("the shadow does not accept the certificate in %s: %w", l.certificates, err)
	}
	return err
}

// listenTLS listens with TLS. The certificates are read for each client, so that
// new ones count at once.
func listenTLS(address, dir string) (net.Listener, error) {
	dir = cmp.Or(dir, DefaultServerCertificates())
	config := func() (*tls.Config, error) {
		own, pool, err := load(dir)
		if err != nil {
			return nil, err
		}
		// A ticket would let a client in whose certificate has been withdrawn.
		return &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{own},
			ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, SessionTicketsDisabled: true}, nil
	}
	now, err := config()
	if err != nil {
		return nil, err
	}
	now.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return config() }
	return tls.Listen("tcp", address, now)
}

// authenticateTLS returns the name in a client's certificate.
func authenticateTLS(c net.Conn) (string, error) {
	conn, ok := c.(*tls.Conn)
	if !ok {
		return "", fmt.Errorf("authenticate: %T is no TLS", c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), connecting)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		return "", fmt.Errorf("authenticate: %w", err)
	}
	name := conn.ConnectionState().PeerCertificates[0].Subject.CommonName
	if err := checkName(name); err != nil {
		return "", fmt.Errorf("authenticate: the client's certificate: %w", err)
	}
	_ = conn.SetDeadline(time.Time{})
	return name, nil
}
