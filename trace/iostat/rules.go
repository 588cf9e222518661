package iostat

import (
	"fmt"
)

// String names a process.
func (w who) String() string {
	if w.program == "" {
		return fmt.Sprintf("pid %d", w.pid)
	}
	return fmt.Sprintf("%s (pid %d)", clean(w.program), w.pid)
}

// busiest names the process that did most with a file.
func (f *file) busiest() string {
	var best *use
	for _, u := range f.uses {
		if best == nil || u.time > best.time {
			best = u
		}
	}
	if best == nil {
		return "a program"
	}
	return best.who.String()
}

// tinyCalls returns the tiny requests of a file if they are its habit.
func (f *file) tinyCalls(dir direction) (t tally, ok bool) {
	t = f.tiny[dir]
	switch {
	case f.kind != Regular && f.kind != Pipe && f.kind != Socket && f.kind != Device:
		return t, false // a terminal's characters come and go one by one
	case f.kind == Pipe && f.loops():
		return t, false
	}
	return t, t.calls >= manyTiny && percent(t.calls, f.Calls[dir.op()]) >= half
}

// each writes the size of tiny requests.
func (t tally) each() string {
	if t.bytes == t.calls {
		return "one byte"
	}
	return fmt.Sprintf("%.1f bytes", float64(t.bytes)/float64(t.calls))
}

func adviseTinyWrites(f *file) (Advice, bool) {
	t, ok := f.tinyCalls(out)
	// Standard error is unbuffered so that its last words get out.
	if !ok || f.onlyStandardError() {
		return Advice{}, false
	}
	saved := t.calls - min(t.calls, blocks(t.bytes))
	return Advice{
		Rule:  string(tinyWrites),
		Title: fmt.Sprintf("Unbuffered writes of %s to %s", t.each(), label(f.name)),
		File:  f.name,
		Evidence: fmt.Sprintf("%s wrote %s in %s of %s each, one right behind the other. A write took %s on average.",
			f.busiest(), size(t.bytes), count(t.calls, "call", "calls"), t.each(), duration(f.mean(Write))),
		Remedy: fmt.Sprintf("Collect the bytes in memory and write them in large blocks. Buffered streams do it by themselves: "+
			"stdio in C unless setvbuf or setbuf turned it off, open() in Python unless buffering=0, bufio.Writer in Go. "+
			"With 64 KiB at a time, %s would do.", count(blocks(t.bytes), "call", "calls")),
		Saved: saved, Saves: spared(saved, f.Quickest[out]),
	}, true
}

// onlyStandardError reports whether a file was written as descriptor 2 alone.
func (f *file) onlyStandardError() bool {
	for _, u := range f.uses {
		if u.calls[out] > 0 && u.fd != 2 {
			return false
		}
	}
	return f.unnamed == 0
}

func adviseTinyReads(f *file) (Advice, bool) {
	t, ok := f.tinyCalls(in)
	if !ok {
		return Advice{}, false
	}
	saved := t.calls - min(t.calls, blocks(t.bytes))
	remedy := "Read large blocks and take the pieces from memory, as stdio, Python's buffered files and Go's bufio.Reader do. "
	switch {
	case percent(t.placed, t.calls) >= half:
		remedy = "The offsets follow one another: one pread of a large block fetches what many of these do, " +
			"and mmap makes the whole file appear in memory. "
	default:
		remedy += "(A shell's read does this on purpose, to leave the rest to the commands that it starts: there use awk, sed or another language.) "
	}
	return Advice{
		Rule:  string(tinyReads),
		Title: fmt.Sprintf("Reads of %s from %s", t.each(), label(f.name)),
		File:  f.name,
		Evidence: fmt.Sprintf("%s read %s in %s of %s each, one right behind the other. A read took %s on average.",
			f.busiest(), size(t.bytes), count(t.calls, "call", "calls"), t.each(), duration(f.mean(Read))),
		Remedy: remedy + fmt.Sprintf("With 64 KiB at a time, %s would do.", count(blocks(t.bytes), "call", "calls")),
		Saved:  saved, Saves: spared(saved, f.Quickest[in]),
	}, true
}

func adviseBlocksRead(f *file) (Advice, bool)    { return f.adviseBlocks(in, "filled", "read") }
func adviseBlocksWritten(f *file) (Advice, bool) { return f.adviseBlocks(out, "drained", "write") }

