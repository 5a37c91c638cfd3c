package state

import (
	"slices"
	"strings"

	"fathom/hw/message"
	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/sim/sweep"
	"fathom/state/field"
	"fathom/state/pick"
)

// SweepView is the plan on screen answered over ranges of one or two knobs, with the place that is being read.
type SweepView struct {
	Text     string           // as asked: what stands behind --sweep, blanks between two
	Run      int              // under way, 0: none
	Done, Of int              // plans
	Result   *sweep.Result    // so far; nil before the first plans
	Pictures []*chart.Picture // of Result by Figure
	Figure   chart.Figure
	Shown    int // picture
	X, Y     int // the place under the cursor
	Fault    message.Message

	axes    []sweep.Axis
	request *plan.Request
	of      int // entry that is asked over ranges
	variant Variant
	opened  int // run of the cell that was opened last, 0: none
}

// Picture is the one on screen; nil before the first plans.
func (v *SweepView) Picture() *chart.Picture {
	if v.Shown >= len(v.Pictures) {
		return nil
	}
	return v.Pictures[v.Shown]
}

// Place is what the cursor reads; nil before the first plans.
func (v *SweepView) Place() *chart.Place {
	p := v.Picture()
	if p == nil || v.Y >= len(p.Rows) || v.X >= len(p.Rows[v.Y]) {
		return nil
	}
	return &p.Rows[v.Y][v.X]
}

// The effects and events of sweeps.
type (
	// Sweep answers a request over ranges: Sweeping any number of times, then Swept, always. Cancel ends it like a run.
	Sweep struct {
		Run     int
		Request *plan.Request
		Axes    []sweep.Axis
	}
	// Sweeping is how far a sweep is, with its cells so far.
	Sweeping struct {
		Run      int
		Done, Of int
		Result   *sweep.Result
	}
	// Swept ends a sweep; what was answered before a cancel is there with Result.Partial.
	Swept struct {
		Run    int
		Result *sweep.Result
		Err    error
	}
	// ExportSweep writes a sweep to a file whose name ui chooses.
	ExportSweep struct {
		Format ExportFormat
		Result *sweep.Result
	}
)

func (Sweep) effect()       {}
func (ExportSweep) effect() {}
func (Sweeping) event()     {}
func (Swept) event()        {}

// openSweep shows the sweep of the plan on screen; where there is none it asks for the knobs, with the one of the
// header written already.
func (u *update) openSweep() {
	v := &u.Results.Sweep
	if v.of == u.Results.Run && v.variant == u.Results.Variant && (v.Result != nil || v.Run != 0) &&
		u.Results.Focus != OnHeader {
		u.Overlay = Overlay{Kind: SweepOverlay}
		return
	}
	text := v.Text
	if q := u.sweepable(); u.Results.Focus == OnHeader && q != nil {
		for i := range sweep.Knobs {
			if k := &sweep.Knobs[i]; k.Name == field.Table[u.Results.WhatIf.ID()].Flag && k.Has(q).IsZero() {
				text = k.Name + "=" + k.Around(q)
			}
		}
	}
	u.askSweep(text)
}

func (u *update) askSweep(text string) {
	under := u.Overlay
	u.prompt(PromptSweep, text)
	if under.Kind == SweepOverlay || under.Kind == DecisionOverlay {
		u.Overlay.Under = under.Kind
	}
}

// sweepable is the question that a sweep asks: the one on screen, with its fidelity and search.
func (m *Model) sweepable() *plan.Request {
	e := m.current()
	if e == nil || e.Request == nil {
		return nil
	}
	if m.Results.Variant != Asked {
		if q, ok := variantOf(e, m.Results.Variant); ok {
			q.KeepAll = false
			return q
		}
	}
	q := *e.Request
	q.KeepAll = false
	return &q
}

// refreshSweep judges what is typed and lists the knobs while a name is being typed.
func (u *update) refreshSweep() {
	o, q := &u.Overlay, u.sweepable()
	o.Picker, o.Fault = Picker{}, message.Message{}
	if q == nil {
		return
	}
	at := strings.LastIndexByte(o.Text, ' ') + 1
	head, word := o.Text[:at], o.Text[at:]
	if !strings.Contains(word, "=") {
		o.Picker.Head, o.Picker.Query = head, word
		var items []pick.Item
		for i := range sweep.Knobs {
			if k := &sweep.Knobs[i]; k.Has(q).IsZero() {
				items = append(items, pick.Item{Value: k.Name + "=" + k.Around(q), Words: strings.Join(k.Also, " ")})
			}
		}
		for _, p := range q.Profiles {
			if k, err := sweep.Price(p.Name, q); err == nil && len(q.Profiles) > 1 {
				items = append(items, pick.Item{Value: k.Name + "=" + k.Around(q), Words: "price"})
			}
		}
		o.Picker = u.listed(o.Picker, items)
		return
	}
	if _, err := sweep.Parse(strings.Fields(o.Text), q); err != nil {
		o.Fault = sweep.Fault(err)
	}
}

