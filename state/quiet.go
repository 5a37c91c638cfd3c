package state

import (
	"errors"
	"slices"
	"strconv"

	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/table"
)

// startQuiet works out, behind the result on screen, the same question under the other fidelity and with the exhaustive
// search, so that what they would change can be said unasked (product.md 1.5, cli.md), and the ladder of all answers.
// An answer that takes more than report.MostUnasked steps is left out until it is asked for.
func (u *update) startQuiet(e *Entry) {
	if e.engine() != embedded || e.Request == nil {
		return
	}
	for _, v := range []Variant{OtherFidelity, ExhaustiveSearch} {
		if e.Reports[v] == nil {
			u.startVariant(e, v, false)
		}
	}
	u.lastQuiet--
	u.shadows = append(slices.Clone(u.shadows), shadow{run: u.lastQuiet, of: e.Run, climb: true})
	u.emit(Start{Run: u.lastQuiet, Request: e.Request, Engine: EngineChoice{Name: embedded}, Command: e.Command,
		Quiet: true, Climb: e.Reports[Asked]})
}

// startVariant starts one other answer to an entry's question.
func (u *update) startVariant(e *Entry, v Variant, shown bool) {
	q, ok := variantOf(e, v)
	if !ok {
		if shown {
			u.say("no-variant")
		}
		return
	}
	if u.Guest && !shown { // a server of many keeps the points of what somebody looks at
		own := *q
		own.KeepAll, q = false, &own
	}
	u.lastQuiet--
	u.shadows = append(slices.Clone(u.shadows), shadow{run: u.lastQuiet, of: e.Run, as: v, shown: shown})
	u.emit(Start{Run: u.lastQuiet, Request: q, Engine: EngineChoice{Name: embedded}, Command: e.Command, Quiet: !shown})
}

// variantOf is the question that a variant answers; ok false where it is no other. A fidelity changes the arithmetic
// only and keeps the search; the exhaustive search changes the search only.
func variantOf(e *Entry, v Variant) (*plan.Request, bool) {
	q := whole(e.Request)
	r := e.Reports[Asked]
	switch v.fidelity() {
	case OtherFidelity:
		q.Fidelity = plan.Corrected // prices all profiles alike
		if r.Fidelity == plan.Corrected.String() {
			q.Fidelity = plan.FidelityAuto
		}
	case CalibratedFidelity:
		for _, p := range q.Profiles {
			if p.Calibrated == nil {
				return nil, false
			}
		}
		if r.Fidelity == plan.Calibrated.String() {
			return nil, false
		}
		q.Fidelity = plan.Calibrated
	}
	switch {
	case v != v.fidelity():
		if v.fidelity() == Asked && searched(r) {
			return nil, false
		}
		q.Search = plan.SearchExhaustive
	case q.Search != plan.SearchAuto:
	case e.Request.Fidelity == plan.FidelityAuto:
		q.Search = plan.SearchUsual
	default: // one fidelity, so one search of all profiles
		q.Search = r.Search
	}
	return q, true
}

// searched tells whether all profiles of a report were searched exhaustively.
func searched(r *report.Report) bool {
	for i := range r.Devices {
		if s := r.Devices[i].Search; s != plan.SearchAuto && s != plan.SearchExhaustive {
			return false
		}
	}
	return r.Search == plan.SearchExhaustive
}

// answeredBy is the variant that answers a variant's question: where the search is exhaustive without being asked, X
// has no other answer.
func answeredBy(e *Entry, v Variant) Variant {
	if searched(e.Reports[Asked]) {
		return v.fidelity()
	}
	return v
}

// stopQuiet forgets the runs behind the result.
func (u *update) stopQuiet() {
	for _, s := range u.shadows {
		u.emit(Cancel{s.run})
	}
	u.shadows, u.Results.switches = nil, u.Results.Variant
}

