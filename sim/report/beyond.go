package report

import (
	"slices"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// Named is a figure of which more is better, with its name and its interval; a nil interval: uncalibrated.
type Named struct {
	Name  string
	Value float64
	Range *Interval
}

// Compared says of the largest figure whether the intervals tell it from the others, one sentence for each answer.
// phase names what the figures are of, where that needs saying.
func Compared(phase string, list []Named) []message.Message {
	if len(list) < 2 {
		return nil
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Named) int {
		switch {
		case a.Value > b.Value:
			return -1
		case a.Value < b.Value:
			return 1
		}
		return 0
	})
	if !slices.ContainsFunc(list, func(x Named) bool { return x.Range != nil }) {
		return []message.Message{message.New("explain.range.none")}
	}
	first := &list[0]
	var beyond, within, bare []string
	for i := range list[1:] {
		switch x := &list[1+i]; {
		case first.Range == nil || x.Range == nil:
			bare = append(bare, x.Name)
		case Apart(first.Range, x.Range):
			beyond = append(beyond, x.Name)
		default:
			within = append(within, x.Name)
		}
	}
	var out []message.Message
	add := func(names []string, key string) {
		switch {
		case len(names) > 0 && phase != "":
			out = append(out, message.New(key+"_phase", phase, first.Name, few(names)))
		case len(names) > 0:
			out = append(out, message.New(key, first.Name, few(names)))
		}
	}
	add(within, "explain.range.within")
	add(beyond, "explain.range.beyond")
	add(bare, "explain.range.bare")
	return out
}

// Range is where eight of ten measurements of the compared figure fall, in its unit: tokens per second, or balanced
// requests per second of pairs.
func (c *Cross) Range() *Interval {
	switch {
	case c.Ratio != nil:
		return c.Ratio.Range()
	case c.Row != nil:
		return c.Row.ThroughputRange
	}
	return nil
}

// Range is the interval of the balanced rate: the ends of a smaller one of two rates are the smaller ones of their
// ends.
func (r *Ratio) Range() *Interval {
	p, d := r.Prefill.ThroughputRange, r.Decode.ThroughputRange
	if p == nil || d == nil || r.Prefill.Throughput <= 0 || r.Decode.Throughput <= 0 {
		return nil
	}
	of := func(qps, end, throughput float64) float64 { return qps * end / throughput }
	return &Interval{Low: min(of(r.PrefillQPS, p.Low, r.Prefill.Throughput), of(r.DecodeQPS, d.Low, r.Decode.Throughput)),
		High: min(of(r.PrefillQPS, p.High, r.Prefill.Throughput), of(r.DecodeQPS, d.High, r.Decode.Throughput))}
}

// SystemRange is the interval of what all instances of a split serve together, no more than their links carry: the ends
// of the smaller of two rates are the smaller ones of their ends. nil where a side has none, or no split fits.
func (r *Ratio) SystemRange() *Interval {
	p, d, t := r.Prefill.ThroughputRange, r.Decode.ThroughputRange, r.Transfer
	if p == nil || d == nil || r.Prefill.Throughput <= 0 || r.Decode.Throughput <= 0 || r.PrefillInstances == nil ||
		r.DecodeInstances == nil {
		return nil
	}
	at := func(p, d float64) float64 {
		p, d = r.PrefillQPS*p/r.Prefill.Throughput, r.DecodeQPS*d/r.Decode.Throughput
		if t != nil && t.Counted {
			p, d = min(p, t.PrefillQPS), min(d, t.DecodeQPS)
		}
		return min(float64(*r.PrefillInstances)*p, float64(*r.DecodeInstances)*d)
	}
	scale := 1.
	if r.Held != nil { // the same share of what the phases serve
		scale = r.Held.QPS / at(r.Prefill.Throughput, r.Decode.Throughput)
	}
	return &Interval{Low: scale * at(p.Low, d.Low), High: scale * at(p.High, d.High)}
}

// ranked is the interval of Value.
func (r *Ratio) ranked() *Interval {
	if r.Transfer != nil && r.Transfer.Counted && r.SystemQPS != nil {
		return r.SystemRange()
	}
	return r.Range()
}

// Ties names the pairs that the intervals do not tell from the best: their balanced rate may be the higher one.
func (s *RatioSection) Ties() (labels []string) {
	if s.Best == nil || s.Best.ranked() == nil {
		return nil
	}
	for i := range s.Candidates[1:] {
		if c := &s.Candidates[1+i]; !Apart(c.ranked(), s.Best.ranked()) {
			labels = append(labels, "P "+c.Prefill.Label+", D "+c.Decode.Label)
		}
	}
	return labels
}

