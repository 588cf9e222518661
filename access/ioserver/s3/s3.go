// Package s3 reaches objects of S3 and what speaks its protocol. Reading asks for
// ranges; an object that is written to is kept here and put whole, at once, at Sync
// and Close. There are no directories.
//
// Requests are made and signed (SigV4) by net/http and the signer of AWS's own
// library; the whole of that library, or of another, would add more to the time that
// every command takes to start than all else here.
package s3

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"penumbra/abi"
	"penumbra/access"
	"penumbra/access/internal/spool"
	"penumbra/access/ioserver/web"
)

// Opener opens objects by s3://BUCKET/KEY. Make one by New.
type Opener struct {
	cfg    Config
	reader *web.Opener
	signer *v4.Signer
	spools spool.Table
}

var _ access.Stamper = &Opener{}

// New returns an Opener.
func New(cfg Config) *Opener {
	o := &Opener{cfg: cfg}
	o.signer = v4.NewSigner(func(s *v4.SignerOptions) { s.DisableURIPathEscaping = true }) // keys are escaped once
	o.reader = &web.Opener{Client: cfg.Client, Prepare: func(r *http.Request) error { return o.sign(r, emptyHash) }}
	return o
}

// emptyHash is the SHA-256 of nothing, the body of most requests.
var emptyHash = hex.EncodeToString(sha256.New().Sum(nil))

// sign signs a request, of whose body this is the SHA-256. Without keys it stays
// anonymous.
func (o *Opener) sign(r *http.Request, hash string) error {
	if o.cfg.AccessKey == "" {
		return nil
	}
	r.Header.Set("X-Amz-Content-Sha256", hash)
	keys := aws.Credentials{AccessKeyID: o.cfg.AccessKey, SecretAccessKey: o.cfg.SecretKey, SessionToken: o.cfg.SessionToken}
	return o.signer.SignHTTP(r.Context(), keys, r, hash, "s3", o.cfg.Region, time.Now())
}

// Open implements access.Opener.
func (o *Opener) Open(ctx context.Context, name string, flag int, perm fs.FileMode) (access.File, error) {
	address, err := o.cfg.address(name)
	if err != nil {
		return nil, access.Failed("open", name, err)
	}
	if !access.Writes(flag) && flag&(os.O_CREATE|os.O_TRUNC) == 0 && !o.spools.Has(name, name) {
		return o.reader.Open(ctx, address, flag, perm)
	}
	if err := o.create(ctx, address, flag); err != nil {
		return nil, access.Failed("open", name, err)
	}
	f, err := o.spools.Open(name, name, flag, func() (*spool.Spool, error) { return o.whole(ctx, address, flag) })
	return f, access.Failed("open", name, err)
}

// create makes an empty object if flag asks for one where none is.
func (o *Opener) create(ctx context.Context, address string, flag int) error {
	if flag&os.O_CREATE == 0 {
		return nil
	}
	err := o.put(ctx, address, io.NewSectionReader(strings.NewReader(""), 0, 0), true)
	if errors.Is(err, abi.EEXIST) && flag&os.O_EXCL == 0 {
		return nil
	}
	return err
}

// whole returns the content of an object that is to be written to.
func (o *Opener) whole(ctx context.Context, address string, flag int) (*spool.Spool, error) {
	s, err := spool.New(func(content *io.SectionReader) error {
		return o.put(context.WithoutCancel(ctx), address, content, false)
	})
	if err != nil {
		return nil, err
	}
	f, err := o.reader.Open(ctx, address, os.O_RDONLY, 0)
	if err != nil {
		s.Discard()
		return nil, err
	}
	defer f.Close()
	if flag&os.O_TRUNC != 0 {
		s.Dirty()
		return s, nil
	}
	size, err := access.SizeAtOpen(f)
	if err == nil {
		err = s.Fill(bufferedAt(f, size))
	}
	if err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

// bufferedAt returns a reader of f that asks for much at a time.
func bufferedAt(f access.File, size int64) io.Reader {
	return &chunks{io.NewSectionReader(f, 0, size), nil}
}

// chunks reads a file in large pieces.
type chunks struct {
	from *io.SectionReader
	left []byte
}

func (c *chunks) Read(p []byte) (int, error) {
	const piece = 8 << 20
	if len(c.left) == 0 {
		b := make([]byte, piece)
		n, err := io.ReadFull(c.from, b)
		if c.left = b[:n]; n == 0 {
			return 0, err
		}
		if err != nil && err != io.ErrUnexpectedEOF {
			return 0, err
		}
	}
	n := copy(p, c.left)
	c.left = c.left[n:]
	return n, nil
}

// largest is what one request can put: 5 GiB.
const largest = 5 << 30

// put gives an object its content; only if there is none, if it is to be fresh.
func (o *Opener) put(ctx context.Context, address string, content *io.SectionReader, fresh bool) error {
	if content.Size() > largest {
		return fmt.Errorf("an object of more than 5 GiB: %w", abi.EFBIG)
	}
	sum, check := sha256.New(), md5.New()
	if _, err := io.Copy(io.MultiWriter(sum, check), content); err != nil {
		return err
	}
	const attempts = 3
	for attempt := 1; ; attempt++ {
		again, err := o.putOnce(ctx, address, io.NewSectionReader(content, 0, content.Size()), fresh,
			hex.EncodeToString(sum.Sum(nil)), base64.StdEncoding.EncodeToString(check.Sum(nil)))
		if err == nil || !again || attempt == attempts {
			return err
		}
		time.Sleep(100 * time.Millisecond << attempt)
	}
}

// putOnce is put. It says whether it is worth while to try again.
func (o *Opener) putOnce(ctx context.Context, address string, content *io.SectionReader, fresh bool, hash, check string) (again bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, address, io.NopCloser(content))
	if err != nil {
		return false, err
	}
	r.ContentLength = content.Size()
	r.GetBody = func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(content, 0, content.Size())), nil
	}
	if content.Size() == 0 {
		r.Body, r.GetBody = http.NoBody, nil
	}
	r.Header.Set("Content-MD5", check) // servers that were given no keys look at that, too
	if fresh {
		r.Header.Set("If-None-Match", "*")
	}
	if err := o.sign(r, hash); err != nil {
		return false, err
	}
	client := o.cfg.Client
	if client == nil {
		client = http.DefaultClient
	}
	answer, err := client.Do(r)
	if err != nil {
		return true, err
	}
	defer answer.Body.Close()
	if fresh && answer.StatusCode == http.StatusPreconditionFailed {
		return false, abi.EEXIST
	}
	return answer.StatusCode >= 500 || answer.StatusCode == http.StatusConflict, web.StatusError(answer)
}

// Stamp implements access.Stamper.
func (o *Opener) Stamp(ctx context.Context, name string) (string, error) {
	address, err := o.cfg.address(name)
	if err != nil {
		return "", access.Failed("stat", name, err)
	}
	return o.reader.Stamp(ctx, address)
}
