package server

import (
	"os"

	"golang.org/x/sys/unix"

	"penumbra/abi"
	"penumbra/shadow/session"
	"penumbra/shadow/wire"
)

// tellTime tells what time it is here.
func tellTime(r *wire.Result) error {
	var now, tick unix.Timespec
	if err := unix.ClockGetres(unix.CLOCK_REALTIME, &tick); err != nil {
		return err
	}
	if err := unix.ClockGettime(unix.CLOCK_REALTIME, &now); err != nil {
		return err
	}
	r.Now, r.Tick = wire.Time{Sec: int64(now.Sec), Nsec: uint32(now.Nsec)}, wire.Time{Sec: int64(tick.Sec), Nsec: uint32(tick.Nsec)}
	return nil
}

func tellNames(r *wire.Result) error {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return err
	}
	text := unix.ByteSliceToString
	r.Names = &wire.MachineNames{System: text(u.Sysname[:]), Node: text(u.Nodename[:]), Release: text(u.Release[:]),
		Version: text(u.Version[:]), Machine: text(u.Machine[:]), Domain: text(u.Domainname[:])}
	return nil
}

func tellUser(r *wire.Result) error {
	uid, euid, suid := unix.Getresuid()
	gid, egid, sgid := unix.Getresgid()
	groups, err := os.Getgroups()
	if err != nil {
		return err
	}
	r.User = &wire.Credentials{UID: uint32(uid), EUID: uint32(euid), SUID: uint32(suid), GID: uint32(gid), EGID: uint32(egid), SGID: uint32(sgid)}
	for _, g := range groups[:min(len(groups), wire.MaxGroups)] {
		r.User.Groups = append(r.User.Groups, uint32(g))
	}
	return nil
}

func tellLoad(r *wire.Result) error {
	var s unix.Sysinfo_t
	if err := unix.Sysinfo(&s); err != nil {
		return err
	}
	unit := uint64(max(s.Unit, 1))
	r.Load = &wire.MachineLoad{Uptime: uint64(s.Uptime), Processes: uint32(s.Procs),
		TotalRAM: uint64(s.Totalram) * unit, FreeRAM: uint64(s.Freeram) * unit, SharedRAM: uint64(s.Sharedram) * unit,
		BufferRAM: uint64(s.Bufferram) * unit, TotalSwap: uint64(s.Totalswap) * unit, FreeSwap: uint64(s.Freeswap) * unit}
	for i := range r.Load.Loads {
		r.Load.Loads[i] = uint64(s.Loads[i])
	}
	return nil
}

// opLimits tells the limit on files' sizes, which is this process's, and that on
// open files, which is the session's.
func (t *task) opLimits(_ *wire.Op, r *wire.Result) error {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &l); err != nil {
		return err
	}
	files := uint64(t.server.cfg.Files)
	r.Limits = &wire.Bounds{FileSize: [2]uint64{l.Cur, l.Max}, Files: [2]uint64{files, files}}
	return nil
}

// opKill sends a signal. Whether a former shadow has sent it nobody can tell.
func (t *task) opKill(o *wire.Op, _ *wire.Result) error {
	if !t.server.cfg.AllowKill {
		return abi.EPERM
	}
	_, err := t.once(change{
		look: func() (session.Fact, error) { return session.Fact{}, nil },
		done: func(session.Fact) verdict { return cannotTell },
		do: func() (session.Outcome, error) {
			return session.Outcome{}, unix.Kill(int(o.PID), unix.Signal(o.Signal))
		},
	})
	return err
}
