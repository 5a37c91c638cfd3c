package state

import (
	"strings"

	"fathom/sim/plan"
	"fathom/sim/sweep"
	"fathom/state/field"
	"fathom/state/table"
)

// sweptAnswers are the answers that a sweep asks about, with the fidelity and the search that it has.
func (m *Model) sweptAnswers() (a field.Answers) {
	v := &m.Results.Sweep
	return m.answersOf(v.of, v.variant, v.request)
}

// answersOf are the answers of an entry with the fidelity and the search of a variant's request.
func (m *Model) answersOf(of int, as Variant, q *plan.Request) (a field.Answers) {
	if e := m.Entry(of); e != nil {
		a = e.Answers
		if as != Asked && q != nil {
			own := field.FromRequest(q)
			a[field.Fidelity], a[field.Search] = own[field.Fidelity], own[field.Search]
		}
	}
	return a
}

// sweepCommand is the command that gives the same sweep without a screen.
func (m *Model) sweepCommand() string {
	argv := field.PlanCommand(m.sweptAnswers(), *m.Catalog)
	for _, w := range strings.Fields(m.Results.Sweep.Text) {
		argv = append(argv, "--sweep", w)
	}
	return field.Shell(argv)
}

// openCell asks for the plan of the place under the cursor, as a what-if of the plan that is swept.
func (u *update) openCell() {
	v := &u.Results.Sweep
	at, e := v.Place(), u.Entry(v.of)
	if at == nil || at.Cell == nil || e == nil {
		u.say("sweep-open")
		return
	}
	a := e.Answers
	var changed []Change
	for i, axis := range v.axes {
		id, text := cellAnswer(v.request, axis.Knob, at.Cell.At[i])
		if before := knobText(e, id); before != text {
			changed = append(changed, Change{ID: id, Before: before, After: text})
		}
		a = turned(a, id, field.Answer{Text: text, Source: field.You})
	}
	c := confirmation(a, u.Catalog)
	if c.Request == nil {
		if bad := worst(c.Issues); bad != nil {
			u.Notice = Notice{Issue: bad, Bad: true}
		}
		return
	}
	u.stopSweep()
	u.Overlay = Overlay{}
	u.Results.Focus, u.Results.Cross = OnTable, false
	for i, p := range v.request.Profiles {
		if p.Name == at.Cell.Device {
			u.Results.Device = i
		}
	}
	for _, p := range u.Results.Parts {
		if p == table.PartRatio && at.Cell.Phase == plan.PDRatio.String() ||
			p != table.PartRatio && p.Phase().String() == at.Cell.Phase {
			u.Results.Part = p
		}
	}
	u.startLive(c, liveRun{answers: a, command: c.Command, ours: c.Ours, from: e.Run, request: c.Request,
		variant: v.variant, changed: changed})
	v.opened = u.lastRun
}

// cellAnswer is the answer that gives a single plan the value of a knob, as the field table writes it: a limit keeps
// its statistic, a price the prices of the other devices.
func cellAnswer(q *plan.Request, k *sweep.Knob, v float64) (field.ID, string) {
	name, _, _ := strings.Cut(k.Name, ":")
	at := k.At(*q, v)
	own := field.FromRequest(&at)
	for i := range field.Table {
		if id := field.ID(i); field.Table[i].Flag == name {
			if own[id].Given() {
				return id, own[id].Text
			}
			return id, k.Print(v) // a value that stands for none
		}
	}
	return field.NumIDs, ""
}

// backToSweep comes back from the plan of a cell to the sweep that it was opened from.
func (u *update) backToSweep() bool {
	v := &u.Results.Sweep
	if v.opened == 0 || v.opened != u.Results.Run && v.opened != u.Results.LiveRun || u.Entry(v.of) == nil {
		return false
	}
	u.stopLive()
	v.opened = 0
	u.showRun(v.of)
	if v.variant != Asked && u.current().Reports[v.variant] != nil {
		u.Results.Variant, u.Results.switches = v.variant, v.variant
		u.show()
	}
	u.Overlay = Overlay{Kind: SweepOverlay}
	return true
}
