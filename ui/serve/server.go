package serve

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/state/field"
	"fathom/ui"

	"github.com/charmbracelet/ssh"
	"github.com/charmbracelet/wish"
	gossh "golang.org/x/crypto/ssh"
)

// A stop waits so long for sessions that do not leave, and for connections that do not close.
const (
	graceTime = 3 * time.Second
	lastTime  = 500 * time.Millisecond
)

// server is one running server.
type server struct {
	o     Options
	log   *slog.Logger
	keys  *keyFile // nil where everybody on this machine may enter
	stage *stage   // nil without --follow

	stopping context.Context
	stop     context.CancelFunc
	work     sync.WaitGroup // connections, and what watches them
	visits   sync.WaitGroup // sessions

	mu     sync.Mutex
	rest   *time.Timer // gives the memory of guests who have gone back to the system
	conns  map[*conn]bool
	door   door
	places int // sessions under way
}

// connKey is where a connection's context holds its *conn.
type connKey struct{}

// Run serves the dashboard until ctx ends; then sessions are told, and closed within a few seconds. An *OptionError is
// the caller's mistake, found before anything was opened; a server that stopped because ctx ended gives nil.
func Run(ctx context.Context, o Options) error {
	o, err := o.checked()
	if err != nil {
		return err
	}
	o.Catalog = forGuests(o.Catalog)
	s := &server{o: o, log: slog.New(slog.NewTextHandler(o.Log, nil)), conns: map[*conn]bool{}, door: door{}}
	s.stopping, s.stop = context.WithCancel(context.Background())
	defer s.stop()
	defer debug.SetGCPercent(debug.SetGCPercent(collectAt))
	if e, ok := o.engine.(engine); ok {
		e.gate.idle = s.rested
	}
	if o.Follow {
		s.stage = newStage()
	}
	if err := s.openKeys(); err != nil {
		return err
	}
	host, made, err := hostKey(o.HostKey)
	if err != nil {
		return err
	}
	listener, err := s.listen()
	if err != nil {
		return err
	}
	defer listener.Close()
	srv, err := s.library(host)
	if err != nil {
		return err
	}
	if made {
		s.log.Info("made a host key", "file", o.HostKey)
	}
	s.log.Info("listening", "address", listener.Addr().String(), "host_key", gossh.FingerprintSHA256(host.PublicKey()),
		"who", s.audience())
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	if o.Ready != nil {
		o.Ready(listener.Addr())
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	s.finish(listener, srv)
	return err
}

// forGuests is a catalog without the paths that its profiles were read from.
func forGuests(c *field.Catalog) *field.Catalog {
	if c == nil {
		return &field.Catalog{ModelNames: model.Names(), Profiles: hw.Builtin()}
	}
	public := *c
	public.Profiles = slices.Clone(c.Profiles)
	for i, e := range public.Profiles {
		if e.File != "" {
			q := *e.Profile()
			q.File = ""
			public.Profiles[i] = hw.EntryOf(&q)
		}
	}
	return &public
}

func (s *server) audience() string {
	if s.keys == nil {
		return "everybody on this machine, without keys"
	}
	return fmt.Sprintf("%d keys of %s", s.keys.count(), hw.Clean(s.keys.path))
}

// openKeys reads the key file once, so that a mistake in it shows at the start.
func (s *server) openKeys() error {
	if s.o.AuthorizedKeys == "" {
		return nil
	}
	s.keys = &keyFile{path: s.o.AuthorizedKeys, warn: func(p string) {
		s.log.Warn("key left out", "file",
			s.o.AuthorizedKeys, "why", p)
	}}
	if err := s.keys.refresh(); err != nil {
		return bad("--authorized-keys %s: %v", s.o.AuthorizedKeys, err)
	}
	switch {
	case s.keys.count() == 0:
		return bad("--authorized-keys %s: holds no key that may enter; add a line such as ssh-ed25519 AAAA... name",
			s.o.AuthorizedKeys)
	case s.o.Presenter != "" && !s.keys.knows(s.o.Presenter):
		return bad("--presenter %s: no key of %s has this comment or fingerprint", s.o.Presenter, s.o.AuthorizedKeys)
	}
	return nil
}

func (s *server) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", s.o.Listen)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w", hw.Clean(s.o.Listen), err)
	}
	if at := address(l.Addr()); s.keys == nil && !at.IsLoopback() {
		l.Close()
		return nil, bad("--listen %s: means %s, which others can reach; without keys use 127.0.0.1", s.o.Listen, at.String())
	}
	return l, nil
}

