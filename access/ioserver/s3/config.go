package s3

import (
	"bufio"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"penumbra/abi"
)

// Config says where the objects are, and whose. The zero value of a field means
// what is said there.
type Config struct {
	// Endpoint is the URL of a server; that of AWS in Region.
	Endpoint string
	Region   string
	// Keys; without them requests are anonymous.
	AccessKey, SecretKey, SessionToken string
	// Client makes the requests; http.DefaultClient.
	Client *http.Client
}

// FromEnvironment returns what the variables of the environment say that other
// programs look at as well: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION,
// AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; or
// else the file of AWS_SHARED_CREDENTIALS_FILE, ~/.aws/credentials, for AWS_PROFILE.
func FromEnvironment() Config {
	c := Config{
		Endpoint: cmp.Or(os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL")),
		Region:   cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")),
	}
	c.AccessKey, c.SecretKey, c.SessionToken = os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")
	if c.AccessKey == "" {
		keys := profile(cmp.Or(os.Getenv("AWS_SHARED_CREDENTIALS_FILE"), filepath.Join(os.Getenv("HOME"), ".aws", "credentials")),
			cmp.Or(os.Getenv("AWS_PROFILE"), "default"))
		c.AccessKey, c.SecretKey, c.SessionToken = keys["aws_access_key_id"], keys["aws_secret_access_key"], keys["aws_session_token"]
	}
	c.Region = cmp.Or(c.Region, "us-east-1")
	return c
}

// profile returns what a credentials file says for a profile.
func profile(name, profile string) map[string]string {
	f, err := os.Open(name)
	if err != nil {
		return nil // there need not be one
	}
	defer f.Close()
	values, inside := map[string]string{}, false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "[") {
			inside = strings.TrimSpace(strings.Trim(line, "[]")) == profile
		}
		if key, value, ok := strings.Cut(line, "="); ok && inside {
			values[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return values
}

// address returns the URL of an object. Of AWS's own servers each bucket is a host,
// of others it is part of the path, as it is for a bucket whose name no certificate
// would fit.
func (c *Config) address(name string) (string, error) {
	rest, ok := strings.CutPrefix(name, "s3://")
	bucket, key, found := strings.Cut(rest, "/")
	if !ok || !found || bucket == "" || key == "" {
		return "", fmt.Errorf("no s3://BUCKET/KEY: %w", abi.EINVAL)
	}
	region := cmp.Or(c.Region, "us-east-1")
	u := &url.URL{Scheme: "https", Host: "s3." + region + ".amazonaws.com"}
	if c.Endpoint != "" {
		var err error
		if u, err = url.Parse(strings.TrimSuffix(c.Endpoint, "/")); err != nil || u.Host == "" {
			return "", fmt.Errorf("the endpoint %q is no URL: %w", c.Endpoint, abi.EINVAL)
		}
	} else if !strings.Contains(bucket, ".") {
		u.Host = bucket + "." + u.Host
		bucket = ""
	}
	p := "/" + key
	if bucket != "" {
		p = "/" + bucket + p
	}
	u.Path += p
	u.RawPath = escape(u.Path)
	return u.String(), nil
}

// escape writes a path as it is signed: all bytes but letters, digits, -._~ and
// slashes are escaped.
func escape(p string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/"
	var b strings.Builder
	for i := range len(p) {
		if strings.IndexByte(plain, p[i]) >= 0 {
			b.WriteByte(p[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", p[i])
		}
	}
	return b.String()
}