// finishedQuiet keeps the answer with its entry, and shows it if it was waited for.
func (u *update) finishedQuiet(e Finished) {
	at := slices.IndexFunc(u.shadows, func(s shadow) bool { return s.run == e.Run })
	if at < 0 {
		return
	}
	s := u.shadows[at]
	u.shadows = slices.Delete(slices.Clone(u.shadows), at, at+1)
	if e.Err != nil || e.Report == nil || e.Report.Partial {
		switch entry := u.Entry(s.of); {
		case entry == nil || !errors.Is(e.Err, report.ErrTooMuch):
		case s.shown: // asked for while it was tried unasked
			u.startVariant(entry, s.as, true)
			return
		default:
			u.History = slices.Clone(u.History)
			entry = u.Entry(s.of)
			entry.LeftOut = append(slices.Clone(entry.LeftOut), s.as)
			return
		}
		if s.shown {
			u.Results.switches = u.Results.Variant
		}
		if s.shown && e.Err != nil {
			f := failureOf(e.Err)
			u.Notice = Notice{Issue: &report.Issue{Severity: report.Error, Field: f.Field, Message: f.Message}, Bad: true}
		}
		return
	}
	u.History = slices.Clone(u.History)
	entry := u.Entry(s.of)
	if entry == nil {
		return
	}
	if s.climb {
		entry.Reports[Asked] = withLadder(entry.Reports[Asked], e.Report)
		return
	}
	entry.Reports[s.as] = e.Report
	if s.shown && u.Results.Run == s.of {
		u.sayTurned(entry, u.Results.Variant, s.as)
		u.Results.Variant = s.as
		u.show()
	}
}

// withLadder is a report with the ladder that was worked out for it.
func withLadder(r, climbed *report.Report) *report.Report {
	out := *r // rows are shared
	out.Devices = slices.Clone(r.Devices)
	for i := range out.Devices {
		if i < len(climbed.Devices) {
			out.Devices[i].Ladder, out.Devices[i].Notes = climbed.Devices[i].Ladder, climbed.Devices[i].Notes
		}
	}
	return &out
}

// Ladder is that of the profile and the part on screen, whichever of its answers is shown; nil while it is worked out.
func (m *Model) Ladder() (rungs []report.Rung) {
	e, d := m.current(), m.device()
	if e == nil || d == nil || e.Reports[Asked] == nil {
		return nil
	}
	for i := range e.Reports[Asked].Devices {
		if x := &e.Reports[Asked].Devices[i]; x.Device == d.Device {
			for _, r := range x.Ladder {
				if r.Pair == (m.Results.Part == table.PartRatio) && (r.Pair || r.Phase == m.Results.Part.Phase()) {
					rungs = append(rungs, r)
				}
			}
		}
	}
	return rungs
}

// turnFidelity switches a fidelity on, or back to the one that was asked for; the search stays.
func (u *update) turnFidelity(to Variant) {
	now := u.Results.switches
	if now.fidelity() == to {
		to = Asked
	}
	u.turnTo(to | now&ExhaustiveSearch)
}

// turnSearch switches the exhaustive search on, or back to the one that was asked for; the fidelity stays.
func (u *update) turnSearch() {
	was := u.Results.Variant
	u.turnTo(u.Results.switches ^ ExhaustiveSearch)
	if u.Results.Variant == was && answeredBy(u.current(), u.Results.switches^ExhaustiveSearch) == was {
		u.say("exhaustive-already")
	}
}

// turnTo shows the answer that the switches ask for; one that is not there yet is waited for, and only that.
func (u *update) turnTo(switches Variant) {
	e, r := u.current(), &u.Results
	v := answeredBy(e, switches)
	r.switches = switches
	u.shadows = slices.Clone(u.shadows)
	pending := false
	for i := range u.shadows {
		s := &u.shadows[i]
		s.shown = s.of == e.Run && s.as == v && !s.climb
		pending = pending || s.shown
	}
	switch {
	case v == r.Variant:
	case e.Reports[v] != nil && (v == Asked || !u.Guest || held(e.Reports[v]) > 0):
		u.sayTurned(e, r.Variant, v)
		r.Variant = v
		u.show()
	case pending:
		u.say("waiting")
	default:
		u.startVariant(e, v, true)
		u.say("waiting")
	}
}

