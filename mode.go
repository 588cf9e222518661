package penumbra

import (
	"errors"
	"fmt"

	"penumbra/mode"
	"penumbra/view"
	"penumbra/view/modes"
)

// SetMode has thread tid of the guest make its calls in another syscall mode from its
// next one on, and returns the former. It returns mode.ErrNoShadow for a remote one,
// and an error if the guest has no such thread or was started without a Mode.
func (c *Cmd) SetMode(tid int, m mode.Mode) (former mode.Mode, err error) {
	switch {
	case c.guest == nil:
		return mode.Mode{}, errors.New("penumbra: not started")
	case c.modes == nil:
		return mode.Mode{}, errors.New("penumbra: the guest was started without a Mode")
	}
	if former, err = c.modes.SetMode(tid, m); err != nil {
		err = fmt.Errorf("penumbra: %w", err)
	}
	return former, err
}

// openModes readies c's modes, if it is to have any.
func (c *Cmd) openModes(notice func(string)) error {
	if c.Mode == "" {
		return nil
	}
	m, err := mode.Parse(c.Mode)
	if err == nil {
		c.modes, err = modes.New(modes.Config{View: c.view, Default: m, Notice: notice})
	}
	if err != nil {
		return fmt.Errorf("penumbra: %w", err)
	}
	return nil
}

// start returns the view in which the program starts, or nil.
func (c *Cmd) start() *view.View {
	if c.modes == nil {
		return c.view
	}
	m, _ := mode.Parse(c.Mode) // openModes did
	return c.modes.ViewOf(m)
}

// closeViews gives up what the guest saw.
func (c *Cmd) closeViews() (err error) {
	if c.modes != nil {
		err = c.modes.Close()
	}
	if c.view != nil {
		err = errors.Join(err, c.view.Close())
	}
	return err
}
