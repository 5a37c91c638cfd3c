package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fathom/state"
	"fathom/ui/library"
	"fathom/ui/sample"
)

// A plan is kept from the results, found in the list, run again and compared, on the disk of the session.
func TestALibraryOnScreen(t *testing.T) {
	s := open(t, sample.Flagship(), sample.Engine{})
	l := library.In(s.p.options.StateDir)
	s.press("enter").settle(func() bool { return s.p.model.Pane == state.Showing })
	s.press("W").write("night").press("enter").settle(func() bool { return s.p.model.Notice.Key == "scenario-saved" })
	heads, aside, err := l.List()
	if err != nil || len(aside) > 0 || len(heads) != 1 || heads[0].Name != "night" || heads[0].Kept.Best() == nil {
		t.Fatalf("%+v %v %v", heads, aside, err)
	}
	if err := l.Copy("night", "other"); err != nil { // another program adds one
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(l.Dir, "torn.toml"), []byte("["), 0o600)
	s.press("O").settle(func() bool { return len(s.p.model.Shelf.All) == 2 })
	if m := &s.p.model; m.Notice.Issue == nil || !strings.Contains(m.Notice.Issue.Message.String(), "torn.toml.damaged") {
		t.Errorf("%+v", m.Notice)
	}
	s.press("R").settle(func() bool { return s.p.model.Shelf.All[0].Today != nil })
	if x := s.p.model.Shelf.All[0].Today; !x.Fault.IsZero() || x.Now.Best() == nil || x.Report != nil {
		t.Errorf("%+v", x)
	}
	s.press("W").settle(func() bool { return s.p.model.Notice.Key == "scenario-kept" })
	s.press(" ", " ", "c").settle(func() bool { return s.p.model.Scope() == state.InCompare })
	if n := len(s.p.model.Results.Marks); n != 2 {
		t.Errorf("%d marks", n)
	}
}

// settle carries out what comes until something is so.
func (s *stage) settle(so func() bool) {
	s.t.Helper()
	if !so() {
		s.t.Fatalf("it did not come about: %+v", s.p.model.Notice)
	}
}

// A session without a place for its state says so, and keeps the name that was typed.
func TestALibraryWithoutAPlace(t *testing.T) {
	s := open(t, sample.Flagship(), sample.Engine{})
	s.p.options.StateDir = ""
	s.press("enter").press("W", "x", "enter")
	if m := &s.p.model; !m.Notice.Bad || m.Overlay.Text != "x" {
		t.Errorf("%+v %+v", m.Notice, m.Overlay)
	}
}
