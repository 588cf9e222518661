package access

// A Method is a way to reach a file.
type Method struct {
	Name  string
	Args  string // as they are written behind the name, or ""
	Short string // one line
	// Ends says that it ends a chain: what follows is a path, or a URL. Others
	// decorate the method that follows, which is remote if none is named.
	Ends bool
}

// Methods lists all methods, those that end a chain first.
func Methods() []Method {
	return []Method{
		{Name: "local", Ends: true, Short: "a file of this machine"},
		{Name: "remote", Ends: true, Short: "a file of the shadow's machine, piece by piece"},
		{Name: "ioserver", Ends: true, Short: "a file of a server: sftp://, http://, https:// or s3://"},
		{Name: "special", Ends: true, Short: "a pipe, terminal, socket or device of this machine"},
		{Name: "fetch", Short: "read from a copy in a cache here, whole and checked by its hash"},
		{Name: "buffer", Args: "(size,block)", Short: "read ahead and write behind, with size bytes in blocks of block bytes"},
		{Name: "compress", Short: "read and write what is compressed by gzip or zstd as if it were not"},
		{Name: "append", Short: "write behind the end of the file only, each write in one piece"},
	}
}

// schemes are what a URL of the method ioserver may begin with.
var schemes = []string{"sftp", "http", "https", "s3"}

func findMethod(name string) (Method, bool) {
	for _, m := range Methods() {
		if m.Name == name {
			return m, true
		}
	}
	return Method{}, false
}

func methodNames() []string {
	var names []string
	for _, m := range Methods() {
		names = append(names, m.Name)
	}
	return names
}
