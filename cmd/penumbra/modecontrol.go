package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"penumbra/guest"
	"penumbra/internal/sys"
	"penumbra/mode"
	"penumbra/view/modes"
)

// The modes of a guest are asked for, and set, from outside through a socket of its
// supervisor, in the abstract namespace (unix(7)), under that one's process id. A
// request is a line, the id of a process or thread and perhaps a mode; so is the
// answer, "+" and what was asked for, or "-" and what went wrong.

// modeSocket returns the name of the socket of a supervisor.
func modeSocket(supervisor int) string { return fmt.Sprintf("@penumbra/mode/%d", supervisor) }

// controlPatience bounds how long either side waits for the other.
const controlPatience = 10 * time.Second

// serve answers requests until the returned function is called.
func (m *guestModes) serve() (stop func(), err error) {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: modeSocket(os.Getpid()), Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("socket for penumbra mode: %w", err)
	}
	go func() {
		for {
			c, err := l.AcceptUnix()
			if err != nil {
				return
			}
			go m.answer(c)
		}
	}()
	return func() { l.Close() }, nil
}

// answer answers the request that comes by c, if it is from the user whose this
// process is, or from root.
func (m *guestModes) answer(c *net.UnixConn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(controlPatience))
	reply := "-it is not yours"
	if peer, err := sys.Peer(c); err == nil && (peer.Uid == uint32(os.Geteuid()) || peer.Uid == 0) {
		line, err := bufio.NewReaderSize(c, 256).ReadSlice('\n')
		if err != nil {
			return
		}
		if text, err := m.request(strings.Fields(string(line))); err != nil {
			reply = "-" + err.Error()
		} else {
			reply = "+" + text
		}
	}
	fmt.Fprintln(c, reply)
}

// request carries out a request.
func (m *guestModes) request(words []string) (string, error) {
	if len(words) == 0 || len(words) > 2 {
		return "", errors.New("malformed request")
	}
	id, err := strconv.Atoi(words[0])
	if err != nil {
		return "", errors.New("malformed request")
	}
	tids, err := threadsOf(id)
	if err != nil {
		return "", err
	}
	change := func(tid int) (mode.Mode, error) { return m.policy.Mode(tid) }
	if len(words) == 2 {
		wanted, err := mode.Parse(words[1])
		if err != nil {
			return "", err
		}
		change = func(tid int) (mode.Mode, error) { return m.policy.SetMode(tid, wanted) }
	}
	return modesOf(tids, change)
}

// threadsOf returns the threads that an id means: all of a process, or one that is
// not its first.
func threadsOf(id int) ([]int, error) {
	s, err := guest.ReadStatus(id)
	if err != nil || s.Group != id {
		return []int{id}, err
	}
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", id))
	if err != nil {
		return nil, err
	}
	var tids []int
	for _, entry := range list {
		if tid, err := strconv.Atoi(entry.Name()); err == nil {
			tids = append(tids, tid)
		}
	}
	return tids, nil
}

// modesOf returns the modes that do tells of threads: one if they are the same, and
// otherwise each behind its thread.
func modesOf(tids []int, do func(tid int) (mode.Mode, error)) (string, error) {
	var texts, all []string
	for _, tid := range tids {
		m, err := do(tid)
		switch {
		case errors.Is(err, modes.ErrNoThread) && len(tids) > 1:
			continue // it has ended
		case err != nil:
			return "", err
		}
		texts = append(texts, m.String())
		all = append(all, fmt.Sprintf("%d:%v", tid, m))
	}
	switch {
	case len(texts) == 0:
		return "", modes.ErrNoThread
	case len(slices.Compact(slices.Clone(texts))) == 1:
		return texts[0], nil
	}
	return strings.Join(all, " "), nil
}

// askMode asks the supervisor of a process or thread for its mode, or sets it if text
// is not empty, and returns the mode that there was.
func askMode(id int, text string) (string, error) {
	s, err := guest.ReadStatus(id)
	if err != nil {
		return "", fmt.Errorf("there is no process %d", id)
	}
	supervisor, _, err := guest.Lineage(s.Tracer)
	if s.Tracer == 0 || err != nil {
		return "", fmt.Errorf("process %d is no guest", id)
	}
	c, err := net.DialTimeout("unix", modeSocket(supervisor), controlPatience)
	if err != nil {
		return "", fmt.Errorf("the guest of process %d has no modes: it was started without --shadow and --mode, or lives in another network namespace", id)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(controlPatience))
	peer, err := sys.Peer(c.(*net.UnixConn))
	if err != nil || int(peer.Pid) != supervisor {
		return "", fmt.Errorf("process %d: somebody else is where its supervisor, process %d, should be", id, supervisor)
	}
	fmt.Fprintln(c, strings.TrimSpace(fmt.Sprint(id, " ", text)))
	reply, err := bufio.NewReader(c).ReadString('\n')
	reply = strings.TrimSuffix(reply, "\n")
	if text, ok := strings.CutPrefix(reply, "+"); ok && err == nil {
		return text, nil
	}
	if text, ok := strings.CutPrefix(reply, "-"); ok && err == nil {
		return "", errors.New(text)
	}
	return "", fmt.Errorf("process %d: its supervisor gave no answer", id)
}
