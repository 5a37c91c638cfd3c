package kernel

import "fathom/hw"

// unmeasured are the step constants of serving-dynamics 2, taken where a profile states none of its own.
var unmeasured = hw.Step{
	GEMMMemory: 0.83, GEMMBF16: 0.79, GEMMQuantised: 0.55,
	AttnPrefill: 0.47, AttnDecode: 0.80,
	MoEMemory: 0.85, MoECompute: 0.35,
	LayerFloor: 35e-6,
}

// constants are the step constants of a profile, each one with its default.
func constants(p *hw.Profile) hw.Step {
	var own hw.Step
	if p.Kernel != nil {
		own = p.Kernel.Step
	}
	pick := func(own, standard float64) float64 {
		if own > 0 {
			return own
		}
		return standard
	}
	d := unmeasured
	return hw.Step{
		GEMMMemory:    pick(own.GEMMMemory, d.GEMMMemory),
		GEMMBF16:      pick(own.GEMMBF16, d.GEMMBF16),
		GEMMQuantised: pick(own.GEMMQuantised, d.GEMMQuantised),
		AttnPrefill:   pick(own.AttnPrefill, d.AttnPrefill),
		AttnDecode:    pick(own.AttnDecode, d.AttnDecode),
		MoEMemory:     pick(own.MoEMemory, d.MoEMemory),
		MoECompute:    pick(own.MoECompute, d.MoECompute),
		LayerFloor:    pick(own.LayerFloor, d.LayerFloor),
	}
}

// reduce gives the two numbers of an all-reduce over n ranks: measured, or a ring over the slowest link that it spans.
func reduce(p *hw.Profile, n int) (fixed, rate float64) {
	if n <= 1 {
		return 0, 0
	}
	if p.Kernel != nil {
		if g, ok := p.Kernel.Group(n); ok && g.Payload > 0 {
			return g.Fixed, g.Payload
		}
	}
	link := p.Grid.Link(n, 1)
	if link.Bandwidth <= 0 {
		return 0, 0
	}
	// A ring moves 2(n-1)/n of the message over every link.
	return 2 * link.Latency, link.Bandwidth * float64(n) / (2 * float64(n-1))
}
