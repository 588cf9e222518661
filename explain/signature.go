package explain

import (
	"strings"

	"penumbra/abi"
)

// cTypes are the C types of plain values.
var cTypes = [...]string{
	abi.KindUint: "unsigned int", abi.KindLong: "long", abi.KindUlong: "unsigned long",
	abi.KindU8: "uint8_t", abi.KindS8: "int8_t", abi.KindU16: "uint16_t", abi.KindS16: "int16_t",
	abi.KindU32: "uint32_t", abi.KindS32: "int32_t", abi.KindU64: "uint64_t", abi.KindS64: "int64_t",
	abi.KindSize: "size_t", abi.KindBytes: "ssize_t",
	abi.KindOffset: "off_t", abi.KindOffsetLow: "uint32_t", abi.KindOffsetHigh: "uint32_t",
	abi.KindLow: "uint32_t", abi.KindHigh: "uint32_t", abi.KindPageOffset: "unsigned long",
	abi.KindPid: "pid_t", abi.KindTid: "pid_t", abi.KindPgid: "pid_t",
	abi.KindUid: "uid_t", abi.KindGid: "gid_t", abi.KindUid16: "uint16_t", abi.KindGid16: "uint16_t",
	abi.KindMode: "mode_t", abi.KindDev: "dev_t", abi.KindKey: "key_t", abi.KindKeyID: "int32_t",
	abi.KindAioContext: "unsigned long", abi.KindTime: "time_t", abi.KindClockTicks: "clock_t",
	abi.KindAddr: "void *", abi.KindPtr: "void *", abi.KindArg: "unsigned long",
}

// cType returns the C type of a plain value.
func cType(k abi.Kind) string {
	if int(k) < len(cTypes) && cTypes[k] != "" {
		return cTypes[k]
	}
	return "int"
}

// argType returns the C type of an argument: of memory that of a pointer.
func argType(arg abi.Arg) string {
	if !arg.Kind.Memory() {
		return cType(arg.Kind)
	}
	constant := ""
	if arg.Dir == abi.In {
		constant = "const "
	}
	switch arg.Kind {
	case abi.KindPath, abi.KindString:
		return "const char *"
	case abi.KindStrings:
		return "char *const *"
	case abi.KindBuffer:
		return constant + "void *"
	case abi.KindIovec:
		return "const struct iovec *"
	case abi.KindSockaddr:
		return constant + "struct sockaddr *"
	case abi.KindFDSet:
		return "fd_set *"
	case abi.KindFDPair:
		return "int *"
	}
	layout := abi.LayoutOf(arg.Of)
	switch {
	case layout.Kind == abi.KindStruct:
		return constant + "struct " + layout.Name + " *"
	case layout.Kind == abi.KindAddr:
		return "void **"
	}
	return constant + cType(layout.Kind) + " *"
}

// signature returns the declaration that a C program would have of s with
// these arguments, one word for each of them.
func signature(s *abi.Syscall, args []abi.Arg) []string {
	result := cType(s.Returns)
	if s.NoReturn {
		result = "void"
	}
	head := declare(result, s.Name) + "("
	if len(args) == 0 {
		return []string{head + "void);"}
	}
	var words []string
	for _, arg := range args {
		words = append(words, declare(argType(arg), arg.Name)+",")
	}
	words[0] = head + words[0]
	last := len(words) - 1
	words[last] = strings.TrimSuffix(words[last], ",") + ");"
	return words
}

// declare returns a declaration of name, as C writes it.
func declare(typ, name string) string {
	if strings.HasSuffix(typ, "*") {
		return typ + name
	}
	return typ + " " + name
}
