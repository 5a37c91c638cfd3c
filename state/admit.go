package state

import (
	"fathom/sim/report"
	"fathom/state/field"
)

// way is a change of the plan on screen that admits a point which just missed.
type way struct {
	near    *report.Near
	answers field.Answers
	changes []Change
}

// ways are the changes that a table without a row may be asked again with. What no answer does, and what would be wrong
// in another way, is only told and not offered.
func (m *Model) ways() (out []way) {
	e := m.current()
	if m.Scope() != InTable || e == nil || notEmbedded(m) != "" || m.Results.Cross || m.Results.Table.Size() > 0 ||
		m.Results.Device >= len(m.devices()) {
		return nil
	}
	list := m.devices()[m.Results.Device].Nearest
	for i := range list {
		w := way{near: &list[i], answers: e.Answers}
		for _, fix := range list[i].Fixes {
			q, ok := field.Lookup(fix.Field)
			if !ok {
				continue
			}
			w.changes = append(w.changes, Change{ID: q.ID, Before: knobText(e, q.ID), After: fix.Text})
			w.answers = turned(w.answers, q.ID, field.Answer{Text: fix.Text, Source: field.Heuristic, Note: "suggest.admits"})
		}
		if len(w.changes) > 0 && confirmation(w.answers, m.Catalog).Request != nil {
			out = append(out, w)
		}
	}
	return out
}

// Admits reports whether Accept offers changes of the plan that admit a point.
func (m *Model) Admits() bool { return len(m.ways()) > 0 }

// admitMenu lists the changes.
func (u *update) admitMenu() {
	o := Overlay{Kind: AdmitOverlay}
	for i, w := range u.ways() {
		o.Items = append(o.Items, MenuItem{Index: i, Near: w.near})
	}
	if len(o.Items) > 0 {
		u.Overlay = o
	}
}

// admit asks the question again with a change, as a what-if does.
func (u *update) admit(at int) {
	e, list := u.current(), u.ways()
	if at >= len(list) {
		return
	}
	w := list[at]
	c := confirmation(w.answers, u.Catalog)
	u.startLive(c, liveRun{answers: w.answers, command: c.Command, ours: c.Ours, from: e.Run, request: c.Request,
		variant: u.Results.Variant, changed: w.changes})
}