// Beyond tells whether line i of the comparison differs from the first of its phase by more than their intervals leave
// open; nil for the first itself and where one of them has none.
func (r *Report) Beyond(i int) *bool {
	c, first := &r.Cross[i], r.first(i)
	if first == c || c.Range() == nil || first.Range() == nil {
		return nil
	}
	return ptr(Apart(c.Range(), first.Range()))
}

// first is the line that line i of the comparison is held against: the best of its phase.
func (r *Report) first(i int) *Cross {
	for k := range r.Cross {
		if x := &r.Cross[k]; x.phase() == r.Cross[i].phase() {
			return x
		}
	}
	return &r.Cross[i]
}

// CrossSays is what the intervals say of the profiles, phase by phase.
func (r *Report) CrossSays() (out []message.Message) {
	var phases []plan.Phase
	for i := range r.Cross {
		if p := r.Cross[i].phase(); !slices.Contains(phases, p) {
			phases = append(phases, p)
		}
	}
	for _, p := range phases {
		var list []Named
		for i := range r.Cross {
			if c := &r.Cross[i]; c.phase() == p && (c.Row != nil || c.Ratio != nil) {
				list = append(list, Named{Name: hw.Clean(c.Device), Value: c.Throughput, Range: c.Range()})
			}
		}
		name := ""
		if len(phases) > 1 {
			name = p.String()
		}
		for _, f := range Compared(name, list) {
			// all phases may be uncalibrated
			if !slices.ContainsFunc(out, func(x message.Message) bool { return x.String() == f.String() }) {
				out = append(out, f)
			}
		}
	}
	return out
}

// phase of a line; pairs of instances are compared as a whole.
func (c *Cross) phase() plan.Phase {
	if c.Row == nil {
		return plan.PhaseAggregation
	}
	return c.Row.Phase
}

// Standing is what stands behind the figures of a device.
type Standing string

// A fit to runs of the device itself; one to runs of other devices; none.
const (
	Calibrated   Standing = "calibrated"
	TakenOver    Standing = "taken_over"
	Uncalibrated Standing = "uncalibrated"
)

// Standing of a device's figures, and the figures that have no interval although the others have: too few runs showed
// them.
func (r *Report) Standing(d *Device) (s Standing, bare []string) {
	row := d.Example()
	if row == nil || row.ThroughputRange == nil && row.TTFTRange == nil && row.TPOTRange == nil {
		return Uncalibrated, nil
	}
	for _, x := range []*Section{d.Aggregation, d.Prefill, d.Decode} {
		if x == nil || x.Best == nil {
			continue
		}
		b := x.Best
		for _, f := range []struct {
			name string
			bare bool
		}{{"tok/s", b.ThroughputRange == nil}, {"TTFT", b.TTFT != nil && b.TTFTRange == nil},
			{"TPOT", b.TPOT != nil && b.TPOTRange == nil}} {
			if f.bare && !slices.Contains(bare, f.name) {
				bare = append(bare, f.name)
			}
		}
	}
	if p := r.profile(d.Device); p != nil && p.Calibrated != nil && p.Calibrated.Runs == 0 {
		return TakenOver, bare
	}
	return Calibrated, bare
}

// Example is a row of the device that shows what its figures carry: a best one, else one that just missed.
func (d *Device) Example() *Row {
	for _, s := range []*Section{d.Aggregation, d.Prefill, d.Decode} {
		if s != nil && s.Best != nil {
			return s.Best
		}
	}
	if len(d.Nearest) > 0 {
		return &d.Nearest[0].Row
	}
	return nil
}

// profile of the request; nil where the report has none of that name.
func (r *Report) profile(name string) *hw.Profile {
	if r.Request == nil {
		return nil
	}
	return r.Request.On(name, plan.PhasePrefill)
}

// Serving is the engine whose costs stand behind calibrated figures of a device, those of both sides of a pairing where
// they differ; "" for other figures.
func (r *Report) Serving(d *Device) string {
	p := r.profile(d.Device)
	if p == nil || d.Fidelity != plan.Calibrated {
		return ""
	}
	name := r.Request.Serving.On(p).String()
	if q := r.Request.On(d.Device, plan.PhaseDecode); d.PDRatio != nil && q != nil {
		if other := r.Request.Serving.On(q).String(); other != name {
			name += " + " + other
		}
	}
	return name
}
