package decode

import "penumbra/abi"

// special is what a call needs beyond the table.
type special struct {
	// enter is called first, before the call runs.
	enter func(*Decoder, *Saved)
	// arg writes argument i with its name, and whatever it must, and may move
	// s.next; false leaves the argument to the table.
	arg func(d *Decoder, s *Saved, i int) bool
	// values write the value of an argument, by its index, in another way than
	// the table says.
	values map[int]valueWriter
	// early: the arguments below it are written before the call runs, though
	// the call changes them; late, if not 0: those from it on are not, though
	// they are known.
	early, late int
	// waits says of an argument that it is not written before the call runs.
	waits func(d *Decoder, s *Saved, i int) bool
	// result writes the result in another way than its kind says; false leaves
	// it to the kind. note writes the parts of what is told beside the result.
	result func(*Decoder) bool
	note   func(d *Decoder, s *Saved)
}

// A valueWriter writes the value of argument i.
type valueWriter func(d *Decoder, i int)

// A structureWriter writes the structure, of layout l, that lies in b.
type structureWriter func(d *Decoder, l *abi.Layout, b []byte)

// specials lists what all rooms say of calls.
func specials() map[*abi.Syscall]*special {
	all := map[*abi.Syscall]*special{}
	for _, room := range []map[string]special{
		fileCalls(), directoryCalls(), mountCalls(), descriptorCalls(), waitingCalls(), memoryCalls(), processCalls(),
		schedulingCalls(), prctlCalls(), timeCalls(), identityCalls(), machineCalls(),
		asyncCalls(), bpfCalls(), keyCalls(), i386Calls(), segmentCalls(), signalCalls(), socketCalls(), ioctlCalls(), ipcCalls(),
	} {
		for name, s := range room {
			all[abi.ByName(name)] = &s
		}
	}
	return all
}

// structures lists those that are written in another way than field by field.
// The rooms name their layouts.
func structures() map[*abi.Layout]structureWriter {
	all := map[*abi.Layout]structureWriter{}
	for _, room := range []map[string]structureWriter{
		statStructures(), waitingStructures(), processStructures(), timeStructures(), machineStructures(),
		asyncStructures(), perfStructures(), filterStructures(), segmentStructures(), signalStructures(), ioctlStructures(), ipcStructures(),
	} {
		for name, write := range room {
			all[abi.LayoutOf(name)] = write
		}
	}
	return all
}
