package calibrate

import (
	"fathom/hw"
	"fathom/sim/kernel"
	"fathom/sim/score"
)

// form gives costs in the form of a profile, with one engine.
func form(c *score.Costs, engine string) *hw.Calibrated {
	return kernel.Form(&c.Kernel, &c.Host, engine)
}

// shared lists the figures that all engines share.
func shared(c *hw.Calibrated) []*float64 {
	out := []*float64{&c.AttnPrefill, &c.AttnDecode, &c.PromptOverhead, &c.ExpertTile, &c.Widening, &c.Collective}
	for w := range hw.NumWidths {
		for _, p := range []*hw.Efficiency{&c.Linear[w], &c.Expert[w]} {
			out = append(out, &p.Memory, &p.Compute, &p.Overhead, &p.Passes)
		}
	}
	return out
}

// own lists the figures of an engine.
func own(e *hw.EngineCosts) []*float64 {
	return []*float64{&e.Arrive, &e.ArriveSeq, &e.Host, &e.HostSeq, &e.Read, &e.Stream, &e.Dispatch,
		&e.Progress, &e.LayerOverhead, &e.ExpertOverhead,
		&e.ExpertOverhead4,
		&e.ExpertCompute, &e.ExpertCompute4}
}

// fill takes the form of one engine's costs over into a fit. Where the fit did not move what was, a figure of an
// earlier fit stays as it stands there, an absent one too.
func fill(c, now, was, old *hw.Calibrated, bars []EngineBars) {
	e := &now.Engines[0]
	if old != nil {
		keep(shared(now), shared(was), shared(old))
		if first := old.Engine(e.Name); first != nil {
			keep(own(e), own(&was.Engines[0]), own(first))
		}
	}
	for i, to := range shared(c) {
		*to = *shared(now)[i]
	}
	for _, b := range bars {
		if b.Engine == e.Name {
			e.TTFT, e.TPOT, e.Throughput, e.Errors = b.TTFT.Bar, b.TPOT.Bar, b.Throughput.Bar, b.Errors
			e.Seen = b.Seen
			if first := old.Engine(e.Name); first != nil { // what these runs do not tell of intervals far from them
				for t, g := range first.Seen.Growth {
					to := &e.Seen.Growth[t]
					*to = hw.Growth{Lengths: max(to.Lengths, g.Lengths), Load: max(to.Load, g.Load), Other: max(to.Other, g.Other),
						Unsaid: max(to.Unsaid, g.Unsaid)}
				}
			}
		}
	}
	if to := c.Engine(e.Name); to != nil {
		*to = *e
		return
	}
	c.Engines = append(c.Engines, *e)
}

func keep(now, was, old []*float64) {
	for i := range now {
		if *now[i] == *was[i] {
			*now[i] = *old[i]
		}
	}
}
