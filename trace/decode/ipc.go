package decode

import (
	"penumbra/abi"
)

func ipcCalls() map[string]special {
	return map[string]special{
		"msgget": {arg: ipcFlagsArg(1)},
		"semget": {arg: ipcFlagsArg(2)},
		"shmget": {arg: ipcFlagsArg(2)},
		"msgsnd": {arg: messageText},
		"msgrcv": {arg: messageText},
		"msgctl": {arg: controlArg(2, 1)},
		"shmctl": {arg: controlArg(2, 1)},
		"semctl": {arg: semaphoreArg},
		"shmat":  {result: attachedAt},
	}
}

func ipcStructures() map[string]structureWriter {
	return map[string]structureWriter{
		"msqid_ds": (*Decoder).messageQueue, "shmid_ds": (*Decoder).sharedMemory, "semid_ds": (*Decoder).semaphores,
		"mq_attr": (*Decoder).queueAttributes,
	}
}

// ipcFlagsArg writes flags and permissions; three digits of these at least.
func ipcFlagsArg(flags int) func(*Decoder, *Saved, int) bool {
	return func(d *Decoder, _ *Saved, i int) bool {
		if i != flags || uint32(d.call.Args[i]) != 0 {
			return false
		}
		d.Out.Arg(d.args[i].Name)
		d.Out.Octal(0)
		return true
	}
}

// messageText writes a message of msgop(2): its type and as many bytes as were
// moved.
func messageText(d *Decoder, _ *Saved, i int) bool {
	if i != 1 {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	at, size := d.call.Args.Addr(1), d.call.Arch.PointerSize()
	kind, ok := d.word(at, size)
	if !ok || d.call.Syscall.Name == "msgrcv" && d.failed() {
		d.address(uint64(at))
		return true
	}
	d.Out.Record()
	d.Out.Field("mtype")
	d.Out.Int(signed(kind, size))
	d.Out.Field("mtext")
	d.buffer(at+abi.Addr(size), d.call.Args[2])
	d.Out.EndRecord()
	return true
}

// signed returns a number of size bytes with its sign.
func signed(v uint64, size int) int64 {
	if size == 4 {
		return int64(int32(v))
	}
	return int64(v)
}

// Commands that all of System V IPC have (linux/ipc.h), without IPC_64.
const ipcSet, ipcStat, ipcCommandMask = 1, 2, 0xff

// controlArg writes the structure of msgctl and shmctl for those commands that
// have one.
func controlArg(buf, command int) func(*Decoder, *Saved, int) bool {
	return func(d *Decoder, _ *Saved, i int) bool {
		if i != buf {
			return false
		}
		d.Out.Arg(d.args[i].Name)
		d.ipcStructure(i, d.call.Args[command])
		return true
	}
}

func (d *Decoder) ipcStructure(i int, command uint64) {
	const msgStat, shmStat, msgStatAny, shmStatAny = 11, 13, 13, 15
	at := d.call.Args.Addr(i)
	stats := command&ipcCommandMask == ipcStat
	if d.call.Syscall.Name == "msgctl" {
		stats = stats || command&ipcCommandMask == msgStat || command&ipcCommandMask == msgStatAny
	} else {
		stats = stats || command&ipcCommandMask == shmStat || command&ipcCommandMask == shmStatAny
	}
	if at == 0 || d.failed() && stats || !stats && command&ipcCommandMask != ipcSet {
		d.address(uint64(at))
		return
	}
	d.structAt(at, d.args[i].Layout)
}

// semaphoreArg writes the argument of semctl, which is a number or an address.
func semaphoreArg(d *Decoder, _ *Saved, i int) bool {
	if i != 3 {
		return false
	}
	d.Out.Arg(d.args[i].Name)
	if v, ok := d.word(d.call.Args.Addr(i), 4); ok && d.call.ByIPC() {
		d.Out.List()
		d.Out.Item()
		d.Out.Hex(v)
		d.Out.EndList()
		return true
	}
	d.address(d.call.Args[i])
	return true
}

// attachedAt writes where memory was attached, which ipc leaves in memory.
func attachedAt(d *Decoder) bool {
	if !d.call.ByIPC() {
		return false
	}
	v, ok := d.word(d.call.Args.Addr(3), 4)
	if ok {
		d.Out.Hex(v)
	}
	return ok
}

// setsOnly reports whether a structure is one that IPC_SET reads, of which the
// kernel takes but a few fields.
func (d *Decoder) setsOnly() bool {
	command := 1
	if d.call.Syscall.Name == "semctl" {
		command = 2
	}
	return d.call.Args[command]&ipcCommandMask == ipcSet
}

func (d *Decoder) permissions(name string, l *abi.Layout, b []byte) {
	a := d.call.Arch
	f := func(field string) uint64 { return l.Field(name+"."+field).Get(a, b) }
	d.Out.Field(name)
	d.Out.Record()
	for _, id := range []string{"uid", "gid"} {
		d.Out.Field(id)
		d.id(uint32(f(id)))
	}
	d.Out.Field("mode")
	d.Out.Octal(f("mode"))
	if !d.setsOnly() {
		d.Out.Field("key")
		d.Out.Int(int64(int32(f("key"))))
		for _, id := range []string{"cuid", "cgid"} {
			d.Out.Field(id)
			d.id(uint32(f(id)))
		}
	}
	d.Out.EndRecord()
}

func (d *Decoder) fields(l *abi.Layout, b []byte, names ...string) {
	for _, name := range names {
		d.field(l.Field(name), b)
	}
}

func (d *Decoder) messageQueue(l *abi.Layout, b []byte) {
	d.Out.Record()
	d.permissions("msg_perm", l, b)
	if d.setsOnly() {
		d.fields(l, b, "msg_qbytes")
	} else {
		d.fields(l, b, "msg_stime", "msg_rtime", "msg_ctime", "msg_qnum", "msg_qbytes", "msg_lspid", "msg_lrpid")
	}
	d.Out.EndRecord()
}

func (d *Decoder) sharedMemory(l *abi.Layout, b []byte) {
	d.Out.Record()
	d.permissions("shm_perm", l, b)
	if !d.setsOnly() {
		d.fields(l, b, "shm_segsz", "shm_cpid", "shm_lpid", "shm_nattch", "shm_atime", "shm_dtime", "shm_ctime")
	}
	d.Out.EndRecord()
}

func (d *Decoder) semaphores(l *abi.Layout, b []byte) {
	d.Out.Record()
	d.permissions("sem_perm", l, b)
	d.fields(l, b, "sem_otime", "sem_ctime", "sem_nsems")
	d.Out.EndRecord()
}

// queueAttributes writes the attributes of a message queue; its flags have no
// access mode.
func (d *Decoder) queueAttributes(l *abi.Layout, b []byte) {
	a := d.call.Arch
	d.Out.Record()
	d.Out.Field("mq_flags")
	if v := l.Field("mq_flags").Get(a, b); v == 0 {
		d.Out.Int(0)
	} else {
		d.Out.Flags(abi.FlagSetOf("mq_flags"), v, a)
	}
	d.fields(l, b, "mq_maxmsg", "mq_msgsize", "mq_curmsgs")
	d.Out.EndRecord()
}
