package state

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
)

// Pane is where the journey stands.
type Pane uint8

// The panes (product.md 1).
const (
	Editing Pane = iota
	Confirming
	Running
	Failing
	Showing
)

// Model is everything that the screen shows. It is a value: Update never changes what an older one shares. Exported
// fields are for reading; only Update writes them.
type Model struct {
	Pane    Pane
	Catalog *field.Catalog // replaced as a whole, never changed
	Form    Form
	Confirm Confirm
	Live    Live // the run of the Running pane
	Failed  Failed
	Results Results
	History []Entry // finished runs of this session, oldest first
	Earlier []Past  // runs of earlier sessions, newest last
	Overlay Overlay
	Shelf   Shelf  // the library, as far as it was looked at
	Notice  Notice // the last thing to say, until the next key

	Words    Words
	Viewers  int  // who else sees this screen
	Guest    bool // of a server: no files of it are read
	Surveyed bool // all that the catalog names has been read
	Settings Settings
	Plans    []string      // plan files that were opened or saved, newest first
	Previous field.Answers // of the last run or form, for Reuse; nothing given: there was none
	Ran      bool          // Previous are those of a run

	rows, lines, extent int // see Resized

	session    string // see Options
	unkept     Notice // why nothing is remembered from session to session; empty where it is
	lastRun    int
	lastQuiet  int        // quiet runs count downwards, so that the numbers on screen have no gaps
	shadows    []shadow   // quiet runs behind an entry
	dir        Listing    // the directory at hand, for pickers of files
	dirKnown   bool       // it was asked for
	surveyed   bool       // the catalog was asked for
	loading    []Waiting  // loads under way
	ahead      bool       // the confirm pane follows when what the answers name has been read
	trail      trail      // runs shown before, for Undo
	fits       []fitted   // profiles that fits of this session made
	remembered tableHabit // sort and filter of each table kind, kept over tabs and runs
}

// Waiting is a load that has not been answered.
type Waiting = field.Load

// Settings live outside the frame.
type Settings struct {
	Theme  string // name, "" the default; ui cycles through what it has
	Themes int    // counts up with every wish for the next theme
	Lang   string // en or zh
	Mouse  bool
}

// Notice is one line to say: text "notice.<Key>", its {names} filled from Pairs. Issue, where set, is shown instead.
type Notice struct {
	Key   string
	Pairs []string
	Why   message.Message // what fills {why} of the text
	Issue *report.Issue
	Bad   bool
	Near  []Near // keys near the one that has no use here
}

// Entry is one finished run.
type Entry struct {
	Run      int
	Name     string // by the user, else ""
	Answers  field.Answers
	Request  *plan.Request
	Reports  [NumVariants]*report.Report
	LeftOut  []Variant // not answered unasked, because that takes long
	Command  []string  // argument vector for the reference tool
	Ours     []string  // the same question to fathom
	Changed  []Change  // against the run that it came from by a what-if
	From     int       // that run, 0: from the form
	Fitted   bool      // by a fit of the profile to measured runs
	Warnings []report.Issue
}

// Change is one knob of a what-if.
type Change struct {
	ID     field.ID
	Before string
	After  string
}

// Variant is one of the answers to an entry's question: a fidelity, and with ExhaustiveSearch added another search.
// Fidelity and search are switches of their own that stay until they are turned back.
type Variant uint8

// As asked; under the other fidelity; on measured kernels; beside each of them searched exhaustively. The second one
// and the exhaustive search of the first come quietly behind the first, the others when they are asked for; nil where
// there is none.
const (
	Asked Variant = iota
	OtherFidelity
	CalibratedFidelity
	ExhaustiveSearch Variant = 4
	NumVariants              = ExhaustiveSearch + CalibratedFidelity + 1
)

// fidelity is the variant without its search.
func (v Variant) fidelity() Variant { return v &^ ExhaustiveSearch }

// Past is a run of an earlier session: enough to list it and to ask it again.
type Past struct {
	ID         string
	Name       string
	Answers    field.Answers
	Best       string // label of the winner
	Throughput float64
}

// Entry finds a run of this session.
func (m *Model) Entry(run int) *Entry {
	for i := range m.History {
		if m.History[i].Run == run {
			return &m.History[i]
		}
	}
	return nil
}

// Update moves the journey on.
func Update(m Model, e Event) (Model, []Effect) {
	u := update{Model: m}
	u.handle(e)
	return u.Model, u.effects
}

func (e *Entry) engine() string {
	if r := e.Reports[Asked]; r != nil {
		return r.Engine
	}
	return ""
}
