package table

import "fathom/sim/report"

// Table is a view of rows that it never changes: an order of indexes, sorted and filtered, with a cursor.
type Table struct {
	Kind    Kind
	Columns []ColumnID // that say something here, most telling first
	Order   []int32    // positions to rows
	Cursor  int        // position in Order
	Top     int        // first position shown
	Sort    SortKey
	Filter  Filter

	source source
}

// Kind is what the rows of a table are.
type Kind uint8

// Points and candidates; pairs of shapes; lines of the hardware comparison.
const (
	Points Kind = iota
	Ratios
	Crosses
	NumKinds
)

// SortKey is a column and a direction.
type SortKey struct {
	Column ColumnID
	Down   bool // largest first
}

// Filter is the filter of a table as typed.
type Filter struct {
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

// Value is the figure of a column in a row on screen, the change against the base included.
func (s *Shown) Value(id ColumnID) (float64, bool) {
	if id == ColDelta {
		switch {
		case s.BaseOf != nil:
			return Delta(s.Ratio.Value(), s.BaseOf.Value())
		case s.Base != nil:
			return Delta(s.Row.Throughput, s.Base.Throughput)
		}
		return 0, false
	}
	if c := &Columns[id]; c.Number != nil {
		return c.Number(s.Item)
	}
	return 0, false
}

// Delta is the relative change of a figure against a base: 0.042 for 4.2% more. ok is false where there is nothing to
// compare.
func Delta(now, before float64) (float64, bool) {
	if before == 0 || now != now || before != before {
		return 0, false
	}
	return now/before - 1, true
}
