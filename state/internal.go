package state

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/state/table"
)

// embedded is the engine that answers fast enough to explore with.
const embedded = "embedded"

// shadow is a quiet run: another answer to an entry's question.
type shadow struct {
	run   int // its own number
	of    int // the entry
	as    Variant
	shown bool // put it on screen when it comes
	climb bool // the ladder of the answer that was asked for, instead of another answer
}

// trail is the way through the history.
type trail struct{ back, forth []int }

// tableHabit is the sort and filter of each kind of table; they survive tabs and runs.
type tableHabit struct {
	sort   [table.NumKinds]table.SortKey
	sorted [table.NumKinds]bool // the user chose it
	filter [table.NumKinds]string
}

// liveRun is what a run in the results pane will become.
type liveRun struct {
	answers field.Answers
	request *plan.Request
	command []string
	ours    []string
	changed []Change
	from    int
	variant Variant        // that stood on screen, and stands there again
	asked   *report.Report // the answer as asked, while that variant of it is worked out
	fitted  bool
}

type pricedPass struct {
	key   RowKey
	phase plan.Phase
	pass  *Pass
	err   message.Message
}

type sensed struct {
	key    RowKey
	levers []Lever
	err    message.Message
}

type played struct {
	key     RowKey
	traffic *report.Traffic
	curve   []report.LoadPoint
	err     message.Message
}

type servedRow struct {
	key     RowKey
	service *report.Service
	day     *report.Day
	err     message.Message
}

// asked is a question about a row that is under way: the tab that asked, and which phase it asked about.
type asked struct {
	key   RowKey
	tab   Detail
	phase plan.Phase // of the operator tables
}

// anyGiven reports whether a question of the form is answered; how the screen looks is none.
func anyGiven(a *field.Answers) bool {
	for id := range field.NumIDs {
		if a[id].Given() && formHas(&field.Table[id]) {
			return true
		}
	}
	return false
}
