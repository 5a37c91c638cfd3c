package state

import (
	"slices"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/state/table"
)

// runShelf runs scenarios again, all where no name is given.
func (u *update) runShelf(names []string, beside bool) {
	s := &u.Shelf
	u.stopShelf()
	u.lastQuiet--
	s.Busy, s.Done, s.Of, s.beside = u.lastQuiet, 0, len(names), beside
	if len(names) == 0 {
		s.Of = len(s.All)
	}
	u.emit(Shelve{Op: ShelfRun, Run: s.Busy, Names: names, Profiles: u.Catalog.Profiles})
}

// stopShelf lets go of scenarios that are being run.
func (u *update) stopShelf() {
	if u.Shelf.Busy != 0 {
		u.emit(Cancel{u.Shelf.Busy})
		u.Shelf.Busy = 0
	}
}

// shelving tells how far a run of scenarios is.
func (u *update) shelving(e Shelving) {
	if s := &u.Shelf; e.Run == s.Busy && s.Busy != 0 {
		s.Done, s.Of = e.Done, e.Of
	}
}

// shelved takes the answer of the library.
func (u *update) shelved(e Shelved) {
	s := &u.Shelf
	if e.Op == ShelfRun {
		if e.Run != s.Busy || s.Busy == 0 {
			return
		}
		s.Busy = 0
	}
	if !e.Fault.IsZero() {
		u.askAgain(e)
		u.Notice = Notice{Issue: &report.Issue{Severity: report.Error, Message: e.Fault}, Bad: true}
		if e.Op == ShelfSave && e.Taken {
			u.warn("scenario-taken", "name", e.Name)
		}
		return
	}
	if len(e.Aside) > 0 {
		u.Notice = Notice{Issue: &report.Issue{Severity: report.Warning, Message: message.Join(e.Aside)}, Bad: true}
	}
	switch e.Op {
	case ShelfOpen:
		u.openScenario(e)
		return
	case ShelfRun:
		if s.beside {
			u.besides(e.Ran)
			return
		}
		u.ranShelf(e.Ran)
	case ShelfSave:
		u.say("scenario-saved", "name", e.Name)
	case ShelfKeep:
		u.say("scenario-kept", "n", decimal(e.N))
	}
	if e.List == nil {
		return
	}
	at := ""
	if x := u.scenario(); x != nil {
		at = x.Name
	}
	if e.Op == ShelfCopy || e.Op == ShelfRename {
		at = e.To
	}
	u.Shelf.All = e.List
	u.Shelf.Marks = slices.DeleteFunc(slices.Clone(s.Marks), func(name string) bool {
		return !slices.ContainsFunc(e.List, func(x Scenario) bool { return x.Name == name })
	})
	u.findScenarios(s.Words)
	if u.Overlay.Kind == LibraryOverlay {
		for i, k := range s.Shown {
			if s.All[k].Name == at {
				u.Overlay.Cursor = i
			}
		}
		u.moveShelf(NoAction)
	}
}

// askAgain asks for the name that was refused, with what was typed; one that is taken may replace what has it.
func (u *update) askAgain(e Shelved) {
	switch {
	case e.Op == ShelfSave && u.Overlay.Kind == NoOverlay:
		u.prompt(PromptScenario, e.Name)
		if e.Taken {
			u.Shelf.taken = e.Name
		}
	case e.Op == ShelfCopy && u.Overlay.Kind == LibraryOverlay:
		u.askShelf(PromptDuplicate, e.To, e.Name)
	case e.Op == ShelfRename && u.Overlay.Kind == LibraryOverlay:
		u.askShelf(PromptRename, e.To, e.Name)
	}
}

// ranShelf puts today's answers beside the kept ones.
func (u *update) ranShelf(ran []*RanScenario) {
	s := &u.Shelf
	s.All = slices.Clone(s.All)
	changed, faults := 0, 0
	for _, r := range ran {
		for i := range s.All {
			if s.All[i].Name == r.Name {
				s.All[i].Today = r
			}
		}
		if !r.Fault.IsZero() {
			faults++
		} else if len(r.Changed) > 0 {
			changed++
		}
	}
	u.say("scenario-ran", "n", decimal(len(ran)), "changed", decimal(changed), "faults", decimal(faults))
}

// openScenario puts its answers into the form, and leads to the confirm pane where all questions are answered.
func (u *update) openScenario(e Shelved) {
	u.Overlay = Overlay{}
	u.stopShelf()
	u.Pane = Editing
	u.commit()
	u.setAnswers(field.Answers{})
	if n, ok := u.fill(field.FromTOML(e.Text, e.Name)); ok {
		u.say("opened", "n", n, "path", e.Name)
	}
}

// besides makes runs of scenarios, marks the best row of each, and sets them side by side.
func (u *update) besides(ran []*RanScenario) {
	var marks []Marked
	for _, r := range ran {
		if r.Report == nil || !r.Fault.IsZero() {
			u.Notice = Notice{Bad: true, Issue: &report.Issue{Severity: report.Error,
				Message: message.New("scenario.broken", r.Name, r.Fault)}}
			return
		}
	}
	u.stopQuiet()
	for _, r := range ran {
		u.lastRun++
		e := Entry{Run: u.lastRun, Name: r.Name, Answers: r.Answers, Request: r.Request,
			Command: field.Command(r.Request), Ours: field.PlanCommand(r.Answers, *u.Catalog)}
		e.Reports[Asked] = r.Report
		u.History = append(u.History[:len(u.History):len(u.History)], e)
		if m, ok := bestMark(&e); ok {
			marks = append(marks, m)
		}
	}
	u.slim()
	u.Pane = Showing
	u.Results.chosen = [table.NumKinds]table.Item{}
	u.visit(u.lastRun)
	u.startQuiet(&u.History[len(u.History)-1])
	u.Results.Marks = marks
	u.remember()
	u.Overlay = Overlay{}
	switch {
	case len(marks) == 0:
		u.warn("scenario-none")
	case len(marks) < len(ran):
		u.warn("scenario-some", "n", decimal(len(ran)-len(marks)))
		fallthrough
	default:
		u.Overlay = Overlay{Kind: CompareOverlay}
	}
}

// bestMark marks the row or pair of an entry that serves the most on any of its profiles, in the part that answers the
// question: tokens of prompts are no answer where there are pairs, or rows of decode.
func bestMark(e *Entry) (m Marked, ok bool) {
	parts := []table.Part{table.PartAggregation, table.PartDecode, table.PartPrefill}
	if e.Request.Mode == plan.PDRatio {
		parts = []table.Part{table.PartRatio}
	}
	r := e.Reports[Asked]
	for _, p := range parts {
		best := 0.0
		for i := range r.Devices {
			d := &r.Devices[i]
			if !slices.Contains(table.Parts(d), p) {
				continue
			}
			item, rate := bestOf(d, p), 0.0
			switch {
			case item.Row != nil:
				rate = item.Row.Throughput
			case item.Ratio != nil:
				rate = item.Ratio.Value() * float64(e.Request.OutputLength)
			}
			if rate <= best {
				continue
			}
			best, ok = rate, true
			m = Marked{RowKey{Run: e.Run, Device: d.Device}, item}
			if row := item.Row; row != nil {
				m.Key.Phase, m.Key.Label, m.Key.Batch, m.Key.MaxBatched = row.Phase, row.Label, row.Batch, row.MaxBatched
			}
		}
		if ok {
			return m, true
		}
	}
	return m, false
}
