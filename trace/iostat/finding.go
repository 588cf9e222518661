package iostat

// A finding is a mistake that was seen when it happened. Those of the same
// kind on the same file count as one, and the first is the example.
type finding struct {
	rule   rule
	file   string
	from   string // what was renamed
	who    who
	asked  uint64
	got    uint64
	at     int64 // or -1
	writes uint64
	count  uint64
}

// find enters a finding.
func (c *Collector) find(f finding) {
	for _, known := range c.findings {
		if known.rule == f.rule && known.file == f.file && known.who.program == f.who.program {
			known.count++
			return
		}
	}
	if len(c.findings) == maxFindings {
		c.lostFindings++
		return
	}
	f.count = 1
	c.findings = append(c.findings, &f)
}
