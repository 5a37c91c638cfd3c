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
