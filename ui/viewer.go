package ui

import (
	"context"
	"strings"
	"time"

	"fathom/hw/message"
	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/clip"
	"fathom/ui/pane"

	tea "github.com/charmbracelet/bubbletea"
)

// Show is what a viewer gets to see: a presenter's scene, or nobody's.
type Show struct {
	Presenter string // "" while nobody presents
	Turn      int    // counts presenters
	Viewers   int
	Scene     Scene
}

// viewer draws somebody else's model for its own terminal. It holds no machine of its own: its keys only leave.
type viewer struct {
	*program
	shows  <-chan Show
	show   Show
	notice state.Notice // of the viewer: where a copy went
}

// shown brings what the presenter's screen shows now.
type shown struct{ show Show }

// rest is the pause of a viewer between frames: many viewers must not cost the presenter's machine a frame each for
// every key.
const rest = 40 * time.Millisecond

// RunViewer shows shows on a guest's terminal, newest first, until the guest leaves (nil) or ctx ends (its cause).
func RunViewer(ctx context.Context, o Options, g Guest, shows <-chan Show) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := &clip.Shared{W: g.Out}
	s := guestSession(ctx, o, g, out)
	s.watch = nil
	v := &viewer{program: newProgram(s, state.Model{Settings: s.options.settings()}), shows: shows}
	err := s.play(v, g, out, false)
	cause := context.Cause(ctx)
	if crash := s.failure(); crash != nil {
		return crash
	}
	if cause != nil {
		return cause
	}
	return err
}

// Init waits for the first show.
func (v *viewer) Init() tea.Cmd { return v.next }

// next is the command that brings the newest show.
func (v *viewer) next() tea.Msg {
	select {
	case s := <-v.shows:
		return shown{s}
	case <-v.ctx.Done():
		return nil
	}
}

// take copies the command behind the presenter's screen to the viewer's own clipboard.
func (v *viewer) take() tea.Cmd {
	line := v.show.Scene.Model.CommandLine()
	if line == "" {
		return nil
	}
	return v.answer(func() (state.Event, error) {
		r, err := v.clip.Send(v.ctx, line)
		return state.Copied{What: state.TheCommand, How: string(r.Way), Err: err}, nil
	}, func(err error) state.Event { return state.Copied{What: state.TheCommand, Err: err} })
}

// Update takes shows, sizes, and the keys of a viewer: those that leave, and the one that copies.
func (v *viewer) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			v.crashed(r)
			cmd = tea.Quit
		}
	}()
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		v.resize(msg)
	case tea.KeyMsg:
		switch msg.String() {
		case "q", "ctrl+c", "ctrl+d":
			return v, tea.Quit
		case "y":
			v.notice = state.Notice{}
			cmd = v.take()
		default: // esc among them: it leaves a pane, never the session
			v.notice = state.Notice{Key: "follow.keys"}
		}
	case happened:
		if c, ok := msg.event.(state.Copied); ok {
			v.notice = state.Notice{Key: "copied-only", Pairs: []string{"what", c.What.String(), "how", c.How}}
			if c.Err != nil {
				v.notice = state.Notice{Key: "copy-failed", Pairs: []string{"what", c.What.String()}, Why: message.Of(c.Err),
					Bad: true}
			}
		}
	case shown:
		if msg.show.Turn != v.show.Turn {
			v.cache = &pane.Cache{} // its keys are run numbers, and those are another session's now
		}
		v.show = msg.show
		cmd = func() tea.Msg {
			select {
			case <-time.After(rest):
			case <-v.ctx.Done():
			}
			return v.next()
		}
	default:
		return v, nil
	}
	v.redraw()
	return v, cmd
}

// redraw makes the frame: the presenter's model at this size, and below it who presents. The presenter's scrolling is
// for another height, so a copy of the machine is told of this one; what it asks for in return is the presenter's
// business.
func (v *viewer) redraw() {
	if v.w == 0 {
		return
	}
	if v.show.Presenter == "" {
		v.frame = strings.Join(v.waiting(), "\n")
		return
	}
	m, room := v.show.Scene.Model, state.Resized{}
	var lines []string
	for range 3 {
		p := pane.Painter{T: v.themed, C: v.texts, M: &m, W: v.w, H: v.h, Caret: v.show.Scene.Caret, Tick: v.show.Scene.Tick,
			Cache: v.cache, Room: room,
			Watch: &pane.Watch{Presenter: v.show.Presenter, Viewers: v.show.Viewers, Notice: v.notice}}
		lines = p.Frame()
		if p.Room == room {
			break
		}
		room = p.Room
		m, _ = state.Update(m, room)
	}
	v.frame = strings.Join(lines, "\n")
}

// waiting fills the time before somebody presents.
func (v *viewer) waiting() []string {
	var lines []string
	for _, key := range []string{"follow.nobody", "follow.leave"} {
		lines = append(lines, cell.Wrap(v.texts.T(key), v.w)...)
	}
	if v.h > len(lines)+2 {
		lines = append(make([]string, (v.h-len(lines))/2), lines...)
	}
	return cell.Fit(lines, v.w, v.h, v.themed.Marks.More)
}
