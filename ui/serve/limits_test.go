package serve

import (
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
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
		line string
		log  string
	}{
		{"idle", func(o *Options) { o.IdleLimit = 400 * time.Millisecond }, "fathom: no key for 400ms",
			`why="no key for 400ms"`},
		{"absolute", func(o *Options) { o.TimeLimit = 1500 * time.Millisecond }, "fathom: a session lasts 1.5s here",
			"a session lasts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := newEndless()
			r := start(t, func(o *Options) { c.set(o); o.engine = e })
			s := open(t, r.client(t, ana), 80, 24)
			begin := time.Now()
			s.run()
			for range 9 { // keys keep a session from being idle, and from nothing else
				time.Sleep(100 * time.Millisecond)
				s.keys.Write([]byte("l"))
			}
			if took := time.Since(begin); took < 900*time.Millisecond || len(s.ended) > 0 {
				t.Errorf("ended after %v although keys came", took)
			}
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
	begin := time.Now()
	if err := r.stop(); err != nil {
		t.Errorf("Run: %v", err)
	}
	if took := time.Since(begin); took > graceTime+3*lastTime {
		t.Errorf("the stop took %v", took)
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

// Connections that never log in are bounded, and those that have logged in do not notice them.
func TestFloodOfStrangers(t *testing.T) {
	if testing.Short() {
		t.Skip("opens many connections")
	}
	r := start(t, nil)
	s := open(t, r.client(t, ana), 80, 24)
	s.wants("choose with up and down")
	var open, dropped int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range mostLogins + 20 {
		wg.Go(func() {
			c, err := net.Dial("tcp", r.addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			c.SetReadDeadline(time.Now().Add(3 * time.Second))
			buf, seen := make([]byte, 4096), 0
			for err == nil {
				var n int
				n, err = c.Read(buf)
				seen += n
			}
			mu.Lock()
			defer mu.Unlock()
			if os.IsTimeout(err) {
				open++
			} else if seen == 0 {
				dropped++
			}
		})
	}
	time.Sleep(time.Second)
	begin := time.Now()
	s.press(paste(question))
	s.wants("This will run")
	if took := time.Since(begin); took > time.Second {
		t.Errorf("a key took %v", took)
	}
	wg.Wait()
	if open != mostLogins || dropped != 20 {
		t.Errorf("%d kept, %d dropped", open, dropped)
	}
	r.logs(t, "msg=refused", fmt.Sprintf("%d others have not logged in yet", mostLogins))
	r.client(t, bob)
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
