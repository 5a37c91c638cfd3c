package serve

import (
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

func TestAcceptedKeyEnters(t *testing.T) {
	r := start(t, nil)
	s := open(t, r.client(t, ana), 100, 30)
	s.wants("choose with up and down")
	s.press("\x03")
	if c := s.status(); c != 0 {
		t.Errorf("exit status %d", c)
	}
	if !strings.HasSuffix(s.raw(), "\x1b[?1049l\x1b[?25h") && !strings.Contains(s.raw(), "\x1b[?1049l") {
		t.Errorf("the terminal is left as %q", s.raw()[max(0, len(s.raw())-80):])
	}
	r.logs(t, "msg=session", "who=ana@laptop", "user=guest", "term=xterm-256color", "size=100x30")
	r.logs(t, "msg=ended", "who=ana@laptop", "why=left")
}

func TestWhoIsRefused(t *testing.T) {
	r := start(t, nil)
	asked := false
	for _, c := range []struct {
		name string
		auth []ssh.AuthMethod
		log  []string
	}{
		{"unknown key", []ssh.AuthMethod{ssh.PublicKeys(eve)}, []string{"key=" + ssh.FingerprintSHA256(eve.PublicKey()),
			`why="unknown key"`}},
		{"password", []ssh.AuthMethod{ssh.Password("secret")}, []string{"no accepted key was offered"}},
		{"keyboard", []ssh.AuthMethod{ssh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) {
			asked = true
			return nil, nil
		})}, []string{"no accepted key was offered"}},
		{"nothing", nil, []string{"no accepted key was offered"}},
	} {
		if client, err := r.dial(c.auth...); err == nil {
			client.Close()
			t.Errorf("%s: entered", c.name)
		} else if !strings.Contains(err.Error(), "unable to authenticate") {
			t.Errorf("%s: %v", c.name, err)
		}
		r.logs(t, append(c.log, "msg=refused", "from=127.0.0.1:")...)
	}
	if asked {
		t.Error("the server asked for a password")
	}
	if strings.Contains(r.log.String(), "secret") {
		t.Error("a password is in the log")
	}
}

// A key that is struck out of the file, or added to it, counts from the next login on.
func TestKeyFileIsReadAnew(t *testing.T) {
	r := start(t, nil)
	write(t, r.file, line(eve, "eve")+line(bob, "bob@desk"))
	r.client(t, eve)
	if c, err := r.dial(ssh.PublicKeys(ana)); err == nil {
		c.Close()
		t.Error("a key that is not in the file any more enters")
	}
	write(t, r.file, "nonsense\n")
	if c, err := r.dial(ssh.PublicKeys(bob)); err == nil {
		c.Close()
		t.Error("a key enters by an older version of the file")
	}
	r.logs(t, "key left out", "line 1: not a public key")
}

// Whatever is not the dashboard gets one line and exit status 1.
func TestOnlyTheDashboard(t *testing.T) {
	r := start(t, nil)
	c := r.client(t, ana)
	for _, x := range []struct {
		name string
		ask  func(*ssh.Session) error
		line string
	}{
		{"command", func(s *ssh.Session) error { return s.Start("rm -rf /") }, "no commands are run here"},
		{"command with a terminal", func(s *ssh.Session) error {
			if err := s.RequestPty("xterm", 24, 80, nil); err != nil {
				return err
			}
			return s.Start("sh")
		}, "no commands are run here"},
		{"no terminal", (*ssh.Session).Shell, "connect with ssh -t"},
		{"dumb terminal", func(s *ssh.Session) error {
			if err := s.RequestPty("dumb", 24, 80, nil); err != nil {
				return err
			}
			return s.Shell()
		}, "set TERM"},
	} {
		t.Run(x.name, func(t *testing.T) {
			session, err := c.NewSession()
			if err != nil {
				t.Fatal(err)
			}
			var out, errs strings.Builder
			session.Stdout, session.Stderr = &out, &errs
			if err := x.ask(session); err != nil {
				t.Fatal(err)
			}
			if c := code(t, session.Wait()); c != 1 {
				t.Errorf("exit status %d", c)
			}
			got := strings.TrimSpace(errs.String())
			if out.Len() != 0 || !strings.HasPrefix(got, "fathom: ") || !strings.Contains(got, x.line) ||
				strings.Contains(got, "\n") {
				t.Errorf("stdout %q, stderr %q", out.String(), got)
			}
		})
	}
	r.logs(t, "msg=refused", "who=ana@laptop", `what="command rm -rf /"`)
}

