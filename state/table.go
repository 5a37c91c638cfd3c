package state

import "fathom/sim/report"

// Table is a view of rows that it never changes: an order of indexes, sorted and filtered, with a cursor.
type Table struct {
	Kind    TableKind
	Columns []ColumnID // that say something here, most telling first
	Order   []int32    // positions to rows
	Cursor  int        // position in Order
	Top     int        // first position shown
	Sort    SortKey
	Filter  FilterText

	source source
}

// TableKind is what the rows of a table are.
type TableKind uint8

// Points and candidates; pairs of shapes; lines of the hardware comparison.
const (
	Points TableKind = iota
	Ratios
	Crosses
	NumTableKinds
)

// SortKey is a column and a direction.
type SortKey struct {
	Column ColumnID
	Down   bool // largest first
}

// FilterText is the filter of a table as typed.
type FilterText struct {
	Text    string
	Typing  bool
	Problem string // text key: what of the text was not understood
	Word    string // the word at fault
}

// Item is one row of a table; which member is set depends on the table.
type Item struct {
	Row   *report.Row
	Ratio *report.Ratio
	Cross *report.Cross

	Beside   *report.Difference // what another engine says about the same row, in runs of both
	Measured *MeasuredRun       // a run of the same layout and concurrency
}

// Answered reports whether anything stands behind an item: a line of the comparison may say only that a profile has no
// answer.
func (i Item) Answered() bool { return i.Row != nil || i.Ratio != nil }

// Shown is a row with what the table knows about it.
type Shown struct {
	Item
	Position int // in the order
	Cursor   bool
	Marked   bool
	Base     *report.Row   // the same strategy in the run compared against, nil: none
	BaseOf   *report.Ratio // the best pair there, in a table of pairs
}
