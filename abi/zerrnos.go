// Code generated from errnos.txt by go generate. DO NOT EDIT.

package abi

// The error numbers.
const (
	EPERM                 Errno = 1   // Operation not permitted
	ENOENT                Errno = 2   // No such file or directory
	ESRCH                 Errno = 3   // No such process
	EINTR                 Errno = 4   // Interrupted system call
	EIO                   Errno = 5   // Input/output error
	ENXIO                 Errno = 6   // No such device or address
	E2BIG                 Errno = 7   // Argument list too long
	ENOEXEC               Errno = 8   // Exec format error
	EBADF                 Errno = 9   // Bad file descriptor
	ECHILD                Errno = 10  // No child processes
	EAGAIN                Errno = 11  // Resource temporarily unavailable
	ENOMEM                Errno = 12  // Cannot allocate memory
	EACCES                Errno = 13  // Permission denied
	EFAULT                Errno = 14  // Bad address
	ENOTBLK               Errno = 15  // Block device required
	EBUSY                 Errno = 16  // Device or resource busy
	EEXIST                Errno = 17  // File exists
	EXDEV                 Errno = 18  // Invalid cross-device link
	ENODEV                Errno = 19  // No such device
	ENOTDIR               Errno = 20  // Not a directory
	EISDIR                Errno = 21  // Is a directory
	EINVAL                Errno = 22  // Invalid argument
	ENFILE                Errno = 23  // Too many open files in system
	EMFILE                Errno = 24  // Too many open files
	ENOTTY                Errno = 25  // Inappropriate ioctl for device
	ETXTBSY               Errno = 26  // Text file busy
	EFBIG                 Errno = 27  // File too large
	ENOSPC                Errno = 28  // No space left on device
	ESPIPE                Errno = 29  // Illegal seek
	EROFS                 Errno = 30  // Read-only file system
	EMLINK                Errno = 31  // Too many links
	EPIPE                 Errno = 32  // Broken pipe
	EDOM                  Errno = 33  // Numerical argument out of domain
	ERANGE                Errno = 34  // Numerical result out of range
	EDEADLK               Errno = 35  // Resource deadlock avoided
	ENAMETOOLONG          Errno = 36  // File name too long
	ENOLCK                Errno = 37  // No locks available
	ENOSYS                Errno = 38  // Function not implemented
	ENOTEMPTY             Errno = 39  // Directory not empty
	ELOOP                 Errno = 40  // Too many levels of symbolic links
	ENOMSG                Errno = 42  // No message of desired type
	EIDRM                 Errno = 43  // Identifier removed
	ECHRNG                Errno = 44  // Channel number out of range
	EL2NSYNC              Errno = 45  // Level 2 not synchronized
	EL3HLT                Errno = 46  // Level 3 halted
	EL3RST                Errno = 47  // Level 3 reset
	ELNRNG                Errno = 48  // Link number out of range
	EUNATCH               Errno = 49  // Protocol driver not attached
	ENOCSI                Errno = 50  // No CSI structure available
	EL2HLT                Errno = 51  // Level 2 halted
	EBADE                 Errno = 52  // Invalid exchange
	EBADR                 Errno = 53  // Invalid request descriptor
	EXFULL                Errno = 54  // Exchange full
	ENOANO                Errno = 55  // No anode
	EBADRQC               Errno = 56  // Invalid request code
	EBADSLT               Errno = 57  // Invalid slot
	EBFONT                Errno = 59  // Bad font file format
	ENOSTR                Errno = 60  // Device not a stream
	ENODATA               Errno = 61  // No data available
	ETIME                 Errno = 62  // Timer expired
	ENOSR                 Errno = 63  // Out of streams resources
	ENONET                Errno = 64  // Machine is not on the network
	ENOPKG                Errno = 65  // Package not installed
	EREMOTE               Errno = 66  // Object is remote
	ENOLINK               Errno = 67  // Link has been severed
	EADV                  Errno = 68  // Advertise error
	ESRMNT                Errno = 69  // Srmount error
	ECOMM                 Errno = 70  // Communication error on send
	EPROTO                Errno = 71  // Protocol error
	EMULTIHOP             Errno = 72  // Multihop attempted
	EDOTDOT               Errno = 73  // RFS specific error
	EBADMSG               Errno = 74  // Bad message
	EOVERFLOW             Errno = 75  // Value too large for defined data type
	ENOTUNIQ              Errno = 76  // Name not unique on network
	EBADFD                Errno = 77  // File descriptor in bad state
	EREMCHG               Errno = 78  // Remote address changed
	ELIBACC               Errno = 79  // Can not access a needed shared library
	ELIBBAD               Errno = 80  // Accessing a corrupted shared library
	ELIBSCN               Errno = 81  // .lib section in a.out corrupted
	ELIBMAX               Errno = 82  // Attempting to link in too many shared libraries
	ELIBEXEC              Errno = 83  // Cannot exec a shared library directly
	EILSEQ                Errno = 84  // Invalid or incomplete multibyte or wide character
	ERESTART              Errno = 85  // Interrupted system call should be restarted
	ESTRPIPE              Errno = 86  // Streams pipe error
	EUSERS                Errno = 87  // Too many users
	ENOTSOCK              Errno = 88  // Socket operation on non-socket
	EDESTADDRREQ          Errno = 89  // Destination address required
	EMSGSIZE              Errno = 90  // Message too long
	EPROTOTYPE            Errno = 91  // Protocol wrong type for socket
	ENOPROTOOPT           Errno = 92  // Protocol not available
	EPROTONOSUPPORT       Errno = 93  // Protocol not supported
	ESOCKTNOSUPPORT       Errno = 94  // Socket type not supported
	EOPNOTSUPP            Errno = 95  // Operation not supported
	EPFNOSUPPORT          Errno = 96  // Protocol family not supported
	EAFNOSUPPORT          Errno = 97  // Address family not supported by protocol
	EADDRINUSE            Errno = 98  // Address already in use
	EADDRNOTAVAIL         Errno = 99  // Cannot assign requested address
	ENETDOWN              Errno = 100 // Network is down
	ENETUNREACH           Errno = 101 // Network is unreachable
	ENETRESET             Errno = 102 // Network dropped connection on reset
	ECONNABORTED          Errno = 103 // Software caused connection abort
	ECONNRESET            Errno = 104 // Connection reset by peer
	ENOBUFS               Errno = 105 // No buffer space available
	EISCONN               Errno = 106 // Transport endpoint is already connected
	ENOTCONN              Errno = 107 // Transport endpoint is not connected
	ESHUTDOWN             Errno = 108 // Cannot send after transport endpoint shutdown
	ETOOMANYREFS          Errno = 109 // Too many references: cannot splice
	ETIMEDOUT             Errno = 110 // Connection timed out
	ECONNREFUSED          Errno = 111 // Connection refused
	EHOSTDOWN             Errno = 112 // Host is down
	EHOSTUNREACH          Errno = 113 // No route to host
	EALREADY              Errno = 114 // Operation already in progress
	EINPROGRESS           Errno = 115 // Operation now in progress
	ESTALE                Errno = 116 // Stale file handle
	EUCLEAN               Errno = 117 // Structure needs cleaning
	ENOTNAM               Errno = 118 // Not a XENIX named type file
	ENAVAIL               Errno = 119 // No XENIX semaphores available
	EISNAM                Errno = 120 // Is a named type file
	EREMOTEIO             Errno = 121 // Remote I/O error
	EDQUOT                Errno = 122 // Disk quota exceeded
	ENOMEDIUM             Errno = 123 // No medium found
	EMEDIUMTYPE           Errno = 124 // Wrong medium type
	ECANCELED             Errno = 125 // Operation canceled
	ENOKEY                Errno = 126 // Required key not available
	EKEYEXPIRED           Errno = 127 // Key has expired
	EKEYREVOKED           Errno = 128 // Key has been revoked
	EKEYREJECTED          Errno = 129 // Key was rejected by service
	EOWNERDEAD            Errno = 130 // Owner died
	ENOTRECOVERABLE       Errno = 131 // State not recoverable
	ERFKILL               Errno = 132 // Operation not possible due to RF-kill
	EHWPOISON             Errno = 133 // Memory page has hardware error
	ERESTARTSYS           Errno = 512 // interrupted; restarted if the handler has SA_RESTART
	ERESTARTNOINTR        Errno = 513 // interrupted; restarted in any case
	ERESTARTNOHAND        Errno = 514 // interrupted; restarted if no handler ran
	ENOIOCTLCMD           Errno = 515 // no such ioctl command
	ERESTART_RESTARTBLOCK Errno = 516 // interrupted; continued by restart_syscall if no handler ran
	EPROBE_DEFER          Errno = 517 // driver asks for a later probe
	EOPENSTALE            Errno = 518 // open found a stale entry
	ENOPARAM              Errno = 519 // parameter not supported
	EBADHANDLE            Errno = 521 // illegal NFS file handle
	ENOTSYNC              Errno = 522 // update synchronization mismatch
	EBADCOOKIE            Errno = 523 // stale cookie
	ENOTSUPP              Errno = 524 // operation is not supported
	ETOOSMALL             Errno = 525 // buffer or request is too small
	ESERVERFAULT          Errno = 526 // an untranslatable error occurred
	EBADTYPE              Errno = 527 // type not supported by server
	EJUKEBOX              Errno = 528 // request is not finished, try again later
	EIOCBQUEUED           Errno = 529 // iocb queued
	ERECALLCONFLICT       Errno = 530 // conflict with recalled state
	ENOGRACE              Errno = 531 // NFS file lock reclaim refused
	EDEADLOCK                   = EDEADLK
	ENOTSUP                     = EOPNOTSUPP
	EWOULDBLOCK                 = EAGAIN
)

