package s3

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/accesstest"
)

// A bucket is a server that has objects in memory, and believes signatures only
// after it has made them itself, from what AWS documents (Signature Version 4).
type bucket struct {
	t       *testing.T
	secret  string
	mu      sync.Mutex
	objects map[string][]byte
	refuse  atomic.Int64 // a status, or 0
}

func (b *bucket) get(key string) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	content, ok := b.objects[key]
	return content, ok
}

func (b *bucket) set(key string, content []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key] = content
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Error(err)
	}
	if status := b.refuse.Load(); status != 0 && r.Method == http.MethodPut {
		w.WriteHeader(int(status))
		return
	}
	if why := b.signature(r, body); why != "" {
		b.t.Log(why)
		w.WriteHeader(http.StatusForbidden)
		return
	}
	content, found := b.get(r.URL.Path)
	switch {
	case r.Method == http.MethodPut:
		sum := md5.Sum(body)
		switch {
		case base64.StdEncoding.EncodeToString(sum[:]) != r.Header.Get("Content-MD5"):
			w.WriteHeader(http.StatusBadRequest)
		case found && r.Header.Get("If-None-Match") == "*":
			w.WriteHeader(http.StatusPreconditionFailed)
		default:
			b.set(r.URL.Path, body)
		}
	case !found:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, md5.Sum(content)))
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// signature returns what is wrong with a request's.
func (b *bucket) signature(r *http.Request, body []byte) string {
	if b.secret == "" {
		return ""
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	if r.Header.Get("X-Amz-Content-Sha256") != hash {
		return "another hash of the body"
	}
	fields := map[string]string{}
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	for _, f := range strings.Split(rest, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(f), "=")
		fields[k] = v
	}
	scope := strings.SplitN(fields["Credential"], "/", 2)
	if scheme != "AWS4-HMAC-SHA256" || len(scope) != 2 || scope[0] != "key" {
		return "Authorization: " + r.Header.Get("Authorization")
	}
	names := strings.Split(fields["SignedHeaders"], ";")
	if !slices.Contains(names, "host") || !slices.Contains(names, "x-amz-content-sha256") {
		return "not all is signed: " + fields["SignedHeaders"]
	}
	canonical := r.Method + "\n" + r.URL.EscapedPath() + "\n" + r.URL.RawQuery + "\n"
	for _, n := range names {
		v := r.Header.Get(n)
		switch n {
		case "host":
			v = r.Host
		case "content-length":
			v = fmt.Sprint(r.ContentLength)
		}
		canonical += n + ":" + strings.TrimSpace(v) + "\n"
	}
	canonical += "\n" + fields["SignedHeaders"] + "\n" + hash
	sum = sha256.Sum256([]byte(canonical))
	text := "AWS4-HMAC-SHA256\n" + r.Header.Get("X-Amz-Date") + "\n" + scope[1] + "\n" + hex.EncodeToString(sum[:])
	key := []byte("AWS4" + b.secret)
	for _, part := range strings.Split(scope[1], "/") {
		key = mac(key, part)
	}
	if want := hex.EncodeToString(mac(key, text)); want != fields["Signature"] {
		return "another signature, of\n" + canonical
	}
	return ""
}

func newBucket(t *testing.T, secret string) (*bucket, Config) {
	b := &bucket{t: t, secret: secret, objects: map[string][]byte{}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	cfg := Config{Endpoint: server.URL, Region: "eu-central-1", Client: server.Client()}
	if secret != "" {
		cfg.AccessKey, cfg.SecretKey = "key", secret
	}
	return b, cfg
}

func TestSuite(t *testing.T) {
	for secret, key := range map[string]string{"": "f", "secret": "dir/a b+c%20=(ü)~*'"} {
		t.Run(fmt.Sprintf("%q signed with %q", key, secret), func(t *testing.T) {
			accesstest.Run(t, func(t *testing.T) accesstest.Subject {
				b, cfg := newBucket(t, secret)
				return accesstest.Subject{Opener: New(cfg), Name: "s3://bucket/" + key,
					Put: func(content []byte) { b.set("/bucket/"+key, bytes.Clone(content)) },
					Content: func() []byte {
						content, _ := b.get("/bucket/" + key)
						return content
					}}
			})
		})
	}
}

func TestRefused(t *testing.T) {
	_, cfg := newBucket(t, "secret")
	cfg.SecretKey = "wrong"
	_, err := New(cfg).Open(t.Context(), "s3://bucket/f", os.O_RDONLY, 0)
	if access.Errno(err) != abi.EACCES {
		t.Error(err)
	}
	for _, name := range []string{"s3://bucket", "s3://bucket/", "s3:///f", "http://x/y"} {
		if _, err := New(cfg).Open(t.Context(), name, os.O_RDONLY, 0); access.Errno(err) != abi.EINVAL {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What cannot be stored is told, and stored when it can be.
func TestStoringFails(t *testing.T) {
	b, cfg := newBucket(t, "secret")
	b.set("/bucket/f", []byte("old"))
	f, err := New(cfg).Open(t.Context(), "s3://bucket/f", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("new"), 0); err != nil {
		t.Fatal(err)
	}
	b.refuse.Store(http.StatusInternalServerError)
	if err := f.Sync(); access.Errno(err) != abi.EIO {
		t.Error(err)
	}
	b.refuse.Store(http.StatusForbidden)
	if err := f.Sync(); access.Errno(err) != abi.EACCES {
		t.Error(err)
	}
	b.refuse.Store(0)
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if got, _ := b.get("/bucket/f"); string(got) != "new" {
		t.Errorf("%q", got)
	}
}

func TestAddress(t *testing.T) {
	for _, tt := range []struct {
		cfg        Config
		name, want string
	}{
		{Config{}, "s3://bucket/a/b c", "https://bucket.s3.us-east-1.amazonaws.com/a/b%20c"},
		{Config{Region: "eu-west-1"}, "s3://my.bucket/a", "https://s3.eu-west-1.amazonaws.com/my.bucket/a"},
		{Config{Endpoint: "http://localhost:9000/"}, "s3://bucket/a+b", "http://localhost:9000/bucket/a%2Bb"},
		{Config{Endpoint: "http://localhost/s3"}, "s3://bucket/%41", "http://localhost/s3/bucket/%2541"},
	} {
		got, err := tt.cfg.address(tt.name)
		if err != nil || got != tt.want {
			t.Errorf("%s: %s, %v; want %s", tt.name, got, err, tt.want)
		}
		if _, err := url.Parse(got); err != nil {
			t.Error(err)
		}
	}
}

func TestFromEnvironment(t *testing.T) {
	for _, name := range []string{"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION",
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	file := filepath.Join(t.TempDir(), "credentials")
	text := "[default]\naws_access_key_id = a\naws_secret_access_key=b\n\n[ other ]\naws_access_key_id=c\naws_secret_access_key = d\naws_session_token = e\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	if got, want := FromEnvironment(), (Config{Region: "us-east-1", AccessKey: "a", SecretKey: "b"}); got != want {
		t.Errorf("%+v", got)
	}
	t.Setenv("AWS_PROFILE", "other")
	t.Setenv("AWS_DEFAULT_REGION", "r")
	t.Setenv("AWS_ENDPOINT_URL", "http://e")
	if got, want := FromEnvironment(), (Config{Endpoint: "http://e", Region: "r", AccessKey: "c", SecretKey: "d", SessionToken: "e"}); got != want {
		t.Errorf("%+v", got)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "f")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "g")
	if got := FromEnvironment(); got.AccessKey != "f" || got.SecretKey != "g" || got.SessionToken != "" {
		t.Errorf("%+v", got)
	}
}
