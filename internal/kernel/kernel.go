// Package kernel finds out what the running kernel lets this user do. It tries
// each feature for real, in a throw-away child process where the trial would
// leave a trace, and never concludes from a version number: distributions
// backport features, and containers forbid them.
package kernel

import (
	"fmt"
	"strings"
)

// Oldest is the first Linux release that has all that Penumbra requires.
const Oldest = "5.19"

// A Status is the outcome of a trial.
type Status string

const (
	OK      Status = "ok"      // it works
	Limited Status = "limited" // it works in part; Detail says which
	Missing Status = "missing" // it does not work
)

// A Need says what the lack of a feature means.
type Need string

const (
	Required Need = "required" // Penumbra does not run without it
	Optional Need = "optional" // some guests miss something
)

// A Feature is something that the kernel offers, or does not.
type Feature struct {
	Name   string `json:"name"`
	What   string `json:"without"` // what stops working without it
	Since  string `json:"since"`   // the first Linux release that has it
	Need   Need   `json:"need"`
	Status Status `json:"status"`
	Detail string `json:"detail,omitempty"` // what the trial found
	Fix    string `json:"fix,omitempty"`    // what to do about it
}

// Probe tries all features, in the order of the list in features.go. It takes
// some milliseconds, starts a few child processes and leaves nothing behind.
func Probe() []Feature {
	var all []Feature
	for _, c := range candidates() {
		all = append(all, c.probe())
	}
	return all
}

// Ready reports whether all required features among fs work, if in part.
func Ready(fs []Feature) bool {
	for _, f := range fs {
		if f.Need == Required && f.Status == Missing {
			return false
		}
	}
	return true
}

// Require explains a failure: it tries the required features and returns an
// error that names the first which is missing, with the release that brings it
// and what to do; others often lack for the same reason, and Probe tells them.
// It returns nil if none is missing. As Probe it takes milliseconds: call it
// once something has failed, not beforehand.
func Require() error {
	for _, c := range candidates() {
		if c.Need != Required {
			continue
		}
		if f := c.probe(); f.Status == Missing {
			return &MissingError{f}
		}
	}
	return nil
}

// A MissingError says that the kernel lacks a required feature.
type MissingError struct {
	Feature Feature
}

func (e *MissingError) Error() string {
	f := e.Feature
	var b strings.Builder
	fmt.Fprintf(&b, "%s is not to be had here (in Linux since %s): %s", f.Name, f.Since, f.Detail)
	if f.Fix != "" {
		fmt.Fprintf(&b, "; %s", f.Fix)
	}
	return b.String()
}

// A candidate is a feature that has yet to be tried.
type candidate struct {
	Feature
	try func() finding
}

// probe tries c.
func (c candidate) probe() Feature {
	found := c.try()
	f := c.Feature
	f.Status, f.Detail, f.Fix = found.status, found.detail, found.fix
	return f
}

// A finding is what a trial found out.
type finding struct {
	status Status
	detail string
	fix    string
}
