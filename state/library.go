package state

import (
	"slices"
	"strings"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/plan/file"
	"fathom/sim/report"
	"fathom/state/field"
)

// Scenario is a named plan of the library.
type Scenario struct {
	Name          string
	Model, Device string       // as its plan has them
	Kept          *file.Kept   // what it answered; nil: it has not been run
	Today         *RanScenario // nil: it has not been run again since the list was opened
}

// RanScenario is a scenario that was run again.
type RanScenario struct {
	Name    string
	Text    string // of the file that was run
	Answers field.Answers
	Request *plan.Request
	Report  *report.Report    // nil where it cannot be run
	Now     *file.Kept        // likewise
	Changed []message.Message // since its answer was kept
	Fault   message.Message   // why it cannot be run
}

// Shelf is the library on screen.
type Shelf struct {
	All    []Scenario // by name
	Shown  []int      // those that hold the words looked for
	Words  string
	Marks  []string // names, in the order of marking
	Busy   int      // run that answers scenarios again, 0: none
	Done   int      // scenarios of it
	Of     int
	taken  string // name that another scenario has: given a second time it is replaced
	asked  string // name that is about to be removed: a second time does it
	beside bool   // what runs is to be compared
}

// ShelfOp is what is done to the library.
type ShelfOp uint8

// The operations.
const (
	ShelfList   ShelfOp = iota
	ShelfSave           // Name, Data, Report
	ShelfOpen           // Name
	ShelfCopy           // Name, To
	ShelfRename         // Name, To
	ShelfRemove         // Names
	ShelfRun            // Names, all where there are none; Cancel ends it by its Run
	ShelfKeep           // Ran
)

// At least two and at most six scenarios stand side by side.
const (
	leastCompared = 2
	mostCompared  = 6
)

// openShelf lists the library.
func (u *update) openShelf() {
	u.Shelf = Shelf{}
	u.Overlay = Overlay{Kind: LibraryOverlay}
	u.emit(Shelve{Op: ShelfList})
}

// scenario is the one under the cursor.
func (m *Model) scenario() *Scenario {
	if at := m.Overlay.Cursor; m.Overlay.Kind == LibraryOverlay && at >= 0 && at < len(m.Shelf.Shown) {
		return &m.Shelf.All[m.Shelf.Shown[at]]
	}
	return nil
}

// saveScenario asks for the name under which the plan at hand is kept.
func (u *update) saveScenario() {
	text := ""
	if e := u.current(); u.Pane == Showing && e != nil {
		text = e.Name
	}
	u.prompt(PromptScenario, text)
}

// planAtHand is what would be kept: the run on screen with its answer, else the form.
func (u *update) planAtHand() (field.Answers, *report.Report) {
	if e := u.current(); u.Pane == Showing && e != nil {
		return e.Answers, u.shown()
	}
	return u.Form.Answers, nil
}

func (u *update) keepScenario(name string) {
	a, r := u.planAtHand()
	u.emit(Shelve{Op: ShelfSave, Name: name, Data: []byte(field.ToTOML(a)), Report: r, Replace: u.Shelf.taken == name})
	u.Shelf.taken = ""
}

// doShelf carries out an action on the list.
func (u *update) doShelf(a Action) {
	s, one := &u.Shelf, u.scenario()
	asked := s.asked
	s.asked = ""
	switch {
	case a == Filter:
		u.askShelf(PromptFind, s.Words, "")
	case a == Rerun:
		u.runShelf(nil, false)
	case a == KeepAnswers:
		var ran []*RanScenario
		for i := range s.All {
			if x := s.All[i].Today; x != nil && x.Now != nil {
				ran = append(ran, x)
			}
		}
		u.emit(Shelve{Op: ShelfKeep, Ran: ran})
	case a == Compare:
		u.runShelf(s.Marks, true)
	case a == ClearMarks:
		s.Marks = nil
	case one == nil:
		u.moveShelf(a)
	case a == Accept:
		u.emit(Shelve{Op: ShelfOpen, Name: one.Name})
	case a == Mark:
		if at := slices.Index(s.Marks, one.Name); at >= 0 {
			s.Marks = slices.Delete(slices.Clone(s.Marks), at, at+1)
		} else {
			s.Marks = append(slices.Clone(s.Marks), one.Name)
		}
		u.moveShelf(Down)
	case a == Duplicate:
		u.askShelf(PromptDuplicate, one.Name, one.Name)
	case a == RenameScenario:
		u.askShelf(PromptRename, one.Name, one.Name)
	case a == RemoveScenario:
		if asked == one.Name {
			u.emit(Shelve{Op: ShelfRemove, Names: []string{one.Name}})
			return
		}
		s.asked = one.Name
		u.warn("scenario-remove", "name", one.Name)
	default:
		u.moveShelf(a)
	}
}

func (u *update) moveShelf(a Action) {
	o, n := &u.Overlay, len(u.Shelf.Shown)
	by, far := step(a, u.lines)
	if far {
		by *= n
	}
	o.Cursor = max(0, min(o.Cursor+by, n-1))
	o.follow(u.lines)
}

// findScenarios shows the scenarios whose name, model or device hold all words.
func (u *update) findScenarios(words string) {
	s := &u.Shelf
	s.Words, s.Shown = words, nil
	for i := range s.All {
		x := &s.All[i]
		hay := strings.ToLower(strings.Join([]string{x.Name, x.Model, x.Device}, " "))
		if !slices.ContainsFunc(strings.Fields(strings.ToLower(words)),
			func(w string) bool { return !strings.Contains(hay, w) }) {
			s.Shown = append(s.Shown, i)
		}
	}
	u.moveShelf(NoAction)
}

// askShelf asks for a text over the list, which keeps its place.
func (u *update) askShelf(p Prompt, text, of string) {
	at := u.Overlay.Cursor
	u.prompt(p, text)
	u.Overlay.Cursor, u.Overlay.Of = at, of
}

// backToShelf is the list again after a prompt about it.
func (u *update) backToShelf(at int) {
	u.Overlay = Overlay{Kind: LibraryOverlay, Cursor: at}
	u.moveShelf(NoAction)
}

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
	u.Results.chosen = [NumTableKinds]Item{}
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

// bestMark marks the row or pair of an entry that serves the most on any of its profiles.
func bestMark(e *Entry) (m Marked, ok bool) {
	r, best := e.Reports[Asked], 0.0
	for i := range r.Devices {
		d := &r.Devices[i]
		for _, p := range parts(d) {
			item := bestOf(d, p)
			rate := 0.0
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
	}
	return m, ok
}

func fewScenarios(m *Model) string {
	n := len(m.Shelf.Marks)
	return reason(n < leastCompared || n > mostCompared, "few-scenarios")
}

func noScenarioMarks(m *Model) string { return reason(len(m.Shelf.Marks) == 0, "no-marks") }
func noScenario(m *Model) string      { return reason(len(m.Shelf.Shown) == 0, "no-scenario") }
func noPlan(m *Model) string {
	if m.Guest {
		return noFilesForGuests(m)
	}
	return reason(m.Pane != Showing && !anyGiven(&m.Form.Answers), "no-plan")
}

func noAnswers(m *Model) string {
	some := slices.ContainsFunc(m.Shelf.All, func(x Scenario) bool { return x.Today != nil && x.Today.Now != nil })
	return reason(!some, "no-answers")
}
