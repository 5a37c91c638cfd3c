package kernel

import "fathom/hw"

// Width is the class of a format.
func (f Format) Width() hw.Width {
	return [NumFormats]hw.Width{hw.W16, hw.W8, hw.W8, hw.W4, hw.W4, hw.W8, hw.WInt4}[f]
}

// Constants are the numbers of the step time: shares of peaks, and fixed times in seconds.
type Constants struct {
	Linear [hw.NumWidths]hw.Product
	Expert [hw.NumWidths]hw.Product

	AttnPrefill float64 // causal attention of prompts, share of the 16-bit peak
	AttnDecode  float64 // reading the cache, share of memory bandwidth
	LayerFloor  float64 // of a dense layer with grouped attention and 16-bit weights
	KernelFloor float64 // of a layer, for every matrix product beyond the four of such a layer
	PromptFloor float64 // of a layer in a step with prompt pieces
	Reduce      float64 // factor on the fixed time of collectives
	// Eager is what the host needs to launch a kernel, where no graph is captured for more than one sequence; 0: there is one.
	// PromptEager is the same for steps with prompts only.
	Eager, PromptEager float64
}

// Unfitted are the step constants of serving-dynamics 2, from the profile where it states its own. The layer floor there
// covers four matrix products, attention and elementwise kernels of a dense layer; the floors beyond it are those of a
// bf16 product and of routed experts in decode, much the same on three generations (peer kernel tables, nvidia_devices).
func Unfitted(p *hw.Profile) Constants {
	step := hw.Step{
		GEMMMemory: 0.83, GEMMBF16: 0.79, GEMMQuantised: 0.55,
		AttnPrefill: 0.47, AttnDecode: 0.80,
		MoEMemory: 0.85, MoECompute: 0.35,
		LayerFloor: 35e-6,
	}
	if p.Kernel != nil {
		own := p.Kernel.Step
		for _, v := range []struct{ to, own *float64 }{
			{&step.GEMMMemory, &own.GEMMMemory}, {&step.GEMMBF16, &own.GEMMBF16}, {&step.GEMMQuantised, &own.GEMMQuantised},
			{&step.AttnPrefill, &own.AttnPrefill}, {&step.AttnDecode, &own.AttnDecode},
			{&step.MoEMemory, &own.MoEMemory}, {&step.MoECompute, &own.MoECompute}, {&step.LayerFloor, &own.LayerFloor},
		} {
			if *v.own > 0 {
				*v.to = *v.own
			}
		}
	}
	c := Constants{
		AttnPrefill: step.AttnPrefill, AttnDecode: step.AttnDecode,
		LayerFloor: step.LayerFloor, KernelFloor: 4e-6, Reduce: 1,
	}
	for w := range hw.NumWidths {
		c.Linear[w] = hw.Product{Memory: step.GEMMMemory, Compute: step.GEMMQuantised}
		if w == hw.W16 || w == hw.WInt4 {
			c.Linear[w].Compute = step.GEMMBF16
		}
		c.Expert[w] = hw.Product{Memory: step.MoEMemory, Compute: step.MoECompute, Floor: 25e-6}
	}
	return c
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
