package wire

import (
	"fmt"
	"slices"
)

// Code is the number of an operation.
type Code uint8

// The operations. Their numbers are part of the protocol: new ones go to the
// end.
const (
	Null     Code = 1 + iota // nothing
	Spawn                    // a new representative
	Fork                     // a copy of this one
	Exit                     // free it
	Chdir                    // change its working directory
	Umask                    // change its mask
	Dup                      // another descriptor for an open file, perhaps of another representative
	Close                    // give up a descriptor
	Open                     // open or create a file
	Reopen                   // open a file that was open before the shadow ended
	Stat                     // attributes by path, or of FD where Path is empty
	Readdir                  // names and attributes
	Readlink                 // where a link leads
	Read                     // data at an offset
	Write                    // data to an offset
	Append                   // data to the end, wherever that is
	Truncate                 // set the size
	Allocate                 // fallocate(2)
	Seek                     // the next data or hole
	Rename
	Link
	Symlink // Path2 is what it says
	Mkdir
	Rmdir
	Unlink
	Chmod
	Chown
	Utimens
	Getxattr
	Setxattr
	Listxattr
	Removexattr
	Sync    // fsync(2), fdatasync(2)
	Statfs  // of the file system that holds a file
	Access  // may this be done?
	Lock    // of all three kinds
	Method  // by which access method is a file to be reached?
	Unwatch // end a lease
	Exports // what there is
	Clock   // what time it is
	Names   // of the machine
	User    // whose the shadow is
	Load    // of the machine: memory, processes
	Limits  // of what a representative may do
	Kill    // a signal to a process of the machine
	Mknod   // a pipe or the name of a socket
)

// The operations on sockets; docs/protocol.md tells of their flows.
const (
	Socket      Code = 60 + iota // a new one
	Bind                         // give it a name
	Connect                      // begin to connect
	Listen                       // let others connect
	Send                         // to the flow that leaves
	Credit                       // what of the flow that comes has been taken
	Shutdown                     // end one direction or both
	SocketNames                  // its own and its peer's
	GetOption                    // getsockopt(2)
	SetOption                    // setsockopt(2)
	Hangup                       // give it up
	codeEnd
)

// A layout describes an operation: the fields that follow its code in a request,
// and those that follow code and error number in a reply.
type layout struct {
	name    string
	args    []string
	results []string
	reads   bool // it changes nothing, or the second time nothing more
}

