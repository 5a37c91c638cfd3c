package serve

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// One session too many gets one line and leaves the others in peace; a place that is free again is taken.
func TestMaxSessions(t *testing.T) {
	r := start(t, func(o *Options) { o.MaxSessions = 2 })
	one, two := open(t, r.client(t, ana), 80, 24), open(t, r.client(t, bob), 80, 24)
	one.wants("choose with up and down")
	two.wants("choose with up and down")
	third := open(t, r.client(t, bob), 80, 24)
	if c := third.status(); c != 1 {
		t.Errorf("exit status %d", c)
	}
	if got := third.text(); got != "fathom: the server has its 2 sessions already; try again later" {
		t.Errorf("told %q", got)
	}
	one.forget()
	one.press(paste(question))
	one.wants("This will run")
	two.press("\x03")
	two.status()
	open(t, r.client(t, bob), 80, 24).wants("choose with up and down")
	r.logs(t, "msg=refused", "who=bob@desk", "2 sessions already")
}

func TestSessionsOfOneConnectionAreBounded(t *testing.T) {
	r := start(t, nil)
	c := r.client(t, ana)
	for i := range mostChannels + 1 {
		_, requests, err := c.OpenChannel("session", nil)
		if err == nil {
			go ssh.DiscardRequests(requests)
		}
		if (i < mostChannels) != (err == nil) {
			t.Fatalf("channel %d: %v", i+1, err)
		}
	}
}

func TestTimeLimits(t *testing.T) {
	for _, c := range []struct {
		name string
		set  func(*Options)
		of   time.Duration
		line string
		log  string
	}{
		{"idle", func(o *Options) { o.IdleLimit = time.Hour }, time.Hour, "fathom: no key for 1h", `why="no key for 1h"`},
		{"absolute", func(*Options) {}, TimeLimit, "fathom: a session lasts 12h here", "a session lasts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, b := newEndless(), bells{}
			r := start(t, func(o *Options) { c.set(o); o.engine, o.after = e, b.after(c.of) })
			s := open(t, r.client(t, ana), 80, 24)
			s.run()
			at(t, e.began)
			limit := b.only(t)
			for range 3 { // keys keep a session from being idle, and from nothing else
				before := limit.resets.Load()
				s.forget()
				s.press("?")
				if c.name == "idle" && !eventually(func() bool { return limit.resets.Load() > before }) {
					t.Error("a key does not keep the session from being idle")
				}
				if !eventually(func() bool { return s.raw() != "" }) {
					t.Error("a key does nothing")
				}
			}
			if n := limit.resets.Load(); c.name != "idle" && n > 0 {
				t.Errorf("keys put the limit off %d times", n)
			}
			limit.ring()
			if code := s.status(); code != 1 {
				t.Errorf("exit status %d", code)
			}
			at(t, e.ended)
			_, after, _ := strings.Cut(s.raw(), "\x1b[?1049l") // on the normal screen
			if !strings.Contains(after, c.line) {
				t.Errorf("left with %q", after)
			}
			r.logs(t, "msg=ended", c.log)
		})
	}
}

func TestNoLimits(t *testing.T) {
	r := start(t, func(o *Options) { o.IdleLimit, o.TimeLimit = Unlimited, Unlimited })
	s := open(t, r.client(t, ana), 80, 24)
	s.wants("choose with up and down")
	s.press("\x03")
	if s.status() != 0 {
		t.Error("no clean end")
	}
}

// Who ends the input ends the session: no key can come any more.
func TestEndOfInputEndsTheSession(t *testing.T) {
	r := start(t, nil)
	s := open(t, r.client(t, ana), 80, 24)
	s.wants("choose with up and down")
	s.keys.Close()
	if s.status() != 1 || !strings.Contains(s.text(), "fathom: your input ended") {
		t.Errorf("left with %q", s.text())
	}
}

// A stop tells every session, ends the runs, and does not wait for a client that does not answer.
func TestGracefulStop(t *testing.T) {
	e := newEndless()
	r := start(t, func(o *Options) { o.engine = e })
	working, idle := open(t, r.client(t, ana), 80, 24), open(t, r.client(t, bob), 80, 24)
	working.run()
	idle.wants("choose with up and down")
	at(t, e.began)
	silent, err := net.Dial("tcp", r.addr) // never says a word
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if err := r.stop(); err != nil { // the engine never ends by itself
		t.Errorf("Run: %v", err)
	}
	at(t, e.ended)
	for _, s := range []*screen{working, idle} {
		if s.status() != 1 || !strings.Contains(s.text(), "fathom: the server stops") ||
			!strings.Contains(s.raw(), "\x1b[?1049l") {
			t.Errorf("left with %q", s.text())
		}
	}
	if c, err := r.dial(ssh.PublicKeys(ana)); err == nil {
		c.Close()
		t.Error("somebody enters after the stop")
	}
	r.logs(t, "msg=stopped")
}

