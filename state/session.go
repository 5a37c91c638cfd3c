package state

import (
	"slices"
	"strconv"

	"fathom/sim/report"
	"fathom/state/field"
	"fathom/state/table"
)

// Options are what a session begins with.
type Options struct {
	Catalog  field.Catalog
	Answers  field.Answers  // from flags or a plan file
	Issues   []report.Issue // about those, the first error is shown
	Memory   Memory         // of the session before; the zero Memory is a first start
	Settings Settings       // of flags and environment; empty ones follow the memory
	Session  string         // tells the runs of this session from those of all others
	Words    Words
	Guest    bool // of a server: see Model
}

// New begins a session: on the confirm pane where every question is answered, else on the first open question. Nothing
// of the memory runs or answers by itself.
func New(o Options) (Model, []Effect) {
	c := o.Catalog
	u := update{Model: Model{Catalog: &c, Settings: o.Settings, rows: 10, lines: 10, Words: o.Words, Guest: o.Guest,
		session: o.Session}}
	u.restore(&o.Memory)
	u.Form.Answers = field.Derive(o.Answers)
	u.refreshForm()
	for id := range field.NumIDs { // flags at fault are said beside their question at once
		u.Form.touched[id] = u.Form.Answers[id].Given()
	}
	u.Form.Focus = firstOf(u.Form.Open, field.Mode)
	u.enter()
	u.refreshForm()
	u.load(u.Form.Reading)
	if bad := worst(o.Issues); bad != nil {
		u.Notice = Notice{Issue: bad, Bad: true}
		u.toField(bad.Field)
	} else if anyGiven(&o.Answers) {
		u.goAhead()
	}
	return u.Model, u.effects
}

// goAhead opens the confirm pane if nothing has to be asked, once all that the answers name has been read; an error
// among them gets the cursor.
func (u *update) goAhead() {
	if u.ahead = len(u.loading) > 0; u.ahead {
		return
	}
	u.confirmIfAnswered()
	if bad := worst(u.Form.Issues); bad != nil && u.Pane == Editing {
		u.toField(bad.Field)
		u.Notice = Notice{Issue: bad, Bad: true}
	}
}

// restore takes over the habits of the session before.
func (u *update) restore(m *Memory) {
	s := &u.Settings
	if s.Theme == "" {
		s.Theme = field.Clean(m.Theme)
	}
	if s.Lang == "" {
		s.Lang = field.Clean(m.Lang)
	}
	if m.Version != 0 {
		s.Mouse = m.Mouse
	}
	u.Previous, u.Ran = answers(m.Answers), m.Ran
	u.Form.Unfolded = m.Unfolded
	for _, path := range m.Plans[:min(len(m.Plans), mostPlans)] {
		u.Plans = append(u.Plans, field.Clean(path))
	}
	u.Results.All = m.All
	for d := range NumDetails {
		if d.String() == m.Detail {
			u.Results.Detail = d
		}
	}
	for k := range table.NumKinds {
		memo, ok := m.Sort[kindNames[k]]
		if c := table.ColumnNamed(memo.Column, k); ok && c != nil {
			u.remembered.sort[k], u.remembered.sorted[k] = table.SortKey{Column: c.ID, Down: memo.Down}, true
		}
	}
	for _, r := range m.Runs {
		u.Earlier = append(u.Earlier, Past{ID: field.Clean(r.ID), Name: field.Clean(r.Name),
			Answers: field.FillDefaults(answers(r.Answers)), Best: field.Clean(r.Best), Throughput: r.Throughput})
		u.Ran = u.Ran || sameQuestion(&u.Previous, &u.Earlier[len(u.Earlier)-1].Answers)
	}
}

// sameQuestion reports whether two sets of answers say the same, defaults apart.
func sameQuestion(a, b *field.Answers) bool {
	x, y := field.FillDefaults(*a), field.FillDefaults(*b)
	for id := range field.NumIDs {
		if formHas(&field.Table[id]) && x[id].Text != y[id].Text {
			return false
		}
	}
	return anyGiven(a)
}

var kindNames = [table.NumKinds]string{"points", "ratios", "crosses"}