// library sets the SSH library up: public keys or nobody to ask, sessions, and a line for everything else.
func (s *server) library(host gossh.Signer) (*ssh.Server, error) {
	options := []ssh.Option{wish.WithVersion("fathom"), ssh.EmulatePty(),
		func(srv *ssh.Server) error {
			srv.AddHostKey(host)
			srv.ConnCallback = s.accept
			srv.ServerConfigCallback = s.config
			srv.ConnectionFailedCallback = func(c net.Conn, err error) {
				s.log.Warn("refused", "from", short(c.RemoteAddr().String()), "why", reason(err))
			}
			srv.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.channel, "default": s.noChannel}
			srv.RequestHandlers = map[string]ssh.RequestHandler{"default": s.noRequest}
			return nil
		}}
	if s.keys != nil {
		options = append(options, wish.WithPublicKeyAuth(s.admit))
	}
	return wish.NewServer(options...)
}

// config is the part of the SSH protocol that the library leaves to us. SHA-1 signatures are not accepted.
func (s *server) config(ctx ssh.Context) *gossh.ServerConfig {
	c := &gossh.ServerConfig{MaxAuthTries: 6, PublicKeyAuthAlgorithms: []string{gossh.KeyAlgoED25519,
		gossh.KeyAlgoSKED25519,
		gossh.KeyAlgoSKECDSA256, gossh.KeyAlgoECDSA256, gossh.KeyAlgoECDSA384, gossh.KeyAlgoECDSA521, gossh.KeyAlgoRSASHA256,
		gossh.KeyAlgoRSASHA512}}
	c.AuthLogCallback = func(meta gossh.ConnMetadata, method string, err error) {
		conn, _ := ctx.Value(connKey{}).(*conn)
		switch {
		case err == nil && conn != nil:
			conn.login()
		case err != nil && method != "none" && method != "publickey": // a refused key has its own line
			s.log.Warn("refused", "user", short(meta.User()), "from", short(meta.RemoteAddr().String()), "what", short(method),
				"why", "only public keys are accepted")
		}
	}
	return c
}

// admit decides about a key that a client offers or proves.
func (s *server) admit(ctx ssh.Context, public ssh.PublicKey) bool {
	_, err := s.keys.find(public, address(ctx.RemoteAddr()), time.Now())
	if err != nil {
		s.log.Warn("refused", "user", short(ctx.User()), "from", short(ctx.RemoteAddr().String()), "key",
			gossh.FingerprintSHA256(public),
			"why", err.Error())
		s.hesitate(ctx, address(ctx.RemoteAddr()))
		return false
	}
	if c, ok := ctx.Value(connKey{}).(*conn); ok {
		c.offer()
	}
	return true
}

// dashboard is what every session starts from; the catalog is shared, because nobody changes it.
func (s *server) dashboard() ui.Options {
	return ui.Options{Answers: s.o.Answers, Catalog: s.o.Catalog, Engine: s.o.engine, Lang: s.o.Lang, Theme: s.o.Theme,
		ASCII:   s.o.ASCII,
		NoColor: s.o.NoColor}
}

// noChannel refuses forwardings.
func (s *server) noChannel(_ *ssh.Server, _ *gossh.ServerConn, asked gossh.NewChannel, ctx ssh.Context) {
	s.refuse(ctx, asked.ChannelType())
	asked.Reject(gossh.Prohibited, "fathom: nothing is forwarded here, there is only the dashboard")
}