// Connections that never log in are bounded, those that have logged in do not notice them, and a guest with a key takes
// the place of one that says nothing, from the same address too.
func TestFloodOfStrangers(t *testing.T) {
	if testing.Short() {
		t.Skip("opens many connections")
	}
	r := start(t, nil)
	s := open(t, r.client(t, ana), 80, 24)
	s.wants("choose with up and down")
	const strangers = 150
	for range strangers {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	s.press(paste(question))
	s.wants("This will run")
	r.logs(t, "msg=refused", "too many others have not logged in yet")
	// At first the strangers may still be about to speak.
	if !eventually(func() bool {
		c, err := r.dial(ssh.PublicKeys(bob))
		if err == nil {
			defer c.Close()
		}
		return err == nil
	}) {
		t.Error("a guest with a key is locked out")
	}
	r.logs(t, "msg=refused", "no login, and others wait")
}

// lobby is a server with connections that have not logged in.
func lobby(now time.Time, from string, n int, age time.Duration, spoke bool) *server {
	s := &server{conns: map[*conn]bool{}, door: door{}}
	s.enter(now, from, n, age, spoke)
	return s
}

func (s *server) enter(now time.Time, from string, n int, age time.Duration, spoke bool) {
	for range n {
		c := &conn{house: house(netip.MustParseAddr(from)), since: now.Add(-age)}
		c.spoke.Store(spoke)
		s.conns[c] = true
	}
}

func TestPlacesAtTheDoor(t *testing.T) {
	now := time.Now()
	one, two, net6 := "192.0.2.1", "192.0.2.2", "2001:db8::1"
	ask := func(s *server, from string) string {
		instead, ok := s.room(house(netip.MustParseAddr(from)), now)
		switch {
		case !ok:
			return "refused"
		case instead != nil:
			return "instead of " + instead.house.String()
		}
		return "free"
	}
	// An address has its share, and the others theirs.
	s := lobby(now, one, mostOfOne, 0, true)
	if a, b := ask(s, one), ask(s, two); a != "refused" || b != "free" {
		t.Errorf("%s, %s", a, b)
	}
	// All places are taken: somebody who has logged in before finds one all the same.
	s.enter(now, net6, mostLogins-mostOfOne, 0, true)
	if a := ask(s, two); a != "refused" {
		t.Error(a)
	}
	s.door.of(house(netip.MustParseAddr(two)), now).entered = true
	if a := ask(s, two); a != "free" {
		t.Error(a)
	}
	// One that says nothing makes room, of its own address first; later one that is slow does.
	s.enter(now, one, 1, 2*silentTime, false)
	if a, b := ask(s, one), ask(s, "192.0.2.3"); a != "instead of "+one || b != a {
		t.Errorf("%s, %s", a, b)
	}
	if a := ask(lobby(now, net6, mostOfOne, 2*slowTime, true), "2001:db8::2"); a != "instead of 2001:db8::" {
		t.Error(a)
	}
	// Who has offered a key that may enter takes none.
	s = lobby(now, one, mostOfOne, 0, true)
	for c := range s.conns {
		c.offer()
		break
	}
	if a := ask(s, one); a != "free" {
		t.Error(a)
	}
}

// The answers to refused keys come slower and slower from the first one on, an address that somebody has logged in from
// may try all keys of a client before, and time forgets.
func TestRefusedKeysWait(t *testing.T) {
	now := time.Now()
	d := door{}
	v := d.of(netip.MustParseAddr("192.0.2.1"), now)
	for _, free := range []int{0, freeRefusals} {
		v.entered, v.refused = free > 0, 0
		var waits []time.Duration
		for range free + 12 {
			waits = append(waits, v.refuse(now))
		}
		if waits[free] != firstDelay || waits[free+1] != 2*firstDelay || free > 0 && waits[free-1] != 0 ||
			waits[len(waits)-1] != mostDelay || !slices.IsSorted(waits) {
			t.Errorf("%d are free: %v", free, waits)
		}
		if w := v.refuse(now.Add(10 * forgetAfter)); w != firstDelay*time.Duration(1-min(free, 1)) {
			t.Errorf("%d are free: after ten minutes %v", free, w)
		}
	}
	for i := range 2 * mostVisitors {
		d.of(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	if len(d) > mostVisitors {
		t.Errorf("%d addresses are remembered", len(d))
	}
}

func TestSpelling(t *testing.T) {
	for d, want := range map[time.Duration]string{30 * time.Minute: "30m", 12 * time.Hour: "12h",
		90 * time.Second: "1m30s", 10 * time.Second: "10s",
		400 * time.Millisecond: "400ms", 90 * time.Minute: "1h30m"} {
		if got := spell(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
