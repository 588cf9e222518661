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
)

// The operations on descriptors without positions: pipes, sockets and what else one
// waits for. None of them waits but Poll.
const (
	Pipe         Code = 100 + iota // both ends of a new one
	Take                           // what there is to be read
	Put                            // as much as there is room for
	Poll                           // which descriptors are ready
	Pending                        // how much there is to be read
	Endpoint                       // a socket that is a descriptor
	EndPair                        // two that are connected
	EndBind                        // give it a name
	EndConnect                     // begin to connect, or ask what became of it
	EndListen                      // let others connect
	EndAccept                      // take one that has
	EndSend                        // a message, or bytes
	EndReceive                     // likewise
	EndNames                       // its own and its peer's
	EndShutdown                    // end one direction or both
	EndGetOption                   // getsockopt(2)
	EndSetOption                   // setsockopt(2)
	Counter                        // eventfd(2)
	Timer                          // timerfd_create(2)
	Arm                            // timerfd_settime(2)
	Remaining                      // timerfd_gettime(2)
	Watcher                        // inotify_init(2)
	Watch                          // inotify_add_watch(2)
	Ignore                         // inotify_rm_watch(2)
	Gathering                      // epoll_create(2)
	Enlist                         // epoll_ctl(2)
	Gather                         // epoll_wait(2), without waiting
	Transfer                       // from one descriptor to another
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

	Pipe:         {name: "pipe", args: []string{"fd", "fd2"}},
	Take:         {name: "take", args: []string{"fd", "length"}, results: []string{"data"}},
	Put:          {name: "put", args: []string{"fd", "data"}, results: []string{"length"}},
	Poll:         {name: "poll", args: []string{"flags", "data"}, results: []string{"data"}, reads: true},
	Pending:      {name: "pending", args: []string{"fd"}, results: []string{"length"}, reads: true},
	Endpoint:     {name: "endpoint", args: []string{"family", "type", "protocol", "fd2"}},
	EndPair:      {name: "endpair", args: []string{"type", "fd", "fd2"}},
	EndBind:      {name: "endbind", args: []string{"fd", "addr"}},
	EndConnect:   {name: "endconnect", args: []string{"fd", "addr"}},
	EndListen:    {name: "endlisten", args: []string{"fd", "length"}},
	EndAccept:    {name: "endaccept", args: []string{"fd", "fd2"}, results: []string{"addr"}},
	EndSend:      {name: "endsend", args: []string{"fd", "message", "addr", "data"}, results: []string{"length"}},
	EndReceive:   {name: "endreceive", args: []string{"fd", "message", "length"}, results: []string{"message", "addr", "length", "data"}},
	EndNames:     {name: "endnames", args: []string{"fd"}, results: []string{"addr", "addr2"}, reads: true},
	EndShutdown:  {name: "endshutdown", args: []string{"fd", "flags"}},
	EndGetOption: {name: "endgetoption", args: []string{"fd", "option"}, results: []string{"data"}},
	EndSetOption: {name: "endsetoption", args: []string{"fd", "option", "data"}},
	Counter:      {name: "counter", args: []string{"length", "flags", "fd2"}},
	Timer:        {name: "timer", args: []string{"flags", "fd2"}},
	Arm:          {name: "arm", args: []string{"fd", "flags", "interval", "value"}, results: []string{"interval", "value"}},
	Remaining:    {name: "remaining", args: []string{"fd"}, results: []string{"interval", "value"}, reads: true},
	Watcher:      {name: "watcher", args: []string{"fd2"}},
	Watch:        {name: "watch", args: []string{"fd2", "path", "events"}, results: []string{"watch"}},
	Ignore:       {name: "ignore", args: []string{"fd2", "watch"}},
	Gathering:    {name: "gathering", args: []string{"fd2"}},
	Enlist:       {name: "enlist", args: []string{"fd", "fd2", "flags", "events", "token"}},
	Gather:       {name: "gather", args: []string{"fd", "length"}, results: []string{"data"}},
	Transfer:     {name: "transfer", args: []string{"fd", "cookie", "fd2", "cookie2", "length", "flags"}, results: []string{"length"}},
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
