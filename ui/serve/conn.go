package serve

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

const (
	mostChannels = 16               // sessions of one connection
	loginTime    = 20 * time.Second // until the guest has logged in
	unusedTime   = 10 * time.Second // that a connection may stand without a session
	heartbeat    = 15 * time.Second // between questions whether the other side is there, and for the answer
)

// conn is one connection. All its limits are timers that close it: a deadline on the socket would have to be told apart
// from every other error of reading and writing.
type conn struct {
	net.Conn
	s    *server
	from string
	beat sync.Once

	house netip.Addr
	since time.Time
	spoke atomic.Bool // it has sent something

	mu       sync.Mutex
	timer    timer // closes a connection that is not used
	loggedIn bool
	offered  bool // a key that may enter
	gone     bool
	sessions int
	told     map[string]bool // refusals that are in the log already
}

func (s *server) newConn(raw net.Conn) *conn {
	c := &conn{Conn: raw, s: s, from: short(raw.RemoteAddr().String()), told: map[string]bool{},
		house: house(address(raw.RemoteAddr())), since: time.Now()}
	c.timer = s.o.after(loginTime, c.expire)
	return c
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 && !c.spoke.Load() {
		c.spoke.Store(true)
	}
	return n, err
}

// standing tells whether the guest has logged in, and whether it has offered a key that may.
func (c *conn) standing() (in, offered bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.loggedIn, c.offered
}

// offer notes that the guest has named a key that may enter.
func (c *conn) offer() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offered = true
}

// expire closes a connection whose time without a session is over.
func (c *conn) expire() {
	c.mu.Lock()
	idle, in := c.sessions == 0, c.loggedIn
	c.mu.Unlock()
	if !idle {
		return
	}
	if !in {
		c.s.log.Warn("refused", "from", c.from, "why", "no login within "+loginTime.String())
	}
	c.Close()
}

// Close also takes the connection out of the server's books. The SSH library calls it in every case.
func (c *conn) Close() error {
	err := c.Conn.Close()
	c.mu.Lock()
	first := !c.gone
	c.gone = true
	c.timer.Stop()
	c.mu.Unlock()
	if first {
		c.s.closed(c)
	}
	return err
}

// login notes that the guest has proven a key.
func (c *conn) login() {
	c.mu.Lock()
	first := !c.loggedIn && !c.gone
	if first {
		c.loggedIn = true
		c.timer.Reset(unusedTime)
	}
	c.mu.Unlock()
	if first {
		c.s.loggedIn(c.house)
	}
}

// enter and leave count the sessions of the connection.
func (c *conn) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessions >= mostChannels {
		return false
	}
	c.sessions++
	c.timer.Stop()
	return true
}

func (c *conn) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessions--; c.sessions == 0 && !c.gone {
		c.timer.Reset(unusedTime)
	}
}

// once reports whether a refusal of this kind has not been told yet: a client that asks for a hundred forwardings gets
// one line.
func (c *conn) once(kind string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told[kind] {
		return false
	}
	c.told[kind] = true
	return true
}

// watch asks the other side from time to time whether it is there: a machine that was switched off says no goodbye, and
// its session would keep its place for as long as TCP hopes.
func (c *conn) watch(peer gossh.Conn, done <-chan struct{}) {
	c.beat.Do(func() {
		c.s.work.Go(func() {
			due := make(chan struct{}, 1)
			t := c.s.o.after(heartbeat, func() { due <- struct{}{} })
			defer t.Stop()
			for ; ; t.Reset(heartbeat) {
				select {
				case <-done:
					return
				case <-due:
				}
				silent := c.s.o.after(heartbeat, func() { c.Close() })
				_, _, err := peer.SendRequest("keepalive@openssh.com", true, nil)
				silent.Stop()
				if err != nil {
					return
				}
			}
		})
	})
}

// address is where a connection comes from, without its port; the zero Addr where that is no IP address.
func address(a net.Addr) netip.Addr {
	if p, err := netip.ParseAddrPort(a.String()); err == nil {
		return p.Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// reason words why a login failed.
func reason(err error) string {
	var auth *gossh.ServerAuthError
	switch {
	case errors.As(err, &auth):
		return "no accepted key was offered"
	case errors.Is(err, net.ErrClosed):
		return "closed by the server"
	}
	return short(err.Error())
}
