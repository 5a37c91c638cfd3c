package ui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/clip"
	"fathom/ui/pane"

	tea "github.com/charmbracelet/bubbletea"
)

// lines is the dashboard for screen readers: it asks line by line and prints results as text. The machine behind it is
// the same; nothing is drawn, coloured, moved or repainted.
type lines struct {
	*program
	out  io.Writer
	in   chan string
	left bool
	told time.Time // when progress was told last
}

// toldEvery is how often a long run says how far it is.
const toldEvery = 2 * time.Second

// RunLines asks on in and answers on out until the user leaves, in ends, or ctx does.
func RunLines(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	o.NoColor, o.ASCII = true, true
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := newSession(ctx, o, clip.Clipboard{Out: out, Dir: o.StateDir, Getenv: o.Getenv})
	m, effects := s.begin()
	l := &lines{program: newProgram(s, m), out: out, in: make(chan string)}
	go func() {
		defer close(l.in)
		sc := bufio.NewScanner(in)
		sc.Buffer(nil, mostPlan)
		for sc.Scan() {
			select {
			case l.in <- sc.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	l.say(l.texts.T("lines.welcome"), l.texts.T("lines.keys"))
	l.take(effects)
	for !l.left && ctx.Err() == nil {
		l.turn()
	}
	cause := context.Cause(ctx)
	cancel(nil)
	s.wait()
	return s.outcome(l.program, nil, cause, out)
}

func (l *lines) say(text ...string) {
	for _, t := range text {
		fmt.Fprintln(l.out, cell.ASCII(cell.Clean(t)))
	}
}

// read waits for a line; ok is false at the end of the input or of the session.
func (l *lines) read(prompt string) (string, bool) {
	fmt.Fprint(l.out, cell.ASCII(prompt)+" ")
	select {
	case s, ok := <-l.in:
		if !ok {
			l.left = true
		}
		return strings.TrimSpace(cell.Clean(s)), ok
	case <-l.ctx.Done():
		return "", false
	}
}

// painter gives the texts of the panes; the width only bounds what is never printed here.
func (l *lines) painter() *pane.Painter {
	return &pane.Painter{T: l.themed, C: l.texts, M: &l.model, W: 1 << 12, H: 100}
}

// do sends actions and says what the machine has to say about them.
func (l *lines) do(actions ...state.Action) {
	for _, a := range actions {
		l.happen(state.Do{Action: a})
	}
	if notice, ok := l.painter().Notice(); ok {
		l.say(notice)
	}
}

func (l *lines) happen(e state.Event) {
	if f, ok := e.(state.Finished); ok {
		delete(l.jobs, f.Run)
	}
	m, effects := state.Update(l.model, e)
	l.model = m
	l.take(effects)
}

// take carries effects out one after the other. Runs that only prepare hints are left out: nobody could read while they
// work.
func (l *lines) take(effects []state.Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case state.Leave:
			l.left = true
			continue
		case state.Start:
			if e.Quiet {
				continue
			}
			l.told = l.now()
		}
		if cmd := l.effect(e); cmd != nil {
			l.carry(cmd)
		}
	}
}

func (l *lines) carry(cmd tea.Cmd) {
	switch msg := cmd().(type) {
	case happened:
		l.happen(msg.event)
	case awaited:
		l.happen(msg.event)
		if now := l.now(); now.Sub(l.told) >= toldEvery {
			l.told = now
			l.say(l.painter().ProgressSpoken())
		}
		l.carry(msg.job.wait)
	}
}

// turn is one question and its answer.
func (l *lines) turn() {
	l.say("")
	switch {
	case l.model.Overlay.Kind == state.QuitOverlay:
		ask := l.texts.T("quit.ask")
		if why := l.model.Loses(); why != "" {
			ask += " " + l.texts.T(why)
		}
		l.yesNo(ask, state.Accept, state.Back)
	case l.model.Overlay.Kind != state.NoOverlay:
		l.do(state.Back)
	case l.model.Pane == state.Editing:
		l.ask()
	case l.model.Pane == state.Confirming:
		l.confirm()
	case l.model.Pane == state.Failing:
		l.say(l.painter().FailedSpoken()...)
		l.yesNo(l.texts.T("lines.fix"), state.Accept, state.Edit)
	case l.model.Pane == state.Showing:
		l.results()
	default:
		l.left = true // a run that ended without a word cannot be
	}
}

func (l *lines) yesNo(question string, yes, no state.Action) {
	s, ok := l.read(question)
	if !ok {
		return
	}
	switch strings.ToLower(s) {
	case "y", "yes", "":
		l.do(yes)
	case "q", "quit":
		l.do(state.Interrupt)
	default:
		l.do(no)
	}
}

// accessible is RunLines on the local terminal in its ordinary line mode.
func accessible(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := onSignal(cancel)
	defer stop()
	err := RunLines(ctx, o, o.In, o.Out)
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}