var errnoTexts = [...]errnoText{
	EPERM:                 {"EPERM", "Operation not permitted"},
	ENOENT:                {"ENOENT", "No such file or directory"},
	ESRCH:                 {"ESRCH", "No such process"},
	EINTR:                 {"EINTR", "Interrupted system call"},
	EIO:                   {"EIO", "Input/output error"},
	ENXIO:                 {"ENXIO", "No such device or address"},
	E2BIG:                 {"E2BIG", "Argument list too long"},
	ENOEXEC:               {"ENOEXEC", "Exec format error"},
	EBADF:                 {"EBADF", "Bad file descriptor"},
	ECHILD:                {"ECHILD", "No child processes"},
	EAGAIN:                {"EAGAIN", "Resource temporarily unavailable"},
	ENOMEM:                {"ENOMEM", "Cannot allocate memory"},
	EACCES:                {"EACCES", "Permission denied"},
	EFAULT:                {"EFAULT", "Bad address"},
	ENOTBLK:               {"ENOTBLK", "Block device required"},
	EBUSY:                 {"EBUSY", "Device or resource busy"},
	EEXIST:                {"EEXIST", "File exists"},
	EXDEV:                 {"EXDEV", "Invalid cross-device link"},
	ENODEV:                {"ENODEV", "No such device"},
	ENOTDIR:               {"ENOTDIR", "Not a directory"},
	EISDIR:                {"EISDIR", "Is a directory"},
	EINVAL:                {"EINVAL", "Invalid argument"},
	ENFILE:                {"ENFILE", "Too many open files in system"},
	EMFILE:                {"EMFILE", "Too many open files"},
	ENOTTY:                {"ENOTTY", "Inappropriate ioctl for device"},
	ETXTBSY:               {"ETXTBSY", "Text file busy"},
	EFBIG:                 {"EFBIG", "File too large"},
	ENOSPC:                {"ENOSPC", "No space left on device"},
	ESPIPE:                {"ESPIPE", "Illegal seek"},
	EROFS:                 {"EROFS", "Read-only file system"},
	EMLINK:                {"EMLINK", "Too many links"},
	EPIPE:                 {"EPIPE", "Broken pipe"},
	EDOM:                  {"EDOM", "Numerical argument out of domain"},
	ERANGE:                {"ERANGE", "Numerical result out of range"},
	EDEADLK:               {"EDEADLK", "Resource deadlock avoided"},
	ENAMETOOLONG:          {"ENAMETOOLONG", "File name too long"},
	ENOLCK:                {"ENOLCK", "No locks available"},
	ENOSYS:                {"ENOSYS", "Function not implemented"},
	ENOTEMPTY:             {"ENOTEMPTY", "Directory not empty"},
	ELOOP:                 {"ELOOP", "Too many levels of symbolic links"},
	ENOMSG:                {"ENOMSG", "No message of desired type"},
	EIDRM:                 {"EIDRM", "Identifier removed"},
	ECHRNG:                {"ECHRNG", "Channel number out of range"},
	EL2NSYNC:              {"EL2NSYNC", "Level 2 not synchronized"},
	EL3HLT:                {"EL3HLT", "Level 3 halted"},
	EL3RST:                {"EL3RST", "Level 3 reset"},
	ELNRNG:                {"ELNRNG", "Link number out of range"},
	EUNATCH:               {"EUNATCH", "Protocol driver not attached"},
	ENOCSI:                {"ENOCSI", "No CSI structure available"},
	EL2HLT:                {"EL2HLT", "Level 2 halted"},
	EBADE:                 {"EBADE", "Invalid exchange"},
	EBADR:                 {"EBADR", "Invalid request descriptor"},
	EXFULL:                {"EXFULL", "Exchange full"},
	ENOANO:                {"ENOANO", "No anode"},
	EBADRQC:               {"EBADRQC", "Invalid request code"},
	EBADSLT:               {"EBADSLT", "Invalid slot"},
	EBFONT:                {"EBFONT", "Bad font file format"},
	ENOSTR:                {"ENOSTR", "Device not a stream"},
	ENODATA:               {"ENODATA", "No data available"},
	ETIME:                 {"ETIME", "Timer expired"},
	ENOSR:                 {"ENOSR", "Out of streams resources"},
	ENONET:                {"ENONET", "Machine is not on the network"},
	ENOPKG:                {"ENOPKG", "Package not installed"},
	EREMOTE:               {"EREMOTE", "Object is remote"},
	ENOLINK:               {"ENOLINK", "Link has been severed"},
	EADV:                  {"EADV", "Advertise error"},
	ESRMNT:                {"ESRMNT", "Srmount error"},
	ECOMM:                 {"ECOMM", "Communication error on send"},
	EPROTO:                {"EPROTO", "Protocol error"},
	EMULTIHOP:             {"EMULTIHOP", "Multihop attempted"},
	EDOTDOT:               {"EDOTDOT", "RFS specific error"},
	EBADMSG:               {"EBADMSG", "Bad message"},
	EOVERFLOW:             {"EOVERFLOW", "Value too large for defined data type"},
	ENOTUNIQ:              {"ENOTUNIQ", "Name not unique on network"},
	EBADFD:                {"EBADFD", "File descriptor in bad state"},
	EREMCHG:               {"EREMCHG", "Remote address changed"},
	ELIBACC:               {"ELIBACC", "Can not access a needed shared library"},
	ELIBBAD:               {"ELIBBAD", "Accessing a corrupted shared library"},
	ELIBSCN:               {"ELIBSCN", ".lib section in a.out corrupted"},
	ELIBMAX:               {"ELIBMAX", "Attempting to link in too many shared libraries"},
	ELIBEXEC:              {"ELIBEXEC", "Cannot exec a shared library directly"},
	EILSEQ:                {"EILSEQ", "Invalid or incomplete multibyte or wide character"},
	ERESTART:              {"ERESTART", "Interrupted system call should be restarted"},
	ESTRPIPE:              {"ESTRPIPE", "Streams pipe error"},
	EUSERS:                {"EUSERS", "Too many users"},
	ENOTSOCK:              {"ENOTSOCK", "Socket operation on non-socket"},
	EDESTADDRREQ:          {"EDESTADDRREQ", "Destination address required"},
	EMSGSIZE:              {"EMSGSIZE", "Message too long"},
	EPROTOTYPE:            {"EPROTOTYPE", "Protocol wrong type for socket"},
	ENOPROTOOPT:           {"ENOPROTOOPT", "Protocol not available"},
	EPROTONOSUPPORT:       {"EPROTONOSUPPORT", "Protocol not supported"},
	ESOCKTNOSUPPORT:       {"ESOCKTNOSUPPORT", "Socket type not supported"},
	EOPNOTSUPP:            {"EOPNOTSUPP", "Operation not supported"},
	EPFNOSUPPORT:          {"EPFNOSUPPORT", "Protocol family not supported"},
	EAFNOSUPPORT:          {"EAFNOSUPPORT", "Address family not supported by protocol"},
	EADDRINUSE:            {"EADDRINUSE", "Address already in use"},
	EADDRNOTAVAIL:         {"EADDRNOTAVAIL", "Cannot assign requested address"},
	ENETDOWN:              {"ENETDOWN", "Network is down"},
	ENETUNREACH:           {"ENETUNREACH", "Network is unreachable"},
	ENETRESET:             {"ENETRESET", "Network dropped connection on reset"},
	ECONNABORTED:          {"ECONNABORTED", "Software caused connection abort"},
	ECONNRESET:            {"ECONNRESET", "Connection reset by peer"},
	ENOBUFS:               {"ENOBUFS", "No buffer space available"},
	EISCONN:               {"EISCONN", "Transport endpoint is already connected"},
	ENOTCONN:              {"ENOTCONN", "Transport endpoint is not connected"},
	ESHUTDOWN:             {"ESHUTDOWN", "Cannot send after transport endpoint shutdown"},
	ETOOMANYREFS:          {"ETOOMANYREFS", "Too many references: cannot splice"},
	ETIMEDOUT:             {"ETIMEDOUT", "Connection timed out"},
	ECONNREFUSED:          {"ECONNREFUSED", "Connection refused"},
	EHOSTDOWN:             {"EHOSTDOWN", "Host is down"},
	EHOSTUNREACH:          {"EHOSTUNREACH", "No route to host"},
	EALREADY:              {"EALREADY", "Operation already in progress"},
	EINPROGRESS:           {"EINPROGRESS", "Operation now in progress"},
	ESTALE:                {"ESTALE", "Stale file handle"},
	EUCLEAN:               {"EUCLEAN", "Structure needs cleaning"},
	ENOTNAM:               {"ENOTNAM", "Not a XENIX named type file"},
	ENAVAIL:               {"ENAVAIL", "No XENIX semaphores available"},
	EISNAM:                {"EISNAM", "Is a named type file"},
	EREMOTEIO:             {"EREMOTEIO", "Remote I/O error"},
	EDQUOT:                {"EDQUOT", "Disk quota exceeded"},
	ENOMEDIUM:             {"ENOMEDIUM", "No medium found"},
	EMEDIUMTYPE:           {"EMEDIUMTYPE", "Wrong medium type"},
	ECANCELED:             {"ECANCELED", "Operation canceled"},
	ENOKEY:                {"ENOKEY", "Required key not available"},
	EKEYEXPIRED:           {"EKEYEXPIRED", "Key has expired"},
	EKEYREVOKED:           {"EKEYREVOKED", "Key has been revoked"},
	EKEYREJECTED:          {"EKEYREJECTED", "Key was rejected by service"},
	EOWNERDEAD:            {"EOWNERDEAD", "Owner died"},
	ENOTRECOVERABLE:       {"ENOTRECOVERABLE", "State not recoverable"},
	ERFKILL:               {"ERFKILL", "Operation not possible due to RF-kill"},
	EHWPOISON:             {"EHWPOISON", "Memory page has hardware error"},
	ERESTARTSYS:           {"ERESTARTSYS", "interrupted; restarted if the handler has SA_RESTART"},
	ERESTARTNOINTR:        {"ERESTARTNOINTR", "interrupted; restarted in any case"},
	ERESTARTNOHAND:        {"ERESTARTNOHAND", "interrupted; restarted if no handler ran"},
	ENOIOCTLCMD:           {"ENOIOCTLCMD", "no such ioctl command"},
	ERESTART_RESTARTBLOCK: {"ERESTART_RESTARTBLOCK", "interrupted; continued by restart_syscall if no handler ran"},
	EPROBE_DEFER:          {"EPROBE_DEFER", "driver asks for a later probe"},
	EOPENSTALE:            {"EOPENSTALE", "open found a stale entry"},
	ENOPARAM:              {"ENOPARAM", "parameter not supported"},
	EBADHANDLE:            {"EBADHANDLE", "illegal NFS file handle"},
	ENOTSYNC:              {"ENOTSYNC", "update synchronization mismatch"},
	EBADCOOKIE:            {"EBADCOOKIE", "stale cookie"},
	ENOTSUPP:              {"ENOTSUPP", "operation is not supported"},
	ETOOSMALL:             {"ETOOSMALL", "buffer or request is too small"},
	ESERVERFAULT:          {"ESERVERFAULT", "an untranslatable error occurred"},
	EBADTYPE:              {"EBADTYPE", "type not supported by server"},
	EJUKEBOX:              {"EJUKEBOX", "request is not finished, try again later"},
	EIOCBQUEUED:           {"EIOCBQUEUED", "iocb queued"},
	ERECALLCONFLICT:       {"ERECALLCONFLICT", "conflict with recalled state"},
	ENOGRACE:              {"ENOGRACE", "NFS file lock reclaim refused"},
}

var errnoAliases = map[string]Errno{
	"EDEADLOCK":   EDEADLK,
	"ENOTSUP":     EOPNOTSUPP,
	"EWOULDBLOCK": EAGAIN,
}