// Memory is what this session leaves to the next.
func (m *Model) Memory() Memory {
	out := Memory{Version: memoryVersion, Answers: memos(&m.Form.Answers, true), Sort: map[string]SortMemo{},
		Detail: m.Results.Detail.String(),
		All:    m.Results.All, Theme: m.Settings.Theme, Lang: m.Settings.Lang, Mouse: m.Settings.Mouse,
		Unfolded: m.Form.Unfolded, Plans: m.Plans}
	out.Ran = m.Ran && sameQuestion(&m.Form.Answers, &m.Previous)
	if !anyGiven(&m.Form.Answers) {
		out.Answers, out.Ran = memos(&m.Previous, true), m.Ran // an untouched form forgets nothing
	}
	for k, sorted := range m.remembered.sorted {
		if key := m.remembered.sort[k]; sorted {
			out.Sort[kindNames[k]] = SortMemo{table.Columns[key.Column].Key, key.Down}
		}
	}
	for i := range m.Earlier {
		p := &m.Earlier[i]
		out.Runs = append(out.Runs, RunMemo{p.ID, p.Name, memos(&p.Answers, false), p.Best, p.Throughput})
	}
	for i := range m.History {
		e := &m.History[i]
		best, throughput := winner(e)
		out.Runs = append(out.Runs, RunMemo{m.runID(e.Run), e.Name, memos(&e.Answers, false), best, throughput})
	}
	out.Runs = slices.Clone(out.Runs[max(0, len(out.Runs)-mostRuns):])
	return out
}

// runID names a run among those of all sessions.
func (m *Model) runID(run int) string {
	if m.session == "" {
		return ""
	}
	return m.session + "-" + strconv.Itoa(run)
}

func (u *update) remember() { u.emit(Remember{u.Memory()}) }

// quit leaves, after a question if a run is live or the form holds answers that no run and no file has.
func (u *update) quit() {
	if u.Loses() != "" {
		u.cover(Overlay{Kind: QuitOverlay})
		return
	}
	u.leave()
}

// hesitates is q where nothing was asked yet: somebody may be typing the name of a model. A second one leaves.
func (u *update) hesitates() bool {
	if u.Pane != Editing || len(u.History) > 0 || u.Form.warned || u.Form.Dirty {
		return false
	}
	u.Form.warned = true
	u.say("quit-again")
	return true
}

func (u *update) leave() {
	if u.Pane == Running {
		u.emit(Cancel{u.Live.Run})
	}
	u.stopLive()
	u.stopSweep()
	u.stopDecision()
	u.stopQuiet()
	u.Overlay = Overlay{}
	u.remember()
	u.emit(Leave{})
}

// interrupt is ctrl+c: it cancels a run; a second time, or where none is live, it leaves, after the question that q
// asks. To that question it is a yes.
func (u *update) interrupt() {
	switch {
	case u.Pane == Running && !u.Live.Cancelling:
		u.cancel()
	case u.Pane == Showing && u.Results.LiveRun != 0:
		u.stopLive()
		u.say("cancelled")
	case u.Overlay.Kind == SweepOverlay && u.Results.Sweep.Run != 0:
		u.stopSweep()
		u.say("cancelled")
	case u.Overlay.Kind == DecisionOverlay && u.Results.Decision.Run != 0:
		u.stopDecision()
		u.say("cancelled")
	case u.Overlay.Kind == QuitOverlay || u.Pane == Running:
		u.leave()
	case u.Scope() == InPrompt:
		u.giveUp(u.Overlay.Text)
	case u.Scope() == InKnob:
		u.giveUp(u.Results.WhatIf.Text)
	default:
		u.quit()
	}
}

// giveUp is ctrl+c over a line that is being typed: the line goes, as in a shell, and is said; the program stays.
func (u *update) giveUp(text string) {
	if u.do(Back); text == "" {
		u.say("cancelled")
		return
	}
	u.say("given-up", "text", text)
}

// Loses is what leaving now would lose, the key of a text; "" where it is nothing.
func (m *Model) Loses() string {
	run := m.Live.Run != 0 && m.Pane == Running || m.Results.LiveRun != 0
	switch {
	case run && m.Form.Dirty:
		return "quit.lost"
	case run:
		return "quit.lost_run"
	case m.Form.Dirty:
		return "quit.lost_form"
	}
	return ""
}
