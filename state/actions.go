package state

import "slices"

// Action is what a user wants, whatever key or button said so.
type Action uint8

// Every action. Its text is "action.<name>"; keys and scopes stand in Bindings.
const (
	NoAction Action = iota

	// moving
	Up
	Down
	Left
	Right
	PageUp
	PageDown
	HalfUp
	HalfDown
	Home
	End
	Accept
	Back
	Next
	Prev

	// form
	Suggest
	Reuse        // the answers of the previous run, for what is still open
	PasteCommand // ask ui for the clipboard
	OpenPlan
	SavePlan
	Complete // take the first completion of the focused text
	UndoEdit
	Unfold // fold or unfold the rarely asked questions
	Submit // go to the confirm pane
	ShowResults

	// confirm and failed
	Edit
	SwitchEngine
	ShowLog

	// results: what is shown
	NextDevice
	PrevDevice
	Cross
	NextPart
	PrevPart
	AllPoints
	DetailBreakdown
	DetailMemory
	DetailPlot
	DetailOps
	DetailWhy
	DetailSensitivity
	DetailTraffic
	DetailCalibration
	DetailService
	NextPlot
	Present
	SortMenu
	SortNext
	SortPrev
	Reverse
	Filter
	Mark
	ClearMarks
	Compare
	Best // to the headline's row
	More // one instance more on the chosen side of a PD ratio
	Less

	// results: what is asked
	WhatIf
	Fidelity
	Exhaustive
	Calibrated
	Undo
	Redo
	Pin
	Name
	HistoryMenu
	OverRanges // sweep knobs
	HangsOn    // what the decision hangs on

	// the library of scenarios
	Library
	SaveScenario
	Duplicate
	RenameScenario
	RemoveScenario
	Rerun
	KeepAnswers

	// results: what was measured
	MeasuredFile
	Verdict
	FitProfile
	FlipFit
	ForgetRuns

	// taking away
	CopyMenu
	CopyCommand
	CopyOurs
	CopyChecks
	CopyLaunch
	CopyBench
	CopyRow
	CopyTable
	CopyReport
	FullText
	ExportMenu
	ExportJSON
	ExportCSV
	ExportMarkdown
	ExportHTML
	ExportSVG
	ExportLWS
	ExportLLMD
	ExportDynamo
	ExportMindIE
	ExportCompose

	// the program
	Help
	Palette
	Theme
	Language
	Mouse
	Redraw
	Suspend
	Interrupt
	Quit
	NumActions
)

var actionNames = [NumActions]string{"none",
	"up", "down", "left", "right", "page-up", "page-down", "half-up", "half-down", "home", "end", "accept", "back", "next",
	"prev",
	"suggest", "reuse", "paste", "open-plan", "save-plan", "complete", "undo-edit", "unfold", "submit", "show-results",
	"edit", "engine", "log",
	"next-device", "prev-device", "cross", "next-part", "prev-part", "all-points", "breakdown", "memory", "plot", "ops",
	"why", "sensitivity", "traffic", "calibration", "service",
	"next-plot", "present", "sort-menu", "sort-next", "sort-prev", "reverse", "filter", "mark", "clear-marks", "compare",
	"best", "more",
	"less",
	"what-if", "fidelity", "exhaustive", "calibrated", "undo", "redo", "pin", "name", "history", "sweep", "decide",
	"library", "save-scenario", "duplicate", "rename-scenario", "remove-scenario", "rerun", "keep-answers",
	"measured-file", "verdict", "fit-profile", "flip-fit", "forget-runs",
	"copy-menu", "copy-command", "copy-ours", "copy-checks", "copy-launch", "copy-bench", "copy-row", "copy-table",
	"copy-report",
	"full-text",
	"export-menu", "export-json", "export-csv", "export-md",
	"export-html", "export-svg",
	"export-lws", "export-llm-d", "export-dynamo", "export-mindie", "export-compose",
	"help", "palette", "theme", "language", "mouse", "redraw", "suspend", "interrupt", "quit"}

// ActionNamed is the action of a name; NoAction where none has it.
func ActionNamed(name string) Action { return Action(max(0, slices.Index(actionNames[:], name))) }

// String names the action in the text catalog: "action.<name>".
func (a Action) String() string {
	if a >= NumActions {
		return ""
	}
	return actionNames[a]
}
