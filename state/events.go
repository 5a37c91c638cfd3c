package state

import (
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
)

// Event is something that happened: a key, or the answer to an effect. The set is closed.
type Event interface{ event() }

type (
	// Do is a key, button or menu item by its meaning.
	Do struct{ Action Action }
	// Typed is the whole new text of the focused input (Model.Input).
	Typed struct{ Text string }
	// Pasted is a pasted text. A command fills the form; anything else is put behind the text of the focused input.
	// Err says why ReadClipboard has no text.
	Pasted struct {
		Text string
		Err  error
	}
	// Click points at a part of the screen.
	Click struct{ Target Target }
	// Scroll is the mouse wheel: lines down (positive) or up, and what the pointer stands on.
	Scroll struct {
		Lines int
		Over  TargetKind
	}
	// Resized tells how many rows of the table and how many lines of the scrolling text (detail, overlay, log, confirm)
	// the frame shows, and how long that text is (0: not known). ui sends it whenever one of the three changes.
	Resized struct{ Rows, Lines, Extent int }

	// Advanced is a snapshot of a live run.
	Advanced struct {
		Run      int
		Progress report.Progress
	}
	// Finished ends a run. Report may stand beside an error: rows found before a cancel (Err nil, Report.Partial) or a
	// failure.
	Finished struct {
		Run    int
		Report *report.Report
		Err    error
	}
	// Priced answers Price.
	Priced struct {
		Key   RowKey
		Phase plan.Phase
		Pass  *Pass
		Err   error
	}
	// Sensed answers Sense.
	Sensed struct {
		Key    RowKey
		Levers []Lever
		Err    error
	}
	// Served answers Serve; one of both is nil.
	Served struct {
		Key     RowKey
		Service *report.Service
		Day     *report.Day
		Err     error
	}
	// Played answers Play.
	Played struct {
		Key     RowKey
		Traffic *report.Traffic
		Curve   []report.LoadPoint // from idle to beyond saturation
		Err     error
	}

	// Loaded answers Load: the model, the length distribution or the mix of requests behind a text, or why there is none.
	Loaded struct {
		Load field.Load
		field.Found
		Err error
	}
	// Watched tells how many others see this screen.
	Watched struct{ Viewers int }
	// Strayed is a key that means nothing here.
	Strayed struct{ Key string }
	// Listed answers List.
	Listed struct{ Listing Listing }
	// Surveyed answers Survey: every model of the catalog that can be read, by name; its profiles have been read.
	Surveyed struct{ Models map[string]*model.Model }
	// PlanOpened answers Open with the bytes of a plan file.
	PlanOpened struct {
		Path string
		Data []byte
		Err  error
	}
	// Saved answers Save and Export.
	Saved struct {
		Path string
		Err  error
	}
	// Copied answers Copy. How is the text key of the way that was used ("copy.tmux", "copy.osc52", "copy.desktop",
	// "copy.file"); Path is the file that also holds the text.
	Copied struct {
		What CopyKind
		How  string
		Path string
		Err  error
	}
	// Composed answers Copy and Show where only ui could compose the text: it is put on the full-screen overlay.
	Composed struct{ Text string }
	// Shelving tells how far a run of scenarios is.
	Shelving struct{ Run, Done, Of int }
	// Shelved answers Shelve: the list as it is now (nil: unchanged), what was asked for, or why it was not done.
	Shelved struct {
		Op       ShelfOp
		Run      int
		List     []Scenario
		Aside    []message.Message // files that are no scenarios
		Name, To string
		Text     string // of the scenario to open
		N        int
		Ran      []*RanScenario
		Fault    message.Message
		Taken    bool // another scenario has the name
	}
	// NotKept tells that what a session leaves to the next cannot be written to the directory of Path.
	NotKept struct {
		Path string
		Err  error
	}
)

func (Do) event()         {}
func (Typed) event()      {}
func (Pasted) event()     {}
func (Click) event()      {}
func (Scroll) event()     {}
func (Resized) event()    {}
func (Advanced) event()   {}
func (Finished) event()   {}
func (Priced) event()     {}
func (Sensed) event()     {}
func (Played) event()     {}
func (Served) event()     {}
func (Loaded) event()     {}
func (Watched) event()    {}
func (Strayed) event()    {}
func (Listed) event()     {}
func (Surveyed) event()   {}
func (PlanOpened) event() {}
func (Saved) event()      {}
func (Copied) event()     {}
func (NotKept) event()    {}
func (Shelving) event()   {}
func (Shelved) event()    {}
func (Composed) event()   {}

// Target is a part of the screen that a mouse can hit. Index counts what Kind says.
type Target struct {
	Kind  TargetKind
	Index int
}

// TargetKind says what was hit.
type TargetKind uint8

// Index is: the line of Form.Lines; the position in the table's order; the column of Table.Columns; the device; the
// part of Results.Parts; the detail tab; the item of the overlay; the item of the header.
const (
	TargetNone TargetKind = iota
	TargetLine
	TargetRow
	TargetColumn
	TargetDevice
	TargetCross
	TargetPart
	TargetDetail
	TargetItem
	TargetHeader
	TargetTable // the table, where it shares its place with the details
	TargetView  // the details, where they stand beside the table
	TargetSide  // of a PD ratio: 0 prefill, 1 decode
)

// Pass is one priced forward pass with its operator table.
type Pass struct {
	Seconds   float64
	Kernels   float64       // of measured kernels alone, back to back, beside Seconds of the engine's step; 0: not known
	Shares    report.Shares // of the step, by class
	Operators []Operator    // longest first
}

// Operator is one line of an operator table.
type Operator struct {
	Name, Shape string
	Count       int
	Seconds     float64 // of all runs
	FLOPs       float64
	Bytes       float64
	Bound       string // mem, comm, cube or vec
}

// Lever is what +10% of one figure of the hardware, or one step of a knob, changes for a row, as shares of the row's
// own value.
type Lever struct {
	Key        string // text key: "lever.memory-bandwidth"
	Args       []string
	Throughput float64 // 0.04: 4% more
	TTFT, TPOT float64
}
