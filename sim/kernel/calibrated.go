package kernel

import (
	"fathom/hw"
	"fathom/hw/message"
)

// Host is the time of a serving engine beside the devices, in seconds: per step, per sequence of a step, from a
// request's arrival to the scheduler, and more of that for every request in flight.
type Host struct {
	Step, Sequence, Arrive, ArriveSeq float64
	Read, Stream                      float64 // of the front end for a token of a prompt, of an answer
}

// UnfittedHost are the host times of serving-dynamics 2, assumed there for every engine.
var UnfittedHost = Host{Step: 1e-3, Sequence: 5e-6, Arrive: 10e-3}

// Fittable are the constants that a fit to serving runs starts from: unfitted ones, with the shapes of the curves that
// kernel sums have on every device (the profiles' tables kernel.sum), which serving runs are too coarse to tell. The
// skew of experts is left to their share of the peak: how real requests choose, no table of kernels knows.
func Fittable(p *hw.Profile) Constants {
	k := Unfitted(p)
	k.ExpertRow, k.ExpertPasses, k.ExpertCoverage = 4.3e-9, 5, 0.88
	if p.Kernel != nil {
		k.GatherWideFixed = p.Kernel.Sum.GatherWideFixed
	}
	k.InnerPasses, k.LinearPasses, k.Curve, k.AttnInCache, k.Fullest = innerPasses, linearPasses, true, true, true
	return k
}

// Calibrated are the constants that a fit to measured runs gave for an engine on a device.
func Calibrated(p *hw.Profile, engine string) (Constants, Host, error) {
	c := p.Calibrated
	if c == nil {
		return Constants{}, Host{}, message.Fault("kernel.no-fit", p.Name)
	}
	e := c.Engine(engine)
	if e == nil {
		var names []string
		for _, e := range c.Engines {
			names = append(names, e.Name)
		}
		return Constants{}, Host{}, message.Fault("kernel.no-engine", p.Name, engine, names)
	}
	k := Fittable(p)
	k.AttnPrefill, k.AttnDecode, k.PromptOverhead, k.Reduce = c.AttnPrefill, c.AttnDecode, c.PromptOverhead, c.Collective
	k.ExpertTile, k.Widening = c.ExpertTile, c.Widening
	k.Dispatch, k.Progress = e.Dispatch, e.Progress
	k.KernelOverhead *= e.LayerOverhead / k.LayerOverhead
	k.LayerOverhead = e.LayerOverhead
	linear, expert := c.Linear, c.Expert
	for w := range hw.NumWidths {
		expert[w].Overhead = e.ExpertOverhead
	}
	expert[hw.W8].Compute = e.ExpertCompute
	expert[hw.W4].Compute, expert[hw.W4].Overhead = e.ExpertCompute4, e.ExpertOverhead4
	for f := range hw.NumFormats { // widths that no run told apart take over
		k.Linear[f] = filled(linear[f.Row().Width], linear[hw.W16])
		k.Expert[f] = filled(expert[f.Row().Width], expert[hw.W8])
	}
	return k, Host{Step: e.Host, Sequence: e.HostSeq, Arrive: e.Arrive, ArriveSeq: e.ArriveSeq, Read: e.Read,
		Stream: e.Stream}, nil
}

// filled takes over shares that are missing.
func filled(p, from hw.Efficiency) hw.Efficiency {
	if p.Memory == 0 {
		p.Memory = from.Memory
	}
	if p.Compute == 0 {
		p.Compute = from.Compute
	}
	return p
}

// Form gives constants and host times in the form of a profile, with one engine: Calibrated reads them back.
func Form(k *Constants, h *Host, engine string) *hw.Calibrated {
	var c hw.Calibrated
	for w := range hw.NumWidths {
		f := w.Format()
		c.Linear[w], c.Expert[w] = k.Linear[f], k.Expert[f]
		c.Expert[w].Overhead = 0
	}
	c.Expert[hw.W8].Compute, c.Expert[hw.W4].Compute = 0, 0
	c.AttnPrefill, c.AttnDecode, c.PromptOverhead = k.AttnPrefill, k.AttnDecode, k.PromptOverhead
	c.ExpertTile, c.Collective, c.Widening = k.ExpertTile, k.Reduce, k.Widening
	c.Engines = []hw.EngineCosts{{
		Name: engine, Arrive: h.Arrive, ArriveSeq: h.ArriveSeq, Host: h.Step, HostSeq: h.Sequence,
		Read: h.Read, Stream: h.Stream, Dispatch: k.Dispatch, Progress: k.Progress, LayerOverhead: k.LayerOverhead,
		ExpertOverhead: k.Expert[hw.FormatFP8].Overhead, ExpertOverhead4: k.Expert[hw.FormatNVFP4].Overhead,
		ExpertCompute: k.Expert[hw.FormatFP8].Compute, ExpertCompute4: k.Expert[hw.FormatNVFP4].Compute,
	}}
	return &c
}
