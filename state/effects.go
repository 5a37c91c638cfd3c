package state

import (
	"fathom/hw"
	"fathom/sim/decision"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
	"fathom/state/field"
	"fathom/state/table"
)

// Effect is something that ui has to do. The set is closed.
type Effect interface{ effect() }

type (
	// Start runs a request: Advanced any number of times, then Finished, always.
	Start struct {
		Run     int
		Request *plan.Request
		Engine  EngineChoice
		Command []string // the argument vector that the request stands for
		Quiet   bool     // behind another run: no progress wanted

		Climb *report.Report // set: no new answer but this one, with its ladder
	}
	// Cancel stops a run; its Finished comes all the same, with the rows found so far.
	Cancel struct{ Run int }
	// Price asks for the operator table of one phase of a row.
	Price struct {
		Key     RowKey
		Phase   plan.Phase
		Row     *report.Row
		Request *plan.Request
		Device  string
	}
	// Sense asks what would move a row.
	Sense struct {
		Key     RowKey
		Row     *report.Row
		Request *plan.Request
		Device  string
	}
	// Serve asks what a row makes of the trace, the conversations or the day that its plan names.
	Serve struct {
		Key     RowKey
		Row     *report.Row
		Pair    *report.Ratio // the pair whose prefill side the row is; nil: it is none
		Request *plan.Request
		Device  string
	}
	// Play asks what a benchmark of a row would show.
	Play struct {
		Key     RowKey
		Row     *report.Row
		Request *plan.Request
		Device  string
	}

	// Load reads a model or a length distribution.
	Load struct{ Load field.Load }
	// List reads a directory, for choosing a file in it; "" is the one that relative paths begin in.
	List struct{ Dir string }
	// Survey reads the models and profiles of the catalog, for what lists of them say.
	Survey struct {
		Models   []string
		Profiles hw.List
	}
	// Open reads a plan file.
	Open struct{ Path string }
	// Save writes a file, atomically.
	Save struct {
		Path string
		Data []byte
	}
	// Export writes the report in a format to a file whose name ui chooses, or files of a platform for a row of it to a
	// directory.
	Export struct {
		Format ExportFormat
		Run    int
		Report *report.Report
		Of     *Subject // the row that files of a platform are for; nil: the report
		// Of the same plan, which a page and its charts show too; nil: none.
		Sweep    *sweep.Result
		Decision *decision.Result
		Over     []Overlaid // runs laid over its frontiers
		Measured []table.MeasuredRun
	}
	// Shelve does something to the library of scenarios; the answer is Shelved. Of a run it tells Shelving too, and Cancel
	// ends it.
	Shelve struct {
		Op       ShelfOp
		Run      int
		Name, To string
		Names    []string
		Data     []byte
		Report   *report.Report // of the plan that is saved; nil: it was not run
		Ran      []*RanScenario
		Replace  bool // a scenario that has the name
		Profiles hw.List
	}
	// Copy sends a text to the user's clipboard. Where Text is empty ui composes it from Subject.
	Copy struct {
		What    CopyKind
		Text    string
		Subject Subject
	}
	// Show asks for a text on the full screen (answer: Composed) that only ui can compose from Subject.
	Show struct {
		What    CopyKind
		Subject Subject
	}
	// ReadClipboard asks for the clipboard; the answer is Pasted.
	ReadClipboard struct{}
	// Remember writes the session's memory.
	Remember struct{ Memory Memory }
	// Apply tells that a setting changed that lives outside the frame: theme, language, mouse capture.
	Apply struct{ Settings Settings }
	// Repaint draws the whole screen anew.
	Repaint struct{}
	// Sleep suspends the program.
	Sleep struct{}
	// Leave ends it.
	Leave struct{}
)

func (Start) effect()         {}
func (Cancel) effect()        {}
func (Price) effect()         {}
func (Sense) effect()         {}
func (Play) effect()          {}
func (Serve) effect()         {}
func (Load) effect()          {}
func (List) effect()          {}
func (Survey) effect()        {}
func (Open) effect()          {}
func (Save) effect()          {}
func (Export) effect()        {}
func (Copy) effect()          {}
func (Shelve) effect()        {}
func (Show) effect()          {}
func (ReadClipboard) effect() {}
func (Remember) effect()      {}
func (Apply) effect()         {}
func (Repaint) effect()       {}
func (Sleep) effect()         {}
func (Leave) effect()         {}

// EngineChoice is the engine with its place on disk.
type EngineChoice struct {
	Name   string // embedded, msmodeling or both
	Root   string
	Python string
}

// CopyKind is what is copied; its text is "copy.what.<name>".
type CopyKind uint8

// The optimizer's command, our own, single passes that validate the row, serving commands, the row, the table as shown,
// the Markdown report.
const (
	CopyNothing CopyKind = iota
	TheCommand
	TheOurs
	TheChecks
	TheLaunch
	TheBench
	TheRow
	TheTable
	TheReport
)

var copyNames = [...]string{"", "command", "ours", "checks", "launch", "bench", "row", "table", "report"}

func (k CopyKind) String() string { return copyNames[k] }

// Subject is what a text is about. Fields that do not apply are nil.
type Subject struct {
	Entry   *Entry
	Variant Variant
	Device  string      // profile of the tab
	Item    table.Item  // the selected row, ratio or comparison line
	Table   table.Table // as sorted and filtered
}

// ExportFormat is the format of an exported report.
type ExportFormat string

// The formats of plan --format.
const (
	JSON     ExportFormat = "json"
	CSV      ExportFormat = "csv"
	Markdown ExportFormat = "md"
	HTML     ExportFormat = "html"
	SVG      ExportFormat = "svg"
)
