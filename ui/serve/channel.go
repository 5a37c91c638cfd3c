package serve

import (
	"context"
	"encoding/binary"
	"strings"

	"fathom/hw/message"
	"fathom/ui"

	"github.com/charmbracelet/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// visit is one session channel of a connection.
type visit struct {
	s      *server
	conn   *conn
	ctx    context.Context // ends with the channel or its connection, whichever comes first
	cancel context.CancelCauseFunc
	sizes  chan ui.Size // newest size of the terminal
	vars   int          // variables of the client that were taken
}

// errGone is the cause of a context whose guest is not there any more.
var errGone = message.Fault("guest.gone")

// mostVars bounds what a client may set; each is kept until the session ends.
const mostVars, mostVar = 32, 256

// channel serves one session channel. The library's session has one context for all channels of a connection, and
// blocks on a size that nobody takes; so a visit has its own context and size, and the requests pass through it.
func (s *server) channel(srv *ssh.Server, peer *gossh.ServerConn, asked gossh.NewChannel, outer ssh.Context) {
	c, ok := outer.Value(connKey{}).(*conn)
	if !ok || !c.enter() {
		asked.Reject(gossh.ResourceShortage, "fathom: too many sessions on one connection")
		return
	}
	defer c.leave()
	c.watch(peer, outer.Done())
	v := &visit{s: s, conn: c, sizes: make(chan ui.Size, 1)}
	v.ctx, v.cancel = context.WithCancelCause(outer)
	defer v.cancel(errGone)
	handler := func(sess ssh.Session) { v.handle(peer, sess) }
	inner := &ssh.Server{Handler: handler, PtyHandler: srv.PtyHandler,
		SubsystemHandlers: map[string]ssh.SubsystemHandler{"default": handler}}
	ssh.DefaultSessionHandler(inner, peer, &screened{asked, v}, outer)
}

// screened is a channel whose requests are looked at before the library sees them.
type screened struct {
	gossh.NewChannel
	v *visit
}

// Accept opens the channel.
func (n *screened) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	ch, in, err := n.NewChannel.Accept()
	if err != nil {
		return nil, nil, err
	}
	out := make(chan *gossh.Request)
	go func() {
		defer close(out)
		for r := range in {
			if n.v.pass(r) {
				out <- r
			}
		}
	}()
	return ch, out, nil
}

// pass answers a request, or reports that the library shall.
func (v *visit) pass(r *gossh.Request) bool {
	switch r.Type {
	case "pty-req", "shell", "exec", "subsystem":
		return true
	case "env":
		var kv struct{ Name, Value string }
		if gossh.Unmarshal(r.Payload, &kv) == nil && v.vars < mostVars && len(kv.Value) <= mostVar && welcome(kv.Name) {
			v.vars++
			return true
		}
	case "window-change":
		if len(r.Payload) >= 8 {
			v.resize(int(binary.BigEndian.Uint32(r.Payload)), int(binary.BigEndian.Uint32(r.Payload[4:])))
			r.Reply(true, nil)
			return false
		}
	case "auth-agent-req@openssh.com":
		v.refused("agent forwarding")
	case "x11-req":
		v.refused("X11 forwarding")
	}
	r.Reply(false, nil)
	return false
}

// welcome tells the variables that say how to draw; no other has a use here.
func welcome(name string) bool {
	switch name {
	case "LANG", "COLORTERM", "COLORFGBG", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RUNEWIDTH_EASTASIAN":
		return true
	}
	return strings.HasPrefix(name, "LC_")
}

// refused puts something that is not served into the log, once a connection.
func (v *visit) refused(what string) {
	if v.conn.once(what) {
		v.s.log.Warn("refused", "from", v.conn.from, "what", what, "why", "not served")
	}
}

// resize notes the newest size, bounded so that no client can ask for a frame of a gigabyte; 0 is a terminal without a
// size.
func (v *visit) resize(w, h int) {
	size := ui.Size{W: min(max(w, 0), 1000), H: min(max(h, 0), 500)}
	for {
		select {
		case v.sizes <- size:
			return
		default:
		}
		select {
		case <-v.sizes:
		default:
		}
	}
}
