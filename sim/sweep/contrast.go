package sweep

import (
	"cmp"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Contrast is a stretch of places along the first knob where the same of disaggregation and aggregation serves more on
// a device, or neither is shown to.
type Contrast struct {
	Device   string
	Beside   []float64 // values of the other knob, if there is one
	From, To float64
	Winner   string           // pd_ratio or aggregation; "": their intervals overlap, or neither answers
	Lead     report.Interval  // least and most that disaggregation serves more over the stretch, as a share
	Range    *report.Interval // the same at the ends of both intervals; nil where one has none
	Alone    bool             // the other one has no answer anywhere on it
}

// Contrasts answers which of disaggregation and aggregation serves more, from where on, and by how much.
func (r *Result) Contrasts() (list []Contrast) {
	lines := r.Lines()
	for i := range lines {
		for k := range lines {
			a, b := &lines[i], &lines[k]
			if a.Phase == plan.PDRatio.String() && b.Phase == plan.PhaseAggregation.String() && a.Device == b.Device &&
				len(a.Cells) == len(b.Cells) && equal(a.Cells[0].At[1:], b.Cells[0].At[1:]) {
				list = append(list, contrasts(a, b)...)
			}
		}
	}
	return list
}

func equal(a, b []float64) bool { return len(a) == 0 || len(b) > 0 && a[0] == b[0] }

func contrasts(apart, together *Line) (list []Contrast) {
	for i, p := range apart.Cells {
		c := at(p, together.Cells[i])
		if n := len(list); n > 0 && list[n-1].Winner == c.Winner && list[n-1].Alone == c.Alone {
			list[n-1].widen(&c)
			continue
		}
		list = append(list, c)
	}
	return list
}

// at is the contrast at one place.
func at(p, v *Cell) Contrast {
	c := Contrast{Device: p.Device, Beside: p.At[1:], From: p.At[0], To: p.At[0]}
	switch {
	case p.Throughput <= 0 && v.Throughput <= 0:
		return c
	case p.Throughput <= 0:
		c.Winner, c.Alone = v.Phase, true
		return c
	case v.Throughput <= 0:
		c.Winner, c.Alone = p.Phase, true
		return c
	}
	lead := p.Throughput/v.Throughput - 1
	c.Lead = report.Interval{Low: lead, High: lead}
	c.Winner = p.Phase
	if lead < 0 {
		c.Winner = v.Phase
	}
	if a, b := p.Interval, v.Interval; a != nil && b != nil && b.Low > 0 && b.High > 0 {
		c.Range = &report.Interval{Low: a.Low/b.High - 1, High: a.High/b.Low - 1}
		if c.Range.Low <= 0 && c.Range.High >= 0 {
			c.Winner = ""
		}
	}
	return c
}

// widen takes the next place in.
func (c *Contrast) widen(next *Contrast) {
	c.To = next.To
	c.Lead = report.Interval{Low: min(c.Lead.Low, next.Lead.Low), High: max(c.Lead.High, next.Lead.High)}
	if c.Range == nil || next.Range == nil {
		c.Range = nil
		return
	}
	c.Range = &report.Interval{Low: min(c.Range.Low, next.Range.Low), High: max(c.Range.High, next.Range.High)}
}

// Says is the contrast in words.
func (c *Contrast) Says() message.Message {
	name := message.New("contrast." + cmp.Or(c.Winner, "neither"))
	switch {
	case c.Alone:
		return message.New("contrast.alone-" + c.Winner)
	case c.Winner == "" && c.Range == nil:
		return message.New("contrast.none")
	}
	low, high := 100*c.Lead.Low, 100*c.Lead.High
	said := message.New("contrast.lead", name, low, high)
	if c.Range != nil {
		said = message.New("contrast.range", said, 100*c.Range.Low, 100*c.Range.High)
	}
	return said
}