// sayTurned says which answer is shown from now on, and what that does to the headline.
func (u *update) sayTurned(e *Entry, from, to Variant) {
	a, b := e.Reports[from], e.Reports[to]
	if a == nil || b == nil || u.Results.Device >= min(len(a.Devices), len(b.Devices)) {
		return
	}
	h, ok := hint(&a.Devices[u.Results.Device], &b.Devices[u.Results.Device], u.Results.Part)
	change := ""
	if ok {
		change = strconv.FormatFloat(h.Change, 'g', -1, 64)
	}
	search := b.Devices[u.Results.Device].Search
	u.say("turned", "fidelity", b.Devices[u.Results.Device].Fidelity.String(), "search", search.String(), "change", change)
}

// Hint is a line that comes unasked: another answer to the same question is noticeably different.
type Hint struct {
	Action Action  // that shows it
	Change float64 // of the winner's throughput: 0.11 for 11% more
	Row    *report.Row
	Ratio  *report.Ratio
	Other  bool // another strategy wins
}

// Thresholds: product.md 1.5 for the fidelity; below a tenth of a percent a search found nothing new.
const (
	tellFidelity   = 0.05
	tellExhaustive = 0.001
)

// Hints compares the winners of the tab on screen.
func (m *Model) Hints() []Hint {
	e, d := m.current(), m.device()
	if e == nil || d == nil || m.Results.Variant != Asked || m.Results.Cross {
		return nil
	}
	var out []Hint
	for _, c := range []struct {
		v      Variant
		action Action
		least  float64
	}{{OtherFidelity, Fidelity, tellFidelity}, {ExhaustiveSearch, Exhaustive, tellExhaustive}} {
		r := e.Reports[c.v]
		if r == nil {
			continue
		}
		for i := range r.Devices {
			if r.Devices[i].Device != d.Device {
				continue
			}
			h, ok := hint(d, &r.Devices[i], m.Results.Part)
			h.Action = c.action
			if ok && (h.Change > c.least || h.Change < -c.least) && (c.v != ExhaustiveSearch || h.Change > 0) {
				out = append(out, h)
			}
		}
	}
	return out
}

// LeftOut are the answers to the question on screen that would come unasked if they did not take long.
func (m *Model) LeftOut() (list []Action) {
	e := m.current()
	if e == nil || m.Results.Variant != Asked || m.Results.Cross {
		return nil
	}
	for _, v := range e.LeftOut {
		if a := []Action{OtherFidelity: Fidelity, ExhaustiveSearch: Exhaustive}[v]; e.Reports[v] == nil {
			list = append(list, a)
		}
	}
	return list
}

func hint(now, other *report.Device, p table.Part) (Hint, bool) {
	a, b := bestOf(now, p), bestOf(other, p)
	x, okA := worth(a)
	y, okB := worth(b)
	if !okA || !okB {
		return Hint{}, false
	}
	change, ok := table.Delta(y, x)
	h := Hint{Change: change, Row: b.Row, Ratio: b.Ratio}
	if a.Row != nil && b.Row != nil {
		h.Other = a.Row.Label != b.Row.Label
	}
	return h, ok
}

// bestOf is the winner of a part.
func bestOf(d *report.Device, p table.Part) table.Item {
	if p == table.PartRatio {
		if d.PDRatio == nil {
			return table.Item{}
		}
		return table.Item{Ratio: d.PDRatio.Best}
	}
	if s := d.Section(p.Phase()); s != nil {
		return table.Item{Row: s.Best}
	}
	return table.Item{}
}

// worth is what a winner is judged by.
func worth(i table.Item) (float64, bool) {
	switch {
	case i.Ratio != nil:
		return i.Ratio.Value(), true
	case i.Row != nil:
		return i.Row.Throughput, true
	}
	return 0, false
}

// Awaited lists the other answers to the question on screen that are still being worked out, those waited for first.
func (m *Model) Awaited() (variants []Action, wanted bool) {
	for _, s := range m.shadows {
		if s.of != m.Results.Run || s.climb {
			continue
		}
		var as []Action
		switch s.as.fidelity() {
		case OtherFidelity:
			as = append(as, Fidelity)
		case CalibratedFidelity:
			as = append(as, Calibrated)
		}
		if s.as != s.as.fidelity() {
			as = append(as, Exhaustive)
		}
		if s.shown {
			variants, wanted = slices.Insert(variants, 0, as...), true
		} else {
			variants = append(variants, as...)
		}
	}
	return variants, wanted
}
