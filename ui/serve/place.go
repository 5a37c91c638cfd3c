package serve

import (
	"sync"

	"fathom/ui"

	"github.com/charmbracelet/ssh"
)

// place is what a guest is here as.
type place struct {
	role  string         // guest, presenter or viewer
	watch func(ui.Scene) // of a presenter, else nil
	shows <-chan ui.Show // of a viewer, else nil
	leave func()         // may be called twice
}

// place gives a guest a place: an own session, or under --follow the stage or a seat before it. The presenter takes no
// place of the others, so that an audience cannot keep the presenter out. Who got a place is waited for when the server
// stops, until visits is told.
func (s *server) place(who string, mayPresent bool) (p *place, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping.Err() != nil {
		return nil, false
	}
	if s.stage != nil && mayPresent {
		if watch, leave, ok := s.stage.take(who); ok {
			s.visits.Add(1)
			return &place{role: "presenter", watch: watch, leave: sync.OnceFunc(leave)}, true
		}
	}
	if s.places >= s.o.MaxSessions {
		return nil, false
	}
	s.places++
	s.visits.Add(1)
	free := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.places--
	}
	if s.stage == nil {
		return &place{role: "guest", leave: sync.OnceFunc(free)}, true
	}
	shows, leave := s.stage.join()
	return &place{role: "viewer", shows: shows, leave: sync.OnceFunc(func() { leave(); free() })}, true
}

// identify names a guest by the key that was proven, never by one that was only offered, and tells whether it may
// present.
func (s *server) identify(sess ssh.Session) (who string, mayPresent bool) {
	if s.keys == nil {
		if who = short(sess.User()); who == "" {
			who = "somebody"
		}
		return who, true
	}
	public := sess.PublicKey()
	if public == nil {
		return "somebody", false
	}
	k := s.keys.named(public)
	return k.name(), s.o.Presenter == "" || k.comment == s.o.Presenter || k.fingerprint == s.o.Presenter
}