var layouts = [codeEnd]layout{
	Null:        {name: "null", reads: true},
	Spawn:       {name: "spawn", args: []string{"proc", "path", "mode"}, results: []string{"attr", "path"}},
	Fork:        {name: "fork", args: []string{"proc"}},
	Exit:        {name: "exit"},
	Chdir:       {name: "chdir", args: []string{"fd", "path"}, results: []string{"attr", "path"}},
	Umask:       {name: "umask", args: []string{"mode"}, results: []string{"mode"}},
	Dup:         {name: "dup", args: []string{"proc", "fd", "fd2"}, results: []string{"fd"}},
	Close:       {name: "close", args: []string{"fd"}},
	Open:        {name: "open", args: []string{"fd", "path", "open", "mode", "fd2"}, results: []string{"fd", "attr", "path"}},
	Reopen:      {name: "reopen", args: []string{"paths", "open", "id", "fd2"}, results: []string{"attr", "path"}},
	Stat:        {name: "stat", args: []string{"fd", "path", "at"}, results: []string{"attr"}, reads: true},
	Readdir:     {name: "readdir", args: []string{"fd", "cookie", "length", "lease"}, results: []string{"lease", "end", "data"}, reads: true},
	Readlink:    {name: "readlink", args: []string{"fd", "path"}, results: []string{"path"}, reads: true},
	Read:        {name: "read", args: []string{"fd", "offset", "length"}, results: []string{"data"}, reads: true},
	Write:       {name: "write", args: []string{"fd", "offset", "data"}, results: []string{"length"}},
	Append:      {name: "append", args: []string{"fd", "data"}, results: []string{"length", "offset"}},
	Truncate:    {name: "truncate", args: []string{"fd", "path", "length"}},
	Allocate:    {name: "allocate", args: []string{"fd", "flags", "offset", "length"}},
	Seek:        {name: "seek", args: []string{"fd", "flags", "offset"}, results: []string{"offset"}, reads: true},
	Rename:      {name: "rename", args: []string{"fd", "path", "fd2", "path2", "flags"}, results: []string{"path", "path2"}},
	Link:        {name: "link", args: []string{"fd", "path", "fd2", "path2", "at"}},
	Symlink:     {name: "symlink", args: []string{"fd", "path", "path2"}},
	Mkdir:       {name: "mkdir", args: []string{"fd", "path", "mode"}},
	Rmdir:       {name: "rmdir", args: []string{"fd", "path"}},
	Unlink:      {name: "unlink", args: []string{"fd", "path"}},
	Chmod:       {name: "chmod", args: []string{"fd", "path", "mode", "at"}},
	Chown:       {name: "chown", args: []string{"fd", "path", "uid", "gid", "at"}},
	Utimens:     {name: "utimens", args: []string{"fd", "path", "atime", "mtime", "at"}},
	Getxattr:    {name: "getxattr", args: []string{"fd", "path", "name", "at"}, results: []string{"data"}, reads: true},
	Setxattr:    {name: "setxattr", args: []string{"fd", "path", "name", "data", "flags"}},
	Listxattr:   {name: "listxattr", args: []string{"fd", "path", "at"}, results: []string{"data"}, reads: true},
	Removexattr: {name: "removexattr", args: []string{"fd", "path", "name"}},
	Sync:        {name: "sync", args: []string{"fd", "flags"}},
	Statfs:      {name: "statfs", args: []string{"fd", "path"}, results: []string{"fs"}, reads: true},
	Access:      {name: "access", args: []string{"fd", "path", "mode", "at"}, reads: true},
	Lock:        {name: "lock", args: []string{"fd", "lock", "offset", "length"}, results: []string{"lock", "offset", "length", "proc"}},
	Method:      {name: "method", args: []string{"fd", "path"}, results: []string{"chain", "forever"}, reads: true},
	Unwatch:     {name: "unwatch", args: []string{"lease"}, reads: true},
	Exports:     {name: "exports", results: []string{"path", "policy", "data"}, reads: true},
	Clock:       {name: "clock", results: []string{"now", "tick"}, reads: true},
	Names:       {name: "names", results: []string{"names"}, reads: true},
	User:        {name: "user", results: []string{"user"}, reads: true},
	Load:        {name: "load", results: []string{"load"}, reads: true},
	Limits:      {name: "limits", results: []string{"limits"}, reads: true},
	Kill:        {name: "kill", args: []string{"pid", "signal"}},
	Mknod:       {name: "mknod", args: []string{"fd", "path", "mode", "kind"}},

	Socket:      {name: "socket", args: []string{"sock", "family", "type"}},
	Bind:        {name: "bind", args: []string{"sock", "addr", "mode"}, results: []string{"addr"}},
	Connect:     {name: "connect", args: []string{"sock", "addr"}, results: []string{"end"}},
	Listen:      {name: "listen", args: []string{"sock", "length"}},
	Send:        {name: "send", args: []string{"sock", "offset", "addr", "data"}, results: []string{"offset"}},
	Credit:      {name: "credit", args: []string{"sock", "offset", "length", "flags"}, reads: true},
	Shutdown:    {name: "shutdown", args: []string{"sock", "flags"}},
	SocketNames: {name: "socketnames", args: []string{"sock"}, results: []string{"addr", "addr2"}, reads: true},
	GetOption:   {name: "getoption", args: []string{"sock", "option"}, results: []string{"data"}},
	SetOption:   {name: "setoption", args: []string{"sock", "option", "data"}},
	Hangup:      {name: "hangup", args: []string{"sock"}},
}

func (c Code) valid() bool { return c < codeEnd && layouts[c].name != "" }

// String returns c's name.
func (c Code) String() string {
	if c.valid() {
		return layouts[c].name
	}
	return fmt.Sprintf("operation %d", uint8(c))
}

// Has reports whether requests with c have the field of that name.
func (c Code) Has(field string) bool {
	return c.valid() && slices.Contains(layouts[c].args, field)
}
