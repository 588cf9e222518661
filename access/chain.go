package access

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A Chain says how a file is reached: decorating methods, the one that ends it,
// and where that looks. Its text is
//
//	{ METHOD [ "(" SIZE { "," SIZE } ")" ] ":" } [ PATH | URL ]
//
// as in buffer:(1m,64k):compress:remote:/home/x/y. Where no method ends it, remote
// does. A path is absolute, and takes up all that is left. One with a slash at its
// end is a directory that names are looked up in; without a path a name is its
// own. A URL is one of RFC 3986, but that of an object of S3, which is
// s3://BUCKET/KEY with the key as it is.
type Chain struct {
	Links []Link // at least one; the last is of a method that ends a chain
	Path  string // or URL, or ""
}

// A Link is a method of a chain, with its arguments, in bytes.
type Link struct {
	Method string
	Args   []int64 // as many as the method has, or none
}

// String returns c as ParseChain reads it.
func (c Chain) String() string {
	var b strings.Builder
	for _, l := range c.Links {
		b.WriteString(l.Method)
		b.WriteByte(':')
		if len(l.Args) > 0 {
			b.WriteByte('(')
			for i, n := range l.Args {
				if i > 0 {
					b.WriteByte(',')
				}
				b.WriteString(formatSize(n))
			}
			b.WriteString("):")
		}
	}
	return b.String() + c.Path
}

// Last returns the method that ends c.
func (c Chain) Last() string { return c.Links[len(c.Links)-1].Method }

// Has reports whether a method is part of c.
func (c Chain) Has(method string) bool {
	return slices.ContainsFunc(c.Links, func(l Link) bool { return l.Method == method })
}

// For returns the path or URL by which c reaches the file called name.
func (c Chain) For(name string) string {
	switch {
	case c.Path == "":
		return name
	case strings.HasSuffix(c.Path, "/"):
		// No .. leads out of the directory.
		name = strings.TrimPrefix(path.Clean("/"+name), "/")
		if c.Last() == "ioserver" && !strings.HasPrefix(c.Path, "s3:") {
			name = (&url.URL{Path: name}).EscapedPath()
		}
		return c.Path + name
	}
	return c.Path
}

// units are powers of 1024, the largest first.
var units = []struct {
	letter byte
	size   int64
}{{'g', 1 << 30}, {'m', 1 << 20}, {'k', 1 << 10}}

func formatSize(n int64) string {
	for _, u := range units {
		if n >= u.size && n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + string(u.letter)
		}
	}
	return strconv.FormatInt(n, 10)
}

// parseSize reads a number of bytes, perhaps with k, m or g for powers of 1024.
func parseSize(text string) (int64, bool) {
	unit := int64(1)
	for _, u := range units {
		if n := len(text); n > 0 && text[n-1]|0x20 == u.letter {
			unit, text = u.size, text[:n-1]
			break
		}
	}
	n, err := strconv.ParseUint(text, 10, 40)
	if err != nil || int64(n) > 1<<40/unit {
		return 0, false
	}
	return int64(n) * unit, true
}