// The client library does not wait for a subsystem, so this one speaks to the channel itself.
func TestNoSubsystem(t *testing.T) {
	r := start(t, nil)
	ch, requests, err := r.client(t, ana).OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := ch.SendRequest("subsystem", true, ssh.Marshal(struct{ Name string }{"sftp"})); !ok || err != nil {
		t.Fatal(ok, err)
	}
	status := make(chan uint32, 1)
	go func() {
		for q := range requests {
			if q.Type == "exit-status" {
				status <- binary.BigEndian.Uint32(q.Payload)
			}
		}
	}()
	out, _ := io.ReadAll(ch.Stderr())
	if got := strings.TrimSpace(string(out)); !strings.HasPrefix(got,
		"fathom: no files and no subsystems are served here") || strings.Contains(got, "\n") {
		t.Errorf("stderr %q", got)
	}
	if c := <-status; c != 1 {
		t.Errorf("exit status %d", c)
	}
	ch.Close()
	r.logs(t, "msg=refused", `what="subsystem sftp"`)
}

func TestNothingIsForwarded(t *testing.T) {
	r := start(t, nil)
	c := r.client(t, ana)
	if conn, err := c.Dial("tcp", "127.0.0.1:22"); err == nil {
		conn.Close()
		t.Error("a local port is forwarded")
	} else if !strings.Contains(err.Error(), "nothing is forwarded here") {
		t.Errorf("local: %v", err)
	}
	if l, err := c.Listen("tcp", "127.0.0.1:0"); err == nil {
		l.Close()
		t.Error("a remote port is forwarded")
	}
	if l, err := c.ListenUnix("/tmp/x"); err == nil {
		l.Close()
		t.Error("a socket is forwarded")
	}
	r.logs(t, "what=direct-tcpip", "nothing is forwarded")
	r.logs(t, "what=tcpip-forward", "nothing is forwarded")
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	for _, request := range []string{"auth-agent-req@openssh.com", "x11-req"} {
		if ok, err := s.SendRequest(request, true, nil); ok || err != nil {
			t.Errorf("%s: %v %v", request, ok, err)
		}
	}
	s.Close()
	r.logs(t, `what="agent forwarding"`, "msg=refused")
	open(t, c, 80, 24).wants("choose with up and down") // and the connection still serves
}

// Text of a client never reaches the operator's terminal as control sequences.
func TestLogIsHarmless(t *testing.T) {
	r := start(t, nil)
	c, err := ssh.Dial("tcp", r.addr, &ssh.ClientConfig{User: "x\x1b]0;owned\x07\nlevel=INFO msg=session who=root",
		Auth:            []ssh.AuthMethod{ssh.PublicKeys(ana)},
		HostKeyCallback: ssh.FixedHostKey(r.host)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	s.RequestPty("\x1b[2J\u202edumb", 24, 80, nil)
	s.Run("\x1b[31m\nmsg=x " + strings.Repeat("a", 10000))
	r.logs(t, "command")
	for l := range strings.Lines(r.log.String()) {
		if l = strings.TrimSuffix(l, "\n"); strings.ContainsFunc(l,
			func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u202e' }) || len(l) > 600 {
			t.Errorf("%q", l)
		}
		if !strings.HasPrefix(l, "time=") {
			t.Errorf("a line of the client's own: %q", l)
		}
	}
}

// On loopback without keys everybody enters, and a bare server never does.
func TestInsecureLoopback(t *testing.T) {
	r := start(t, func(o *Options) { o.AuthorizedKeys, o.InsecureLoopback = "", true })
	c, err := r.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	open(t, c, 80, 24).wants("choose with up and down")
	r.logs(t, "msg=listening", "without keys")
}
