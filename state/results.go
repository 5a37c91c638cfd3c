package state

import (
	"slices"

	"fathom/hw"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/state/table"
)

// Results is the pane that a run ends in. Tabs, sort, filter and selection outlive the run: a what-if changes the
// numbers only.
type Results struct {
	Run     int // of the entry on screen
	Variant Variant
	Device  int  // hardware tab
	Cross   bool // the cross-hardware tab instead
	Part    table.Part
	Parts   []table.Part // of this run
	All     bool         // every point instead of the candidates
	Table   table.Table
	best    int // position in it of the row of the headline, -1: not in it
	limit   limited
	Detail  Detail
	Focus   Focus
	Plot    Plot
	Scroll  int // first line of the detail view
	Marks   []Marked
	Split   Split
	WhatIf  Knobs
	Pinned  int // run that changes are shown against, 0: none

	Measured MeasuredRuns
	Sweep    SweepView
	Decision DecisionView
	Fit      LiveFit

	LiveRun  int // run in this pane whose rows are awaited, 0: none
	Progress report.Progress

	switches Variant                    // what the keys for fidelity and search ask for; Variant is what answers it
	chosen   [table.NumKinds]table.Item // the row that the user went to, over tabs and runs; none: the headline's row
	passes   []pricedPass               // operator tables by row, newest last
	senses   []sensed
	plays    []played
	services []servedRow
	asked    []asked // waiting for Priced, Sensed and Played
	live     liveRun
	made     []madeTable
}

// Detail is the tab beside the table.
type Detail uint8

// The tabs, in the order of their digits.
const (
	BreakdownTab Detail = iota
	MemoryTab
	PlotTab
	OpsTab
	WhyTab
	SensitivityTab
	TrafficTab
	CalibrationTab
	ServiceTab
	NumDetails
)

var detailNames = [NumDetails]string{"breakdown", "memory", "plot", "ops", "why", "sensitivity", "traffic",
	"calibration", "service"}

// String names the tab in the text catalog: "detail.<name>".
func (d Detail) String() string {
	if d >= NumDetails {
		return ""
	}
	return detailNames[d]
}

// Focus is the part of the results that keys move in.
type Focus uint8

// The table; the detail beside it; the figures of the header, for a what-if.
const (
	OnTable Focus = iota
	OnDetail
	OnHeader
)

// Plot is the curve of the plot tab.
type Plot uint8

// Throughput per device against tokens/s of a user, with the Pareto front; throughput and TPOT (or TTFT) against
// concurrency.
const (
	ParetoPlot Plot = iota
	ThroughputPlot
	LatencyPlot
	CostPlot  // where the devices have a price
	PowerPlot // where their profiles state watts
	DraftPlot // where the question says how tokens are guessed ahead
	NumPlots
)

// RowKey tells a row from all others of a session.
type RowKey struct {
	Run        int
	Variant    Variant
	Device     string
	Phase      plan.Phase
	Label      string
	Batch      int
	MaxBatched int
}

// Marked is a row that the user marked, with where it stands.
type Marked struct {
	Key  RowKey
	Item table.Item
}

// Split is how many instances of each side stand, in the P:D view, for the selected pair of shapes.
type Split struct {
	P, D int
	Side int  // that + and - change: 0 prefill, 1 decode
	Own  bool // the user changed the counts

	of *report.Ratio
}

// Knobs is the header as inputs: a copy of the answers in which one knob at a time is changed.
type Knobs struct {
	Items   []field.ID // the knobs, left to right
	Cursor  int
	Editing bool
	Text    string // being typed
	Choice  int    // highlighted, where the knob has a closed list
	Issues  []report.Issue
}

// ID is the knob under the cursor.
func (k *Knobs) ID() field.ID {
	if k.Cursor < 0 || k.Cursor >= len(k.Items) {
		return field.NumIDs
	}
	return k.Items[k.Cursor]
}

// HasChoice reports whether the knob's values are a closed list.
func (k *Knobs) HasChoice() bool { return closed(k.ID()) }

// PlotAfter is the plot so many places behind the chosen one, of those that the run on screen has: costs only where its
// devices have a price, power only where their profiles state watts, speculation only where there is some.
func (m *Model) PlotAfter(n int) Plot {
	list := []Plot{ParetoPlot, ThroughputPlot, LatencyPlot}
	if q, _ := m.question(); q != nil {
		if len(q.Prices) > 0 {
			list = append(list, CostPlot)
		}
		if slices.ContainsFunc(q.Profiles, func(p *hw.Profile) bool { return p.PowerWatts > 0 }) {
			list = append(list, PowerPlot)
		}
		if q.Speculation.Draft != "" {
			list = append(list, DraftPlot)
		}
	}
	return list[(max(0, slices.Index(list, m.Results.Plot))+n)%len(list)]
}
