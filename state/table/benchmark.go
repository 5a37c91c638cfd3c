package table

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// MeasuredRun is one run of a load generator beside its prediction, in milliseconds and tokens per second; 0 is absent.
type MeasuredRun struct {
	Path, ID, Tool             string
	Model, Device              string // as catalog and profiles call them
	Engine, Precision          string
	TP, PP, DP, EP             int // of an instance; 0: not known, or two kinds of instances
	Devices                    int
	Input, Output, Concurrency int
	Rate                       float64 // requests per second, 0: as many in flight as Concurrency
	Lines                      []MeasuredLine
	TTFT, TPOT, Throughput     float64
	Notes                      []message.Message
	Fault                      message.Message // why there is no prediction
	Causes                     []Cause
	Test                       message.Message // the measurement that tells the first two causes apart; zero: none does
}

// MeasuredLine is one figure. Low and High are where eight of ten measurements fall; 0: no interval is known.
type MeasuredLine struct {
	Name                string // "TTFT p99"
	Unit                string
	Measured, Predicted float64
	Low, High           float64
}

// Verdict says where the measurement lies: "inside", "below" or "above" the interval, "" without one.
func (l *MeasuredLine) Verdict() string {
	switch {
	case l.High <= 0:
		return ""
	case l.Measured < l.Low:
		return "below"
	case l.Measured > l.High:
		return "above"
	}
	return "inside"
}

// Cause would explain a gap; Explains is the share of it that it removes. The figures are predicted with it.
type Cause struct {
	Says                   message.Message
	Explains               float64
	TTFT, TPOT, Throughput float64
}

// Layout is what a run and a row have to share for their figures to be of one thing.
type Layout struct{ tp, pp, dp, concurrency int }

// LayoutOf is a run's; ok is false where it does not say, or requests came at a rate.
func LayoutOf(r *MeasuredRun) (Layout, bool) {
	return Layout{r.TP, max(1, r.PP), max(1, r.DP), r.Concurrency}, r.TP > 0 && r.Rate == 0 && r.Concurrency > 0
}

func layoutOfRow(r *report.Row) Layout {
	return Layout{max(1, r.Strategy.TP), max(1, r.Strategy.PP), max(1, r.Strategy.DP), r.Concurrency}
}

// SameRanks reports whether a run was laid out as a row is, at whatever concurrency. Experts that a run says nothing of
// are those of the row.
func SameRanks(run *MeasuredRun, row *report.Row) bool {
	a, b := Layout{run.TP, max(1, run.PP), max(1, run.DP), 0}, layoutOfRow(row)
	b.concurrency = 0
	return a == b && (run.EP == 0 || max(1, run.EP) == max(1, row.Strategy.EP))
}

// MeasuredAt is the run that measured a row, nil where none did.
func MeasuredAt(runs map[Layout]*MeasuredRun, row *report.Row) *MeasuredRun {
	if runs == nil || row.Phase != plan.PhaseAggregation {
		return nil
	}
	if r := runs[layoutOfRow(row)]; r != nil && SameRanks(r, row) {
		return r
	}
	return nil
}
