package chart

import (
	"fathom/sim/report"
	"fathom/sim/sweep"
)

// Figure is what of an answer a chart shows.
type Figure uint8

// Tokens per second of the whole plan and of one device (more is better), money per million tokens (less is), and
// tokens per second and watt, which cells of sweeps do not have.
const (
	Throughput Figure = iota
	PerDevice
	Cost
	PerWatt
	NumFigures
)

var figureNames = [NumFigures]string{"throughput", "per_device", "cost", "per_watt"}

// String names the figure in JSON and in the text catalog: "figure.<name>".
func (f Figure) String() string { return figureNames[f] }

// Best is the figure that says what is best: see plan.Request.ByCost.
func Best(byCost bool) Figure {
	if byCost {
		return Cost
	}
	return Throughput
}

// Better reports whether a beats b.
func (f Figure) Better(a, b float64) bool {
	if f == Cost {
		return a < b
	}
	return a > b
}

// Of is the figure of a cell; false where it has none.
func (f Figure) Of(c *sweep.Cell) (float64, bool) {
	switch {
	case c == nil || c.Label == "":
	case f == Throughput:
		return c.Throughput, c.Throughput > 0
	case f == PerDevice:
		return c.PerDevice, c.PerDevice > 0
	case f == Cost && c.Cost != nil:
		return *c.Cost, true
	}
	return 0, false
}

// OfRow is the figure of a row; false where it has none.
func (f Figure) OfRow(r *report.Row) (float64, bool) {
	switch {
	case f == Throughput:
		return r.Throughput, r.Throughput > 0
	case f == PerDevice:
		return r.PerDevice, r.PerDevice > 0
	case f == Cost && r.CostPerMTok != nil:
		return *r.CostPerMTok, true
	case f == PerWatt && r.Power != nil:
		return r.Power.PerW, true
	}
	return 0, false
}

// Band is where eight of ten measurements of a cell's figure fall; nil where that is not known. A cost is in inverse
// proportion to the throughput, so that its ends change places.
func (f Figure) Band(c *sweep.Cell) *report.Interval {
	v, ok := f.Of(c)
	if !ok || c.Interval == nil {
		return nil
	}
	return f.Scaled(v, c.Throughput, c.Interval)
}

// Scaled carries the interval of a throughput over to a figure that follows from it.
func (f Figure) Scaled(v, throughput float64, b *report.Interval) *report.Interval {
	switch {
	case b == nil || throughput <= 0:
		return nil
	case f != Cost:
		return &report.Interval{Low: v * b.Low / throughput, High: v * b.High / throughput}
	case b.Low <= 0 || b.High <= 0:
		return nil
	}
	return &report.Interval{Low: v * throughput / b.High, High: v * throughput / b.Low}
}
