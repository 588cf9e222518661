package fault

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"penumbra/abi"
)

// Chaos is bad weather: faults for calls that a seed picks out. What happens to
// a call depends on the seed, on the calls that its thread has made, and on
// where the thread stands in the guest's family tree; never on process ids or
// on which thread was faster.
type Chaos struct {
	Seed    uint64
	kinds   kinds
	rate    float64 // of the calls that could be hit
	only    string  // the calls that the user wants hit, as written
	calls   abi.Set // the same
	targets abi.Set // those of them that any of kinds is for
	// regardless: EINTR and short counts also where no signal could bring them
	// about.
	regardless bool
}

// kind is a kind of weather.
type kind uint8

const (
	kindShort  kind = iota // fewer bytes than asked for
	kindEINTR              // interrupted before anything happened
	kindEAGAIN             // a non-blocking call that would wait
	kindDelay              // a call takes long
	kindENOSPC             // a write to a file fails for want of space
	kindEIO                // a read, write or fsync of a file fails
	numKinds
)

var kindNames = [numKinds]string{"short", "eintr", "eagain", "delay", "enospc", "eio"}

// kinds is a set of them.
type kinds uint8

// barren reports whether a call hit by k has got nothing done.
func (k kind) barren() bool { return k != kindShort && k != kindDelay }

func (k kinds) has(one kind) bool { return k>>one&1 != 0 }

const (
	allKinds kinds = 1<<numKinds - 1
	// posixKinds may meet any program at any time, and a correct one copes.
	posixKinds = 1<<kindShort | 1<<kindEINTR | 1<<kindEAGAIN | 1<<kindDelay
)

// defaultRate makes one call of ten meet with something.
const defaultRate = 0.1

// ParseChaos reads what weather is wanted, words separated by colons:
//
//	42                 the seed, a number below 2^64; if none is given, one is chosen
//	kinds=short,eintr  the kinds of weather: short, eintr, eagain, delay, enospc
//	                   and eio; posix stands for the first four, which is what
//	                   is meant if nothing is said, and all for all
//	rate=0.1           how many of the calls that could be hit are: from 0 to 1,
//	                   or in percent as 10%; 10% if nothing is said
//	calls=SET          only calls of that set (abi.ParseSet)
//	regardless         EINTR and short counts also where no signal that the
//	                   program handles could bring them about, as POSIX wants
//
// The empty string asks for a seed to be chosen, and else for what is meant if
// nothing is said.
func ParseChaos(expr string) (*Chaos, error) {
	ch := &Chaos{kinds: posixKinds, rate: defaultRate, calls: abi.AllCalls()}
	given := map[string]bool{}
	for word := range strings.SplitSeq(expr, ":") {
		if word == "" && expr == "" {
			break
		}
		name, err := ch.set(word)
		if err == nil && given[name] {
			err = fmt.Errorf("%s is given twice", name)
		}
		if err != nil {
			return nil, fmt.Errorf("parse chaos=%s: %w", expr, err)
		}
		given[name] = true
	}
	if !given["the seed"] {
		ch.Seed = chooseSeed()
	}
	ch.aim()
	return ch, nil
}

// set reads one word, and returns what it was about.
func (ch *Chaos) set(word string) (name string, err error) {
	if word != "" && word[0] >= '0' && word[0] <= '9' {
		if ch.Seed, err = strconv.ParseUint(word, 10, 64); err != nil {
			return "", fmt.Errorf("the seed %s is no number below 2^64", word)
		}
		return "the seed", nil
	}
	name, value, _ := strings.Cut(word, "=")
	switch {
	case word == "regardless":
		ch.regardless = true
	case name == "kinds":
		ch.kinds, err = parseKinds(value)
	case name == "rate":
		ch.rate, err = parseRate(value)
	case name == "calls":
		ch.only = value
		ch.calls, err = abi.ParseSet(value)
	default:
		return "", abi.Unknown("option", name, slices.Values([]string{"kinds", "rate", "calls", "regardless"}))
	}
	return name, err
}

func parseKinds(list string) (kinds, error) {
	var set kinds
	for word := range strings.SplitSeq(list, ",") {
		i := slices.Index(kindNames[:], word)
		switch {
		case word == "posix":
			set |= posixKinds
		case word == "all":
			set |= allKinds
		case i < 0:
			return 0, abi.Unknown("kind of weather", word, slices.Values(append(kindNames[:], "posix", "all")))
		default:
			set |= 1 << i
		}
	}
	return set, nil
}

func parseRate(word string) (float64, error) {
	number, percent := strings.CutSuffix(word, "%")
	rate, err := strconv.ParseFloat(number, 64)
	if percent {
		rate /= 100
	}
	if err != nil || !(rate >= 0 && rate <= 1) {
		return 0, fmt.Errorf("rate=%s is neither from 0 to 1 nor from 0%% to 100%%", word)
	}
	return rate, nil
}

// chooseSeed returns a seed that is short enough to be typed.
func chooseSeed() uint64 {
	return uint64(rand.Uint32())
}

// String returns an expression that brings the same weather again.
func (ch *Chaos) String() string {
	s := strconv.FormatUint(ch.Seed, 10)
	switch ch.kinds {
	case posixKinds:
	case allKinds:
		s += ":kinds=all"
	default:
		var names []string
		for k := range numKinds {
			if ch.kinds.has(k) {
				names = append(names, kindNames[k])
			}
		}
		s += ":kinds=" + strings.Join(names, ",")
	}
	if ch.rate != defaultRate {
		s += ":rate=" + strconv.FormatFloat(ch.rate, 'g', -1, 64)
	}
	if ch.only != "" {
		s += ":calls=" + ch.only
	}
	if ch.regardless {
		s += ":regardless"
	}
	return s
}
