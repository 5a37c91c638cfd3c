package serve

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"time"

	"fathom/hw"
	"fathom/state/field"
	"fathom/ui"
	"fathom/ui/style"
)

// Defaults of Options.
const (
	Address     = "127.0.0.1:2222"
	MaxSessions = 100
	IdleLimit   = 30 * time.Minute
	TimeLimit   = 12 * time.Hour
)

// Unlimited is a limit that never comes.
const Unlimited = time.Duration(-1)

// Options is what a server is started with.
type Options struct {
	Listen           string // host:port, "" for Address
	AuthorizedKeys   string // file of the keys that may enter, in sshd's format
	InsecureLoopback bool   // no keys: everybody on this machine may enter
	HostKey          string // file of the server's own key, made where there is none; "" for host_key in StateDir
	StateDir         string

	MaxSessions int           // 0 for the default
	IdleLimit   time.Duration // without a key of the guest; 0 for the default, negative for none
	TimeLimit   time.Duration // of a session as a whole; 0 for the default, negative for none

	Follow    bool   // one session presents, every other one watches it
	Presenter string // comment or fingerprint of the key that presents; "": the first session does

	Catalog *field.Catalog // models and the server's profiles
	Answers field.Answers  // prefilled in every session
	Lang    string         // "" follows the client's locale
	Theme   string
	ASCII   bool
	NoColor bool

	Log   io.Writer      // who came, when they left, who was refused and why; nil for nowhere
	Ready func(net.Addr) // is told the address once the server listens; may be nil

	// Tests hand in their own.
	engine ui.Engine
	after  func(time.Duration, func()) timer // of every limit that ends a session or a connection
}

// timer is what a *time.Timer of time.AfterFunc is used for.
type timer interface {
	Reset(time.Duration) bool
	Stop() bool
}

// OptionError is an option that cannot be: one line that names it, its value and the fix.
type OptionError struct{ line string }

func (e *OptionError) Error() string { return e.line }

func bad(format string, args ...any) error {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = hw.Clean(s)
		}
	}
	return &OptionError{fmt.Sprintf(format, args...)}
}

// checked fills in defaults and refuses what cannot be, before anything is opened or made.
func (o Options) checked() (Options, error) {
	if o.Listen == "" {
		o.Listen = Address
	}
	host, port, err := net.SplitHostPort(o.Listen)
	if n, numErr := strconv.Atoi(port); err != nil || numErr != nil || n < 0 || n > 65535 {
		return o, bad("--listen %s: must be HOST:PORT, e.g. %s", o.Listen, Address)
	}
	switch {
	case o.AuthorizedKeys == "" && !o.InsecureLoopback:
		return o, bad("--authorized-keys: name the file of the public keys that may enter, e.g. ~/.ssh/authorized_keys " +
			"(or let everybody on this machine in with --insecure-loopback)")
	case o.AuthorizedKeys != "" && o.InsecureLoopback:
		return o, bad("--insecure-loopback: lets everybody on this machine in; leave it out where --authorized-keys is given")
	case o.InsecureLoopback && !loopback(host):
		return o, bad("--listen %s: without keys the server listens on loopback only; use %s, or --authorized-keys FILE "+
			"in place of --insecure-loopback",
			o.Listen, net.JoinHostPort("127.0.0.1", port))
	case o.Presenter != "" && !o.Follow:
		return o, bad("--presenter %s: needs --follow", o.Presenter)
	case o.Presenter != "" && o.InsecureLoopback:
		return o, bad("--presenter %s: needs --authorized-keys, because a presenter is known by the key", o.Presenter)
	case o.MaxSessions < 0:
		return o, bad("--max-sessions %d: must be at least 1", o.MaxSessions)
	case o.Theme != "" && !style.Known(style.Palette(o.Theme)):
		return o, bad("--theme %s: must be auto, dark or light", o.Theme)
	case o.HostKey == "" && o.StateDir == "":
		return o, bad("--host-key: there is no state directory to keep the server's key in; name a file")
	}
	if o.HostKey == "" {
		o.HostKey = filepath.Join(o.StateDir, "host_key")
	}
	if o.MaxSessions == 0 {
		o.MaxSessions = MaxSessions
	}
	if o.IdleLimit == 0 {
		o.IdleLimit = IdleLimit
	}
	if o.TimeLimit == 0 {
		o.TimeLimit = TimeLimit
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	if o.engine == nil {
		o.engine = newEngine()
	}
	if o.after == nil {
		o.after = func(d time.Duration, f func()) timer { return time.AfterFunc(d, f) }
	}
	return o, nil
}

// loopback tells whether a host can only be reached from this machine. What localhost means is checked again on the
// open socket.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
