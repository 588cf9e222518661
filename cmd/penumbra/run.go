package main

import (
	"flag"
	"os"

	"penumbra/mode"
	"penumbra/view"
)

// The values of run's --intercept.
const (
	interceptNone   = "none"   // only the calls that the view needs
	interceptNotify = "notify" // every call that can, through the notify door, verdict Run
	interceptTrace  = "trace"  // every call, through the trace door, verdict Observe
)

// runOptions are run's flags.
type runOptions struct {
	intercept   string // interceptNone, interceptNotify or interceptTrace
	killOrphans bool   // end the guests that outlive the first one, instead of waiting
	aggravate   bool   // have calls see garbage where content was not asked for
	verbose     bool   // tell on stderr what penumbra does
	mounts      []mountSpec
	report      ioReport
	shadow      shadowFlags
	mode        *mode.Mode // in which the guest starts; nil if nobody asked
	chdir       string     // where the guest starts; the working directory if empty
}

func runVerb() *verb {
	return &verb{
		name:  "run",
		args:  "[--] command [argument ...]",
		short: "run a program",
		long: `
Run command as a guest: with its arguments, standard streams, terminal,
environment, working directory, limits and inherited descriptors as they are,
and exit as it exits. Flags end at the first word that is not one; what follows
belongs to the command. Penumbra stays until the last process that the command
started is gone.

Exit status: the command's own; 127 if it cannot be found, 126 if it cannot be
run, 2 for a mistake on the command line, 1 if Penumbra itself fails. Penumbra
dies of the signal that the command dies of, or exits with 128 plus its number.`,
		examples: []example{
			{"penumbra run make -j2", "run make, and all that it starts"},
			{"penumbra run --kill-orphans ./server-test.sh", "leave no process behind when the script ends"},
			{"penumbra run -v ~/src:/src:ro -v /tmp/out:/out make -C /src O=/out", "build in a directory that is seen elsewhere, read-only"},
			{"penumbra run --mount type=tmpfs,target=/tmp ./test.sh", "give a test a /tmp of its own"},
			{"penumbra run --mount type=zip,source=site.zip,target=/site ls -l /site", "look into an archive as into a directory"},
			{"penumbra run --shadow=demo --mode=local,mapped date", "a program of this machine's, with the shadow's files at hand"},
			{"penumbra run --report make", "count what is read and written, by file"},
			{"penumbra run --intercept=trace -- git status", "the same, with every call observed: a test of transparency"},
		},
		wrapsACommand: true,
		setup: func(fs *flag.FlagSet) func(streams, []string) int {
			opts := runOptions{intercept: interceptNone}
			opts.define(fs)
			return func(s streams, argv []string) int {
				if len(argv) == 0 {
					return s.usage("run", "no command given, as in \"penumbra run ls -l\"")
				}
				return opts.run(s, argv)
			}
		},
	}
}

// run runs argv as the options say and returns the exit status.
func (o *runOptions) run(s streams, argv []string) int {
	if o.report.asked && o.intercept != interceptNone {
		return s.usage("run", "--report observes calls by itself: --intercept="+o.intercept+" does not go with it")
	}
	if err := o.shadow.check(); err != nil {
		return s.usage("run", err.Error())
	}
	s.err = complaints{}
	for i := range o.mounts {
		o.mounts[i].aggravate = o.aggravate
	}
	view, shadow, err := o.open(s)
	if shadow != nil {
		defer shadow.close()
	}
	if view != nil {
		defer view.Close()
	}
	var guestModes *guestModes
	if err == nil {
		guestModes, err = o.openModes(s, view, shadow)
	}
	if guestModes != nil {
		defer guestModes.close()
	}
	if err != nil {
		return s.fail("run: "+err.Error(), exitUsage)
	}
	r := guestRun{
		verb: "run", policy: transparency(o.intercept), view: view, shadow: shadow, modes: guestModes, heard: heard(*o),
		killOrphans: o.killOrphans, verbose: o.verbose,
	}
	if o.report.asked {
		// A report of another run must not be emptied for the sake of a misspelled name.
		if _, err := finderIn(r.start()).lookCommand(argv[0]); err != nil {
			return s.fail("run: "+err.Error(), exitOf(err))
		}
		o.report.streams = s
		policy, err := o.report.policy(argv, view)
		if err != nil {
			return s.fail("run: "+err.Error(), exitFailure)
		}
		r.policy, r.ended, r.limits = policy, o.report.end, growFiles()
	}
	return runGuest(r, argv)
}

// open makes the view that o asks for, or none.
func (o *runOptions) open(s streams) (v *view.View, h *shadowView, err error) {
	var mounts []view.Mount
	if o.shadow.target != nil {
		if h, err = o.shadow.open(s, o.verbose, o.aggravate); err != nil {
			return nil, nil, err
		}
		mounts = h.mounts
	}
	if v, err = openView(mounts, o.mounts, s.say); err != nil {
		return nil, h, err
	}
	switch {
	case h != nil && o.startsRemote():
		err = h.begin(v, o.chdir)
	case h != nil: // the guest starts among this machine's files
	case o.chdir != "" && v != nil:
		err = startIn(v, o.chdir)
	case o.chdir != "":
		err = os.Chdir(o.chdir)
	}
	return v, h, err
}

// define gives fs the flags that set o.
func (o *runOptions) define(fs *flag.FlagSet) {
	fs.Var(&choice{&o.intercept, []string{interceptNone, interceptNotify, interceptTrace}}, "intercept",
		"which calls visit the supervisor, whatever the view\n"+
			"needs: none, notify (all that can, and let them run)\n"+
			"or trace (all, observed); a test of transparency,\n"+
			"slow by design. `MODE` is none if not given")
	fs.BoolVar(&o.killOrphans, "kill-orphans", false,
		"when the command ends, kill the processes that it\nleft behind instead of waiting for them")
	defineMounts(fs, &o.mounts)
	o.shadow.define(fs)
	fs.Var(modeFlag{&o.mode}, "mode",
		"where calls are made: `MODE` is local or remote, and\n"+
			"mapped or unmapped, as in remote,mapped, which is the\n"+
			"mode with --shadow if none is given; see docs/modes.md")
	fs.Var(fileName{&o.chdir}, "chdir", "start in `DIR`, as the command sees it")
	fs.Var(volumeFlag{&o.mounts}, "v", "the same as --volume: `S:T[:ro]`")
	fs.Var(reportFlag{&o.report}, "report",
		"at the end, say what was done to each file: opens,\n"+
			"reads, writes, seeks and bytes; into `FILE`, with a line\n"+
			"as each closes for the last time. Reads and writes are\n"+
			"observed then, which costs some ten microseconds each")
	fs.BoolVar(&o.aggravate, "aggravate", false,
		"for tests of Penumbra: have files of archives come piece\nby piece, whatever their size, and put garbage where\nnothing was asked for, in a shadow's files as well")
	fs.BoolVar(&o.verbose, "verbose", false, "say on standard error what Penumbra does")
}