// answerSweep completes a knob that is being typed, or begins the sweep. What is wrong stays in the field.
func (u *update) answerSweep() {
	o, q := &u.Overlay, u.sweepable()
	if q == nil {
		u.Overlay = Overlay{}
		return
	}
	if item, ok := o.Picker.Item(); ok && (o.Picker.Moved || o.Picker.Query != "") {
		o.Text = o.Picker.Head + item.Value
		u.refreshSweep()
		return
	}
	axes, err := sweep.Parse(strings.Fields(o.Text), q)
	if err != nil {
		o.Fault = sweep.Fault(err)
		u.Notice = Notice{Key: "sweep-fault", Bad: true}
		return
	}
	text := strings.Join(strings.Fields(o.Text), " ")
	u.stopSweep()
	u.lastQuiet--
	v := &u.Results.Sweep
	*v = SweepView{Text: text, Run: u.lastQuiet, Of: 1, Figure: chart.Best(sweep.ByCost(q, axes)), axes: axes, request: q,
		of:      u.Results.Run,
		variant: u.Results.Variant}
	for _, a := range axes {
		v.Of *= len(a.Values)
	}
	u.Overlay = Overlay{Kind: SweepOverlay}
	u.emit(Sweep{Run: v.Run, Request: q, Axes: axes})
}

// stopSweep ends a sweep under way; the cells so far stay.
func (u *update) stopSweep() {
	if v := &u.Results.Sweep; v.Run != 0 {
		u.emit(Cancel{v.Run})
		v.Run = 0
		if v.Result != nil {
			partial := *v.Result
			partial.Partial = true
			v.Result = &partial
		}
	}
}

func (u *update) sweeping(e Sweeping) {
	if v := &u.Results.Sweep; e.Run == v.Run && v.Run != 0 {
		v.Done = e.Done
		v.take(e.Result)
	}
}

func (u *update) swept(e Swept) {
	v := &u.Results.Sweep
	if e.Run != v.Run || v.Run == 0 {
		return
	}
	v.Run = 0
	if e.Result != nil && len(e.Result.Cells) > 0 {
		if v.take(e.Result); !e.Result.Partial {
			v.Done = v.Of
		}
	}
	if e.Err != nil {
		v.Fault = failureOf(e.Err).Message
	}
}

// take shows other cells; the cursor stays.
func (v *SweepView) take(r *sweep.Result) {
	v.Result = r
	if v.Figure == chart.Cost && !priced(r) {
		v.Figure = chart.Throughput
	}
	v.Pictures = chart.Of(r, v.Figure)
	v.Shown = max(0, min(v.Shown, len(v.Pictures)-1))
	v.move(0, 0)
}

// priced reports whether any answer has a cost.
func priced(r *sweep.Result) bool {
	return slices.ContainsFunc(r.Cells, func(c sweep.Cell) bool { return c.Cost != nil })
}

// move moves the cursor and keeps it on the picture.
func (v *SweepView) move(x, y int) {
	if p := v.Picture(); p != nil {
		v.X = max(0, min(v.X+x, len(p.X.Values)-1))
		v.Y = max(0, min(v.Y+y, len(p.Rows)-1))
	}
}

// far is how many places a page of a sweep is.
const far = 10

// doSweep carries out an action over a sweep.
func (u *update) doSweep(a Action) {
	v := &u.Results.Sweep
	isMap := len(v.axes) > 1
	switch a {
	case Left:
		v.move(-1, 0)
	case Right:
		v.move(1, 0)
	case Up, Down:
		by := map[Action]int{Up: 1, Down: -1}[a]
		if isMap {
			v.move(0, by)
		} else {
			v.move(-by, 0)
		}
	case PageUp, HalfUp, PageDown, HalfDown:
		by := map[Action]int{PageUp: far, HalfUp: far / 2, PageDown: -far, HalfDown: -far / 2}[a]
		if isMap {
			v.move(0, by)
		} else {
			v.move(-by, 0)
		}
	case Home:
		v.X = 0
	case End:
		v.move(1<<20, 0)
	case NextPlot:
		if v.Result == nil {
			return
		}
		v.Figure = (v.Figure + 1) % chart.PerWatt
		v.take(v.Result)
	case NextDevice, PrevDevice:
		if n := len(v.Pictures); n > 0 {
			by := map[Action]int{NextDevice: 1, PrevDevice: n - 1}[a]
			v.Shown = (v.Shown + by) % n
		}
	case Accept:
		u.openCell()
	case Edit:
		u.askSweep(v.Text)
	case CopyCommand:
		u.emit(Copy{What: TheOurs, Text: u.sweepCommand()})
	case FullText:
		u.fullText(u.sweepCommand())
		u.Overlay.Under = SweepOverlay
	case ExportMenu:
		if v.Result == nil {
			return
		}
		u.exportMenu()
		u.Overlay.Under = SweepOverlay
	}
}

// SweepPlans is how many plans the sweep that is being typed would answer, 0 while it is none yet, and what sweep.Slow
// says of it.
func (m *Model) SweepPlans() (n int, slow message.Message) {
	q := m.sweepable()
	if q == nil {
		return 0, message.Message{}
	}
	axes, err := sweep.Parse(strings.Fields(m.Overlay.Text), q)
	if err != nil {
		return 0, message.Message{}
	}
	n = 1
	for _, a := range axes {
		n *= len(a.Values)
	}
	return n, sweep.Slow(q, axes)
}

// sweptHere is the whole sweep of the run on screen; nil where there is none.
func (m *Model) sweptHere() *sweep.Result {
	if v := &m.Results.Sweep; v.Run == 0 && v.of == m.Results.Run && v.variant == m.Results.Variant && v.Result != nil &&
		!v.Result.Partial {
		return v.Result
	}
	return nil
}

// exportSweep writes the sweep as scripts read it.
func (u *update) exportSweep(a Action) {
	format := map[Action]ExportFormat{ExportJSON: JSON, ExportCSV: CSV}[a]
	if r := u.Results.Sweep.Result; r != nil && format != "" {
		u.emit(ExportSweep{Format: format, Result: r})
	}
}