// adviseBlocks looks for one small block that is moved again and again. On a
// socket small blocks have reasons of their own.
func (f *file) adviseBlocks(dir direction, done, verb string) (Advice, bool) {
	b, calls := f.block[dir], f.Calls[dir.op()]
	switch {
	case f.kind != Regular && f.kind != Pipe && f.kind != Device,
		b.hits < manyBlocks, percent(b.hits, calls) < mostly,
		dir == out && f.Calls[Sync] > calls/goodBatch:
		return Advice{}, false
	}
	bytes := b.hits * b.size
	saved := b.hits - min(b.hits, blocks(bytes))
	return Advice{
		Rule:  string(smallBlocks),
		Title: fmt.Sprintf("A buffer of %s was %s %s times: %s", size(b.size), done, number(b.hits), label(f.name)),
		File:  f.name,
		Evidence: fmt.Sprintf("%s moved %s in order, in %s of %s. A %s took %s on average, and none less than %s, however few its bytes.",
			f.busiest(), size(bytes), count(b.hits, verb, verb+"s"), size(b.size), verb, duration(f.mean(dir.op())), duration(f.Quickest[dir])),
		Remedy: fmt.Sprintf("Use a larger buffer: setvbuf(stream, NULL, _IOFBF, 65536) before the first use of a FILE, buffering= in Python's open, "+
			"bufio.NewReaderSize in Go, bs= of dd. With 64 KiB at a time, %s would do.", count(blocks(bytes), "call", "calls")),
		Saved: saved, Saves: spared(saved, f.Quickest[dir]),
	}, true
}

// adviseRecords looks for records torn apart. On a pipe that has to be the
// exception: where most reads are short, text is read as it comes.
func adviseRecords(f *file) (Advice, bool) {
	if f.records == 0 ||
		f.kind == Pipe && (f.records < manyRecords || percent(f.Short[in], f.Calls[Read]) > seldom) ||
		f.kind != Pipe && f.kind != Regular {
		return Advice{}, false
	}
	return Advice{
		Rule:  string(tornRecords),
		Title: fmt.Sprintf("Short reads that were not completed: %s", label(f.name)),
		File:  f.name,
		Evidence: fmt.Sprintf("%s asked for %s at a time. It got less %s, before the end, and then asked for %s again, not for the rest.",
			f.reader, count(f.record, "byte", "bytes"), count(f.records, "time", "times"), number(f.record)),
		Remedy: "If these bytes are a record, all that follows is read askew. read may return fewer bytes than it was asked for at any time: " +
			"call it again for the rest until it returns 0 (fread, Python's read and io.ReadFull do).",
		Wrong: true,
	}, true
}

func adviseReadBack(f *file) (Advice, bool) {
	sequential := percent(f.Sequential[in], f.Placed[in]) >= mostly && percent(f.Sequential[out], f.Placed[out]) >= mostly
	temporary := f.removed || f.reader == f.writer
	if f.kind != Regular || f.readBack < muchReadBack || !sequential || !temporary || f.Calls[Sync] > 0 {
		return Advice{}, false
	}
	readers, remedy := "read back what it had written itself", "Keep the data in memory if it fits, or go through it once, as it is made."
	if f.reader.pid != f.writer.pid {
		readers = f.reader.String() + " read it back"
		remedy = "Connect the two programs by a pipe, if the second reads from the beginning to the end " +
			"(for gcc that is -pipe): they then work at the same time, and nothing is stored."
	}
	if f.removed {
		readers += ", and then it was removed"
	}
	took := f.Time[Read] + f.Time[Write]
	return Advice{
		Rule:  string(readBackRule),
		Title: fmt.Sprintf("Written and read back: %s", label(f.name)),
		File:  f.name,
		Evidence: fmt.Sprintf("%s wrote %s, and %s (%s). Writing and reading took %s.",
			f.writer, size(f.Bytes[out]), readers, size(f.readBack), duration(took)),
		Remedy: remedy,
		Saved:  f.Calls[Read] + f.Calls[Write], Saves: took,
	}, true
}

func adviseReopened(f *file) (Advice, bool) {
	if f.kind != Regular || f.reopens < manyOpens {
		return Advice{}, false
	}
	each := f.mean(Open) + f.mean(Close)
	return Advice{
		Rule:  string(reopened),
		Title: fmt.Sprintf("Opened again and again: %s", label(f.name)),
		File:  f.name,
		Evidence: fmt.Sprintf("The same file was opened %s times, %s of them by a process that had opened it before. An open and a close took %s on average.",
			number(f.Calls[Open]), number(f.reopens), duration(each)),
		Remedy: "Keep the descriptor, or what was read, for as long as it is needed. To read from the start again use pread or lseek; " +
			"a log that may be rotated can be opened again on a signal.",
		Saved: 2 * f.reopens, Saves: spared(f.reopens, each),
	}, true
}

