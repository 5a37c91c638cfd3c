package ui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"fathom/sim/report"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/cell"
	"fathom/ui/clip"
	"fathom/ui/pane"

	tea "github.com/charmbracelet/bubbletea"
)

// lines is the dashboard for screen readers: it asks line by line and prints results as text. The machine behind it is the same; nothing
// is drawn, coloured, moved or repainted.
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

// take carries effects out one after the other. Runs that only prepare hints are left out: nobody could read while they work.
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
		l.yesNo(l.texts.T("quit.ask")+" "+l.texts.T("quit.lost"), state.Accept, state.Back)
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

// ask puts the focused question and understands the answer.
func (l *lines) ask() {
	p := l.painter()
	l.say(p.AskText()...)
	s, ok := l.read(">")
	if !ok {
		return
	}
	f := &l.model.Form
	switch {
	case s == "?":
		l.say(p.HelpOnQuestion()...)
		return
	case s == "+":
		l.do(state.Suggest)
		return
	case s == "<":
		l.do(state.Prev)
		return
	case s == "!":
		l.do(state.Submit)
		return
	case s == ".":
		l.do(state.Interrupt)
		return
	case f.OnFold && s == "more":
		l.do(state.Unfold)
		return
	case f.OnFold:
		l.do(state.Submit)
		return
	case s != "" && !f.HasChoice():
		if state.IsCommand(s) { // a command is recognised wherever it is typed
			l.happen(state.Pasted{Text: s})
			return
		}
		l.happen(state.Typed{Text: s})
	case s != "":
		if !l.choose(s) {
			l.say(l.texts.T("lines.nochoice"))
			return
		}
	}
	l.do(state.Accept)
	if l.model.Notice.Issue == nil { // which was said already
		l.say(l.painter().IssuesOnQuestion()...)
	}
}

// choose moves to a choice that is named by its number or by a word that means it.
func (l *lines) choose(s string) bool {
	f := &l.model.Form
	q := &field.Table[f.Focus]
	want := -1
	if n, err := strconv.Atoi(s); err == nil && n >= 1 && n <= len(q.Choices) {
		want = n - 1
	} else if v, problem := q.Parse(s); problem == nil && len(v.Words) > 0 {
		for i, c := range q.Choices {
			if strings.EqualFold(c.Value, v.Words[0]) {
				want = i
			}
		}
	}
	for i, c := range q.Choices {
		if want < 0 && strings.EqualFold(c.Value, s) {
			want = i
		}
	}
	if want < 0 {
		return false
	}
	for range q.Choices {
		if l.model.Form.Choice == want {
			break
		}
		l.happen(state.Do{Action: state.Right})
	}
	return true
}

// confirm shows the command and waits for a yes.
func (l *lines) confirm() {
	l.say(l.painter().ConfirmSpoken()...)
	if l.model.Confirm.Request == nil {
		l.do(state.Accept) // leads to the answer at fault
		l.say(l.painter().IssuesOnQuestion()...)
		return
	}
	s, ok := l.read(l.texts.T("lines.run"))
	if !ok {
		return
	}
	switch strings.ToLower(s) {
	case "y", "yes":
		l.say(l.texts.T("run.working"))
		l.do(state.Accept)
	case "copy":
		l.do(state.CopyCommand)
	case "save":
		l.do(state.SavePlan, state.Accept)
	case ".", "q", "quit":
		l.do(state.Interrupt)
	default:
		l.do(state.Back)
	}
}

// results prints the report once, and then takes what can be taken.
func (l *lines) results() {
	if r := l.painter().Report(); r != nil {
		l.print(report.Text(r))
	}
	for !l.left && l.model.Pane == state.Showing {
		s, ok := l.read(l.texts.T("lines.results"))
		if !ok {
			return
		}
		switch strings.ToLower(s) {
		case "copy":
			l.do(state.CopyMenu, state.CopyCommand)
		case "json":
			l.do(state.ExportMenu, state.ExportJSON)
		case "csv":
			l.do(state.ExportMenu, state.ExportCSV)
		case "md":
			l.do(state.ExportMenu, state.ExportMarkdown)
		case "again":
			return
		case "edit":
			l.do(state.Back)
		case ".", "q", "quit":
			l.do(state.Interrupt)
		default:
			l.say(l.texts.T("lines.unknown"))
		}
	}
}

func (l *lines) print(text []byte) {
	for _, line := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if strings.Trim(line, "=- ") != "" { // rules under headings are spelled out character by character
			fmt.Fprintln(l.out, cell.ASCII(line))
		}
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
