package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"penumbra/trace/output"
)

// traceOutput is where a trace is written.
type traceOutput struct {
	*output.Output
	name  string
	w     io.Writer    // what is behind it, if that is one thing
	close func() error // ends that
}

// openOutput opens what -o names.
func (o *traceOptions) openOutput() (*traceOutput, error) {
	switch {
	case o.output == "":
		return &traceOutput{output.New(complaints{}, true), "standard error", complaints{}, nothing}, nil
	case o.separate():
		open := func(tid int) (io.WriteCloser, error) { return o.create(o.output + "." + strconv.Itoa(tid)) }
		if _, err := os.Stat(filepath.Dir(o.output)); err != nil {
			return nil, fmt.Errorf("cannot write to %s.*: %w", o.output, err)
		}
		return &traceOutput{output.PerThread(open), o.output + ".*", complaints{}, nothing}, nil
	case strings.HasPrefix(o.output, "|") || strings.HasPrefix(o.output, "!"):
		return pipeTo(o.output[1:])
	}
	f, err := o.create(o.output)
	if err != nil {
		return nil, fmt.Errorf("cannot write the trace: %w", err)
	}
	return &traceOutput{output.New(f, false), o.output, f, f.Close}, nil
}

func (o *traceOptions) create(name string) (*os.File, error) {
	how := os.O_TRUNC
	if o.append {
		how = os.O_APPEND
	}
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|how, 0o666)
}

// pipeTo starts a shell command that gets the trace as its standard input.
func pipeTo(command string) (*traceOutput, error) {
	cmd := exec.Command(shell, "-c", command)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	in, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("cannot start %q for the trace: %w", command, err)
	}
	stop := func() error { return errors.Join(in.Close(), cmd.Wait()) }
	return &traceOutput{output.New(in, false), "|" + command, in, stop}, nil
}

func nothing() error { return nil }

// append writes what comes behind the lines.
func (out *traceOutput) append(write func(io.Writer) error) error {
	if out.Flush() != nil {
		return nil // end tells
	}
	if err := write(out.w); err != nil {
		return out.failed(err)
	}
	return nil
}

// end closes the output and returns the first thing that went wrong.
func (out *traceOutput) end() error {
	if err := cmp.Or(out.Close(), out.close()); err != nil {
		return out.failed(err)
	}
	return nil
}

func (out *traceOutput) failed(err error) error {
	return fmt.Errorf("cannot write to %s: %w", out.name, err)
}