func adviseSyncs(f *file) (Advice, bool) {
	if f.smallSyncs < manySyncs {
		return Advice{}, false
	}
	saved := f.smallSyncs - f.smallSyncs/goodBatch
	return Advice{
		Rule:  string(syncEach),
		Title: fmt.Sprintf("A sync for every few bytes: %s", label(f.name)),
		File:  f.name,
		Evidence: fmt.Sprintf("%s synced it %s times, %s of them for no more than 16 KiB. A sync took %s on average, and %s in all; the writes took %s.",
			f.busiest(), number(f.Calls[Sync]), number(f.smallSyncs), duration(f.mean(Sync)), duration(f.Time[Sync]), duration(f.Time[Write])),
		Remedy: "If several changes may last together, write them first and sync once: in a database, put them into one transaction. " +
			"What has been confirmed to somebody must be synced before, so this is a question of what is promised.",
		Saved: saved, Saves: spared(saved, f.mean(Sync)),
	}, true
}

func adviseSeeks(f *file) (Advice, bool) {
	if f.idleSeeks < manySeeks {
		return Advice{}, false
	}
	return Advice{
		Rule:  string(idleSeeks),
		Title: fmt.Sprintf("Seeks that changed nothing: %s", label(f.name)),
		File:  f.name,
		Evidence: fmt.Sprintf("%s of %s left the offset where it was. A seek took %s on average.",
			number(f.idleSeeks), count(f.Calls[Seek], "lseek", "lseeks"), duration(f.mean(Seek))),
		Remedy: "The offset after a read or write is known without asking: keep it in a variable. " +
			"In C, fseek and ftell on a FILE often issue such calls; pread and pwrite need none.",
		Saved: f.idleSeeks, Saves: spared(f.idleSeeks, f.mean(Seek)),
	}, true
}

func adviseBusyLoop(f *file) (Advice, bool) {
	if f.refusals == 0 {
		return Advice{}, false
	}
	return Advice{
		Rule:  string(busyLoop),
		Title: fmt.Sprintf("A busy loop on %s", label(f.name)),
		File:  f.name,
		Evidence: fmt.Sprintf("%s asked again and again while there was nothing to be had: %s failed with EAGAIN, in runs of more than %d. The last run lasted %s.",
			f.busiest(), count(f.refusals, "call", "calls"), busyRun, duration(f.refusal)),
		Remedy: "Wait with poll, select or epoll until the descriptor is ready, or let the call block (without O_NONBLOCK). " +
			"A loop like this one takes a whole processor.",
		Saved: f.refusals, Saves: min(f.refusal, spared(f.refusals, max(f.mean(Read), f.mean(Write)))),
	}, true
}

// advice turns a finding into advice.
func (f *finding) advice() Advice {
	a := Advice{Rule: string(f.rule), File: f.file, Wrong: true}
	name := label(f.file)
	times := ""
	if f.count > 1 {
		times = fmt.Sprintf(" This happened %s times.", number(f.count))
	}
	switch f.rule {
	case renamed:
		a.Title = fmt.Sprintf("Replaced by rename without fsync: %s", name)
		a.Evidence = fmt.Sprintf("%s wrote %s to %s and renamed it over %s, with no fsync or fdatasync in between.%s",
			f.who, size(f.asked), label(f.from), name, times)
		a.Remedy = "The name may reach the disk before the data. If the machine crashes then, the new file is empty or cut off, and the old one is gone. " +
			"Call fsync on the new file before the rename, and on its directory afterwards if the change itself must last."
	case shortRead:
		a.Title = fmt.Sprintf("A short read was taken for a whole one: %s", name)
		a.Evidence = fmt.Sprintf("%s asked for %s%s and got %s, though the file went on; it never asked for the rest.%s",
			f.who, count(f.asked, "byte", "bytes"), atOffset(f.at), number(f.got), times)
		a.Remedy = "read may return fewer bytes than asked for at any time: because of a signal, on a network file system, from FUSE. " +
			"Call it again for the rest until it returns 0."
	case shortWrite:
		a.Title = fmt.Sprintf("A short write was taken for a whole one: %s", name)
		a.Evidence = fmt.Sprintf("%s wrote %s%s, of which %s were taken; the rest was never written.%s",
			f.who, count(f.asked, "byte", "bytes"), atOffset(f.at), number(f.got), times)
		a.Remedy = "write may take fewer bytes than it is given: on a full disk, because of a signal, on a non-blocking descriptor. " +
			"Call it again for the rest; that call then tells what is wrong, if something is."
	}
	return a
}

func atOffset(at int64) string {
	if at < 0 {
		return ""
	}
	return fmt.Sprintf(" at offset %s", number(uint64(at)))
}
