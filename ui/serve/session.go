package serve

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"fathom/ui"

	"github.com/charmbracelet/ssh"
	gossh "golang.org/x/crypto/ssh"
)

const (
	stopTime  = 2 * time.Second // that a session has to leave after its context ended
	inputTime = time.Second     // between the end of a guest's input and the end of the session
)

// closing is why the server ends a session, in a sentence for the guest.
type closing struct{ line string }

func (c *closing) Error() string { return c.line }

// handle is a session from its first request to its exit status. A panic in it must not take the other sessions along.
func (v *visit) handle(peer gossh.Conn, sess ssh.Session) {
	defer func() {
		if r := recover(); r != nil {
			v.s.log.Error("failed", "from", v.conn.from, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			sess.Exit(1)
		}
	}()
	who, mayPresent := v.s.identify(sess)
	if what, line := notServed(sess); line != "" {
		v.turnAway(sess, who, what, line)
		return
	}
	place, ok := v.s.place(who, mayPresent)
	if !ok {
		v.turnAway(sess, who, "session", fmt.Sprintf("the server has its %d sessions already; try again later",
			v.s.o.MaxSessions))
		return
	}
	defer v.s.visits.Done()
	defer place.leave()
	begin := time.Now()
	pty, _, _ := sess.Pty()
	v.resize(pty.Window.Width, pty.Window.Height)
	v.s.log.Info("session", "who", who, "user", short(sess.User()), "from", v.conn.from, "term", short(pty.Term),
		"size", fmt.Sprintf("%dx%d", pty.Window.Width, pty.Window.Height), "as", place.role)
	why, code := v.play(sess, place)
	v.s.log.Info("ended", "who", who, "from", v.conn.from, "why", why, "after",
		time.Since(begin).Round(time.Second).String())
	place.leave() // a guest who comes back at once finds it free
	sess.Exit(code)
}

// notServed tells what was asked for that there is not here, with a line for the guest; both are empty for a dashboard.
func notServed(sess ssh.Session) (what, line string) {
	pty, _, terminal := sess.Pty()
	switch {
	case sess.Subsystem() != "":
		return "subsystem " + short(sess.Subsystem()),
			"no files and no subsystems are served here, only the dashboard; connect with ssh alone"
	case sess.RawCommand() != "":
		return "command " + short(sess.RawCommand()),
			"no commands are run here, there is only the dashboard; connect without a command"
	case !terminal:
		return "no terminal", "the dashboard needs a terminal; connect with ssh -t from one"
	case pty.Term == "" || pty.Term == "dumb":
		return "terminal " + short(pty.Term),
			"the dashboard needs a terminal that can move its cursor; set TERM, e.g. to xterm-256color"
	}
	return "", ""
}

// turnAway ends a session with one line and exit status 1.
func (v *visit) turnAway(sess ssh.Session, who, what, line string) {
	v.s.log.Warn("refused", "who", who, "user", short(sess.User()), "from", v.conn.from, "what", what, "why", line)
	fmt.Fprintf(sess.Stderr(), "fathom: %s\n", line)
	sess.Exit(1)
}

// play runs the dashboard, or the presenter's for a viewer, until the guest leaves, a limit comes, the server stops or
// the connection is lost. A terminal that takes no more bytes would keep the program in its last write, so its
// connection is closed soon after.
func (v *visit) play(sess ssh.Session, p *place) (why string, code int) {
	ctx, cancel := context.WithCancelCause(v.ctx)
	defer cancel(nil)
	ended := make(chan struct{})
	defer close(ended)
	stop := context.AfterFunc(v.s.stopping, func() { cancel(&closing{"the server stops"}) })
	defer stop()
	context.AfterFunc(ctx, func() {
		late := v.s.o.after(stopTime, func() { v.conn.Close() })
		<-ended
		late.Stop()
	})
	defer v.limit(v.s.o.TimeLimit, cancel, "a session lasts %s here, and that is over").Stop()
	in := &input{from: sess, typed: func() {}, ended: func() {}}
	if p.shows == nil {
		idle := v.limit(v.s.o.IdleLimit, cancel, "no key for %s")
		defer idle.Stop()
		in.typed = func() { idle.Reset(v.s.o.IdleLimit) }
		in.ended = func() { time.AfterFunc(inputTime, func() { cancel(&closing{"your input ended"}) }) }
	}
	guest := ui.Guest{In: in, Out: sess, Env: sess.Environ(), Sizes: v.sizes, Watch: p.watch}
	if p.watch != nil {
		guest.Seen = v.s.stage.seen
	}
	var err error
	if p.shows != nil {
		err = ui.RunViewer(ctx, v.s.dashboard(), guest, p.shows)
	} else {
		err = ui.RunGuest(ctx, v.s.dashboard(), guest)
	}
	return v.farewell(sess, err)
}

// limit ends a session after a time; d below 1 never does.
func (v *visit) limit(d time.Duration, cancel context.CancelCauseFunc, line string) timer {
	if d <= 0 {
		return never{}
	}
	return v.s.o.after(d, func() { cancel(&closing{fmt.Sprintf(line, spell(d))}) })
}

type never struct{}

func (never) Reset(time.Duration) bool { return false }
func (never) Stop() bool               { return false }

// farewell tells the guest, on the normal screen, why the session ended, where it was not the guest who ended it.
func (v *visit) farewell(sess ssh.Session, err error) (why string, code int) {
	var c *closing
	switch {
	case err == nil:
		return "left", 0
	case errors.As(err, &c):
		fmt.Fprintf(sess, "fathom: %s\n", c.line)
		return c.line, 1
	case errors.Is(err, errGone), errors.Is(err, context.Canceled):
		return errGone.Error(), 1
	}
	var crash *ui.Crash
	if errors.As(err, &crash) {
		v.s.log.Error("failed", "from", v.conn.from, "panic", fmt.Sprint(crash.Cause), "stack", string(crash.Stack))
		fmt.Fprintln(sess, "fathom failed; the server's log has the details")
	}
	return short(err.Error()), 1
}

// spell writes a limit without the zeros that time.Duration adds: 30m and not 30m0s.
func spell(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
