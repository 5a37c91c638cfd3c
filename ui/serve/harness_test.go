package serve

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what should happen at once. Only a failing test waits so long, and a machine
// that is twenty times slower than a desk's must not fail one.
const patience = 5 * time.Minute

// unhurried are the server's limits on such a machine: those that a test does not wait for never come.
func unhurried(d time.Duration, f func()) timer {
	if d > lastTime {
		d *= 40
	}
	return time.AfterFunc(d, f)
}

// bells are limits that come when a test rings them, so that no test waits for one or has to hurry before it.
type bells struct {
	mu  sync.Mutex
	all []*bell
}

type bell struct {
	of     time.Duration
	ring   func()
	resets atomic.Int32
}

func (b *bell) Reset(time.Duration) bool { b.resets.Add(1); return true }
func (b *bell) Stop() bool               { return true }

// after puts bells in the place of the limits of d; others are unhurried.
func (b *bells) after(of time.Duration) func(time.Duration, func()) timer {
	return func(d time.Duration, f func()) timer {
		if d != of {
			return unhurried(d, f)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.all = append(b.all, &bell{of: d, ring: f})
		return b.all[len(b.all)-1]
	}
}

// only gives the bell of the only session that has one.
func (b *bells) only(t *testing.T) *bell {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.all) != 1 {
		t.Fatalf("%d sessions have the limit", len(b.all))
	}
	return b.all[0]
}

// journal is a server's log that a test can read while it is written.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// running is a server under test.
type running struct {
	addr string
	host ssh.PublicKey
	log  *journal
	stop func() error // ends the server and gives what Run returned
	file string       // authorized_keys
}

// start runs a server on a free port for the time of the test. ana and bob may enter; change edits the options.
func start(t *testing.T, change func(*Options)) *running {
	t.Helper()
	dir := t.TempDir()
	r := &running{log: &journal{}, file: filepath.Join(dir, "authorized_keys")}
	write(t, r.file, line(ana, "ana@laptop")+line(bob, "bob@desk"))
	o := Options{Listen: "127.0.0.1:0", AuthorizedKeys: r.file, StateDir: filepath.Join(dir, "state"), Log: r.log,
		Lang: "en", after: unhurried}
	ready := make(chan net.Addr, 1)
	o.Ready = func(a net.Addr) { ready <- a }
	if change != nil {
		change(&o)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, o) }()
	r.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		r.stop()
		if t.Failed() {
			t.Log(r.log.String())
		}
	})
	select {
	case a := <-ready:
		r.addr = a.String()
	case err := <-ended:
		ended <- err
		t.Fatal(err)
	case <-time.After(patience):
		t.Fatal("the server does not start")
	}
	key, _, err := hostKey(filepath.Join(dir, "state", "host_key"))
	if err != nil {
		t.Fatal(err)
	}
	r.host = key.PublicKey()
	return r
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

var ana, bob, eve = signer(), signer(), signer()

func signer() ssh.Signer {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		panic(err)
	}
	return s
}

// line is a key as it stands in an authorized_keys file.
func line(s ssh.Signer, comment string) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(s.PublicKey()))) + " " + comment + "\n"
}

func (r *running) dial(auth ...ssh.AuthMethod) (*ssh.Client, error) {
	return ssh.Dial("tcp", r.addr, &ssh.ClientConfig{User: "guest", Auth: auth, HostKeyCallback: ssh.FixedHostKey(r.host),
		Timeout: patience})
}

func (r *running) client(t *testing.T, key ssh.Signer) *ssh.Client {
	t.Helper()
	c, err := r.dial(ssh.PublicKeys(key))
	if err != nil {
		t.Fatalf("no login: %v", err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// screen is a session with a terminal whose output is collected.
type screen struct {
	t       *testing.T
	session *ssh.Session
	keys    io.WriteCloser
	ended   chan error

	mu    sync.Mutex
	out   bytes.Buffer
	plain string // text of what was shown, "" where it is to be read anew
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plain = ""
	return s.out.Write(p)
}

func (s *screen) raw() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// forget drops what was shown so far.
func (s *screen) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.Reset()
	s.plain = ""
}

// open begins a session of a connection, w cells wide and h high.
func open(t *testing.T, c *ssh.Client, w, h int, env ...string) *screen {
	t.Helper()
	session, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, session: session, ended: make(chan error, 1)}
	for i := 0; i+1 < len(env); i += 2 {
		session.Setenv(env[i], env[i+1])
	}
	if err := session.RequestPty("xterm-256color", h, w, ssh.TerminalModes{}); err != nil {
		t.Fatal(err)
	}
	if s.keys, err = session.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	session.Stdout, session.Stderr = s, s
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	go func() { s.ended <- session.Wait() }()
	return s
}

func (s *screen) press(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.keys, keys); err != nil {
		s.t.Errorf("press %q: %v", keys, err)
	}
}

// text is what was shown, without control sequences; runs of blanks count as one. It is read once for what was shown:
// fifty tests that look again and again would have the machine to themselves.
func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.plain == "" {
		s.plain = strings.Join(strings.Fields(ansi.Strip(s.out.String())), " ")
	}
	return s.plain
}

func (s *screen) wants(what string) {
	s.t.Helper()
	if !eventually(func() bool { return strings.Contains(s.text(), what) }) {
		s.t.Fatalf("never showed %q, but\n%s", what, s.text())
	}
}

// status waits for the end of the session and gives its exit code.
func (s *screen) status() int {
	s.t.Helper()
	select {
	case err := <-s.ended:
		return code(s.t, err)
	case <-time.After(patience):
		s.t.Fatalf("the session does not end; it shows\n%s", s.text())
	}
	return 0
}

func code(t *testing.T, err error) int {
	t.Helper()
	var exit *ssh.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitStatus()
	}
	t.Fatalf("no exit status: %v", err)
	return 0
}

func eventually(ok func() bool) bool {
	pause := time.Millisecond
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(pause) {
		if ok() {
			return true
		}
		pause = min(2*pause, 20*time.Millisecond)
	}
	return ok()
}

func (r *running) logs(t *testing.T, parts ...string) {
	t.Helper()
	if !eventually(func() bool {
		for l := range strings.Lines(r.log.String()) {
			found := true
			for _, p := range parts {
				found = found && strings.Contains(l, p)
			}
			if found {
				return true
			}
		}
		return false
	}) {
		t.Errorf("no log line has all of %q", parts)
	}
}
