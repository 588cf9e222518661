package decode

import (
	"math"

	"penumbra/abi"
)

var specialKeys = abi.FlagSetOf("key_spec")

// keyID writes a key's number, or which of its own a process means.
func (d *Decoder) keyID(v int32) {
	if v < 0 {
		d.Out.Flags(specialKeys, uint64(uint32(v)), d.call.Arch)
		return
	}
	d.Out.Int(int64(v))
}

func keyValue(d *Decoder, i int) { d.keyID(d.call.Args.Int32(i)) }

// keyCalls has keyctl(2), whose first argument says what the others are.
func keyCalls() map[string]special {
	forms := keyForms()
	return map[string]special{"keyctl": {
		late: 1,
		arg: func(d *Decoder, s *Saved, i int) bool {
			writers, ok := forms[d.call.Args.Int32(0)]
			if i != 1 || !ok {
				return false
			}
			d.rest(s, i, writers...)
			return true
		},
	}}
}

// keyForms are the arguments of the operations that programs use, by their
// numbers in linux/keyctl.h.
func keyForms() map[int32][]valueWriter {
	payload := func(d *Decoder, i int) { d.bufferArg(i, d.call.Args[i+1], false) }
	filled := func(d *Decoder, i int) { d.bufferArg(i, d.call.Args[i+1], true) }
	return map[int32][]valueWriter{
		0:  {keyValue, intValue},                       // GET_KEYRING_ID
		1:  {textValue},                                // JOIN_SESSION_KEYRING
		2:  {keyValue, payload, ulongValue},            // UPDATE
		3:  {keyValue},                                 // REVOKE
		4:  {keyValue, idValue, idValue},               // CHOWN
		5:  {keyValue, flagsOf("key_perm")},            // SETPERM
		6:  {keyValue, filled, ulongValue},             // DESCRIBE
		7:  {keyValue},                                 // CLEAR
		8:  {keyValue, keyValue},                       // LINK
		9:  {keyValue, keyValue},                       // UNLINK
		10: {keyValue, textValue, textValue, keyValue}, // SEARCH
		11: {keyValue, filled, ulongValue},             // READ
		12: {keyValue, payload, ulongValue, keyValue},  // INSTANTIATE
		13: {keyValue, uintValue, keyValue},            // NEGATE
		14: {flagsOf("key_reqkeyring")},                // SET_REQKEY_KEYRING
		15: {keyValue, uintValue},                      // SET_TIMEOUT
		16: {keyValue},                                 // ASSUME_AUTHORITY
		17: {keyValue, filled, ulongValue},             // GET_SECURITY
		18: {},                                         // SESSION_TO_PARENT
		21: {keyValue},                                 // INVALIDATE
		22: {idValue, keyValue},                        // GET_PERSISTENT
	}
}

func idValue(d *Decoder, i int) { d.id(uint32(d.call.Args[i])) }

// bufferArg writes n bytes that argument i points to; out says that the call
// fills them in, and returns how many.
func (d *Decoder) bufferArg(i int, n uint64, out bool) {
	at := d.call.Args.Addr(i)
	if at == 0 || out && d.failed() {
		d.address(uint64(at))
		return
	}
	if out {
		n = min(n, uint64(max(d.call.Value, 0)))
	}
	d.buffer(at, min(n, math.MaxInt32))
}
