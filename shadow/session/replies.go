package session

import (
	"context"
	"errors"
	"fmt"

	"penumbra/shadow/wire"
)

// serve reads from l until it breaks.
func (c *Client) serve(l *link) error {
	stop := context.AfterFunc(c.ctx, l.close)
	defer stop()
	for {
		h, head, err := l.head()
		if err != nil {
			return fmt.Errorf("the link broke: %w", err)
		}
		switch h.Kind {
		case wire.KindPong:
		case wire.KindReply:
			if err := c.reply(l, h, head); err != nil {
				return err
			}
		case wire.KindNotice:
			if err := c.notice(h, head); err != nil {
				return err
			}
		case wire.KindPush:
			if err := c.pushed(l, h, head); err != nil {
				return err
			}
		case wire.KindRefuse:
			r, err := wire.DecodeRefuse(head)
			if err != nil {
				return err
			}
			if !r.Again {
				return &refusedError{r.Why}
			}
			return errors.New(r.Why)
		default:
			return fmt.Errorf("%w: frame %d from a shadow", wire.ErrMalformed, h.Kind)
		}
	}
}

// notice hands on what has changed.
func (c *Client) notice(h wire.Header, head []byte) error {
	if h.Payload != 0 {
		return fmt.Errorf("%w: a notice with a payload", wire.ErrMalformed)
	}
	changes, err := wire.DecodeNotice(head)
	if err == nil && c.cfg.Changed != nil {
		c.cfg.Changed(changes)
	}
	return err
}

// pushed hands on a record of a socket's flow.
func (c *Client) pushed(l *link, h wire.Header, head []byte) error {
	r, err := wire.DecodeRecord(head)
	if err != nil {
		return &brokenError{err}
	}
	var data []byte
	if h.Flags&wire.FlagZstd != 0 {
		data, err = l.unpack(h)
	} else if h.Payload > 0 {
		data = make([]byte, h.Payload)
		err = l.payload(h, [][]byte{data})
	}
	if err == nil && c.cfg.Pushed != nil {
		if err = c.cfg.Pushed(r, data); err != nil {
			return &brokenError{err}
		}
	}
	return err
}

// reply gives a reply to the call that it belongs to.
func (c *Client) reply(l *link, h wire.Header, head []byte) error {
	c.mu.Lock()
	var call *Call
	if int(h.Slot) < len(c.calls) {
		call = c.calls[h.Slot]
	}
	c.mu.Unlock()
	if call == nil || call.seq != h.Seq {
		return fmt.Errorf("%w: a reply that nobody waits for", wire.ErrMalformed)
	}
	if err := c.take(l, call, h, head); err != nil {
		return err
	}
	if call.Finish != nil {
		call.Finish()
	}
	c.mu.Lock()
	c.release(call)
	c.mu.Unlock()
	close(call.done)
	return nil
}

// take reads the payload of a reply to where it belongs.
func (c *Client) take(l *link, call *Call, h wire.Header, head []byte) error {
	if h.Flags&wire.FlagZstd == 0 {
		into, err := call.Place(head, int(h.Payload))
		if err != nil {
			return &brokenError{err}
		}
		return l.payload(h, into)
	}
	whole, err := l.unpack(h)
	if err != nil {
		return err
	}
	into, err := call.Place(head, len(whole))
	if err != nil {
		return &brokenError{err}
	}
	for _, b := range into {
		whole = whole[copy(b, whole):]
	}
	if len(whole) > 0 {
		return fmt.Errorf("%w: %d bytes of payload too many", wire.ErrMalformed, len(whole))
	}
	return nil
}
