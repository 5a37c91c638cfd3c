package ui

import (
	"context"
	"strings"
	"sync"
	"time"

	"fathom/state"
	"fathom/ui/clip"
	"fathom/ui/pane"
	"fathom/ui/style"
	"fathom/ui/text"

	tea "github.com/charmbracelet/bubbletea"
)

// session is what a program shares with its commands: it is made once and only its own parts change under their locks.
type session struct {
	ctx     context.Context
	options Options
	engine  Engine
	clip    clip.Clipboard
	theme   func(name string) style.Theme
	now     func() time.Time
	guest   bool        // at the other end of a connection: no files of this machine
	still   bool        // nothing turns on the screen by itself, for tests
	watch   func(Scene) // see Guest.Watch

	work sync.WaitGroup // goroutines of runs
	disk sync.Mutex     // one write of the memory at a time; guards kept
	kept state.Memory   // as this session has last read or written it

	mu    sync.Mutex
	crash error // a panic of ours, told after the terminal is restored
}

// program is the Bubble Tea model. Bubble Tea keeps the newest value of it; the pointers in it belong to one session.
type program struct {
	*session
	model  state.Model
	editor editor
	jobs   map[int]*job // runs under way, by number
	cache  *pane.Cache

	frame string // as drawn last, with its zones
	zones []pane.Zone

	first   []state.Effect
	themed  style.Theme
	texts   *text.Catalog
	w, h    int
	room    state.Resized // what state was told last
	tick    int
	ticking bool
	reading bool // a text is shown for selection by hand
}

// started carries the effects of the first state into the loop.
type started struct{ effects []state.Effect }

// ticked turns the sign that a run is live.
type ticked struct{}

const tickEvery = 120 * time.Millisecond

func newProgram(s *session, m state.Model) *program {
	p := &program{session: s, model: m, editor: newEditor(), jobs: map[int]*job{}, cache: &pane.Cache{}}
	p.dress()
	return p
}

// dress takes theme and texts from the settings.
func (p *program) dress() {
	p.themed = p.theme(p.model.Settings.Theme)
	c, err := text.Load(p.model.Settings.Lang)
	if err != nil {
		c, _ = text.Load(text.Languages[0])
	}
	if p.themed.ASCII {
		c = c.Plain()
	}
	p.texts = c
}

// Init hands over what the first state asks for, so that it goes the same way as all else.
func (p *program) Init() tea.Cmd {
	return func() tea.Msg { return started{p.first} }
}

// Update turns a message into events and carries out what they ask for.
func (p *program) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			p.crashed(r)
			cmd = tea.Quit
		}
	}()
	if p.failure() != nil {
		return p, tea.Quit
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.resize(msg)
		return p, p.settle(nil)
	case tea.KeyMsg:
		return p, p.onKeyMsg(msg)
	case tea.MouseMsg:
		if events := p.onMouse(msg); len(events) > 0 {
			return p, p.happenAll(events)
		}
	case started:
		return p, tea.Batch(p.settle(msg.effects), p.tidy())
	case happened:
		return p, p.happen(msg.event)
	case awaited:
		return p, tea.Batch(p.happen(msg.event), msg.job.wait)
	case ticked:
		p.tick++
		p.ticking = false
		return p, p.settle(nil)
	case tea.ResumeMsg:
		return p, tea.ClearScreen
	}
	return p, nil
}

// resize takes the size of the terminal. One without a size (a pty that nobody told one, ssh -tt from a script) is as
// large as the terminals of old until it says otherwise.
func (p *program) resize(msg tea.WindowSizeMsg) {
	switch {
	case msg.Width > 0 && msg.Height > 0:
		p.w, p.h = msg.Width, msg.Height
	case p.w == 0:
		p.w, p.h = 80, 24
	}
}

// onKeyMsg takes one message of keys. Letters that come faster than they are read, over a slow line or from a script,
// are one message; outside a text field each of them is a key of its own.
func (p *program) onKeyMsg(k tea.KeyMsg) tea.Cmd {
	var cmds []tea.Cmd
	for letters(k) > 1 && !p.typing() {
		one := k
		one.Runes, k.Runes = k.Runes[:1], k.Runes[1:]
		cmds = append(cmds, p.press(one))
	}
	return tea.Batch(append(cmds, p.press(k))...)
}

func (p *program) press(k tea.KeyMsg) tea.Cmd {
	if events := p.onKey(k); len(events) > 0 {
		return p.happenAll(events)
	}
	return tea.Batch(p.draw()...) // a cursor may have moved in its text, which is no event
}

func (p *program) happenAll(events []state.Event) tea.Cmd {
	var cmds []tea.Cmd
	for _, e := range events {
		cmds = append(cmds, p.happen(e))
	}
	return tea.Batch(cmds...)
}

// happen gives an event to the machine.
func (p *program) happen(e state.Event) tea.Cmd {
	switch f := e.(type) {
	case state.Finished:
		delete(p.jobs, f.Run)
	case state.Fitted:
		delete(p.jobs, f.Run)
	case state.Swept:
		delete(p.jobs, f.Run)
	case state.Decided:
		delete(p.jobs, f.Run)
	}
	m, effects := state.Update(p.model, e)
	p.model = m
	return p.settle(effects)
}

// settle brings everything beside the model in line with it, and turns effects into commands.
func (p *program) settle(effects []state.Effect) tea.Cmd {
	p.editor.sync(&p.model)
	cmds := p.perform(effects)
	cmds = append(cmds, p.draw()...)
	cmds = append(cmds, p.capture())
	if live := p.model.Pane == state.Running || p.model.Results.LiveRun != 0 ||
		p.model.Results.Fit.Run != 0 || p.model.Results.Sweep.Run != 0 ||
		p.model.Results.Decision.Run != 0; live && !p.ticking && !p.still {
		p.ticking = true
		cmds = append(cmds, tea.Tick(tickEvery, func(time.Time) tea.Msg { return ticked{} }))
	}
	return tea.Batch(cmds...)
}

// capture gives the mouse back to the terminal while a text is shown for selection by hand, and takes it again
// afterwards.
func (p *program) capture() tea.Cmd {
	reading := p.model.Overlay.Kind == state.TextOverlay
	if reading == p.reading || !p.model.Settings.Mouse {
		return nil
	}
	p.reading = reading
	if reading {
		return tea.DisableMouse
	}
	return tea.EnableMouseCellMotion
}

// draw makes the next frame. Where it finds other room for rows and text than state knows, state hears of it and the
// frame is made anew, so that a cursor never stands outside of it.
func (p *program) draw() (cmds []tea.Cmd) {
	if p.w == 0 { // the size comes first
		return nil
	}
	for range 2 {
		painter := pane.Painter{T: p.themed, C: p.texts, M: &p.model, W: p.w, H: p.h, Caret: p.editor.caret(), Tick: p.tick,
			Cache: p.cache, Room: p.room}
		p.frame, p.zones = strings.Join(painter.Frame(), "\n"), painter.Zones()
		if painter.Room == p.room {
			break
		}
		p.room = painter.Room
		m, more := state.Update(p.model, p.room)
		p.model = m
		cmds = append(cmds, p.perform(more)...)
	}
	p.told()
	return cmds
}

// View is the frame that the last update made.
func (p *program) View() string { return p.frame }
