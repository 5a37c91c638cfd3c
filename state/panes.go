package state

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/state/table"
)

// Form is the state of the questions. Everything but Answers follows from it and is made anew by every change.
type Form struct {
	Answers  field.Answers
	Reading  *field.Reading // the answers parsed; read-only
	Lines    []Line         // what is on screen, top to bottom
	Cursor   int            // index of the focused line
	Focus    field.ID       // the focused question
	OnFold   bool           // the cursor is on the fold of the rarely asked questions instead
	Choice   int            // highlighted choice, where the focused question has a closed list
	Open     []field.ID     // still to answer, in asking order, the focused one included
	Issues   []report.Issue // about all answers, most serious first
	Picker   Picker         // for the focused text, see Picking
	Unfolded bool           // the rarely asked questions are shown
	Dirty    bool           // answers that no run and no file holds yet
	Loading  bool           // a model or a file is being read

	entered field.Answers   // when the focus came to the line
	past    []field.Answers // before each change, for UndoEdit
	touched [field.NumIDs]bool
	warned  bool // that q leaves
	typing  bool // the focused text changed since it was judged last: half a word is no error
	waiting bool // Accept goes on when what it needs has been read
	picks   bool // the focused question has a list
	picked  pickedFor
}

// LineKind says how a line of the form is drawn.
type LineKind uint8

// An answer, folded to one line; a question that waits; the fold of the rarely asked ones.
const (
	Answered LineKind = iota
	Question
	Fold
)

// Line is one line of the form.
type Line struct {
	Kind    LineKind
	ID      field.ID
	Group   field.Group
	First   bool // of its group
	Answer  field.Answer
	Issues  []report.Issue // about this answer; an untouched question has none
	Focused bool
	Count   int // Fold: how many questions are behind it
}

// Confirm is what stands behind the question "run it?".
type Confirm struct {
	Request *plan.Request // nil while an error forbids the run
	Command []string      // argument vector for the reference tool
	Ours    []string      // the same for fathom
	Runs    []string      // that of the commands which does what will be run
	Stands  []field.Stand // by which numbers and which search, one a profile
	Engine  EngineChoice
	Summary []Line        // all answers, grouped, defaults included; Kind Answered
	Mapping string        // text key: why the mode maps to these flags
	Spaces  []SearchSpace // what will be searched, one a phase
	Issues  []report.Issue
	Top     int // first line shown
}

// SearchSpace is what one phase of a run will go through, on each profile.
type SearchSpace struct {
	Phase      plan.Phase
	Devices    int
	Strategies int
	Batches    int // most batches tried of a strategy
}

// Live is a run under way in its own pane.
type Live struct {
	Run        int
	Request    *plan.Request
	Command    []string
	Progress   report.Progress
	Table      table.Table // rows found so far
	Cancelling bool
	Log        bool // the log is shown
	Top        int

	answers field.Answers
	ours    []string
}

// Failed is why a run did not end well and what to do.
type Failed struct {
	Run     int
	Command []string
	report.Failure
	ID     field.ID // the question at fault
	HasID  bool
	HasFix bool // Accept puts Failure.Fix into the question
	Log    bool // the whole log instead of the lines that matter
	Top    int
}

// OverlayKind is what lies over the pane.
type OverlayKind uint8

// The overlays; a Prompt asks for one line of text.
const (
	NoOverlay OverlayKind = iota
	HelpOverlay
	SortOverlay
	AdmitOverlay // changes that admit a point which just missed
	CopyOverlay
	ExportOverlay
	HistoryOverlay
	QuitOverlay
	PromptOverlay
	CompareOverlay
	TextOverlay
	PaletteOverlay
	PresentOverlay // Cursor is the slide
	VerdictOverlay // measured runs beside predictions
	FitOverlay     // asks whether to fit the profile to them
	LibraryOverlay // the scenarios of the library
	SweepOverlay   // the plan over ranges of knobs
	DecisionOverlay
)

// Prompt is what a prompt asks for; its text is "prompt.<name>".
type Prompt uint8

// The prompts.
const (
	NoPrompt Prompt = iota
	PromptOpen
	PromptSave
	PromptName
	PromptMeasured
	PromptSweep // knobs and their ranges
	PromptScenario
	PromptDuplicate
	PromptRename
	PromptFind
)

var promptNames = [...]string{"", "open", "save", "name", "measured", "sweep", "scenario", "duplicate", "rename",
	"find"}

func (p Prompt) String() string { return promptNames[p] }

// Overlay is a menu, a question or a text over the pane. Accept and Back close it.
type Overlay struct {
	Kind   OverlayKind
	Prompt Prompt
	Items  []MenuItem
	Cursor int
	Text   string          // of the prompt, of the help filter, or the text shown
	Top    int             // first line shown
	Left   int             // first column shown of a text
	Over   Scope           // of the pane below: what Help is about
	Picker Picker          // of a prompt for a file or a knob
	Under  OverlayKind     // that comes back when this one closes
	was    place           // where it was then
	Fault  message.Message // what is wrong with the text of the prompt so far
	Full   bool            // a copy menu that shows on the whole screen instead of copying
	Of     string          // scenario that a prompt is about
}

// MenuItem is one line of a menu. Its label is Text, a text key, filled with Pairs; a disabled one says why.
type MenuItem struct {
	Action   Action // NoAction: Index says what it stands for
	Index    int
	Text     string
	Pairs    []string
	Disabled string   // text key of the reason, "" where it can be chosen
	On       bool     // the present choice
	Differs  []Change // of a run: the answers that tell it from others of its model
	Near     *report.Near
}
