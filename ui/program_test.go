package ui

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"fathom/state"
	"fathom/state/field"
	"fathom/ui/clip"
	"fathom/ui/sample"

	tea "github.com/charmbracelet/bubbletea"
	"go.uber.org/goleak"
)

// teatest waits for an interrupt that never comes; all else has to end.
func TestMain(m *testing.M) {
	sample.Reference()
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/charmbracelet/x/exp/teatest.NewTestModel.func2"),
		goleak.Cleanup(func(code int) {
			if toRemove != "" {
				os.RemoveAll(toRemove)
			}
			os.Exit(code)
		}))
}

// stage runs a program without Bubble Tea: messages go in, commands are carried out at once, one after the other.
type stage struct {
	t    testing.TB
	p    *program
	quit bool
	wire *strings.Builder // what reached the terminal beside the frames
	asks []string         // kinds of messages that only Bubble Tea understands
}

func open(t testing.TB, a field.Answers, e Engine) *stage {
	t.Helper()
	dir := t.TempDir()
	catalog := sample.Catalog()
	wire := &strings.Builder{}
	getenv := func(k string) string {
		return map[string]string{"TERM": "xterm-256color", "NO_COLOR": "1", "HOME": dir, "LANG": "en_US.UTF-8"}[k]
	}
	o := Options{Answers: a, Catalog: &catalog, Engine: e, StateDir: filepath.Join(dir, "state"), WorkingDir: dir,
		Getenv: getenv, Out: os.Stdout}
	o.defaults()
	s := newSession(t.Context(), o, clip.Clipboard{Out: wire, Dir: o.StateDir, Getenv: getenv})
	s.now = func() time.Time { return time.Unix(0, 0).UTC() }
	m, effects := s.begin()
	p := newProgram(s, m)
	p.first = effects
	st := &stage{t: t, p: p, wire: wire}
	t.Cleanup(func() {
		for _, j := range p.jobs {
			j.cancel(errCancelled)
		}
		s.work.Wait()
	})
	st.carry(p.Init())
	return st.send(tea.WindowSizeMsg{Width: 100, Height: 30})
}

func (s *stage) send(msg tea.Msg) *stage {
	s.t.Helper()
	_, cmd := s.p.Update(msg)
	s.carry(cmd)
	return s
}

// patience ends a test that would hang; only a failing one waits so long.
const patience = 3 * time.Minute

// carry carries commands out. Ticks are left out: they only turn the sign of a live run, and never end.
func (s *stage) carry(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	var msg tea.Msg
	select {
	case msg = <-done:
	case <-time.After(patience):
		s.t.Fatal("a command does not end")
	}
	switch msg := msg.(type) {
	case nil, ticked:
	case tea.BatchMsg:
		for _, c := range msg {
			s.carry(c)
		}
	case tea.QuitMsg:
		s.quit = true
	case started, happened, awaited:
		s.send(msg)
	default:
		v := reflect.ValueOf(msg)
		if v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeOf(tea.Cmd(nil)) { // a sequence
			for i := range v.Len() {
				s.carry(v.Index(i).Interface().(tea.Cmd))
			}
			return
		}
		s.asks = append(s.asks, v.Type().Name())
	}
}

var named = map[string]tea.KeyType{"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab,
	"shift+tab": tea.KeyShiftTab, "up": tea.KeyUp,
	"down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "backspace": tea.KeyBackspace, "ctrl+c": tea.KeyCtrlC,
	"ctrl+s": tea.KeyCtrlS,
	"ctrl+u": tea.KeyCtrlU, "ctrl+v": tea.KeyCtrlV, "ctrl+o": tea.KeyCtrlO, "ctrl+z": tea.KeyCtrlZ, "ctrl+l": tea.KeyCtrlL,
	"f1":   tea.KeyF1,
	"home": tea.KeyHome, "end": tea.KeyEnd, "pgdown": tea.KeyPgDown, "ctrl+d": tea.KeyCtrlD, "delete": tea.KeyDelete}

func press(name string) tea.KeyMsg {
	if t, ok := named[name]; ok {
		return tea.KeyMsg{Type: t}
	}
	if name == " " {
		return tea.KeyMsg{Type: tea.KeySpace, Runes: []rune(" ")}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

// press sends keys by their names.
func (s *stage) press(names ...string) *stage {
	s.t.Helper()
	for _, n := range names {
		s.send(press(n))
	}
	return s
}

// write types a text, a key a letter.
func (s *stage) write(text string) *stage {
	s.t.Helper()
	for _, r := range text {
		s.press(string(r))
	}
	return s
}

// sees fails where the frame does not hold a text.
func (s *stage) sees(texts ...string) *stage {
	s.t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.p.View(), text) {
			s.t.Fatalf("the screen does not show %q:\n%s", text, s.p.View())
		}
	}
	return s
}

func (s *stage) pane(want state.Pane) *stage {
	s.t.Helper()
	if s.p.model.Pane != want {
		s.t.Fatalf("pane %d, want %d:\n%s", s.p.model.Pane, want, s.p.View())
	}
	return s
}

// A terminal without a size is 80x24 until it has one.
func TestNoSize(t *testing.T) {
	s := open(t, sample.Flagship(), sample.Engine{})
	s.p.w, s.p.h = 0, 0
	if s.send(tea.WindowSizeMsg{}); strings.Count(s.p.View(), "\n") != 23 {
		t.Errorf("%d lines:\n%s", strings.Count(s.p.View(), "\n")+1, s.p.View())
	}
	s.send(tea.WindowSizeMsg{Width: 120, Height: 40}).send(tea.WindowSizeMsg{})
	if strings.Count(s.p.View(), "\n") != 39 {
		t.Error("a size that is known stays")
	}
}
