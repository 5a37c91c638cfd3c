package report

import "fathom/sim/plan"

// Difference sets one row or ratio beside the same one of another engine. The relative figures are ours / theirs - 1
// and nil where either side has none.
type Difference struct {
	Device       string
	Phase        plan.Phase // of rows
	Label        string
	Ours, Theirs *Row // nil: that engine has no such row
	// Pairs of PD-ratio runs have ratios instead of rows; Label joins both labels with a slash.
	OurRatio, TheirRatio *Ratio
	// both sides are at the same batch sizes; otherwise the figures answer different questions
	SameBatch  bool
	Throughput *float64 // balanced requests per second for ratios
	TTFT, TPOT *float64
}

// Compare sets the candidates of two reports side by side, in the order of ours; what only theirs has comes last in
// each phase. Where the best batches of a strategy differ, our point at their batch is taken if it was evaluated. A
// phase that theirs has not reported, because it is still running, is left out.
func Compare(ours, theirs *Report) []Difference {
	var out []Difference
	for i := range theirs.Devices {
		t := &theirs.Devices[i]
		o := find(ours, t.Device)
		out = append(out, compareRows(t.Device, plan.PhaseAggregation, o.Points, o.Aggregation, t.Aggregation)...)
		if t.PDRatio != nil {
			out = append(out, compareRatios(t.Device, o.PDRatio, t.PDRatio)...)
			continue // the phases behind a ratio are not listed by the reference tool
		}
		out = append(out, compareRows(t.Device, plan.PhasePrefill, o.Points, o.Prefill, t.Prefill)...)
		out = append(out, compareRows(t.Device, plan.PhaseDecode, o.Points, o.Decode, t.Decode)...)
	}
	return out
}

// find gives the device of that name, or an empty one.
func find(r *Report, name string) *Device {
	for i := range r.Devices {
		if r.Devices[i].Device == name {
			return &r.Devices[i]
		}
	}
	return &Device{Device: name}
}

func compareRows(device string, phase plan.Phase, points []Row, ours, theirs *Section) []Difference {
	if theirs == nil {
		return nil
	}
	var out []Difference
	seen := map[string]bool{}
	their := map[string]*Row{}
	for _, r := range rowsOf(theirs) {
		their[r.Label] = r
	}
	for _, r := range rowsOf(ours) {
		t := their[r.Label]
		if t != nil && !sameBatch(r, t) {
			r = pointAt(points, phase, t, r)
		}
		seen[r.Label] = true
		out = append(out, rowDifference(device, phase, r, t))
	}
	for _, t := range rowsOf(theirs) {
		if !seen[t.Label] {
			out = append(out, rowDifference(device, phase, pointAt(points, phase, t, nil), t))
		}
	}
	return out
}

// pointAt is our point with the strategy and batch of a row of theirs; otherwise stands where there is none. Points
// that the reference search itself would list come first: they share its token budget.
func pointAt(points []Row, phase plan.Phase, t, otherwise *Row) *Row {
	best := otherwise
	for i := range points {
		p := &points[i]
		if p.Phase != phase || p.Label != t.Label || !sameBatch(p, t) {
			continue
		}
		if p.Listed {
			return p
		}
		if best == otherwise {
			best = p
		}
	}
	return best
}

func sameBatch(a, b *Row) bool { return a.Batch == b.Batch && a.Concurrency == b.Concurrency }

func rowDifference(device string, phase plan.Phase, ours, theirs *Row) Difference {
	d := Difference{Device: device, Phase: phase, Ours: ours, Theirs: theirs}
	switch {
	case theirs == nil:
		d.Label = ours.Label
	case ours == nil:
		d.Label = theirs.Label
	default:
		d.Label, d.SameBatch = ours.Label, sameBatch(ours, theirs)
		d.Throughput = relative(&ours.Throughput, &theirs.Throughput)
		d.TTFT, d.TPOT = relative(ours.TTFT, theirs.TTFT), relative(ours.TPOT, theirs.TPOT)
	}
	return d
}

func compareRatios(device string, ours, theirs *RatioSection) []Difference {
	var out []Difference
	label := func(r *Ratio) string { return r.Prefill.Label + " / " + r.Decode.Label }
	seen := map[string]bool{}
	their := map[string]*Ratio{}
	for _, r := range ratiosOf(theirs) {
		their[label(r)] = r
	}
	for _, r := range ratiosOf(ours) {
		seen[label(r)] = true
		d := Difference{Device: device, Label: label(r), OurRatio: r, TheirRatio: their[label(r)]}
		if t := d.TheirRatio; t != nil {
			d.SameBatch = sameBatch(&r.Prefill, &t.Prefill) && sameBatch(&r.Decode, &t.Decode)
			d.Throughput = relative(&r.Balanced, &t.Balanced)
			d.TTFT, d.TPOT = relative(r.Prefill.TTFT, t.Prefill.TTFT), relative(r.Decode.TPOT, t.Decode.TPOT)
		}
		out = append(out, d)
	}
	for _, t := range ratiosOf(theirs) {
		if !seen[label(t)] {
			out = append(out, Difference{Device: device, Label: label(t), TheirRatio: t})
		}
	}
	return out
}

func rowsOf(s *Section) []*Row {
	if s == nil {
		return nil
	}
	return pointers(s.Candidates)
}

func ratiosOf(s *RatioSection) []*Ratio {
	if s == nil {
		return nil
	}
	return pointers(s.Candidates)
}

func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// relative is ours against theirs; a base of zero has no relative difference.
func relative(ours, theirs *float64) *float64 {
	if ours == nil || theirs == nil || *theirs == 0 {
		return nil
	}
	d := *ours / *theirs - 1
	return &d
}