// noRequest refuses what a connection asks for as a whole; a sign of life is no matter for the log.
func (s *server) noRequest(ctx ssh.Context, _ *ssh.Server, r *gossh.Request) (bool, []byte) {
	if r.Type == "tcpip-forward" || r.Type == "streamlocal-forward@openssh.com" {
		s.refuse(ctx, r.Type)
	}
	return false, nil
}

func (s *server) refuse(ctx ssh.Context, what string) {
	if c, ok := ctx.Value(connKey{}).(*conn); ok && c.once(what) {
		s.log.Warn("refused", "user", short(ctx.User()), "from", c.from, "what", short(what), "why", "nothing is forwarded")
	}
}

// accept takes a connection into the books, or drops it at once where there is no place at the door.
func (s *server) accept(ctx ssh.Context, raw net.Conn) net.Conn {
	c, instead := s.take(ctx, raw)
	if instead != nil {
		s.log.Warn("refused", "from", instead.from, "why", "no login, and others wait")
		instead.Close()
	}
	if c == nil {
		return nil
	}
	return c
}

func (s *server) take(ctx ssh.Context, raw net.Conn) (c, instead *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping.Err() != nil {
		return nil, nil
	}
	instead, ok := s.room(house(address(raw.RemoteAddr())), time.Now())
	if !ok {
		s.log.Warn("refused", "from", short(raw.RemoteAddr().String()), "why", "too many others have not logged in yet")
		return nil, nil
	}
	c = s.newConn(raw)
	s.conns[c] = true
	s.work.Add(1)
	ctx.SetValue(connKey{}, c)
	return c, instead
}

// loggedIn and closed keep the books.
func (s *server) loggedIn(from netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.door.of(from, time.Now())
	v.entered, v.refused = true, 0
	s.later()
}

func (s *server) closed(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	s.work.Done()
	s.later()
}

// restTime is how long after a guest came or went, or after the last run ended, memory is given back: where nothing is
// allocated any more the runtime keeps what a burst of plans took for minutes.
const restTime = 3 * time.Second

// halvings are the collections at rest: each halves the stacks of goroutines that wait, which have grown to hundreds of
// kilobytes of a session while its screen was drawn.
const halvings = 5

func rest() {
	for range halvings {
		runtime.GC()
	}
	debug.FreeOSMemory()
}

// collectAt is how much of what guests hold may be allocated beside it before it is collected, in per cent: they hold
// much and work little.
const collectAt = 50

// rested is told when no run works any more.
func (s *server) rested() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping.Err() == nil {
		s.later()
	}
}

// later gives memory back unless something happens before. The caller holds the lock.
func (s *server) later() {
	if s.rest != nil {
		s.rest.Stop()
	}
	s.rest = time.AfterFunc(restTime, rest)
}

// finish stops taking connections, lets sessions say goodbye, and closes what is left.
func (s *server) finish(l net.Listener, srv *ssh.Server) {
	s.log.Info("stopping", "connections", s.count())
	l.Close()
	s.mu.Lock() // whoever comes later sees it
	s.stop()
	s.mu.Unlock()
	s.await(&s.visits, graceTime)
	s.await(&s.work, lastTime) // a client hangs up by itself once it has the last line
	s.mu.Lock()
	left := slices.Collect(maps.Keys(s.conns))
	s.mu.Unlock()
	for _, c := range left {
		c.Close()
	}
	srv.Close()
	s.await(&s.work, lastTime)
	s.mu.Lock()
	if s.rest != nil {
		s.rest.Stop()
	}
	s.mu.Unlock()
	s.log.Info("stopped")
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// await waits for a group, but not longer than d.
func (s *server) await(g *sync.WaitGroup, d time.Duration) {
	done, late := make(chan struct{}), make(chan struct{})
	go func() { g.Wait(); close(done) }()
	defer s.o.after(d, func() { close(late) }).Stop()
	select {
	case <-done:
	case <-late:
	}
}
