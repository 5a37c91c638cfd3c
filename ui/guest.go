package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"fathom/hw/message"
	"fathom/state"
	"fathom/ui/clip"
	"fathom/ui/style"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// Guest is the far end of a connection that a dashboard is drawn on.
type Guest struct {
	In    io.Reader
	Out   io.Writer
	Env   []string    // the client's variables as NAME=value, TERM among them; never this process's own
	Sizes <-chan Size // newest size of the terminal; the first one comes at once
	Watch func(Scene) // is told what every frame shows; it must not block; may be nil
	Seen  <-chan int  // how many watch; nil where nobody can
}

// Size is a terminal's size in cells.
type Size struct{ W, H int }

// Scene is what a screen shows, as a value that others may draw at their own size, in their own colours and language.
type Scene struct {
	Model state.Model
	Caret int // runes before the text cursor, -1 for none
	Tick  int
}

// Environ and Getenv make the client's variables what the colour detection asks.
func (g Guest) Environ() []string { return g.Env }

// Getenv gives a variable of the client; the last of several counts.
func (g Guest) Getenv(name string) string {
	for i := len(g.Env) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(g.Env[i], name+"="); ok {
			return v
		}
	}
	return ""
}

// RunGuest is the dashboard for somebody at the other end of a connection, with Options.Engine as its only source of
// answers: no file of this machine is read or written, nothing is remembered, exports go to the screen and the guest's
// own clipboard. It ends when the guest leaves (nil), or with the cause of ctx.
func RunGuest(ctx context.Context, o Options, g Guest) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := &clip.Shared{W: g.Out}
	s := guestSession(ctx, o, g, out)
	p := s.opened(g)
	err := s.play(p, g, out, p.model.Settings.Mouse)
	cause := context.Cause(ctx)
	cancel(nil) // runs end now; the farewell does not wait for the deferred call
	s.wait()
	return s.outcome(p, err, cause, out)
}

// opened is the program of a guest. It is made in a function of its own: models are large, and the stack of RunGuest
// stands as long as the guest stays.
func (s *session) opened(g Guest) *program {
	m, effects := s.begin()
	if g.Watch != nil && m.Notice.Key == "" && m.Notice.Issue == nil {
		m.Notice = state.Notice{Key: "follow.presenting"}
	}
	p := newProgram(s, m)
	p.first = effects
	return p
}

// guestSession is newSession without this machine's files, variables and desktop.
func guestSession(ctx context.Context, o Options, g Guest, out io.Writer) *session {
	o.StateDir, o.WorkingDir, o.Getenv, o.In, o.Out = "", "", g.Getenv, nil, nil
	if o.Theme == "" {
		o.Theme = string(style.Auto)
	}
	s := newSession(ctx, o, clip.Clipboard{Out: out, Remote: true, Getenv: g.Getenv})
	s.engine, s.guest, s.watch = o.Engine, true, g.Watch
	profile := termenv.NewOutput(out, termenv.WithEnvironment(g), termenv.WithUnsafe()).EnvColorProfile()
	if o.NoColor {
		profile = termenv.Ascii
	}
	s.theme = func(name string) style.Theme {
		return style.Make(out, profile, style.Wish{NoColor: o.NoColor, ASCII: o.ASCII, Palette: style.Palette(name)},
			g.Getenv)
	}
	return s
}

// play runs a program on the guest's terminal until it ends or the context does.
func (s *session) play(m tea.Model, g Guest, out io.Writer, mouse bool) error {
	options := []tea.ProgramOption{tea.WithContext(s.ctx), tea.WithInput(g.In), tea.WithOutput(out), tea.WithAltScreen(),
		tea.WithoutSignalHandler(), tea.WithFPS(30), tea.WithFilter(awake)}
	if mouse {
		options = append(options, tea.WithMouseCellMotion())
	}
	t := tea.NewProgram(m, options...)
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		for {
			select {
			case size := <-g.Sizes:
				t.Send(tea.WindowSizeMsg{Width: size.W, Height: size.H})
			case n := <-g.Seen:
				t.Send(happened{state.Watched{Viewers: n}})
			case <-ended:
				return
			}
		}
	}()
	_, err := t.Run()
	return err
}

// awake drops what Bubble Tea would obey by stopping this whole process: a guest cannot suspend the server.
func awake(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg.(type) {
	case tea.SuspendMsg:
		return nil
	}
	return msg
}

// away carries out what means something else for a guest than at this machine; done is false where it means the same.
func (p *program) away(e state.Effect) (cmd tea.Cmd, done bool) {
	switch e := e.(type) {
	case state.List:
		return func() tea.Msg { return happened{state.Listed{Listing: state.Listing{Dir: e.Dir, Failed: true}}} }, true
	case state.Open:
		refused := errors.New(p.texts.T("guest.no-files"))
		return func() tea.Msg { return happened{state.PlanOpened{Path: e.Path, Err: refused}} }, true
	case state.Measure:
		refused := errors.New(p.texts.T("guest.no-files"))
		return func() tea.Msg { return happened{state.Measured{Source: e.Source, Err: refused}} }, true
	case state.Fit:
		refused := errors.New(p.texts.T("guest.no-files"))
		return func() tea.Msg { return happened{state.Fitted{Run: e.Run, Err: refused}} }, true
	case state.Save:
		return p.handOver(func() ([]byte, error) { return e.Data, nil }), true
	case state.Export:
		texts := p.texts
		if e.Of != nil {
			return p.handOver(func() ([]byte, error) {
				files, err := manifestOf(e, texts)
				var all []byte
				for _, f := range files {
					all = append(append(all, "# --- "+f.Name+"\n"...), f.Data...)
				}
				return all, err
			}), true
		}
		return p.handOver(func() ([]byte, error) { return render(e, texts, p.options.Program) }), true
	case state.ExportSweep:
		return p.handOver(func() ([]byte, error) { return sweepData(e) }), true
	case state.Shelve: // its keys are off for guests
		return func() tea.Msg {
			return happened{state.Shelved{Op: e.Op, Run: e.Run, Fault: message.New("guest.no-files")}}
		}, true
	case state.Remember, state.Sleep:
		return nil, true
	}
	return nil, false
}

// handOver gives a guest what would be a file elsewhere: on the clipboard as far as that takes it, and on the whole
// screen.
func (p *program) handOver(write func() ([]byte, error)) tea.Cmd {
	var data []byte
	both, screen := p.texts.T("guest.both"), p.texts.T("guest.screen")
	send := p.answer(func() (state.Event, error) {
		var err error
		if data, err = write(); err != nil {
			return nil, err
		}
		if _, err := p.clip.Send(p.ctx, string(data)); err != nil {
			return state.Saved{Path: screen}, nil
		}
		return state.Saved{Path: both}, nil
	}, func(err error) state.Event { return state.Saved{Path: screen, Err: err} })
	show := func() tea.Msg {
		if data == nil { // the failure has been told
			return nil
		}
		return happened{state.Composed{Text: string(data)}}
	}
	return tea.Sequence(send, show)
}

// told lets watchers know what the frame shows.
func (p *program) told() {
	if p.watch != nil {
		p.watch(Scene{Model: p.model, Caret: p.editor.caret(), Tick: p.tick})
	}
}

// String names a size as people write it.
func (s Size) String() string { return fmt.Sprintf("%dx%d", s.W, s.H) }
